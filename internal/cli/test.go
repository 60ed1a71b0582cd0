package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"mailshot/internal/address"
	"mailshot/internal/campaign"
	"mailshot/internal/delivery"
	"mailshot/internal/guard"
	"mailshot/internal/ledger"
	"mailshot/internal/preview"
	"mailshot/internal/transport"
)

// test sends the messages of some rows to one of the sender's own addresses.
// It keeps no ledger and asks nobody: no recipient gets any of it.
func (o *sendOptions) sendTest(ctx context.Context, a *app) error {
	to, err := o.validateTest()
	if err != nil {
		return err
	}
	server, err := o.server.open(a)
	if err != nil {
		return err
	}
	c, err := o.campaign.read(ctx, a, a.Stdin)
	if err != nil {
		return err
	}
	defer c.Close()
	if !c.IsOwn(to) {
		return &usageError{"--test is neither the campaign's sender nor one of its identities",
			"a test goes to oneself: give the address of `from`, or name the address under identities in the template"}
	}
	shown, err := o.choose(ctx, a, c)
	if err != nil {
		return err
	}
	proofs, err := c.Proofs(ctx, to, linesOf(shown))
	if err != nil {
		return err
	}
	results, err := deliverProofs(ctx, server, proofs)
	if err != nil && len(results) == 0 {
		return err
	}
	return o.reportTest(a, c, shown, results)
}

func (o *sendOptions) validateTest() (address.Address, error) {
	err := cmp.Or(o.campaign.validate("send"), o.server.validate())
	if err == nil && o.approvedGiven {
		err = &usageError{"--approved with --test", "a test needs nobody's leave; leave --approved out"}
	}
	if err != nil {
		return address.Address{}, err
	}
	to, err := address.Parse(o.test)
	if err != nil {
		return to, &usageError{"--test is not an address", "give the address of `from`, or one of the template's identities"}
	}
	return to, nil
}

// choose checks the campaign, and gives the rows that --row names or else the
// telling ones.
func (o *sendOptions) choose(ctx context.Context, a *app, c *campaign.Campaign) ([]preview.Telling, error) {
	a.result.Campaign = c.ID()
	l, err := c.Look(ctx)
	if err != nil {
		return nil, err
	}
	survey, m := preview.NewSurvey(l), a.newMeter("checking")
	v, err := l.Check(ctx, func(done, total int) { m.show(done, total, "") }, survey.See)
	m.end()
	if err != nil {
		return nil, err
	}
	if err := a.judged(v); err != nil {
		return nil, err
	}
	printVerdict(a.Stderr, c, v)
	if len(o.rows.lines) == 0 {
		return survey.Telling(), nil
	}
	var shown []preview.Telling
	for _, line := range o.rows.lines {
		shown = append(shown, preview.Telling{Line: line, Why: []string{"asked for"}})
	}
	return shown, nil
}

func linesOf(shown []preview.Telling) []int {
	var lines []int
	for _, t := range shown {
		lines = append(lines, t.Line)
	}
	return lines
}

// deliverProofs hands the proofs over, one connection's life long.
func deliverProofs(ctx context.Context, server transport.Server, proofs []guard.Cleared) ([]transport.Result, error) {
	conn, err := server.Connect(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	in, out := make(chan guard.Cleared, len(proofs)), make(chan transport.Result, len(proofs))
	for _, p := range proofs {
		in <- p
	}
	close(in)
	err = conn.Deliver(ctx, in, out)
	close(out)
	var results []transport.Result
	for r := range out {
		results = append(results, r)
	}
	return results, err
}

// reportTest says what became of each proof.
func (o *sendOptions) reportTest(a *app, c *campaign.Campaign, shown []preview.Telling, results []transport.Result) error {
	p := delivery.Progress{Pending: len(shown) - len(results)}
	became := map[int]string{}
	for _, r := range results {
		became[r.Cleared.Line()] = o.tally(&p, r)
	}
	a.result.stood(p)
	fmt.Fprintf(a.out, "test of campaign %s: %s to the sender's own address\n", c.ID(), count(len(shown), "message"))
	t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for _, row := range shown {
		fmt.Fprintf(t, "line %d\t%s\t%s\n", row.Line, cmp.Or(became[row.Line], "not sent"), strings.Join(row.Why, ", "))
	}
	t.Flush()
	return o.testOutcome(a, p)
}

// tally counts one outcome and names it.
func (o *sendOptions) tally(p *delivery.Progress, r transport.Result) string {
	why := cause(delivery.Reply{Outcome: r.Outcome, Step: r.Step, Code: r.Code})
	switch r.Outcome {
	case ledger.Accepted:
		p.Accepted++
		if o.server.dryRun {
			return "would be sent"
		}
		return "accepted"
	case ledger.Rejected:
		p.Rejected++
		return "rejected: " + why
	case ledger.Deferred:
		p.Deferred++
		return "deferred: " + why
	}
	p.Unknown++
	return "unknown: " + why
}

func (o *sendOptions) testOutcome(a *app, p delivery.Progress) error {
	code := codeOf(delivery.Summary{Progress: p})
	a.result.Verdict = o.verdictOf(delivery.Summary{Progress: p}, code)
	if o.server.dryRun {
		fmt.Fprintln(a.out, "dry run: nothing was sent")
	}
	if code == done {
		hint(a.Stderr, o.afterTest())
		return nil
	}
	return &ended{code, "no recipient was written to; see what the server has against the sender, for example with its log"}
}

// afterTest is what to do once the messages have been looked at; "" where none
// was sent.
func (o *sendOptions) afterTest() string {
	if o.server.dryRun {
		return ""
	}
	return "the same command without --test and --row sends to the list"
}
