// Package guard reads every finished message back and either clears it or says
// where another recipient shows in it.
//
// It shares no code with what builds messages: it parses the bytes with
// emersion/go-message, and looks at the raw bytes for what that library does
// not show. What it clears, and nothing else, can be sent: only this package
// can make a Cleared.
package guard

import (
	"io"

	"mailshot/internal/address"
	"mailshot/internal/identifier"
	"mailshot/internal/message"
	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// Policy is what a campaign declares and plans; `campaign` fills it in.
type Policy struct {
	List         string   // the list as the user named it
	Fingerprint  [32]byte // of the list's bytes
	Template     string   // the template as the user named it
	From         address.Mailbox
	ReplyTo      address.Mailbox // zero for none
	Sender       address.Mailbox // zero for none
	EnvelopeFrom address.Address
	Identities   []address.Address // From is one without being named
	Allow        []string
	AllowFiles   map[[32]byte]bool      // SHA-256 of attachments that may stay unread
	Kinds        []recipient.ColumnKind // one for each cell of a row
	Relational   []string               // names of columns
	Headers      []Field                // fixed fields that the template adds
	Constants    []Constant
	Plan         Plan
}

// Field is a header field with a fixed value.
type Field struct{ Name, Value string }

// Constant is a run of the template's own text.
type Constant struct {
	File string
	Line int
	Text string
}

// Plan is the shape every message must turn out to have.
type Plan struct {
	Fields []string      // names every message must have, in order, Date first
	Maybe  []string      // names a message may have besides
	Parts  []PlannedPart // all MIME entities, depth first
}

// PlannedPart is one MIME entity of a Plan.
type PlannedPart struct {
	Depth        int
	Type         string
	Disposition  string
	File         string
	Content      [32]byte // SHA-256 of the decoded content of a shared part; zero otherwise
	PerRecipient bool
}

// Guard judges the messages of one campaign.
type Guard struct{}

// New makes a guard; rows is how many messages there will be.
func New(p Policy, x *identifier.Index, rows int) *Guard { panic("unwritten") }

// Constants judges once what all messages share: the template's own words and
// the shared attachments (foreign-in-template, list-as-message,
// unreadable-attachment). shared maps each file as the user named it to its
// content.
func (g *Guard) Constants(shared []message.File) ([]rule.Refusal, []rule.Warning) { panic("unwritten") }

// Reader judges one message after another; it is used by one goroutine.
type Reader struct{}

// Reader gives a new Reader.
func (g *Guard) Reader() *Reader { panic("unwritten") }

// Judge reads m, the message for row, back. Where it refuses nothing, m's
// digest is recorded under row.Ordinal.
func (r *Reader) Judge(row *recipient.Row, m *message.Message) ([]rule.Refusal, []rule.Warning) {
	panic("unwritten")
}

// Digest is what stands for one message in a Seal: 16 bytes of a SHA-256 over
// the envelope and all bytes but the Date, a shared part by its own hash.
type Digest [16]byte

// Repeat compares m, made a second time for row by another worker, with the
// one that was judged; call it after Judge has returned for row. It gives
// nil, or a not-repeatable refusal.
func (r *Reader) Repeat(row *recipient.Row, m *message.Message) *rule.Refusal { panic("unwritten") }

// Seal ends the check. It fails where anything was refused, a row was not
// judged, or one was not repeated.
func (g *Guard) Seal() (*Seal, error) { panic("unwritten") }

// Seal is the proof that all messages of a campaign were judged and none
// refused: the digests that may leave. It is safe for concurrent use.
type Seal struct{}

// Sum is the SHA-256 over all digests in ascending order: it does not depend
// on the order of the rows.
func (s *Seal) Sum() [32]byte { panic("unwritten") }

// Clear compares m, made again for sending, with the digest that was cleared
// for its row, and gives what transport takes. The error is a rule.Refusal
// with the rule wire.
func (s *Seal) Clear(m *message.Message) (Cleared, error) { panic("unwritten") }

// Cleared is a message that may be sent. Only this package can make one; every
// method of the zero value panics.
type Cleared struct{ m *message.Message }

// Envelope gives the one sender and the one recipient.
func (c Cleared) Envelope() message.Envelope { panic("unwritten") }

// Ordinal and Line give the row that the message is for.
func (c Cleared) Ordinal() int { panic("unwritten") }
func (c Cleared) Line() int    { panic("unwritten") }

// Size is the number of octets of the message before dot-stuffing.
func (c Cleared) Size() int { panic("unwritten") }

// Digest is the cleared digest.
func (c Cleared) Digest() Digest { panic("unwritten") }

// WriteTo writes the message to w and hashes it as it does; it returns a
// rule.Refusal with the rule wire, before the last byte is written, where the
// bytes are not those that were cleared.
func (c Cleared) WriteTo(w io.Writer) (int64, error) { panic("unwritten") }
