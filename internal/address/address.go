// Package address parses one mailbox, strictly, and says when two are the
// same one.
//
// It reads what RFC 5321 section 4.1.2 calls a Mailbox, less everything that
// has ever named a second one: only dot-atom local parts (RFC 5322 section
// 3.2.3, with the UTF-8 of RFC 6531 section 3.3), only domain names, no
// comments, groups, routes, quoted strings or address literals. Domains
// become lower-case A-labels (RFC 5891).
//
// No error of this package holds a piece of its input.
package address

import "errors"

// Why an address was not taken; each error of Parse wraps one of them.
var (
	ErrBlank   = errors.New("no address")
	ErrSeveral = errors.New("more than one address")
	ErrControl = errors.New("control character in an address")
	ErrSyntax  = errors.New("not a plain address")
)

// Address is one mailbox. It is comparable; the zero value is none.
type Address struct{ local, domain string }

// Parse reads an addr-spec, local-part@domain. It trims nothing.
func Parse(s string) (Address, error) { panic("unwritten") }

// String gives the addr-spec with the domain in A-labels, as RCPT TO takes it.
func (a Address) String() string { panic("unwritten") }

// Canonical gives the form under which two spellings of one mailbox are equal:
// the local part in NFC and lower case, the domain in lower-case A-labels.
func (a Address) Canonical() string { panic("unwritten") }

// Local gives the local part as it was written.
func (a Address) Local() string { return a.local }

// Domain gives the domain in lower-case A-labels.
func (a Address) Domain() string { return a.domain }

// IsZero says whether a names no mailbox.
func (a Address) IsZero() bool { return a == Address{} }

// NeedsUTF8 says whether the local part leaves ASCII, so that only a server
// with SMTPUTF8 (RFC 6531) can take it.
func (a Address) NeedsUTF8() bool { panic("unwritten") }

// Mailbox is an address with the display name that stands before it.
type Mailbox struct {
	Name    string // decoded, without quotes; may be empty
	Address Address
}

// ParseMailbox reads "addr-spec", "<addr-spec>", "Name <addr-spec>" or
// "\"Name\" <addr-spec>", for the fields of a template's front matter.
func ParseMailbox(s string) (Mailbox, error) { panic("unwritten") }
