// Package recipient reads a recipient list as spreadsheets write it, judges it
// before anything is rendered (the list gate), and indexes what identifies its
// people.
//
// A list is read as a stream, as often as wanted; what does not come from a
// seekable file is spooled to a file of mode 0600 first. No error, notice or
// refusal of this package holds a piece of a cell.
package recipient

import (
	"context"
	"errors"
	"io"
	"iter"

	"mailshot/internal/address"
	"mailshot/internal/identifier"
	"mailshot/internal/rule"
)

// Kind is what a column holds, as front matter's `columns` names it.
type Kind string

const (
	KindAddress    Kind = "address"
	KindName       Kind = "name"
	KindIdentifier Kind = "identifier"
	KindText       Kind = "text"
	KindPrivate    Kind = "private"
)

// ErrChanged says that the list is not the one that was judged.
var ErrChanged = errors.New("the list has changed since it was checked")

// Options say how to read a list.
type Options struct {
	AddressColumn string // name or heading; "" to find it
	SkipBadRows   bool   // leave out rows with a bad or blank address instead of refusing
}

// Column is one column of the list.
type Column struct {
	Name    string // as templates know it: lower case, letters and digits, "_" between
	Heading string // as the list has it, trimmed
}

// Row is one line of the list.
type Row struct {
	Ordinal int // 0-based position among the rows that List.Rows yields
	Number  int // 1-based number of the data row in the file
	Line    int // 1-based line in the file at which it begins
	Address address.Address
	Cells   []string // one for each column, trimmed of nothing but what Open says
}

// List is a list whose headings have been read.
type List struct{}

// Open opens the file name ("-" reads stdin to its end), finds encoding,
// separator and headings, and the address column. Errors that are the user's
// to mend are *rule.Fault or rule.Refused.
func Open(ctx context.Context, name string, stdin io.Reader, o Options) (*List, error) {
	panic("unwritten")
}

// Close removes what Open spooled.
func (l *List) Close() error { panic("unwritten") }

// Name is the list as the user named it; "standard input" for "-".
func (l *List) Name() string { panic("unwritten") }

// Columns gives the columns in the order of the file.
func (l *List) Columns() []Column { panic("unwritten") }

// AddressColumn is the position of the address in Row.Cells.
func (l *List) AddressColumn() int { panic("unwritten") }

// Use says how a campaign uses the list; the gate needs it.
type Use struct {
	Columns         []string          // names of the columns whose data can reach a message
	Kinds           map[string]Kind   // front matter's `columns`
	SharedMailboxes string            // name of the column that tells rows of one mailbox apart; "" for none
	Relational      []string          // names of columns that name another person on purpose
	Identities      []address.Address // the sender's own
	Allow           []string          // values that may stand anywhere
}

// Judgement is what the list gate found.
type Judgement struct {
	Index    *identifier.Index
	Kinds    []ColumnKind
	Rows     int // rows that Rows will yield
	Skipped  int // rows left out for their address, by SkipBadRows
	Same     int // rows dropped because an earlier row says the same to the same mailbox
	Refusals []rule.Refusal
	Total    int // refusals counted; Refusals holds the first 100 of each rule
	Warnings []rule.Warning
}

// ColumnKind says what a column was taken for and why.
type ColumnKind struct {
	Column      Column
	Kind        Kind
	Why         string // "declared", "heading and data", ...
	Identifiers int    // values of it that identify somebody
}

// Judge reads the whole list and applies the rules of the list gate. Rows is
// to be called after it. The error is for what could not be read.
func (l *List) Judge(ctx context.Context, use Use) (*Judgement, error) { panic("unwritten") }

// Rows yields the rows that are to be mailed, in the order of the file. A Row
// and its Cells may be kept. The last pair holds an error where reading failed
// or where the list is no longer the one that was judged (ErrChanged).
func (l *List) Rows(ctx context.Context) iter.Seq2[*Row, error] { panic("unwritten") }

// Fingerprint is the SHA-256 of the list's bytes as Judge read them.
func (l *List) Fingerprint() [32]byte { panic("unwritten") }

// Fresh says whether the list's bytes are still those that Judge read;
// ErrChanged where they are not.
func (l *List) Fresh() error { panic("unwritten") }
