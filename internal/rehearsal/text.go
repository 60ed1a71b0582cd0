package rehearsal

import (
	"iter"
	"net/url"
	"strings"
	"unicode"
)

// identifies says whether the audit can look for a value: an address, or one
// word with digits that is not likely to mean something else by chance.
func identifies(value string) bool {
	letters, digits := 0, 0
	for _, r := range value {
		switch {
		case !inToken(r):
			return false
		case unicode.IsDigit(r):
			digits++
		case unicode.IsLetter(r):
			letters++
		}
	}
	date := letters == 0 && strings.Count(value, "-")+strings.Count(value, ".") == 2
	return strings.Contains(value, "@") || !date && (digits >= 9 || digits >= 3 && letters > 0 && digits+letters >= 6)
}

// inToken says whether r can stand within an address or a number.
func inToken(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune("@.-_+/", r)
}

// tokens yields the words of a text in lower case, each also cut at its slashes
// and, where it is percent-encoded, decoded.
func tokens(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !inToken(r) && r != '%' }) {
			word = strings.ToLower(word)
			if plain, err := url.PathUnescape(word); err == nil {
				word = plain
			}
			for _, piece := range append([]string{word}, strings.Split(word, "/")...) {
				if !yield(strings.Trim(piece, ".-_+/%")) {
					return
				}
			}
		}
	}
}
