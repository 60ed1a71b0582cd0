// Package template reads a campaign's template file, compiles it once against
// the columns of a list, and renders it for one row at a time.
//
// A template has one row in scope and nothing else: no other row, no
// environment, no file, no network, no clock. A field that the list lacks is a
// *rule.Fault when the template is compiled; an empty cell that would be
// printed without a default is one when it is rendered. No error holds a piece
// of a cell. What a template can do is bounded when it is compiled, so that no
// row can make it hang or grow without end.
//
// Markdown and HTML are worked on once, when the template is compiled, with
// its actions hidden: the values of a row are never read as either.
package template

import (
	"mailshot/internal/address"
	"mailshot/internal/recipient"
)

// Front is the front matter of a template file, as CONTRACT has it.
type Front struct {
	Campaign        string
	From            address.Mailbox
	ReplyTo         address.Mailbox // zero where not given
	Sender          address.Mailbox // zero where not given
	ToName          string          // template text
	Subject         string          // template text
	Preheader       string          // template text
	HTML, Text      string          // paths, relative to the template's folder
	Attachments     []Attachment
	Inline          []string // paths
	Headers         []Header // in the order of the file
	ListUnsubscribe string   // template text
	Identities      []address.Address
	Columns         map[string]recipient.Kind
	SharedMailboxes string
	Relational      []string
	Allow           []Allow
	AllowFiles      []AllowFile
}

// Attachment is one entry of `attachments`.
type Attachment struct {
	File        string // path; holds {{ }} where each recipient has their own
	MustContain string // column; "" for none
}

// PerRecipient says whether the path is made from the row.
func (a Attachment) PerRecipient() bool { return hasAction(a.File) }

// Header is one entry of `headers`.
type Header struct{ Name, Value string }

// Allow is one entry of `allow`.
type Allow struct{ Value, Reason string }

// AllowFile is one entry of `allow-files`.
type AllowFile struct {
	SHA256 [32]byte
	Reason string
}

// Template is a compiled template. It is immutable and safe for concurrent use.
type Template struct {
	source    *Source
	front     Front
	cells     []cell // the cells it uses
	constants []Constant

	subject, toName, unsubscribe *program
	files                        []*program // of the per-recipient attachments
	text, html                   *program   // html is nil where there is none
}

// Front gives the front matter it was compiled with; columns are under the
// names that the list gives them.
func (t *Template) Front() *Front { return &t.front }

// Source gives the source it was compiled from.
func (t *Template) Source() *Source { return t.source }

// Columns gives the names of the columns that the template mentions, in the
// order of the list.
func (t *Template) Columns() []string {
	names := make([]string, len(t.cells))
	for i, c := range t.cells {
		names[i] = c.name
	}
	return names
}

// HasHTML says whether its messages have an HTML alternative beside the text.
func (t *Template) HasHTML() bool { return t.html != nil }

// A Constant is a run of text that stands in the template itself and so in
// every message (or in none), with the place it stands at.
type Constant struct {
	File string // as the user named it
	Line int    // 1-based, of the first character; 0 where a flag gave it
	Text string // may span lines; of HTML and Markdown as the file has it
}

// Constants gives the template's own words: literal text of subject, bodies,
// names and links, literal strings inside actions, and values of the front
// matter that reach a message (headers, reply-to, from; file names).
func (t *Template) Constants() []Constant { return t.constants }
