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
	maxHeard    = 32 // replies that are handed over in one go
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

	answers chan []answered // what listen has heard; closed with it
	left    []answered      // of what was taken from answers last
	gone    chan struct{}   // closed by abort
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
		answers:  make(chan []answered),
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

// listen hands over what has come in one go: whoever takes it is woken once, and
// is done with what was handed over before.
func (s *session) listen() {
	defer close(s.answers)
	words := phrases{}
	batch, before := make([]answered, 0, maxHeard), make([]answered, 0, maxHeard)
	for {
		batch = s.hearAll(words, batch[:0])
		select {
		case s.answers <- batch:
		case <-s.gone:
			return
		}
		if batch[len(batch)-1].err != nil {
			return
		}
		batch, before = before, batch
	}
}

// hearAll waits for one reply, and appends it and those that have come whole
// behind it. One that has not is not waited for.
func (s *session) hearAll(words phrases, batch []answered) []answered {
	for {
		r, err := words.readReply(s.in)
		s.expect(-1)
		batch = append(batch, answered{r, err})
		if err != nil || len(batch) == maxHeard || !hasWhole(s.in) {
			return batch
		}
	}
}

// came takes over what listen has heard, unless that is the end.
func (s *session) came(batch []answered, ok bool) error {
	if !ok {
		return errClosed
	}
	s.left = batch
	return nil
}

// next gives the first reply of those that came, of which there must be one.
func (s *session) next() answered {
	a := s.left[0]
	s.left = s.left[1:]
	return a
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
	if len(s.left) == 0 {
		if err := s.wait(timeout); err != nil {
			return reply{}, err
		}
	}
	a := s.next()
	return a.reply, a.err
}

// wait waits until something comes.
func (s *session) wait(timeout time.Duration) error {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case batch, ok := <-s.answers:
		return s.came(batch, ok)
	case <-timer.C:
		return errTimeout
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
