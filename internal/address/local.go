package address

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxLocal is the most octets of a local part (RFC 5321 section 4.5.3.1.1).
const maxLocal = 64

// parseLocal takes a dot-atom in ASCII or UTF-8 and gives it in NFC.
func parseLocal(s string) (string, bool) {
	if !isASCII(s) {
		if !plainText(s) {
			return "", false
		}
		// NFC turns some letters into ASCII (U+037E into a semicolon), so the
		// result is what has to be a dot-atom.
		s = norm.NFC.String(s)
	}
	return s, len(s) <= maxLocal && isDotAtom(s)
}

// isDotAtom says whether s is atoms with single dots between them.
func isDotAtom(s string) bool {
	dot := true
	for i := range len(s) {
		if s[i] == '.' {
			if dot {
				return false
			}
			dot = true
			continue
		}
		if !atext[s[i]] {
			return false
		}
		dot = false
	}
	return !dot
}

// atext has atext of RFC 5322 section 3.2.3 and, by RFC 6532 section 3.2, every octet
// beyond ASCII.
var atext = atextTable()

func atextTable() (t [256]bool) {
	for i := range t {
		c := byte(i)
		letter := 'a' <= c|0x20 && c|0x20 <= 'z' || c >= utf8.RuneSelf
		t[i] = letter || '0' <= c && c <= '9' || strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0
	}
	return t
}

// plainText says whether s is UTF-8 that shows all it holds: no controls, no
// spaces, no format characters, and nothing that passes for a separator, such
// as a fullwidth comma or commercial at.
func plainText(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if r >= utf8.RuneSelf && (!unicode.IsGraphic(r) || unicode.IsSpace(r) || r == utf8.RuneError) {
			return false
		}
	}
	return isDotAtom(norm.NFKC.String(s))
}
