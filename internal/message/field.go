package message

import (
	"bytes"
	"strings"

	"mailshot/internal/address"
)

// Octets in a line, CRLF not counted: RFC 5322 section 2.1.1, RFC 2047 section 2.
const (
	softLine = 78
	wordLine = 76 // a line that holds an encoded word
	maxLine  = 998
)

// appendUnstructured appends a field of free text, CRLF included: as it is and
// folded at its spaces if it is plain ASCII, else in encoded words.
func appendUnstructured(dst []byte, name, value string) []byte {
	dst = append(append(dst, name...), ':', ' ')
	value = strings.Trim(value, " ")
	if isFoldable(value, maxLine-len(name)-len(": ")) {
		dst = appendFolded(dst, value)
	} else {
		dst = appendWords(dst, value)
	}
	return append(dst, "\r\n"...)
}

// isPlain says whether v can stand in a header as it is: printable ASCII that
// nobody takes for an encoded word.
func isPlain(v string) bool {
	for i := range len(v) {
		if v[i] < ' ' || v[i] > '~' {
			return false
		}
	}
	return !strings.Contains(v, "=?")
}

// isFoldable says whether v is plain, and no stretch of it longer than limit.
func isFoldable(v string, limit int) bool {
	if !isPlain(v) {
		return false
	}
	for v != "" {
		n := stretch(v)
		if n > limit {
			return false
		}
		v = v[n:]
	}
	return true
}

// stretch gives the length of the first stretch of v that cannot be folded. The
// next begins with the one space before a word; a run of spaces is not folded,
// since some readers make one of it.
func stretch(v string) int {
	for i := 1; i < len(v)-1; i++ {
		if v[i] == ' ' && v[i-1] != ' ' && v[i+1] != ' ' {
			return i
		}
	}
	return len(v)
}

func appendFolded(dst []byte, v string) []byte {
	for first := true; v != ""; first = false {
		n := stretch(v)
		if !first && column(dst)+n > softLine {
			dst = append(dst, "\r\n"...)
		}
		dst = append(dst, v[:n]...)
		v = v[n:]
	}
	return dst
}

// column gives the number of octets in the last line of b.
func column(b []byte) int { return len(b) - 1 - bytes.LastIndexByte(b, '\n') }

// mailboxOf gives the one mailbox that a message is to.
func mailboxOf(f *filling) address.Mailbox {
	return address.Mailbox{Name: f.rendered.ToName, Address: f.row.Address}
}

// appendMailbox appends a field that names one mailbox, CRLF included (RFC 5322
// section 3.4). The address stands in raw UTF-8 where it leaves ASCII (RFC 6532
// section 3.2).
func appendMailbox(dst []byte, name string, m address.Mailbox) []byte {
	dst = append(append(dst, name...), ':', ' ')
	display, spec := strings.Trim(m.Name, " "), m.Address.String()
	if display == "" {
		return append(append(dst, spec...), "\r\n"...)
	}
	dst = appendPhrase(dst, display)
	if column(dst)+len(" <>")+len(spec) > wordLine {
		dst = append(dst, "\r\n"...)
	}
	dst = append(append(dst, " <"...), spec...)
	return append(dst, ">\r\n"...)
}

// appendPhrase appends a display name: a quoted string if it is plain ASCII and
// fits on its line, else encoded words.
func appendPhrase(dst []byte, display string) []byte {
	quoted := `"` + strings.ReplaceAll(strings.ReplaceAll(display, `\`, `\\`), `"`, `\"`) + `"`
	if !isPlain(display) || column(dst)+len(quoted) > softLine {
		return appendWords(dst, display)
	}
	return append(dst, quoted...)
}
