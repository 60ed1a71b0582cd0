// Package preview shows a campaign's messages to whoever answers for it: on a
// page of a server on loopback, as static pages with the recipients' data
// masked, or one by one on a terminal.
//
// Everything is made on demand out of one row: a list of a million rows is
// paged, and only where each row lies is kept. Meanwhile every message is
// judged, as a check does; what that finds comes in as it is found, and with it
// the rows whose messages tell the most.
//
// A message is shown in a frame that runs no script, sends no form and fetches
// nothing, whatever is in it.
package preview

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"mailshot/internal/campaign"
	"mailshot/internal/message"
	"mailshot/internal/recipient"
)

// Book is a campaign as it was read once: its rows, their messages, and what a
// check has found of them so far.
type Book struct {
	campaign *campaign.Campaign
	look     *campaign.Look
	rows     *rows
	survey   *Survey
	masked   *mask // nil where data is shown as it is
	changed  func()

	stop context.CancelFunc
	work *errgroup.Group

	mu    sync.Mutex // guards state
	state State
}

// State is how far the check of a Book has come.
type State struct {
	Checked int // messages judged twice
	Done    bool
	Verdict *campaign.Verdict // nil until Done, and where Err says why there is none
	Err     error             // *rule.Fault, or a rule.Refusal where the list changed
}

// Options say how a Book is to be read.
type Options struct {
	Mask    bool          // show no data of the rows
	Wait    time.Duration // before messages are checked, so that what is shown first is there first
	Changed func()        // called about once a second while State changes, and when it is Done; may be nil
}

// Open judges the list, and begins to read it and to check its messages until
// Close, which closes c too. Errors are *rule.Fault or what ctx says; c is
// closed then.
func Open(ctx context.Context, c *campaign.Campaign, o Options) (*Book, error) {
	look, err := c.Look(ctx)
	if err != nil {
		c.Close()
		return nil, err
	}
	return begin(ctx, c, look, o)
}

// begin reads the rows and checks the messages from now on.
func begin(ctx context.Context, c *campaign.Campaign, look *campaign.Look, o Options) (*Book, error) {
	rows, err := newRows(look)
	if err != nil {
		c.Close()
		return nil, err
	}
	b := &Book{campaign: c, look: look, rows: rows, survey: NewSurvey(look), changed: o.Changed}
	if o.Mask {
		b.masked = newMask(look)
	}
	if b.changed == nil {
		b.changed = func() {}
	}
	ctx, b.stop = context.WithCancel(ctx)
	b.work, ctx = errgroup.WithContext(ctx)
	b.work.Go(func() error { rows.fill(ctx, look); return nil })
	b.work.Go(func() error { b.check(ctx, o.Wait); return nil })
	return b, nil
}

// Close ends the check and gives back what was opened.
func (b *Book) Close() {
	b.stop()
	b.work.Wait()
	b.rows.close()
	b.campaign.Close()
}

// check judges every message after a while, and tells now and then how far it is.
func (b *Book) check(ctx context.Context, wait time.Duration) {
	select {
	case <-time.After(wait):
	case <-ctx.Done():
		return
	}
	told := time.Now()
	v, err := b.look.Check(ctx, func(done, _ int) {
		b.set(func(s *State) { s.Checked = done })
		if time.Since(told) > time.Second {
			told = time.Now()
			b.changed()
		}
	}, b.survey.See)
	if ctx.Err() == nil {
		b.set(func(s *State) { s.Done, s.Verdict, s.Err = true, v, err })
		b.changed()
	}
}

func (b *Book) set(change func(*State)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change(&b.state)
}

// State is where the check stands.
func (b *Book) State() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state
}

// Wait waits until every row is read and checked, or ctx is done.
func (b *Book) Wait(ctx context.Context) error {
	done := make(chan struct{})
	go func() { b.work.Wait(); close(done) }()
	select {
	case <-done:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// make makes the message for a row as it is to be shown.
func (b *Book) make(row *recipient.Row) (*message.Message, error) {
	if b.masked != nil {
		return b.look.Sketch(b.masked.row(row))
	}
	return b.look.Make(row)
}
