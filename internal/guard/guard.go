// Package guard reads every finished message back and either clears it or says
// where another recipient shows in it.
//
// It shares no code with what builds messages: it parses the bytes with
// emersion/go-message, and looks at the raw bytes for what that library does
// not show. What it clears, and nothing else, can be sent: only this package
// can make a Cleared.
//
// It does not know what a distribution address expands to, what a relay adds,
// what remote pictures show, or words inside a picture. It does not look for
// letters of one script that stand for those of another (a Cyrillic а in an
// address), nor for text that only becomes one where a style hides what is
// between its pieces or turns it round, nor for hashes of an address in other
// letters than its canonical ones, nor for strings that a script joins in
// another way than by +. A plus tag makes another address of it.
package guard

import (
	"crypto/rand"
	"hash/maphash"
	"sync"

	"mailshot/internal/address"
	"mailshot/internal/guard/reader"
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
	PDF          *reader.PDFReader      // nil: PDF is unreadable
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
	MustContain  int // where PerRecipient: position in Row.Cells of the value that the file must hold; -1 for none
}

// Guard judges the messages of one campaign. It is safe for concurrent use.
type Guard struct {
	policy  Policy
	index   *identifier.Index
	own     ownership
	fields  fieldRules
	secret  [32]byte // makes stand-ins of shared parts unforgeable
	shared  sync.Map // *message.Part -> *sharedPart
	files   sync.Map // SHA-256 of a recipient's own attachment -> owner
	seed    maphash.Seed
	unique  unique
	claims  *claims
	records []record // by ordinal
	refused bool     // by Constants
}

// New makes a guard; rows is how many messages there will be.
func New(p Policy, x *identifier.Index, rows int) *Guard {
	g := &Guard{policy: p, index: x, records: make([]record, rows), seed: maphash.MakeSeed()}
	rand.Read(g.secret[:])
	g.fields = newFieldRules(p)
	g.own = newOwnership(p, x)
	g.unique = newUnique(p, g.own.relational)
	g.claims = newClaims(rows, g.unique.claimsOfMessage())
	g.learn()
	return g
}

// Reader judges one message after another; it is used by one goroutine.
type Reader struct {
	g        *Guard
	row      *recipient.Row
	message  *message.Message
	raw      []byte // the message, shared parts replaced by their stand-ins
	dated    []byte // the last sound prefix: most messages have the same
	digest   *digester
	headings headings
	scanner  scanner
	views    viewer
	walks    walks
	passages passages
	names    map[string]named
	tokens   tokens
	parts    int                      // entities met so far
	collect  func(place, []byte, hit) // takes finds in constants; nil where a row is judged
	report
}

// report collects what is found in one message; one cause is told once.
type report struct {
	refusals []rule.Refusal
	warnings []rule.Warning
	causes   map[cause]bool
}

type cause struct {
	rule  rule.ID
	other int    // line of the row whose data was found
	where string // where nobody's data was found
}

// maxRefusals of one message are told; one is enough to stop the campaign.
const maxRefusals = 20

// Reader gives a new Reader.
func (g *Guard) Reader() *Reader {
	r := &Reader{g: g}
	r.causes = make(map[cause]bool)
	r.headings, r.passages, r.names = make(headings), make(passages), make(map[string]named)
	r.digest = newDigester()
	r.scanner = newScanner(g.index)
	return r
}

// Judge reads m, the message for row, back. Where it refuses nothing, m's
// digest is recorded under row.Ordinal.
func (r *Reader) Judge(row *recipient.Row, m *message.Message) ([]rule.Refusal, []rule.Warning) {
	r.begin(row, m)
	r.judgeEnvelope()
	r.judgePrefix()
	if r.assemble() {
		r.judgeLines()
		body := r.judgeEntities()
		r.scan(place{name: "source", markup: true, coded: true}, body)
		r.claimTokens()
	}
	r.settle()
	return r.refusals, r.warnings
}

func (r *Reader) begin(row *recipient.Row, m *message.Message) {
	r.row, r.message, r.parts = row, m, 0
	r.refusals, r.warnings = nil, nil
	clear(r.causes)
	r.beginTokens()
	if row.Ordinal >= 0 && row.Ordinal < len(r.g.records) {
		r.g.claims.open(row)
	}
}

// settle records the verdict.
func (r *Reader) settle() {
	if m := r.message; m.Ordinal != r.row.Ordinal || m.Line != r.row.Line {
		r.refuse(rule.Envelope, "envelope", "it is the message for another row", hintReport)
	}
	if r.row.Ordinal < 0 || r.row.Ordinal >= len(r.g.records) {
		r.refuse(rule.Structure, "", "the row is not one of those announced", hintReport)
		return
	}
	r.joinCauses()
	rec := &r.g.records[r.row.Ordinal]
	if len(r.refusals) > 0 {
		rec.state = refused
		return
	}
	*rec = record{digest: r.digest.of(r.message), state: judged}
}

// judgeEnvelope looks at MAIL FROM and RCPT TO.
func (r *Reader) judgeEnvelope() {
	e := r.message.Envelope
	if e.To.IsZero() || e.To != r.row.Address {
		r.refuse(rule.Envelope, "envelope", "the recipient of the envelope is not the row's address", hintReport)
	}
	if e.From != r.g.policy.EnvelopeFrom {
		r.refuse(rule.Envelope, "envelope", "the sender of the envelope differs from the campaign's", hintReport)
	}
}
