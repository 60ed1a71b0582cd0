package transport

import (
	"strconv"
	"strings"

	"mailshot/internal/guard"
)

// lacks gives the extension for whose lack the server cannot take the message,
// or "SIZE" where it is too long for it; "" where it can.
func (s *session) lacks(c guard.Cleared) string {
	switch {
	case c.NeedsUTF8() && !s.offers.utf8:
		return "SMTPUTF8"
	case c.EightBit() && !s.offers.eightBit:
		return "8BITMIME"
	case s.offers.limit > 0 && int64(c.Size()) > s.offers.limit:
		return "SIZE"
	}
	return ""
}

func (s *session) mailLine(c guard.Cleared) string {
	var b strings.Builder
	b.WriteString("MAIL FROM:<" + c.Envelope().From.String() + ">")
	if s.offers.size {
		b.WriteString(" SIZE=" + strconv.Itoa(c.Size()))
	}
	if c.EightBit() {
		b.WriteString(" BODY=8BITMIME")
	}
	if c.NeedsUTF8() {
		b.WriteString(" SMTPUTF8")
	}
	return b.String()
}
