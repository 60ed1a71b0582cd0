package transport

import (
	"bytes"
	"strconv"
	"strings"

	"mailshot/internal/guard"
)

// needs are the extensions that a message cannot go without.
type needs struct{ utf8, eightBit bool }

func needsOf(c guard.Cleared) needs {
	var seen octets
	c.WriteTo(&seen)
	envelope := c.Envelope()
	return needs{
		utf8:     seen.header || envelope.From.NeedsUTF8() || envelope.To.NeedsUTF8(),
		eightBit: seen.header || seen.body,
	}
}

// octets sees where a message leaves ASCII.
type octets struct {
	header, body bool
	inBody       bool
	tail         []byte // the last octets of the header so far
}

func (o *octets) Write(p []byte) (int, error) {
	body := p
	if !o.inBody {
		joined := append(o.tail, p...)
		end := bytes.Index(joined, []byte("\r\n\r\n"))
		if end < 0 {
			o.header = o.header || !ascii(p)
			o.tail = append([]byte(nil), joined[max(0, len(joined)-3):]...)
			return len(p), nil
		}
		o.inBody = true
		o.header = o.header || !ascii(joined[:end])
		body = joined[end:]
	}
	o.body = o.body || !ascii(body)
	return len(p), nil
}

func ascii(p []byte) bool {
	for _, b := range p {
		if b >= 0x80 {
			return false
		}
	}
	return true
}

// lacks gives the extension for whose lack the server cannot take the message,
// or "SIZE" where it is too long for it; "" where it can.
func (s *session) lacks(c guard.Cleared, need needs) string {
	switch {
	case need.utf8 && !s.offers.utf8:
		return "SMTPUTF8"
	case need.eightBit && !s.offers.eightBit:
		return "8BITMIME"
	case s.offers.limit > 0 && int64(c.Size()) > s.offers.limit:
		return "SIZE"
	}
	return ""
}

func (s *session) mailLine(c guard.Cleared, need needs) string {
	var b strings.Builder
	b.WriteString("MAIL FROM:<" + c.Envelope().From.String() + ">")
	if s.offers.size {
		b.WriteString(" SIZE=" + strconv.Itoa(c.Size()))
	}
	if need.eightBit {
		b.WriteString(" BODY=8BITMIME")
	}
	if need.utf8 {
		b.WriteString(" SMTPUTF8")
	}
	return b.String()
}
