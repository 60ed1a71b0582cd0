package transport

import (
	"bufio"
	"net"
	"sync"
	"time"
)

const (
	replyBuffer = 4 << 10 // more than maxReplyLine
	writeBuffer = 32 << 10
	replyQueue  = 64 // replies that may wait while a result is handed over
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
	window   int     // messages under way at most
	most     int     // messages taken at most; 0 for no limit
	open     bool    // a transaction may be
	see      watcher // of the setting up; nil for none

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

func newSession(raw net.Conn, t Timeouts, window int) *session {
	s := &session{
		window:   window,
		raw:      raw,
		conn:     raw,
		in:       bufio.NewReaderSize(raw, replyBuffer),
		blocks:   &blockWriter{conn: raw, timeout: t.Block},
		timeouts: t,
		answers:  make(chan answered, replyQueue),
		gone:     make(chan struct{}),
	}
	s.expect(1) // as long as it is set up
	s.gate = newGate(s.blocks, s.hush)
	s.out = bufio.NewWriterSize(s.gate, writeBuffer)
	return s
}

// start ends the setting up: from here on replies are read as they come, so
// that one that nobody asked for is seen before the next message is taken.
func (s *session) start() {
	s.gate.open()
	s.expect(-1)
	go s.listen()
}

func (s *session) listen() {
	defer close(s.answers)
	for {
		r, err := readReply(s.in)
		s.expect(-1)
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

// expect counts replies that are to come, fewer where n is negative: they are
// acknowledged at once until the last has come, where the machine can.
func (s *session) expect(n int) {
	if c, ok := s.raw.(interface{ expect(int) }); ok {
		c.expect(n)
	}
}

// abort closes the connection at once. It may be called by anyone, any time.
func (s *session) abort() {
	s.end.Do(func() {
		close(s.gone)
		s.raw.Close()
	})
}

// hush lets nothing more leave. What the server has answered to what did leave
// can still be read, even where it has reset the connection since.
func (s *session) hush() {
	half, ok := s.raw.(interface{ CloseWrite() error })
	if !ok {
		s.abort()
		return
	}
	half.CloseWrite()
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

// unasked is the error for a reply that nobody asked for, or for the end of the
// connection.
func (s *session) unasked(a answered) error {
	switch {
	case a.err != nil:
		return a.err
	case a.reply.code == 421:
		return sessionError("connection", a.reply)
	}
	return errOutOfStep
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
	s.blocks.timeout, s.blocks.may = s.timeouts.Quit, nil
	if s.say("QUIT") == nil {
		s.await(s.timeouts.Quit)
	}
}
