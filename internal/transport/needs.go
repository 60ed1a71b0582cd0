package transport

import (
	"strconv"
	"strings"

	"mailshot/internal/address"
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

// mailLine is the MAIL for a message of size octets; 0 where that is not known.
func (s *session) mailLine(from address.Address, size int, eightBit, utf8 bool) string {
	var b strings.Builder
	b.WriteString("MAIL FROM:<" + from.String() + ">")
	if s.offers.size && size > 0 {
		b.WriteString(" SIZE=" + strconv.Itoa(size))
	}
	if eightBit {
		b.WriteString(" BODY=8BITMIME")
	}
	if utf8 {
		b.WriteString(" SMTPUTF8")
	}
	return b.String()
}

func rcptLine(to address.Address) string { return "RCPT TO:<" + to.String() + ">" }
