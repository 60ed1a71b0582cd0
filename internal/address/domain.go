package address

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Limits of RFC 1035 section 2.3.4; a name of 255 octets on the wire is one of
// 253 in text.
const (
	maxDomain = 253
	maxLabel  = 63
)

// lookup maps and checks as a resolver would; it holds to the letters, digits
// and hyphens of RFC 1123 section 2.1 and to the rules for hyphens and joiners.
var lookup = idna.New(idna.MapForLookup(), idna.BidiRule())

// parseDomain gives s in lower-case A-labels. A name in plain ASCII, as nearly
// all are, is judged without the tables of IDNA.
func parseDomain(s string) (string, bool) {
	if len(s) > 4*maxDomain {
		return "", false
	}
	if needsTables(s) {
		if strings.ContainsFunc(s, isHidden) {
			return "", false
		}
		mapped, err := lookup.ToASCII(s)
		if err != nil {
			return "", false
		}
		s = mapped
	}
	return strings.ToLower(s), isDomain(s)
}

// needsTables says whether only IDNA can judge s: it leaves ASCII, or has a
// label with hyphens in its third and fourth place (RFC 5891 section 4.2.3.1).
func needsTables(s string) bool {
	start := 0
	for i := range len(s) {
		switch {
		case s[i] >= utf8.RuneSelf:
			return true
		case s[i] == '.':
			start = i + 1
		case s[i] == '-' && i == start+3 && s[i-1] == '-':
			return true
		}
	}
	return false
}

// isHidden says whether IDNA drops r without a word, as it does a soft hyphen,
// or r stands for what could not be read. The two joiners are kept by some
// scripts' names, and IDNA judges them.
func isHidden(r rune) bool {
	return r == utf8.RuneError || !unicode.IsGraphic(r) && r != '\u200C' && r != '\u200D'
}

// isDomain says whether s, in ASCII, is a host name of two labels or more that
// cannot be read as an IP address.
func isDomain(s string) bool {
	if len(s) > maxDomain {
		return false
	}
	start := 0
	for i := range len(s) {
		switch c := s[i] | 0x20; {
		case 'a' <= c && c <= 'z', '0' <= s[i] && s[i] <= '9', s[i] == '-':
		case s[i] == '.' && isLabel(s[start:i]):
			start = i + 1
		default:
			return false
		}
	}
	last := s[start:]
	return start > 0 && isLabel(last) && last[0] > '9'
}

// isLabel says whether s, made of letters, digits and hyphens, may be a label.
func isLabel(s string) bool {
	return 0 < len(s) && len(s) <= maxLabel && s[0] != '-' && s[len(s)-1] != '-'
}
