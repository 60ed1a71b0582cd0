// Package address parses one mailbox, strictly, and says when two are the
// same one.
//
// It reads what RFC 5321 section 4.1.2 calls a Mailbox, less everything that
// has ever named a second one: only dot-atom local parts (RFC 5322 section
// 3.2.3, with the UTF-8 of RFC 6531 section 3.3), only domain names of two
// labels or more, no comments, groups, routes, quoted strings or address
// literals. Domains become lower-case A-labels (RFC 5891, mapped as Unicode
// TR 46 says for looking up).
//
// No error of this package holds a piece of its input.
package address

import (
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Why an address was not taken; each error of Parse wraps one of them.
var (
	ErrBlank   = errors.New("no address")
	ErrSeveral = errors.New("more than one address")
	ErrControl = errors.New("control character in an address")
	ErrSyntax  = errors.New("not a plain address")
)

// Address is one mailbox. It is comparable; the zero value is none.
type Address struct {
	text string // the addr-spec
	at   int    // where its "@" stands
}

func join(local, domain string) Address { return Address{local + "@" + domain, len(local)} }

// Parse reads an addr-spec, local-part@domain. It trims nothing.
func Parse(s string) (Address, error) {
	at := strings.IndexByte(s, '@')
	if at <= 0 {
		return Address{}, whyNot(s)
	}
	local, ok := parseLocal(s[:at])
	if !ok {
		return Address{}, whyNot(s)
	}
	domain, ok := parseDomain(s[at+1:])
	if !ok {
		return Address{}, whyNot(s)
	}
	if local == s[:at] && domain == s[at+1:] {
		return Address{s, at}, nil // nearly always, and nothing is copied
	}
	return join(local, domain), nil
}

// String gives the addr-spec with the domain in A-labels, as RCPT TO takes it.
func (a Address) String() string { return a.text }

// Canonical gives the form under which two spellings of one mailbox are equal:
// the local part in NFC and lower case, the domain in lower-case A-labels.
func (a Address) Canonical() string {
	local := strings.ToLower(a.Local())
	if !isASCII(local) {
		local = norm.NFC.String(local)
	}
	if local == a.Local() {
		return a.text
	}
	return local + a.text[a.at:]
}

// Local gives the local part as it was written, in NFC (RFC 6532 section 3.1).
func (a Address) Local() string { return a.text[:a.at] }

// Domain gives the domain in lower-case A-labels.
func (a Address) Domain() string {
	if a.IsZero() {
		return ""
	}
	return a.text[a.at+1:]
}

// IsZero says whether a names no mailbox.
func (a Address) IsZero() bool { return a == Address{} }

// NeedsUTF8 says whether the local part leaves ASCII, so that only a server
// with SMTPUTF8 (RFC 6531) can take it.
func (a Address) NeedsUTF8() bool { return !isASCII(a.Local()) }

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
