package address

import (
	"strings"
	"unicode"
)

// whyNot names the reason that helps most for s, which is no address.
func whyNot(s string) error {
	switch {
	case strings.TrimSpace(s) == "":
		return ErrBlank
	case holdsSeveral(s):
		return ErrSeveral
	case strings.ContainsFunc(s, unicode.IsControl):
		return ErrControl
	}
	return ErrSyntax
}

// holdsSeveral says whether two pieces of s that a separator parts have an "@"
// each.
func holdsSeveral(s string) bool {
	found := 0
	for piece := range strings.FieldsFuncSeq(s, isSeparator) {
		if strings.ContainsRune(piece, '@') {
			found++
		}
	}
	return found > 1
}

// isSeparator says whether people part addresses by r.
func isSeparator(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(";,/|<>\uFF0C\uFF1B\u3001", r)
}
