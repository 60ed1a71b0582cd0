// Package rule holds the table of everything mailshot refuses, and the
// refusal itself: which rule, at which file, line and part, found what (by
// kind, never by value), and the next step. The code that judges, the help
// topic "refusals" and the JSON output all read the same table.
//
// A Refusal shows no one's data: it names a row by its line in the list and a
// part by its number.
package rule

import "fmt"

// ID is the name of a rule, as a refusal and the JSON output carry it.
type ID string

// The rules. What each stops and lets through stands in Table.
const (
	BlankAddress         ID = "blank-address"
	BadAddress           ID = "bad-address"
	SeveralAddresses     ID = "several-addresses"
	ControlCharacter     ID = "control-character"
	RaggedRow            ID = "ragged-row"
	DuplicateHeading     ID = "duplicate-heading"
	AddressColumn        ID = "address-column"
	SwallowedRows        ID = "swallowed-rows"
	SharedMailbox        ID = "shared-mailbox"
	RepeatedIdentifier   ID = "repeated-identifier"
	ForeignInCell        ID = "foreign-in-cell"
	MisalignedColumns    ID = "misaligned-columns"
	ListAsMessage        ID = "list-as-message"
	ForeignInTemplate    ID = "foreign-in-template"
	Header               ID = "header"
	To                   ID = "to"
	Sender               ID = "sender"
	Envelope             ID = "envelope"
	ForeignAddress       ID = "foreign-address"
	ForeignIdentifier    ID = "foreign-identifier"
	ForeignName          ID = "foreign-name"
	Structure            ID = "structure"
	Line                 ID = "line"
	UnreadableAttachment ID = "unreadable-attachment"
	AttachmentPairing    ID = "attachment-pairing"
	TokenInTwo           ID = "token-in-two"
	NotRepeatable        ID = "not-repeatable"
	Stale                ID = "stale"
	Wire                 ID = "wire"
)

// A Refusal is one reason why nothing is sent.
type Refusal struct {
	Rule      ID
	File      string // the list or template as the user named it; "" where neither is at fault
	Line      int    // 1-based line in File: of the row in the list, or in the template; 0 for the whole file
	Row       int    // 1-based number of the data row; 0 where no row is at fault
	OtherLine int    // line in the list of the row whose data was found; 0 for none
	Where     string // the part, such as "header Subject" or "body, line 12"; "" for none
	What      string // what is wrong, by kind: "the address of the row at line 3"
	Hint      string // the next step
}

// Error gives file, line, what is wrong and the rule, in one line; the hint is
// for whoever prints it to put on a line of its own.
func (r Refusal) Error() string {
	place := r.File
	if r.Line > 0 {
		place = fmt.Sprintf("%s:%d", r.File, r.Line)
	}
	if r.Where != "" {
		if place != "" {
			place += ": "
		}
		place += r.Where
	}
	if place != "" {
		place += ": "
	}
	return fmt.Sprintf("%s%s [%s]", place, r.What, r.Rule)
}

// A Warning is worth a look and stops nothing.
type Warning struct {
	File  string // as in Refusal
	Line  int    // as in Refusal
	Where string // as in Refusal
	What  string // as in Refusal
}

// Refused is an error for refusals found before a judgement could be made.
type Refused []Refusal

func (r Refused) Error() string { return r[0].Error() }

// A Fault is an input that cannot be used at all: a file that cannot be read,
// a template that does not parse, a list that is no list.
type Fault struct {
	File   string // as the user named it
	Line   int    // 1-based; 0 for the whole file
	Column int    // 1-based; 0 for the whole line
	What   string // what is wrong; none of the file's data
	Hint   string // the next step; may be empty
}

// Error gives file, line, column and what is wrong, in one line.
func (f *Fault) Error() string {
	switch {
	case f.Line > 0 && f.Column > 0:
		return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.What)
	case f.Line > 0:
		return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.What)
	case f.File != "":
		return f.File + ": " + f.What
	}
	return f.What
}
