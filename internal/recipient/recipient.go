// Package recipient reads a recipient list as spreadsheets write it, judges it
// before anything is rendered (the list gate), and indexes what identifies its
// people.
//
// A list is CSV (RFC 4180, and what spreadsheets make of it), tab-separated
// values, or JSON Lines. It is read as a stream, as often as wanted; what does
// not come from a regular file is spooled to a file of mode 0600 first, which
// has no name where the system allows that. No error, notice or refusal of this
// package holds a piece of a cell.
package recipient

import (
	"context"
	"errors"
	"io"

	"mailshot/internal/address"
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
	Cells   []string // one for each column, as the list has them; the address is trimmed
}

// List is a list whose headings have been read. Its methods may be called by
// several goroutines once Judge has returned.
type List struct {
	source  source
	format  format
	options Options
	columns []Column
	guesses []guess // one for each column
	named   []bool  // for each column whether the template names it; nil before Judge
	address int
	judged  *judged // nil before Judge
}

// judged is what Rows and Fresh need to know of Judge.
type judged struct {
	stamp stamp
	sum   [32]byte
	out   []uint32 // numbers of the rows that are not to be mailed, ascending
}

// Open opens the file name ("-" reads stdin to its end), finds encoding,
// separator and headings, and the address column. Errors that are the user's
// to mend are *rule.Fault or rule.Refused.
func Open(ctx context.Context, name string, stdin io.Reader, o Options) (*List, error) {
	src, err := openSource(ctx, name, stdin)
	if err != nil {
		return nil, err
	}
	l := &List{source: src, options: o}
	if err := l.look(ctx); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// look finds out all that Open promises.
func (l *List) look(ctx context.Context) (err error) {
	if l.format, err = findFormat(l.source); err != nil {
		return err
	}
	rows, err := l.rows(ctx)
	if err != nil {
		return err
	}
	defer rows.close()
	if l.columns, err = l.headings(rows.heading); err != nil {
		return err
	}
	profiles, err := l.sample(rows)
	if err != nil {
		return err
	}
	if l.address, err = l.findAddressColumn(profiles, rows.heading.line); err != nil {
		return err
	}
	l.guesses = guessKinds(l.columns, profiles, l.address)
	return nil
}

// Headings gives the columns of the list in the file name, in the order of the
// file, without a look at its addresses. Errors are as those of Open.
func Headings(ctx context.Context, name string) ([]Column, error) {
	src, err := openSource(ctx, name, nil)
	if err != nil {
		return nil, err
	}
	l := &List{source: src}
	defer l.Close()
	if l.format, err = findFormat(src); err != nil {
		return nil, err
	}
	rows, err := l.rows(ctx)
	if err != nil {
		return nil, err
	}
	defer rows.close()
	return l.headings(rows.heading)
}

// Close removes what Open spooled.
func (l *List) Close() error { return l.source.remove() }

// Name is the list as the user named it; "standard input" for "-".
func (l *List) Name() string { return l.source.name }

// Columns gives the columns in the order of the file.
func (l *List) Columns() []Column { return l.columns }

// AddressColumn is the position of the address in Row.Cells.
func (l *List) AddressColumn() int { return l.address }

// Fingerprint is the SHA-256 of the list's bytes as Judge read them; zero before
// Judge.
func (l *List) Fingerprint() [32]byte {
	if l.judged == nil {
		return [32]byte{}
	}
	return l.judged.sum
}
