package guard

import (
	"encoding/binary"
	"slices"

	"mailshot/internal/message"
)

// needs are the extensions of SMTP that a message cannot go without.
type needs struct{ utf8, eightBit bool }

// needsOf looks through m's own octets. Shared parts have been judged to be
// base64, which is ASCII.
func needsOf(m *message.Message) (n needs) {
	n.utf8 = m.Envelope.From.NeedsUTF8() || m.Envelope.To.NeedsUTF8()
	for i, s := range m.Segments {
		body := s.Own
		if i == 0 {
			var header []byte
			header, body = splitHeader(s.Own)
			if hasEightBit(header) {
				n.utf8, n.eightBit = true, true
			}
		}
		n.eightBit = n.eightBit || hasEightBit(body)
	}
	return n
}

// hasEightBit looks at eight octets at a time.
func hasEightBit(text []byte) bool {
	for ; len(text) >= 8; text = text[8:] {
		if binary.LittleEndian.Uint64(text)&0x8080808080808080 != 0 {
			return true
		}
	}
	return slices.ContainsFunc(text, func(c byte) bool { return c >= 0x80 })
}

// NeedsUTF8 says whether the envelope or the header leaves ASCII, so that the
// message needs SMTPUTF8 (RFC 6531).
func (c Cleared) NeedsUTF8() bool {
	_ = c.m.Ordinal // the zero value needs nothing
	return c.needs.utf8
}

// EightBit says whether the message, its header included, holds octets beyond
// ASCII, so that it needs 8BITMIME (RFC 6152).
func (c Cleared) EightBit() bool {
	_ = c.m.Ordinal
	return c.needs.eightBit
}
