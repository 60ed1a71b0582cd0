package transport

import (
	"errors"
	"strconv"
)

// piece is one step of one message that is to be written.
type piece struct {
	flight *flight
	step   string
}

// write writes the pieces of a batch and flushes: what stands in one batch
// leaves in one write, as far as the buffer goes.
func (s *session) write(batch []piece) error {
	for _, p := range batch {
		if p.step != stepWithhold {
			s.expect(1)
		}
		if err := s.put(p); err != nil {
			return err
		}
	}
	return s.out.Flush()
}

func (s *session) put(p piece) error {
	c := p.flight.cleared
	switch p.step {
	case stepMail:
		if p.flight.fresh {
			s.gate.fresh()
		}
		envelope := c.Envelope()
		s.gate.announce(announced{envelope.From.String(), envelope.To.String(), c.Size()})
		return s.line(s.mailLine(envelope.From, c.Size(), c.EightBit(), c.NeedsUTF8()))
	case stepRcpt:
		return s.line(rcptLine(c.Envelope().To))
	case stepMessage:
		return s.message(p.flight)
	case stepWithhold:
		// The gate has judged what is in the buffer only once that is flushed.
		err := s.out.Flush()
		s.gate.withhold()
		return err
	}
	return s.line(p.step)
}

func (s *session) message(f *flight) error {
	switch {
	case f.empty:
		if err := s.out.Flush(); err != nil {
			return err
		}
		s.gate.empty()
		return s.lastDot(f)
	case s.chunked():
		return s.chunk(f)
	}
	return s.dots(f)
}

// chunk sends a message as the one chunk that it is (RFC 3030 section 2).
func (s *session) chunk(f *flight) error {
	size := f.cleared.Size()
	if err := s.line("BDAT " + strconv.Itoa(size) + " LAST"); err != nil {
		return err
	}
	f.end.Store(s.offset() + int64(size))
	_, err := f.cleared.WriteTo(s.out)
	return err
}

func (s *session) dots(f *flight) error {
	if _, err := f.cleared.WriteTo(&dotWriter{out: s.out}); err != nil {
		return err
	}
	return s.lastDot(f)
}

const lastDot = ".\r\n"

func (s *session) lastDot(f *flight) error {
	f.end.Store(s.offset() + int64(len(lastDot)))
	_, err := s.out.WriteString(lastDot)
	return err
}

// offset is how many octets the connection will have carried when all that was
// written so far has left.
func (s *session) offset() int64 {
	return s.blocks.sent.Load() + int64(len(s.gate.held)+s.out.Buffered())
}

func (s *session) line(line string) error {
	s.out.WriteString(line)
	_, err := s.out.WriteString("\r\n")
	return err
}

func (s *session) say(line string) error {
	return errors.Join(s.line(line), s.out.Flush())
}
