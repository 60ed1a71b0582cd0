package transport

import (
	"bufio"
	"context"
	"net"
	"sync"
	"time"

	"mailshot/internal/guard"
)

const (
	replyBuffer = 4 << 10 // more than maxReplyLine
	writeBuffer = 32 << 10
)

// session is one connection to an SMTP server.
type session struct {
	raw      net.Conn // for closing at once, without a word of TLS
	conn     net.Conn // raw, or TLS over it
	in       *bufio.Reader
	blocks   *blockWriter
	gate     *gate
	out      *bufio.Writer // over gate, over blocks
	timeouts Timeouts
	offers   extensions
	used     bool // a transaction was begun: RSET comes before the next

	answers chan answered // what listen has heard; closed with it
	gone    chan struct{} // closed by abort
	end     sync.Once
	busy    sync.Mutex // held by Deliver, and by Close for its QUIT
}

// answered is a reply, or why there are no more.
type answered struct {
	reply reply
	err   error
}

func newSession(raw net.Conn, t Timeouts) *session {
	s := &session{
		raw:      raw,
		conn:     raw,
		in:       bufio.NewReaderSize(raw, replyBuffer),
		blocks:   &blockWriter{conn: raw, timeout: t.Block},
		timeouts: t,
		answers:  make(chan answered),
		gone:     make(chan struct{}),
	}
	s.gate = newGate(s.blocks, s.abort)
	s.out = bufio.NewWriterSize(s.gate, writeBuffer)
	return s
}

// start ends the setting up: from here on replies are read as they come, so
// that one that nobody asked for is seen before the next message is taken.
func (s *session) start() {
	s.gate.open()
	go s.listen()
}

func (s *session) listen() {
	defer close(s.answers)
	for {
		r, err := readReply(s.in)
		select {
		case s.answers <- answered{r, err}:
		case <-s.gone:
			return
		}
		if err != nil {
			return
		}
	}
}

// abort closes the connection at once. It may be called by anyone, any time.
func (s *session) abort() {
	s.end.Do(func() {
		close(s.gone)
		s.raw.Close()
	})
}

func (s *session) ended() bool {
	select {
	case <-s.gone:
		return true
	default:
		return false
	}
}

// await gives the next reply.
func (s *session) await(timeout time.Duration) (reply, error) {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case a, ok := <-s.answers:
		if !ok {
			return reply{}, errClosed
		}
		return a.reply, a.err
	case <-timer.C:
		return reply{}, errTimeout
	}
}

// Deliver sends message after message, step by step.
func (s *session) Deliver(ctx context.Context, in <-chan guard.Cleared, out chan<- Result) error {
	s.busy.Lock()
	defer s.busy.Unlock()
	for {
		c, ok, err := s.take(ctx, in)
		if !ok || err != nil {
			return err
		}
		result, err := s.transact(c)
		if err != nil {
			s.abort()
		}
		out <- result
		if err != nil {
			return err
		}
	}
}

// take waits for the next message, and meanwhile for the server to hang up or
// to say something that nobody asked for.
func (s *session) take(ctx context.Context, in <-chan guard.Cleared) (c guard.Cleared, ok bool, err error) {
	if ctx.Err() != nil {
		return c, false, ctx.Err()
	}
	if err := s.quiet(); err != nil {
		return c, false, err
	}
	select {
	case c, ok = <-in:
		return c, ok, nil
	case a := <-s.answers:
		return c, false, s.unasked(a)
	case <-ctx.Done():
		return c, false, ctx.Err()
	}
}

// quiet says whether the server has kept still since its last answer.
func (s *session) quiet() error {
	select {
	case a := <-s.answers:
		return s.unasked(a)
	default:
		return nil
	}
}

// unasked ends the connection for a reply that nobody asked for, or its end. The
// zero answered comes from a channel that is closed: the connection had ended.
func (s *session) unasked(a answered) error {
	s.abort()
	switch {
	case a.err != nil:
		return s.broken("connection", a.err)
	case a.reply.code == 0:
		return s.broken("connection", errClosed)
	case a.reply.code == 421:
		return refusedReply("connection", a.reply, "run the same command again to go on")
	}
	return s.broken("connection", errOutOfStep)
}

// Close says QUIT where no Deliver is going on and the connection still
// stands, waits a little for the answer, and closes.
func (s *session) Close() error {
	if s.busy.TryLock() {
		defer s.busy.Unlock()
		s.quit()
	}
	s.abort()
	for range s.answers {
		// listen has ended when the channel is closed.
	}
	return nil
}

// quit is a courtesy: what has been accepted stays so without it.
func (s *session) quit() {
	if s.ended() {
		return
	}
	s.blocks.timeout = s.timeouts.Quit
	if s.say("QUIT") == nil {
		s.await(s.timeouts.Quit)
	}
}
