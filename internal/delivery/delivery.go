// Package delivery is the run: it takes the cleared messages of a campaign,
// writes each down in the ledger before its bytes leave, hands them to a
// server's connections at the pace that was asked for, writes down what became
// of each, and stops in good order.
package delivery

import (
	"context"
	"fmt"
	"iter"
	"time"

	"mailshot/internal/campaign"
	"mailshot/internal/guard"
	"mailshot/internal/ledger"
	"mailshot/internal/transport"
)

// Source is where the messages come from; *campaign.Campaign is one.
type Source interface {
	// Messages may be called again while one that was called before goes on.
	Messages(ctx context.Context, want func(campaign.Recipient) bool) iter.Seq2[guard.Cleared, error]
}

// Ledger is where it is written down; *ledger.Run is one.
type Ledger interface {
	// Untouched says that nobody of the campaign was tried before.
	Untouched() bool
	State(k ledger.Key) ledger.State
	// Begin writes down which attempts follow, and how earlier ones ended, in one go.
	Begin(ctx context.Context, attempts []ledger.Attempt, endings ...ledger.Ending) error
	Finish(ctx context.Context, endings []ledger.Ending) error
}

// Sharing is a Ledger of a campaign that runs on other machines may have a part
// in; *ledger.Run is one.
type Sharing interface {
	Shared() bool
	Claim(ctx context.Context, wanted []ledger.Want) ([]ledger.State, error)
	Reserve(ctx context.Context, n int, every time.Duration) (time.Duration, error)
	Hold(ctx context.Context) error
}

// Run is one run of a campaign. The fields from Limit on may be left out.
type Run struct {
	Source      Source
	Recipients  int // messages that Source has
	Key         func(campaign.Recipient) ledger.Key
	Ledger      Ledger
	Server      transport.Server
	Connections int
	MaxRejected float64       // share of the recipients tried, from 0 to 1, beyond which the run stops
	Drain       time.Duration // how long what is in flight may take after an interrupt

	Limit    int                      // messages at most in this run; 0 for no limit
	Every    time.Duration            // between two messages, over all connections; 0 for as fast as it goes
	Domains  map[string]time.Duration // the same for the messages to one domain, as address.Domain gives it
	RetryFor time.Duration            // how long what is put off is tried again, and the server waited for
	Watch    func(Progress)           // told about every 100 ms, from one goroutine
	Spread   func() float64           // from 0 to 1, to spread pauses; by chance where it is nil
}

// Progress is where a run stands. Accepted to Pending add up to Recipients.
type Progress struct {
	Recipients  int
	Accepted    int // in this run
	Already     int // accepted by an earlier run, or by one on another machine
	Rejected    int // now or earlier: a 5yz is final
	Deferred    int
	Unknown     int // now or earlier
	Pending     int // not tried yet
	Waiting     int // of those deferred or pending, put off to be tried again in this run
	Connections int // open now
	UnderWay    int // messages that the connections have, and no answer to
	Rest        Rest
}

// Left is how many a run without a limit would try.
func (p Progress) Left() int { return p.Pending + p.Deferred }

// Reply is what a server said of a message, or a step at which the link broke.
type Reply struct {
	Outcome ledger.Outcome
	Step    string // as in transport.Result
	Code    int    // 0 for none
}

// TooManyRejected says that the run was stopped for the share of its messages
// that were rejected.
type TooManyRejected struct{ Rejected, Of int }

func (e *TooManyRejected) Error() string {
	return fmt.Sprintf("%d of the first %d messages were rejected", e.Rejected, e.Of)
}

// Unfit says that the run was stopped for a server that would take nothing
// from anybody for as long as it was waited for.
type Unfit struct{ Code int }

func (e *Unfit) Error() string {
	return fmt.Sprintf("the server takes nothing for now (it answered %d)", e.Code)
}

// Summary is how a run ended.
type Summary struct {
	Progress
	Replies     map[Reply]int // of this run
	Unwritten   int           // begun by this run, and the ledger does not know how they ended: unknown to the next
	Interrupted bool          // by ctx
	Limited     bool          // Limit kept some back
	Trouble     error         // why the server could not be used any more, though it was at first; may be nil
}

// Standing counts where the campaign's recipients stand before the run, by
// reading the list where anybody was tried, and making no message.
func (r *Run) Standing(ctx context.Context) (Progress, error) {
	p := Progress{Recipients: r.Recipients, Pending: r.Recipients}
	if r.Ledger.Untouched() {
		return p, ctx.Err()
	}
	count := func(to campaign.Recipient) bool {
		p.Pending--
		*p.at(r.Ledger.State(r.Key(to)))++
		return false
	}
	for _, err := range r.Source.Messages(ctx, count) {
		if err != nil {
			return p, err
		}
	}
	return p, ctx.Err()
}

// at is the count of those who stand at s without this run having done anything.
func (p *Progress) at(s ledger.State) *int {
	switch {
	case s.Elsewhere, !s.Tried:
		return &p.Pending
	case s.Outcome == ledger.Accepted:
		return &p.Already
	case s.Outcome == ledger.Rejected:
		return &p.Rejected
	case s.Outcome == ledger.Deferred:
		return &p.Deferred
	}
	return &p.Unknown
}

// Do runs until every message has an outcome, the limit is reached, ctx is done
// or nothing more can be sent. The error is for a run that could not be: a
// server unreachable from the start (*transport.Error), a ledger that cannot be
// written or by which the run is held to be dead (*ledger.Error), or a
// rule.Refusal of the wire gate; the Summary is right then too.
func (r *Run) Do(ctx context.Context) (Summary, error) {
	standing, err := r.Standing(ctx)
	if err != nil {
		return Summary{Progress: standing, Interrupted: ctx.Err() != nil}, ignoreInterrupt(ctx, err)
	}
	if standing.Left() == 0 {
		return Summary{Progress: standing}, nil
	}
	return newKeeper(r, standing).run(ctx)
}

// ignoreInterrupt drops an error that only says that ctx is done.
func ignoreInterrupt(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}
