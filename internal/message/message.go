// Package message makes one finished message for one recipient.
//
// The MIME skeleton (nesting and part headers) is composed a single time by
// jordan-wright/email with a mark in every place that is filled in, read back
// as a tree, checked, and put down in a fixed order with boundaries derived from
// the campaign. A recipient's message is that skeleton with the marks replaced
// by values encoded here; no data of a person passes through that library. Each
// shared attachment is encoded once and referred to by every message.
//
// Two composers made from the same input make the same bytes. Text and HTML
// are always quoted-printable: one encoding for a whole campaign keeps the
// skeleton constant, and no line of it depends on what a row holds.
//
// It refuses control characters in what goes into a header field or a file
// name; everything else about a message is for package guard to judge.
//
// RFC 5322 (message format), RFC 2045-2047 and 2231 (MIME), RFC 2387
// (multipart/related), RFC 6531/6532 (internationalized), RFC 2369 and 8058
// (List-Unsubscribe), RFC 3834 (Auto-Submitted).
package message

import (
	"io"
	"net"

	"mailshot/internal/address"
)

// Envelope is the SMTP envelope of one message. There is no list in it.
type Envelope struct{ From, To address.Address }

// Part is the body of a MIME part that all messages of a campaign share: its
// content in base64, lines of 76 characters with CRLF between them. It is never
// changed.
type Part struct {
	Encoded []byte
	SHA256  [32]byte // of Encoded
}

// Segment is a piece of a message: either bytes of its own or a shared part.
type Segment struct {
	Own    []byte
	Shared *Part
}

// bytes gives the octets of s.
func (s Segment) bytes() []byte {
	if s.Shared != nil {
		return s.Shared.Encoded
	}
	return s.Own
}

// Message is one finished message.
type Message struct {
	Ordinal   int // of the row it is for
	Line      int // of the row it is for
	Envelope  Envelope
	MessageID string    // as in the field, without the angle brackets
	NeedsUTF8 bool      // an address in the envelope or the header leaves ASCII: SMTPUTF8 (RFC 6531)
	Prefix    []byte    // the Date field, CRLF included; outside the digest
	Segments  []Segment // all that follows
}

// Size is the number of octets that WriteTo writes.
func (m *Message) Size() int {
	n := len(m.Prefix)
	for _, s := range m.Segments {
		n += len(s.bytes())
	}
	return n
}

// WriteTo writes the message with CRLF line ends, not dot-stuffed. No line
// begins with a dot, so dot-stuffing changes nothing.
func (m *Message) WriteTo(w io.Writer) (int64, error) {
	all := make(net.Buffers, 0, len(m.Segments)+1)
	all = append(all, m.Prefix)
	for _, s := range m.Segments {
		all = append(all, s.bytes())
	}
	return all.WriteTo(w)
}
