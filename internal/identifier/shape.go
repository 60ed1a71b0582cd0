package identifier

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	minLetters = 4 // of a word
	minDigits  = 5 // of a number
	minMixed   = 5 // characters of what has letters and digits
)

// Identifies says whether a value of kind k can identify a person by itself:
// blanks, single words (for a Name), dates, amounts, words of fewer than four
// letters and numbers of fewer than five digits do not, unless k is Private.
func Identifies(k Kind, value string) bool {
	if !hasShape(k, value) {
		return false
	}
	return k != Token || !isDate(value) && !isAmount(value)
}

// shape is what a value, or its beginning, consists of.
type shape struct {
	words   int // runs of letters and digits; each character of a script without spaces
	letters int // an ideograph counts as two
	digits  int
}

// hasShape says whether a value, or its beginning, has enough for a kind: it has no
// less with what follows.
func hasShape(k Kind, value string) bool {
	var s shape
	var f folder
	open := false
	for _, r := range value {
		c := classIn(&f, r)
		if c == mark || c == ignored {
			continue
		}
		if c == alone || c == letter && !open {
			s.words++
		}
		open = c == letter
		switch {
		case c == alone:
			s.letters += 2
		case c == letter && isDigit(r):
			s.digits++
		case c == letter:
			s.letters++
		}
		if s.isEnough(k) {
			return true
		}
	}
	return false
}

func (s shape) isEnough(k Kind) bool {
	switch k {
	case Address, Private:
		return s.words > 0
	case Name:
		return s.words > 1 && s.letters >= minLetters
	case Token:
		return s.isLongEnough()
	}
	return false
}

func classIn(f *folder, r rune) class {
	if r >= utf8.RuneSelf {
		return f.fold(r).class
	}
	if ascii[r] == 0 {
		return separator
	}
	return letter
}

// isDigit is unicode.IsDigit, which is slow where most letters are.
func isDigit(r rune) bool {
	return '0' <= r && r <= '9' || r >= firstDigitBeyondASCII && unicode.IsDigit(r)
}

const firstDigitBeyondASCII = '\u0660' // ARABIC-INDIC DIGIT ZERO

func (s shape) isLongEnough() bool {
	switch {
	case s.letters == 0:
		return s.digits >= minDigits
	case s.digits == 0:
		return s.letters >= minLetters
	}
	return s.letters+s.digits >= minMixed
}

// wordSet gives the words of s as a set.
func wordSet(s string) map[string]bool {
	set := make(map[string]bool)
	for w := range strings.FieldsSeq(s) {
		set[w] = true
	}
	return set
}
