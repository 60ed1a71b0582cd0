package guard

import (
	"strings"

	"mailshot/internal/address"
)

// oneMailbox reads the value of To, From, Sender or Reply-To, which must be
// "addr-spec", "<addr-spec>" or one of them behind a display name that is a
// quoted string or plain or encoded words (RFC 5322 section 3.4). It takes no
// comment, group, route or second mailbox. The name is given decoded.
func oneMailbox(value string) (name string, a address.Address, ok bool) {
	spec, phrase := value, ""
	if i := strings.LastIndexByte(value, '<'); i >= 0 {
		if !strings.HasSuffix(value, ">") {
			return "", a, false
		}
		phrase, spec = strings.TrimRight(value[:i], " \t"), value[i+1:len(value)-1]
	}
	name, ok = displayName(phrase)
	if !ok {
		return "", a, false
	}
	a, err := address.Parse(spec)
	return name, a, err == nil
}

// displayName decodes a phrase.
func displayName(phrase string) (string, bool) {
	if inner, quoted := strings.CutPrefix(phrase, `"`); quoted {
		name, closed := unquote(inner)
		return name, closed && !strings.Contains(name, "=?")
	}
	if strings.ContainsAny(phrase, "()<>[]:;@\\,\"") {
		return "", false
	}
	return decodeWords(phrase)
}

// unquote reads a quoted string whose opening quote is gone; closed says
// whether it ends with the only quote that is left.
func unquote(s string) (text string, closed bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), i == len(s)-1
		case '\\':
			i++
			if i == len(s) {
				return "", false
			}
		}
		b.WriteByte(s[i])
	}
	return "", false
}

// holdsAddress says whether a display name shows an address, which readers
// take for the true one.
func holdsAddress(name string) bool {
	for i := 0; i < len(name); i++ {
		if name[i] == '@' && i > 0 && i < len(name)-1 && name[i-1] > ' ' && name[i+1] > ' ' {
			return true
		}
	}
	return strings.ContainsAny(name, "\uFF20\uFE6B") // wide and small forms of @
}
