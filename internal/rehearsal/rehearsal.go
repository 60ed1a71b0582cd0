// Package rehearsal audits what arrived of a campaign: whether each mailbox got
// its own message, once, and nothing of another row.
//
// It is the third reader of a message, after what made it and after the guard,
// and shares no code with either: Go's net/mail and mime read it, and what it
// looks for are the addresses and the numbers of the list as the list has them.
// It is coarser than the guard, on purpose: it reads headers, text, HTML and
// names of files, no other attachments, and knows neither names nor anything
// that is written in a roundabout way.
package rehearsal

import (
	"context"
	"fmt"
	"hash/maphash"
	"iter"
	"slices"
	"strings"

	"mailshot/internal/recipient"
	"mailshot/internal/sink"
)

// People is whom the campaign is for; *campaign.Campaign is one.
type People interface {
	// Rows yields the rows that are mailed.
	Rows(ctx context.Context) iter.Seq2[*recipient.Row, error]
	// Common gives addresses and values that may stand in any message.
	Common() []string
}

// mailbox stands for an address: a hash of it.
type mailbox uint64

// nobody is the owner of what stands on rows of several mailboxes.
const nobody mailbox = 0

// Audit judges messages as they arrive. Add is called by one goroutine at a
// time.
type Audit struct {
	seed   maphash.Seed
	owners map[uint64]mailbox // of an address or a number
	allow  map[uint64]bool    // what may stand anywhere
	quoted map[quotation]bool // what a row has of another one in its own cells
	rows   map[mailbox]row
	from   string
	wanted int // messages
	report Report
}

// row is what is known of one mailbox.
type row struct {
	line  int // of its first row
	wants int // messages
	got   int
}

type quotation struct {
	by    mailbox
	token uint64
}

// Report is what the audit found.
type Report struct {
	Messages    int // that arrived
	Octets      int64
	Largest     int64 // octets of the largest message
	LargestLine int   // and whose it is
	Large       int   // messages of more than LargeMessage octets
	Unread      int   // parts that hold no text, which the guard alone has read
	Findings    []Finding
	Total       int // of all findings; Findings holds the first 100
}

// LargeMessage is what a Postfix takes unless it is told otherwise
// (message_size_limit).
const LargeMessage = 10_240_000

// Finding is one thing that should not be.
type Finding struct {
	Line  int // of the mailbox that it is about; 0 where it is on no row
	Other int // line of the row that shows; 0 for none
	What  string
}

// New reads the list; from is the envelope sender that every message has.
func New(ctx context.Context, people People, from string) (*Audit, error) {
	a := &Audit{
		seed: maphash.MakeSeed(), from: from,
		owners: map[uint64]mailbox{}, allow: map[uint64]bool{},
		quoted: map[quotation]bool{}, rows: map[mailbox]row{},
	}
	for _, value := range people.Common() {
		for token := range tokens(value) {
			a.allow[a.hash(token)] = true
		}
	}
	for r, err := range people.Rows(ctx) {
		if err != nil {
			return nil, err
		}
		a.own(r)
	}
	for r, err := range people.Rows(ctx) {
		if err != nil {
			return nil, err
		}
		a.quote(r)
	}
	return a, nil
}

func (a *Audit) hash(token string) uint64 { return maphash.String(a.seed, token) | 1 }

// mailbox gives that of an address, as a header or a server has it.
func (a *Audit) mailbox(address string) mailbox {
	return mailbox(a.hash(strings.ToLower(address)))
}

// own notes what identifies the row r.
func (a *Audit) own(r *recipient.Row) {
	m := a.mailbox(r.Address.String())
	known, ok := a.rows[m]
	if !ok {
		known.line = r.Line
	}
	known.wants++
	a.wanted++
	a.rows[m] = known
	a.belongs(r.Address.String(), m)
	for _, cell := range r.Cells {
		if value := strings.TrimSpace(cell); identifies(value) {
			a.belongs(value, m)
		}
	}
}

func (a *Audit) belongs(value string, m mailbox) {
	token := a.hash(strings.ToLower(value))
	if owner, ok := a.owners[token]; ok && owner != m {
		m = nobody
	}
	a.owners[token] = m
}

// quote notes what the row r has of others in its own cells: the list gate has
// judged that.
func (a *Audit) quote(r *recipient.Row) {
	m := a.mailbox(r.Address.String())
	for _, cell := range r.Cells {
		for token := range tokens(cell) {
			if h := a.hash(token); a.foreign(h, m) {
				a.quoted[quotation{m, h}] = true
			}
		}
	}
}

// foreign says whether a token is another mailbox's than m.
func (a *Audit) foreign(token uint64, m mailbox) bool {
	owner := a.owners[token]
	return owner != nobody && owner != m && !a.allow[token]
}

// Add judges a message.
func (a *Audit) Add(r sink.Received) {
	a.report.Messages++
	a.report.Octets += r.Size
	if len(r.To) != 1 {
		a.find(Finding{What: "an envelope names several recipients, or none"})
		return
	}
	m := a.mailbox(r.To[0])
	known, ok := a.rows[m]
	if !ok {
		a.find(Finding{What: "a message went to a mailbox that is on no row"})
		return
	}
	known.got++
	a.rows[m] = known
	a.measure(r.Size, known.line)
	if r.From != a.from {
		a.find(Finding{Line: known.line, What: "the envelope has another sender"})
	}
	a.read(r, m)
}

func (a *Audit) measure(octets int64, line int) {
	if octets > a.report.Largest {
		a.report.Largest, a.report.LargestLine = octets, line
	}
	if octets > LargeMessage {
		a.report.Large++
	}
}

// scan looks for what is another's in a text of the message to m.
func (a *Audit) scan(text, where string, m mailbox) {
	for token := range tokens(text) {
		h := a.hash(token)
		if a.foreign(h, m) && !a.quoted[quotation{m, h}] {
			a.find(Finding{Line: a.rows[m].line, Other: a.rows[a.owners[h]].line, What: "another row's data stand in its " + where})
		}
	}
}

// maxFindings is how many findings are kept.
const maxFindings = 100

func (a *Audit) find(f Finding) {
	a.report.Total++
	if len(a.report.Findings) < maxFindings {
		a.report.Findings = append(a.report.Findings, f)
	}
}

// Report says what was found, after the last message; accepted is how many the
// server is said to have accepted.
func (a *Audit) Report(accepted int) Report {
	for _, r := range a.rows {
		switch {
		case r.got > r.wants:
			a.find(Finding{Line: r.line, What: "the mailbox got more messages than it has rows"})
		case r.got < r.wants && accepted == a.wanted:
			a.find(Finding{Line: r.line, What: "the mailbox did not get its message"})
		}
	}
	if a.report.Messages != accepted {
		a.find(Finding{What: fmt.Sprintf("%d messages arrived, and %d are said to have been accepted", a.report.Messages, accepted)})
	}
	slices.SortStableFunc(a.report.Findings, func(x, y Finding) int { return x.Line - y.Line })
	return a.report
}
