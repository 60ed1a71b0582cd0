package campaign

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"mailshot/internal/guard"
	"mailshot/internal/ledger"
	"mailshot/internal/message"
	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// maxListed is how many refusals a Verdict lists; it counts them all.
const maxListed = 100

// batchSize is how many rows a worker takes at a time.
const batchSize = 64

// Verdict is what a check found.
type Verdict struct {
	Recipients int            // messages there are
	Skipped    int            // rows left out for their address
	Same       int            // rows that repeat an earlier one
	Digest     string         // "sha256:" and 64 hex digits; "" where something was refused
	Parts      []ledger.Part  // what the digest stands for, without recipients' own files; nil where it is ""
	Refusals   []rule.Refusal // at most 100, by line
	Total      int            // of all refusals
	Warnings   []rule.Warning // by line: all of the list's, and at most 100 others
	Kinds      []recipient.ColumnKind
	Octets     int64 // of all messages, Date and shared parts included

	ofList []rule.Warning // every row that is left out is named
	warned int            // warnings that are not the list's, listed or not
}

// Clear says whether nothing was refused.
func (v *Verdict) Clear() bool { return v.Total == 0 }

func (v *Verdict) refuse(refusals ...rule.Refusal) {
	v.Refusals = append(v.Refusals, refusals...)
	v.Total += len(refusals)
}

func (v *Verdict) warn(warnings ...rule.Warning) {
	v.Warnings = append(v.Warnings, warnings...)
	v.warned += len(warnings)
}

// Check judges the list, then renders every message twice, by two workers in
// different orders, and has the guard read it. progress, which may be nil, is
// told now and then how many messages of how many are done, from one goroutine
// at a time. Errors are *rule.Fault or what ctx says; refusals are in the
// Verdict.
func (c *Campaign) Check(ctx context.Context, progress func(done, total int)) (*Verdict, error) {
	l, err := c.Look(ctx)
	if err != nil {
		return nil, err
	}
	if !l.verdict.Clear() {
		return l.verdict.settled(), nil
	}
	return l.Check(ctx, progress, nil)
}

// guard makes the composer and the guard, and has what all messages share
// judged once.
func (c *Campaign) guard(judged *recipient.Judgement, v *Verdict) (*guard.Guard, error) {
	var err error
	c.composer, err = message.New(c.template, message.Options{
		Campaign: c.ID(), Date: c.date, Columns: c.list.Columns(), Attach: c.attach, Inline: c.inline,
	})
	if refusal, ok := errors.AsType[rule.Refusal](err); ok {
		v.refuse(refusal)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	g := guard.New(c.policy(judged), judged.Index, judged.Rows)
	refusals, warnings := g.Constants(slices.Concat(c.attach, c.inline))
	v.refuse(refusals...)
	v.warn(warnings...)
	return g, nil
}

// trim sorts what was found by line and keeps as much as is listed.
func (v *Verdict) trim() {
	slices.SortStableFunc(v.Refusals, func(a, b rule.Refusal) int { return cmp.Compare(a.Line, b.Line) })
	slices.SortStableFunc(v.Warnings, byLine)
	v.Refusals = v.Refusals[:min(len(v.Refusals), maxListed)]
	v.Warnings = v.Warnings[:min(len(v.Warnings), maxListed)]
}

// settled is the verdict when nothing more is found.
func (v *Verdict) settled() *Verdict {
	v.trim()
	more := v.warned - len(v.Warnings)
	v.Warnings = slices.Concat(v.ofList, v.Warnings)
	slices.SortStableFunc(v.Warnings, byLine)
	if more > 0 {
		v.Warnings = append(v.Warnings, rule.Warning{What: fmt.Sprintf("and %d more", more)})
	}
	return v
}

func byLine(a, b rule.Warning) int { return cmp.Compare(a.Line, b.Line) }

// digest is the campaign's: id, envelope sender and every message, whatever
// the order of the rows.
func (c *Campaign) digest() string {
	h := sha256.New()
	writeFramed(h, []byte("mailshot campaign 1"))
	writeFramed(h, []byte(c.ID()))
	writeFramed(h, []byte(c.From().Address.String()))
	sum := c.seal.Sum()
	h.Write(sum[:])
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// batch is some rows that follow one another.
type batch struct {
	rows   []*recipient.Row
	clear  []bool        // which of them the guard had nothing against
	judged chan struct{} // closed when the first worker is done with it
}

func newBatch() *batch {
	return &batch{rows: make([]*recipient.Row, 0, batchSize), judged: make(chan struct{})}
}

// task is what one worker does at a time: judge a batch, and make the one
// before it, which another worker judges, a second time.
type task struct{ judge, repeat *batch }

// check is one run of the message gate over the list.
type check struct {
	campaign *Campaign
	guard    *guard.Guard
	see      func(Seen) // may be nil
	done     atomic.Int64
	octets   atomic.Int64
	unmade   atomic.Int64 // rows that no message can be made of

	mu      sync.Mutex // guards what follows
	verdict *Verdict
	fault   *rule.Fault // why, of the first of them in the list
	line    int         // where that row is
}

// judgeAll has every message judged and repeated. Worker n judges the batches
// n, n+w, n+2w … of w workers, and repeats those of the worker before it.
func (c *Campaign) judgeAll(ctx context.Context, ck *check, progress func(done, total int)) error {
	group, ctx := errgroup.WithContext(ctx)
	queues := make([]chan task, max(2, runtime.GOMAXPROCS(0)))
	for i := range queues {
		queues[i] = make(chan task, 2)
		group.Go(func() error { return ck.work(ctx, queues[i]) })
	}
	group.Go(func() error { return ck.deal(ctx, queues) })
	stop := watch(func() { progress(int(ck.done.Load()), ck.verdict.Recipients) }, progress != nil)
	err := group.Wait()
	stop()
	ck.verdict.Octets = ck.octets.Load()
	if err == nil && ck.fault != nil {
		err = ck.firstFault()
	}
	return err
}

// watch calls show every 100 ms until stop, which waits for the last call.
func watch(show func(), wanted bool) (stop func()) {
	if !wanted {
		return func() {}
	}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				show()
			case <-quit:
				show()
				return
			}
		}
	}()
	return func() { close(quit); <-done }
}

// deal cuts the list into batches and hands them round.
func (ck *check) deal(ctx context.Context, queues []chan task) error {
	defer func() {
		for _, q := range queues {
			close(q)
		}
	}()
	var last *batch
	n := 0
	send := func(next *batch) error {
		select {
		case queues[n%len(queues)] <- task{judge: next, repeat: last}:
		case <-ctx.Done():
			return ctx.Err()
		}
		last, n = next, n+1
		return nil
	}
	next := newBatch()
	for row, err := range ck.campaign.list.Rows(ctx) {
		if err != nil {
			return ck.campaign.changed(err, rule.Stale)
		}
		if next.rows = append(next.rows, row); len(next.rows) < batchSize {
			continue
		}
		if err := send(next); err != nil {
			return err
		}
		next = newBatch()
	}
	if err := send(next); err != nil {
		return err
	}
	return send(nil)
}

// work does one worker's tasks.
func (ck *check) work(ctx context.Context, tasks <-chan task) error {
	m, reader := ck.campaign.maker(), ck.guard.Reader()
	for t := range tasks {
		if t.judge != nil {
			if err := ck.judge(t.judge, m, reader); err != nil {
				return err
			}
		}
		if t.repeat == nil {
			continue
		}
		select {
		case <-t.repeat.judged:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := ck.repeat(t.repeat, m, reader); err != nil {
			return err
		}
	}
	return nil
}

// judge makes the messages of b in order and has them read.
func (ck *check) judge(b *batch, m *maker, reader *guard.Reader) error {
	defer close(b.judged)
	b.clear = make([]bool, len(b.rows))
	for i, row := range b.rows {
		made, err := m.make(row)
		if err != nil {
			if err := ck.notMade(row, err); err != nil {
				return err
			}
			ck.seen(Seen{Row: row, Err: err})
			continue
		}
		if ck.unmade.Load() > 0 {
			continue // only such rows are still to be counted
		}
		refusals, warnings := reader.Judge(row, made)
		ck.record(refusals, warnings)
		ck.seen(Seen{Row: row, Message: made, Refusals: refusals})
		ck.octets.Add(int64(made.Size()))
		b.clear[i] = len(refusals) == 0
	}
	return nil
}

// notMade notes why no message can be made of row; it gives back what is no
// fault of a row.
func (ck *check) notMade(row *recipient.Row, err error) error {
	if refusal, ok := errors.AsType[rule.Refusal](err); ok {
		ck.record([]rule.Refusal{refusal}, nil)
		return nil
	}
	fault, ok := errors.AsType[*rule.Fault](err)
	if !ok {
		return err
	}
	ck.unmade.Add(1)
	ck.mu.Lock()
	defer ck.mu.Unlock()
	if ck.fault == nil || row.Line < ck.line {
		ck.fault, ck.line = fault, row.Line
	}
	return nil
}

// firstFault is the fault of the first row that has one, whichever worker met
// it, and says how many rows follow it.
func (ck *check) firstFault() *rule.Fault {
	first := *ck.fault
	switch more := ck.unmade.Load() - 1; more {
	case 0:
	case 1:
		first.What += "; one row after it fails too"
	default:
		first.What += fmt.Sprintf("; %d rows after it fail too", more)
	}
	return &first
}

// repeat makes those messages of b that are clear again, the last first.
func (ck *check) repeat(b *batch, m *maker, reader *guard.Reader) error {
	for i, row := range slices.Backward(b.rows) {
		ck.done.Add(1)
		if !b.clear[i] || ck.unmade.Load() > 0 {
			continue
		}
		made, err := m.make(row)
		if err != nil {
			return err
		}
		if refusal := reader.Repeat(row, made); refusal != nil {
			ck.record([]rule.Refusal{*refusal}, nil)
		}
	}
	return nil
}

// record puts what was found into the verdict, which holds no more than it
// needs to.
func (ck *check) record(refusals []rule.Refusal, warnings []rule.Warning) {
	if len(refusals) == 0 && len(warnings) == 0 {
		return
	}
	ck.mu.Lock()
	defer ck.mu.Unlock()
	v := ck.verdict
	v.refuse(refusals...)
	v.warn(warnings...)
	if len(v.Warnings) > 20*maxListed || len(v.Refusals) > 20*maxListed {
		v.trim()
	}
}
