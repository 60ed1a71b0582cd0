package guard

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A break is a place after white space where nothing goes on but the words of a
// name: no code, no phone number and no address goes across it, however they are
// spelled out.

// lastBreak gives the last break in text that stays one whatever comes behind
// text; 0 for none.
func lastBreak(text []byte, w way) int {
	end := len(text)
	for end > 0 && isWordByte(text[end-1]) {
		end-- // a word that may go on
	}
	for i := end - 1; i > 0; i-- {
		if text[i-1] <= ' ' && isWordByte(text[i]) && isBreak(text[:end], i, w) {
			return i
		}
	}
	return 0
}

// firstBreak gives the first break in text that stays one whatever comes before
// text; its length for none.
func firstBreak(text []byte, w way) int {
	from := 0
	for from < len(text) && isWordByte(text[from]) {
		from++ // a word that may have begun before
	}
	for i := from + 1; i < len(text); i++ {
		if text[i-1] <= ' ' && text[i] > ' ' && isBreak(text[from:], i-from, w) {
			return i
		}
	}
	return len(text)
}

// isBreak says whether i, which is after white space, is a break, as the words on
// both sides of it tell.
func isBreak(text []byte, i int, w way) bool {
	from, to := i, i
	for from > 0 && !isWordByte(text[from-1]) {
		from--
	}
	for to < len(text) && !isWordByte(text[to]) {
		to++
	}
	if from == 0 || to == len(text) || w == unfold && !isPlainGap(text[from:to]) {
		return false
	}
	far := to-from > maxGap
	return separates(wordBefore(text, from), far, w) && separates(wordAfter(text, to), far, w)
}

// maxGap is the most bytes between two words of a code that the index joins.
const maxGap = 4

// isPlainGap says whether what is between two words is that in every view: no
// sign of it is undone, or stands for the dot of an address.
func isPlainGap(gap []byte) bool {
	for i, c := range gap {
		if marks[c] != 0 || c == '.' && i > 0 {
			return false
		}
	}
	return true
}

func wordBefore(text []byte, i int) []byte {
	from := i
	for from > 0 && isWordByte(text[from-1]) {
		from--
	}
	return text[from:i]
}

func wordAfter(text []byte, i int) []byte {
	to := i
	for to < len(text) && isWordByte(text[to]) {
		to++
	}
	return text[i:to]
}

// separates says whether a word beside a gap is no part of what goes across it:
// neither of a code, whose words hold digits and are not far apart, nor of an
// address that is spelled out.
func separates(word []byte, far bool, w way) bool {
	if w == asIs && far {
		return true
	}
	letters, plain := true, true
	for _, c := range word {
		letters = letters && (c > '9' || c < '0')
		plain = plain && c < utf8.RuneSelf
	}
	switch {
	case !plain && !isLetters(word), !letters && !far:
		return false
	}
	return w == asIs || !isSpelling(word)
}

// isLetters says whether word is letters, and ASCII digits, in every view.
func isLetters(word []byte) bool {
	for rest := word; len(rest) > 0; {
		c, n := utf8.DecodeRune(rest)
		if !unicode.IsLetter(c) && (c < '0' || c > '9') || isHidden(c) {
			return false
		}
		rest = rest[n:]
	}
	return norm.NFKC.IsNormal(word)
}

// isSpelling says whether word stands for a sign of an address.
func isSpelling(word []byte) bool {
	for _, p := range spellings {
		if len(p.word) == len(word) && bytes.EqualFold(word, []byte(p.word)) {
			return true
		}
	}
	return false
}

// isPlain says whether nothing in text is undone over more than a few words:
// escapes may stand for a right-to-left override, quotes and comments before an @
// are dropped, and strings that are added up may be parts of a word.
func isPlain(text []byte) bool {
	m := marksIn(text)
	return m&(ampersand|percent|backslash|sign) == 0 &&
		(m&plus == 0 || !bytes.ContainsAny(text, "\"'`")) &&
		(m&hidden == 0 || !bytes.Contains(text, []byte(override)))
}
