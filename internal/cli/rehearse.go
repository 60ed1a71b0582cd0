package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"mailshot/internal/campaign"
	"mailshot/internal/delivery"
	"mailshot/internal/ledger"
	"mailshot/internal/rehearsal"
	"mailshot/internal/sink"
	"mailshot/internal/transport"
)

// rehearseOptions are the flags of rehearse.
type rehearseOptions struct {
	campaign    campaignOptions
	connections int
	window      int
	rate        rate
}

func newRehearse(a *app) *cobra.Command {
	o := &rehearseOptions{}
	cmd := &cobra.Command{
		Use:   "rehearse TEMPLATE -r LIST",
		Short: "send it all to a built-in server, and audit what arrived",
		Long: `Checks the campaign, sends all of it over SMTP to a server of its own on this
machine, and has a third parser read what arrived: each mailbox has its own
message, once, and no address and no number of another row. Says how fast that
went, how long it takes at --rate, and how large messages are. Reaches no other
machine, leaves no file, and counts as sent nowhere.`,
		Example: `  mailshot rehearse news.md -r people.csv
  mailshot rehearse news.md -r people.csv --rate 20/s --connections 10`,
		Annotations: exits(
			exitCode{done, "done: all arrived, and the audit found nothing"},
			exitCode{failed, "could not run, or the audit found something"},
			exitCode{wrongUse, "wrong use: flags, an unreadable file, a template that does not parse, a list that is no list"},
			exitCode{refused, "refused: a recipient could see another"},
			exitCode{partly, "the server on this machine did not take all"},
			exitCode{Interrupted, "interrupted"},
		),
	}
	o.campaign.bind(cmd)
	fs := cmd.Flags()
	fs.IntVar(&o.connections, "connections", 4, "open at most `N` connections")
	fs.IntVar(&o.window, "window", defaultWindow, "have at most `N` messages under way on a connection")
	fs.Var(&o.rate, "rate", "say how long it takes at so many messages: `N/s`, N/m or N/h")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.campaign.template = args[0]
		return o.run(cmd.Context(), a)
	}
	return cmd
}

func (o *rehearseOptions) run(ctx context.Context, a *app) error {
	if err := o.validate(); err != nil {
		return err
	}
	c, v, err := o.campaign.load(ctx, a)
	if err != nil {
		return err
	}
	defer c.Close()
	printVerdict(a.Stderr, c, v)
	audit, err := rehearsal.New(ctx, c, c.From().Address.String())
	if err != nil {
		return err
	}
	s, took, err := o.perform(ctx, a, c, v, audit)
	if err != nil {
		return err
	}
	return o.report(a, c, s, took, audit.Report(s.Accepted))
}

func (o *rehearseOptions) validate() error {
	if err := o.campaign.validate("rehearse"); err != nil {
		return err
	}
	return errors.Join(judgeConnections(o.connections), judgeWindow(o.window))
}

// perform sends the campaign to a server of its own.
func (o *rehearseOptions) perform(ctx context.Context, a *app, c *campaign.Campaign, v *campaign.Verdict, audit *rehearsal.Audit) (delivery.Summary, time.Duration, error) {
	s, err := sink.Listen(sink.Options{Forget: true, OnMessage: audit.Add})
	if err != nil {
		return delivery.Summary{}, 0, &failure{err.Error(), "a rehearsal needs a port of 127.0.0.1"}
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(serving) }()
	began := a.Now()
	summary, err := o.deliver(ctx, a, c, v, plainURL(s))
	took := a.Now().Sub(began)
	stop()
	return summary, took, errors.Join(err, <-ended)
}

// deliver is a run as send has it, but for the ledger, which is forgotten.
func (o *rehearseOptions) deliver(ctx context.Context, a *app, c *campaign.Campaign, v *campaign.Verdict, url string) (delivery.Summary, error) {
	u, err := transport.ParseURL(url)
	if err != nil {
		return delivery.Summary{}, err
	}
	server, err := transport.NewSMTP(u, transport.Credentials{})
	if err != nil {
		return delivery.Summary{}, err
	}
	server.Window = o.window
	l, err := ledger.Memory(ctx)
	if err != nil {
		return delivery.Summary{}, err
	}
	defer l.Close()
	d := &delivering{campaign: c, verdict: v, server: server, ledger: l}
	if d.run, err = l.Start(ctx, d.inLedger(), false); err != nil {
		return delivery.Summary{}, err
	}
	defer d.run.Close()
	as := &sendOptions{connections: o.connections}
	must(as.maxRejected.Set("100%"))
	return send(ctx, a, as.newRun(d))
}

// report says what arrived, and what would be in the way of the real thing.
func (o *rehearseOptions) report(a *app, c *campaign.Campaign, s delivery.Summary, took time.Duration, r rehearsal.Report) error {
	a.result.stood(s.Progress)
	printSummary(a.out, c.ID(), "arrived at the built-in server", s)
	fmt.Fprintf(a.out, "made and sent in %s: %s\n", roughly(took), perSecond(s.Accepted, took))
	if o.rate.every > 0 {
		fmt.Fprintf(a.out, "at %s it takes %s\n", o.rate.String(), roughly(time.Duration(s.Recipients)*o.rate.every))
	}
	fmt.Fprintf(a.out, "largest message: %d octets (line %d)\n", r.Largest, r.LargestLine)
	if r.Large > 0 {
		fmt.Fprintf(a.Stderr, "mailshot: warning: %s of more than %d octets, which many servers do not take\n", count(r.Large, "message"), rehearsal.LargeMessage)
	}
	if r.Unread > 0 {
		fmt.Fprintf(a.out, "%s that hold no text: read by the check alone\n", count(r.Unread, "part"))
	}
	switch {
	case s.Interrupted:
		return errInterrupted
	case r.Total > 0:
		return o.found(a, r)
	case codeOf(s) != done:
		return &ended{partly, "the server is this program's own: please report this"}
	}
	fmt.Fprintf(a.out, "audit: each mailbox has its own message, and no address and no number of another row\n")
	return nil
}

// found says what the audit found, which the check should have.
func (o *rehearseOptions) found(a *app, r rehearsal.Report) error {
	a.result.Verdict = "failed"
	for _, f := range r.Findings {
		what := f.What
		if f.Other > 0 {
			what += fmt.Sprintf(": those of the row at line %d", f.Other)
		}
		fmt.Fprintf(a.Stderr, "mailshot: audit: %s%s\n", place(o.campaign.recipients, f.Line, ""), what)
	}
	return &failure{fmt.Sprintf("the audit found %s", count(r.Total, "thing")),
		"do not send this campaign; please report this with a list of made-up people"}
}

func roughly(d time.Duration) string {
	if d < 10*time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

func perSecond(n int, d time.Duration) string {
	if d <= 0 {
		return count(n, "message")
	}
	return fmt.Sprintf("%.0f messages/s", float64(n)/d.Seconds())
}
