package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mailshot/internal/address"
	"mailshot/internal/campaign"
	"mailshot/internal/delivery"
	"mailshot/internal/ledger"
	"mailshot/internal/transport"
)

// drain is how long what is in flight may take after an interrupt.
const drain = 30 * time.Second

// delivering is a campaign that has been cleared and may be sent.
type delivering struct {
	campaign *campaign.Campaign
	verdict  *campaign.Verdict
	server   transport.Server
	ledger   *ledger.Ledger
	run      *ledger.Run

	heldBack   heldBack
	suppressed int // of the recipients, who would be sent to else
}

// inLedger is the campaign as the ledger is to know it.
func (d *delivering) inLedger() ledger.Campaign {
	return ledger.Campaign{
		ID: d.campaign.ID(), Digest: d.verdict.Digest, Template: d.campaign.TemplateDigest(), Parts: d.verdict.Parts,
		SharedMailboxes: d.campaign.SharedMailboxes(),
		Recipients:      d.verdict.Recipients, StartedBy: startedBy(),
	}
}

// deliver asks, sends and reports.
func (o *sendOptions) deliver(ctx context.Context, a *app, d *delivering) error {
	if err := d.holdBack(ctx); err != nil {
		return err
	}
	a.result.Suppressed = d.suppressed
	if err := d.tellMissing(ctx, a); err != nil {
		return err
	}
	run := o.newRun(d)
	before, err := run.Standing(ctx)
	if err != nil {
		return err
	}
	if before.Left() == 0 {
		fmt.Fprintf(a.Stderr, "mailshot: NOTHING LEFT TO SEND: every recipient of campaign %s was dealt with by an earlier run%s\n", d.campaign.ID(), d.orSuppressed())
		hint(a.Stderr, "to send to them once more on purpose, give it another id with --campaign")
		return o.report(a, d, delivery.Summary{Progress: before})
	}
	if err := o.ask(ctx, a, d, before.Left()); err != nil {
		return err
	}
	if err := d.campaign.Fresh(); err != nil {
		return err
	}
	s, err := send(ctx, a, run)
	if err != nil {
		a.result.stood(s.Progress)
		o.print(a, d, s)
		o.sayUnwritten(a, d.campaign.ID(), s.Unwritten)
		return asStopped(err)
	}
	return o.report(a, d, s)
}

// sayUnwritten names those whom the ledger has as begun, after a run that could
// not write how they ended.
func (o *sendOptions) sayUnwritten(a *app, id string, n int) {
	if n > 0 && !o.server.dryRun {
		fmt.Fprintf(a.Stderr, "mailshot: the ledger does not know what became of %s, who may have the message\n", count(n, "recipient"))
		hint(a.Stderr, nextCommand(unknown, id, delivery.Summary{}))
	}
}

// newRun is the run that the flags ask for.
func (o *sendOptions) newRun(d *delivering) *delivery.Run {
	return &delivery.Run{
		Source:      d,
		Recipients:  d.verdict.Recipients - d.suppressed,
		Key:         d.key,
		Ledger:      d.run,
		Server:      d.server,
		Connections: o.connections,
		MaxRejected: o.maxRejected.part,
		Drain:       drain,

		Limit:    o.limit,
		Every:    o.rate.every,
		Domains:  o.domainRates,
		RetryFor: o.retryFor,
	}
}

// ask has the run agreed to, unless it has been already.
func (o *sendOptions) ask(ctx context.Context, a *app, d *delivering, left int) error {
	if !o.asks() {
		return nil
	}
	if o.limit > 0 {
		left = min(left, o.limit)
	}
	return agree(ctx, a.Stdin, a.Stderr, proposal{
		campaign: d.campaign.ID(), digest: d.verdict.Digest, recipients: d.verdict.Recipients, left: left,
		server: d.server.Name(), from: mailbox(d.campaign.From()), subject: d.campaign.Subject(),
	})
}

// send does the run, and shows how it goes.
func send(ctx context.Context, a *app, r *delivery.Run) (delivery.Summary, error) {
	m := a.newMeter("sending")
	defer m.end()
	rest := &rests{w: a.Stderr, now: a.Now}
	r.Watch = func(p delivery.Progress) {
		showProgress(ctx, m, p)
		rest.show(m, p)
	}
	unwatch := context.AfterFunc(ctx, func() {
		fmt.Fprintf(a.Stderr, "%smailshot: stopping: what is in flight is finished and written down first\n", m.newLine())
	})
	defer unwatch()
	return r.Do(ctx)
}

// showProgress shows how many recipients have an outcome, and which where it is
// not the one that is wanted.
func showProgress(ctx context.Context, m meter, p delivery.Progress) {
	var notes []string
	if ctx.Err() != nil {
		notes = append(notes, "stopping")
	}
	for _, n := range []struct {
		count int
		what  string
	}{{p.Rejected, "rejected"}, {p.Deferred, "deferred"}, {p.Unknown, "unknown"}} {
		if n.count > 0 {
			notes = append(notes, fmt.Sprintf("%d %s", n.count, n.what))
		}
	}
	m.show(p.Recipients-p.Pending, p.Recipients, append(notes, fmt.Sprintf("%d accepted", p.Accepted),
		count(p.Connections, "connection"), fmt.Sprintf("%d under way", p.UnderWay))...)
}

// report says how the run ended: the counts, and what to do next.
func (o *sendOptions) report(a *app, d *delivering, s delivery.Summary) error {
	a.result.stood(s.Progress)
	a.sent = !o.server.dryRun
	o.print(a, d, s)
	if o.server.dryRun {
		fmt.Fprintln(a.out, "dry run: nothing was sent, and the ledger knows nothing of it")
	}
	code := codeOf(s)
	a.result.Verdict = o.verdictOf(s, code)
	if s.Trouble != nil {
		fmt.Fprintf(a.Stderr, "mailshot: the run ended early: %v\n", s.Trouble)
		hint(a.Stderr, nextStep(s.Trouble))
	}
	if code == done {
		hint(a.Stderr, afterDone(s))
		return nil
	}
	return &ended{code, nextCommand(code, d.campaign.ID(), s)}
}

// print writes where the recipients stand.
func (o *sendOptions) print(a *app, d *delivering, s delivery.Summary) {
	s.Recipients += d.suppressed
	printSummary(a.out, d.campaign.ID(), o.gone(), s)
	if d.suppressed > 0 {
		fmt.Fprintf(a.out, "%8d suppressed\n", d.suppressed)
	}
}

// orSuppressed is said of all recipients where some are.
func (d *delivering) orSuppressed() string {
	if d.suppressed > 0 {
		return ", or is suppressed"
	}
	return ""
}

// gone is what is said of messages that the run got rid of.
func (o *sendOptions) gone() string {
	if o.server.dryRun {
		return "would be sent"
	}
	return "accepted now"
}

// codeOf gives the exit code of a run that could be.
func codeOf(s delivery.Summary) int {
	switch {
	case s.Interrupted:
		return Interrupted
	case s.Unknown > 0:
		return unknown
	case s.Rejected > 0, s.Deferred > 0, s.Pending > 0 && !s.Limited, s.Trouble != nil:
		return partly
	}
	return done
}

func (o *sendOptions) verdictOf(s delivery.Summary, code int) string {
	switch {
	case code == done && o.server.dryRun:
		return "clear"
	case code == done:
		return "sent"
	case s.Unknown > 0:
		return "unknown"
	}
	return "partial"
}

// afterDone is what to do after a run that did what was asked for; "" for
// nothing.
func afterDone(s delivery.Summary) string {
	if s.Pending == 0 {
		return ""
	}
	return "run the same command again to send to " + count(s.Pending, "recipient") + " more, or without --limit to all of them"
}

// nextCommand is what to do after a run that ended with code.
func nextCommand(code int, id string, s delivery.Summary) string {
	switch {
	case code == unknown:
		return "who is unknown may have the message, and is not sent to again by itself: `mailshot resolve " + word(id) + " --log FILE` asks the server's log"
	case tooManyRejected(s.Trouble):
		return "" // the trouble has its own
	case s.Deferred > 0 || s.Pending > 0:
		return "run the same command again to send what is left; nobody gets it twice"
	}
	return "who was rejected is not tried again: `mailshot report " + word(id) + "` says why"
}

func tooManyRejected(err error) bool {
	_, is := errors.AsType[*delivery.TooManyRejected](err)
	return is
}

func isUnfit(err error) bool {
	_, is := errors.AsType[*delivery.Unfit](err)
	return is
}

func mailbox(m address.Mailbox) string {
	if m.Name == "" {
		return m.Address.String()
	}
	return fmt.Sprintf("%s <%s>", m.Name, m.Address)
}
