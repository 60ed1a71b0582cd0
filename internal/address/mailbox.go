package address

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mailbox is an address with the display name that stands before it.
type Mailbox struct {
	Name    string // decoded, without quotes; may be empty
	Address Address
}

// ParseMailbox reads "addr-spec", "<addr-spec>", "Name <addr-spec>" or
// "\"Name\" <addr-spec>", for the fields of a template's front matter. Space
// around it is trimmed. Its errors are those of Parse.
func ParseMailbox(s string) (Mailbox, error) {
	s = strings.TrimSpace(s)
	name, spec, angled := strings.Cut(s, "<")
	if strings.HasPrefix(s, `"`) {
		name, spec, angled = cutQuoted(s)
	}
	if !angled {
		a, err := Parse(s)
		return Mailbox{Address: a}, err
	}
	spec, closed := strings.CutSuffix(spec, ">")
	name, plain := displayName(strings.TrimSpace(name))
	a, err := Parse(spec)
	if err != nil || !closed || !plain {
		return Mailbox{}, whyNot(s)
	}
	return Mailbox{Name: name, Address: a}, nil
}

// cutQuoted cuts s, which begins with a quoted string (RFC 5322 section
// 3.2.4), into that string and what stands in angle brackets after it.
func cutQuoted(s string) (quoted, spec string, ok bool) {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			spec, ok = strings.CutPrefix(strings.TrimLeft(s[i+1:], " "), "<")
			return s[:i+1], spec, ok
		}
	}
	return "", "", false
}

// displayName gives the name that s, quoted or not, stands for. A name that
// holds an address, or an encoded word that might, is none.
func displayName(s string) (string, bool) {
	forbidden := `()<>[]:;@\,"`
	if strings.HasPrefix(s, `"`) {
		s, forbidden = unquote(s), "@"
	}
	ok := utf8.ValidString(s) && !strings.ContainsAny(s, forbidden) &&
		!strings.Contains(s, "=?") && !strings.ContainsFunc(s, unicode.IsControl)
	return s, ok
}

// unquote removes the quotes around s and the backslashes of its quoted pairs.
func unquote(s string) string {
	var b strings.Builder
	for i := 1; i < len(s)-1; i++ {
		if s[i] == '\\' {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
