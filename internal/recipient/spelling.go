package recipient

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// minNameLetters is how many letters a word needs to be looked for in a local
// part, in which shorter ones stand by chance.
const minNameLetters = 3

// spelling is a name or a local part as both write it: lower case, without
// diacritics, "ae", "oe", "ue" and "aa" as one letter, since that is how people
// write what their keyboard lacks.
type spelling struct {
	text    []byte // its letters; a space for anything else
	words   []span // those of minNameLetters or more
	letters uint32 // which there are; see letterBit
	plain   []byte
}

// span is one word of a spelling.
type span struct {
	start, end int
	letters    uint32
}

// set makes s the spelling of text.
func (s *spelling) set(text string) {
	s.text, s.words = s.text[:0], s.words[:0]
	if isASCII(text) {
		for i := range len(text) {
			s.add(text[i])
		}
	} else {
		s.plain = norm.NFKD.AppendString(s.plain[:0], text)
		s.addRunes(s.plain)
	}
	s.cut()
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// add adds an ASCII character.
func (s *spelling) add(c byte) {
	switch {
	case 'A' <= c && c <= 'Z':
		c |= 0x20
	case c < 'a' || 'z' < c:
		c = ' '
	}
	if (c == 'e' || c == 'a') && len(s.text) > 0 {
		switch before := s.text[len(s.text)-1]; {
		case before == 'a', c == 'e' && (before == 'o' || before == 'u'):
			return
		}
	}
	s.text = append(s.text, c)
}

// addRunes adds decomposed text.
func (s *spelling) addRunes(text []byte) {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		text = text[size:]
		switch {
		case r < utf8.RuneSelf:
			s.add(byte(r))
		case unicode.IsMark(r):
		case !unicode.IsLetter(r):
			s.add(' ')
		default:
			s.addLetter(unicode.ToLower(r))
		}
	}
}

// addLetter adds a lower-case letter beyond ASCII; one that does not decompose
// as it is written in ASCII.
func (s *spelling) addLetter(r rune) {
	plain := ""
	switch r {
	case 'æ':
		plain = "ae"
	case 'œ', 'ø':
		plain = "o"
	case 'ł':
		plain = "l"
	case 'đ', 'ð':
		plain = "d"
	case 'ı':
		plain = "i"
	case 'ß':
		plain = "ss"
	case 'þ':
		plain = "th"
	default:
		s.text = utf8.AppendRune(s.text, r)
	}
	for i := range len(plain) {
		s.add(plain[i])
	}
}

// cut finds the words.
func (s *spelling) cut() {
	s.letters = 0
	start := 0
	for start < len(s.text) {
		end := bytes.IndexByte(s.text[start:], ' ')
		if end < 0 {
			end = len(s.text) - start
		}
		if word := s.text[start : start+end]; utf8.RuneCount(word) >= minNameLetters {
			w := span{start, start + end, lettersIn(word)}
			s.words = append(s.words, w)
			s.letters |= w.letters
		}
		start += end + 1
	}
}

// word gives the i-th of the words.
func (s *spelling) word(i int) []byte { return s.text[s.words[i].start:s.words[i].end] }

// lettersIn gives which letters a word has: a bit for each of a to z, and one
// for the rest. A word can only hold another if it has all of its letters.
func lettersIn(word []byte) (letters uint32) {
	for _, c := range word {
		letters |= 1 << min(c-'a', 26)
	}
	return letters
}

// lettersOf counts the octets of the words of name that stand in s.
func (s *spelling) lettersOf(name *spelling) (n int) {
	for _, w := range name.words {
		if w.letters&^s.letters == 0 && bytes.Contains(s.text, name.text[w.start:w.end]) {
			n += w.end - w.start
		}
	}
	return n
}
