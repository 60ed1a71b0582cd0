// Package message makes one finished message for one recipient.
//
// The MIME skeleton (nesting, part headers, each shared attachment encoded
// once) is composed a single time by jordan-wright/email, put into a fixed
// order with boundaries derived from the campaign, and cut at the marks where a
// recipient's parts go. A recipient's message is the skeleton with the marks
// replaced by values encoded here; no data of a person passes through that
// library.
//
// RFC 5322 (message format), RFC 2045-2047 and 2231 (MIME), RFC 6531/6532
// (internationalized), RFC 2369 and 8058 (List-Unsubscribe), RFC 3834
// (Auto-Submitted).
package message

import (
	"io"
	"time"

	"mailshot/internal/address"
	"mailshot/internal/recipient"
	"mailshot/internal/template"
)

// Envelope is the SMTP envelope of one message. There is no list in it.
type Envelope struct{ From, To address.Address }

// Part is the body of a MIME part that all messages of a campaign share: its
// content in base64, lines of 76 characters, CRLF. It is never changed.
type Part struct {
	Encoded []byte
	SHA256  [32]byte // of Encoded
}

// Segment is a piece of a message: either bytes of its own or a shared part.
type Segment struct {
	Own    []byte
	Shared *Part
}

// Message is one finished message.
type Message struct {
	Ordinal  int // of the row it is for
	Line     int // of the row it is for
	Envelope Envelope
	Prefix   []byte    // the Date field, CRLF included; outside the digest
	Segments []Segment // all that follows
}

// Size is the number of octets that WriteTo writes.
func (m *Message) Size() int { panic("unwritten") }

// WriteTo writes the message with CRLF line ends, not dot-stuffed.
func (m *Message) WriteTo(w io.Writer) (int64, error) { panic("unwritten") }

// File is an attachment that all recipients share.
type File struct {
	Name    string // file name as recipients see it
	Path    string // as the user named it
	Content []byte
}

// Options are what a campaign adds to a template.
type Options struct {
	Campaign string    // id
	Date     time.Time // of every message
	Attach   []File    // shared attachments, `attachments` of the front matter first
	Inline   []File    // images for cid:
}

// Composer makes the messages of one campaign. It is immutable and safe for
// concurrent use.
type Composer struct{}

// New composes the skeleton. Errors are *rule.Fault.
func New(t *template.Template, o Options) (*Composer, error) { panic("unwritten") }

// Outline is the shape that every message of the composer has.
type Outline struct {
	Fields []string      // names of the header fields in order, Date first; a field that some messages lack is not among them
	Parts  []OutlinePart // all MIME entities, depth first, the message itself first
}

// OutlinePart is one MIME entity of an Outline.
type OutlinePart struct {
	Depth        int      // 0 for the message itself
	Type         string   // media type, lower case, such as "multipart/alternative"
	Disposition  string   // "", "inline" or "attachment"
	File         string   // file name; "" for none or where each recipient has their own
	Content      [32]byte // SHA-256 of the decoded content of a shared part; zero otherwise
	PerRecipient bool     // an attachment of the recipient's own
}

// Outline gives the shape.
func (c *Composer) Outline() Outline { panic("unwritten") }

// Writer makes one message after another; it is used by one goroutine.
type Writer struct{}

// Writer gives a new Writer.
func (c *Composer) Writer() *Writer { panic("unwritten") }

// Compose makes the message for row out of what the template made of it, and
// files, the contents of its per-recipient attachments in the order of
// Rendered.Files. The Message and its bytes are new and belong to the caller.
// Errors are rule.Refusal (control-character) or *rule.Fault.
func (w *Writer) Compose(row *recipient.Row, r *template.Rendered, files []File) (*Message, error) {
	panic("unwritten")
}
