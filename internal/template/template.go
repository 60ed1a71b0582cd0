// Package template reads a campaign's template file, compiles it once against
// the columns of a list, and renders it for one row at a time.
//
// A template has one row in scope and nothing else: no other row, no
// environment, no file, no network, no clock. A field that the list lacks is a
// *rule.Fault when the template is compiled; an empty cell that would be
// printed without a default is one when it is rendered. No error holds a piece
// of a cell.
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
func (a Attachment) PerRecipient() bool { panic("unwritten") }

// Header is one entry of `headers`.
type Header struct{ Name, Value string }

// Allow is one entry of `allow`.
type Allow struct{ Value, Reason string }

// AllowFile is one entry of `allow-files`.
type AllowFile struct {
	SHA256 [32]byte
	Reason string
}

// Source is a template file that has been read and not yet compiled. Its Front
// may be changed (by flags) before Compile.
type Source struct {
	Front Front
}

// Read reads the template file at path, and the files that its front matter's
// `html` and `text` name. `from` may be missing (a flag can give it). Errors
// are *rule.Fault.
func Read(path string) (*Source, error) { panic("unwritten") }

// Path is the file's name as the user gave it.
func (s *Source) Path() string { panic("unwritten") }

// Dir is the folder that paths in the front matter are relative to.
func (s *Source) Dir() string { panic("unwritten") }

// Resolve gives the path of a file that the front matter (or a rendered path)
// names, and refuses one that leaves Dir, by ".." or by a link. Errors are
// *rule.Fault.
func (s *Source) Resolve(name string) (string, error) { panic("unwritten") }

// Files lists the paths of every file that Read has read, the template first.
func (s *Source) Files() []string { panic("unwritten") }

// Digest is the SHA-256 of all that makes the template: front matter as it
// stands now, and bodies; it is the same wherever the file lies.
func (s *Source) Digest() [32]byte { panic("unwritten") }

// Compile compiles subject, display name, bodies, link and file names against
// the columns of the list. Errors are *rule.Fault.
func (s *Source) Compile(columns []recipient.Column) (*Template, error) { panic("unwritten") }

// Template is a compiled template. It is immutable and safe for concurrent use.
type Template struct{}

// Front gives the front matter it was compiled with.
func (t *Template) Front() *Front { panic("unwritten") }

// Source gives the source it was compiled from.
func (t *Template) Source() *Source { panic("unwritten") }

// Columns gives the names of the columns that the template mentions.
func (t *Template) Columns() []string { panic("unwritten") }

// HasHTML says whether its messages have an HTML alternative beside the text.
func (t *Template) HasHTML() bool { panic("unwritten") }

// A Constant is a run of text that stands in the template itself and so in
// every message (or in none), with the place it stands at.
type Constant struct {
	File string // as the user named it
	Line int    // 1-based
	Text string
}

// Constants gives the template's own words: literal text of subject, bodies,
// names and links, literal strings inside actions, and values of the front
// matter that reach a message (headers, reply-to, from; file names).
func (t *Template) Constants() []Constant { panic("unwritten") }

// Renderer renders one row after another; it is used by one goroutine.
type Renderer struct{}

// Renderer gives a new Renderer.
func (t *Template) Renderer() *Renderer { panic("unwritten") }

// Rendered is what a row makes of a template. Its byte slices are the
// Renderer's own and are overwritten by the next Render.
type Rendered struct {
	Subject         string
	ToName          string
	ListUnsubscribe string   // one URL or mailto; "" for none
	OneClick        bool     // https, and made from a field of the row (RFC 8058)
	Text            []byte   // LF line ends; never nil
	HTML            []byte   // LF line ends; nil where there is none
	Files           []string // rendered paths of the per-recipient attachments, in the order of Front.Attachments
}

// Render renders row. Errors are *rule.Fault with the template's line; they
// name the row by its line in the list.
func (r *Renderer) Render(row *recipient.Row) (*Rendered, error) { panic("unwritten") }
