package rule

import (
	"strings"
	"unicode"
)

// Printable gives s with a question mark in the place of whatever a terminal
// would obey (ECMA-48 section 5.2, and C1): a file's name or a key of a template
// that somebody else wrote may hold it.
func Printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && unicode.IsControl(r) {
			return '?'
		}
		return r
	}, s)
}
