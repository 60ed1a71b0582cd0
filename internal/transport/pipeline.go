package transport

import (
	"context"
	"errors"
	"time"

	"mailshot/internal/guard"
	"mailshot/internal/ledger"
)

// pipeline is one Deliver: it takes messages, hands what may leave to a writer
// of its own, and matches replies to commands in their order. Reading and
// writing never wait for each other, so a server that stops to read until its
// replies are read, or the other way round, holds up nothing.
type pipeline struct {
	s       *session
	out     chan<- Result
	flights []*flight // messages under way, in the order taken
	taken   int       // messages, on this connection
	window  window
	habits  habits
	batch   []piece // what may leave now
	leaving []piece // what the writer has
	timer   *time.Timer
	heard   time.Time // when the last reply came, or the first was asked for

	pieces  chan []piece // to the writer
	broke   chan error   // how the writer failed
	stopped chan struct{}

	closed   bool  // no more messages are taken
	muted    bool  // nothing more is written
	unheeded bool  // what was written cannot be any more: replies are soon over
	refused  bool  // the server has said that it takes no more
	why      error // why the connection ends; nil where all messages were sent
}

// Deliver sends message after message, as many at a time as the server can
// take.
func (s *session) Deliver(ctx context.Context, in <-chan guard.Cleared, out chan<- Result) error {
	s.busy.Lock()
	defer s.busy.Unlock()
	p := &pipeline{
		s: s, out: out, window: s.newWindow(), habits: habits{},
		timer:  time.NewTimer(s.timeouts.Message),
		pieces: make(chan []piece), broke: make(chan error, 1), stopped: make(chan struct{}),
	}
	defer p.timer.Stop()
	go p.write()
	return p.run(ctx, in)
}

// write is the writer. After a failure, be it that of the wire gate, nothing
// more can leave; what has been answered can still be read.
func (p *pipeline) write() {
	defer close(p.stopped)
	for batch := range p.pieces {
		if err := p.s.write(batch); err != nil {
			p.s.hush()
			p.broke <- err
			return
		}
	}
}

func (p *pipeline) run(ctx context.Context, in <-chan guard.Cleared) error {
	for {
		p.report()
		if ctx.Err() != nil && !p.closed {
			p.closed, p.why = true, ctx.Err()
		}
		switch {
		case p.muted && p.outstanding() == 0:
			return p.abandon(nil)
		case p.closed && len(p.flights) == 0:
			p.stop()
			return p.why
		}
		p.batch = p.ready(p.batch[:0])
		if err := p.next(ctx, in); err != nil {
			return p.abandon(err)
		}
	}
}

// next does the next thing there is to do: what the server has said goes before
// what there is to be sent, and that before its sending. The error ends the connection.
func (p *pipeline) next(ctx context.Context, in <-chan guard.Cleared) error {
	if len(p.s.left) > 0 {
		return p.answer(p.s.next())
	}
	select {
	case batch, ok := <-p.s.answers:
		return p.s.came(batch, ok)
	default:
	}
	pieces, done := p.pieces, ctx.Done()
	if len(p.batch) == 0 {
		pieces = nil
	}
	if p.closed {
		done = nil
	}
	if p.closed || len(p.flights) >= p.window.size() {
		in = nil
	}
	select {
	case c, ok := <-in: // so that it leaves in one write with what there is
		p.take(c, ok)
		return nil
	default:
	}
	select {
	case batch, ok := <-p.s.answers:
		return p.s.came(batch, ok)
	case c, ok := <-in:
		p.take(c, ok)
	case pieces <- p.batch:
		p.handedOver()
	case err := <-p.broke:
		p.fail(err)
	case <-p.timer.C:
		return p.late()
	case <-done:
	}
	return nil
}

func (p *pipeline) take(c guard.Cleared, ok bool) {
	if !ok {
		p.closed = true
		return
	}
	f := &flight{cleared: c, began: time.Now(), alone: p.window.now == 0}
	f.awaited = f.room[:0]
	// What the server cannot take, another one may: nobody is rejected for it.
	if step := p.s.lacks(c); step != "" {
		f.settle(Result{Outcome: ledger.Deferred, Step: step})
	} else {
		f.todo = p.s.steps()
		f.fresh = f.todo[0] == stepMail
		p.s.open = true
	}
	p.flights = append(p.flights, f)
	p.taken++
	p.closed = p.taken == p.s.most
}

// ready gives what may leave now: all that waits for no reply.
func (p *pipeline) ready(batch []piece) []piece {
	if p.muted {
		return batch
	}
	for _, f := range p.flights {
		if f.waits() {
			return batch
		}
		for _, step := range f.todo {
			batch = append(batch, piece{f, step})
			if f.alone || step == stepData {
				return batch
			}
		}
	}
	return batch
}

// handedOver notes that the writer has the batch.
func (p *pipeline) handedOver() {
	if p.outstanding() == 0 {
		p.heard = time.Now()
	}
	for _, piece := range p.batch {
		f := piece.flight
		f.todo = f.todo[1:]
		if piece.step != stepWithhold {
			f.awaited = append(f.awaited, piece.step)
		}
	}
	p.batch, p.leaving = p.leaving, p.batch // the writer took this one, so it is done with that before
	p.watch()
}

// outstanding is how many replies are to come.
func (p *pipeline) outstanding() int {
	n := 0
	for _, f := range p.flights {
		n += len(f.awaited)
	}
	return n
}

// awaiting gives the message that the next reply is for; nil for none.
func (p *pipeline) awaiting() *flight {
	for _, f := range p.flights {
		if len(f.awaited) > 0 {
			return f
		}
	}
	return nil
}

// report hands over what became of the first messages, as far as it is known.
func (p *pipeline) report() {
	for len(p.flights) > 0 && p.flights[0].over() {
		f := p.flights[0]
		p.flights = p.flights[1:]
		p.window.note(f.result)
		if f.alone && f.result.Outcome == ledger.Accepted {
			p.s.open = false
		}
		p.out <- f.report()
	}
}

// watch sets the timer for the next reply.
func (p *pipeline) watch() {
	if f := p.awaiting(); f != nil {
		p.timer.Reset(time.Until(p.deadline(f)))
	}
}

// deadline is when the next reply, to f, must have come. As long as something
// leaves, the server has no reason to answer.
func (p *pipeline) deadline(f *flight) time.Time {
	if p.unheeded {
		return p.heard.Add(p.s.timeouts.Quit)
	}
	from := p.heard
	if last := time.Unix(0, p.s.blocks.last.Load()); last.After(from) {
		from = last
	}
	return from.Add(p.s.timeouts.wait(f.awaited[0]))
}

func (p *pipeline) late() error {
	f := p.awaiting()
	if f == nil {
		return nil
	}
	if time.Now().Before(p.deadline(f)) {
		p.watch()
		return nil
	}
	return errTimeout
}

// fail takes note that the writer has failed. The replies to what had left
// before may still come.
func (p *pipeline) fail(err error) {
	step := "connection"
	if f := p.awaiting(); f != nil {
		step = f.awaited[0]
	}
	p.end(p.s.broken(step, err))
	p.unheeded, p.heard = true, time.Now()
	p.watch()
}

// end lets nothing more be taken or written. A reason of our own goes before all
// others.
func (p *pipeline) end(why error) {
	p.closed, p.muted = true, true
	if p.why == nil || isOwn(why) || p.unheeded && !isOwn(p.why) {
		p.why = why
	}
}

// abandon closes the connection and settles what is under way; cause is nil
// where the server has been heard out.
func (p *pipeline) abandon(cause error) error {
	step := "connection"
	if f := p.awaiting(); f != nil {
		step = f.awaited[0]
	}
	astray := errors.Is(cause, errOutOfStep)
	refused := p.refused && !p.s.ended() && !astray && !errors.Is(cause, errTimeout)
	p.s.abort()
	p.stop()
	p.heed()
	for _, f := range p.flights {
		f.abandon(p.s.blocks.sent.Load(), refused, astray)
		p.out <- f.report()
	}
	p.flights = nil
	var own *Error
	switch {
	case p.why != nil && !errors.Is(p.why, context.Canceled) && !errors.Is(p.why, context.DeadlineExceeded), cause == nil:
		return p.why
	case errors.As(cause, &own):
		return own
	}
	return p.s.broken(step, cause)
}

// heed takes the reason of our own that nobody has asked for yet: what it closed
// is seen by the reader as a server that hangs up.
func (p *pipeline) heed() {
	select {
	case err := <-p.broke:
		if isOwn(err) {
			p.end(err)
		}
	default:
	}
}

// stop ends the writer.
func (p *pipeline) stop() {
	close(p.pieces)
	<-p.stopped
}
