package guard

import (
	"bytes"
	"slices"
)

// undoSpelled puts @ and dots back into addresses as people write them to hide
// them from programs: "name (at) host [dot] tld", "name AT host DOT tld", "name
// @ host . tld".
func undoSpelled(dst, src []byte) ([]byte, bool) {
	if !maySpell(src) {
		return dst, false
	}
	changed := false
	for i := 0; i < len(src); {
		if i > 0 && !isWordByte(src[i]) && isWordByte(src[i-1]) {
			if mark, n := spelledMark(src[i:]); n > 0 && isWordByte(byteAt(src, i+n)) {
				dst, i, changed = append(dst, mark), i+n, true
				continue
			}
		}
		dst = append(dst, src[i])
		i++
	}
	return dst, changed
}

// spelling is a word or sign that stands for one of an address.
type spelling struct {
	word string
	mark byte
}

var spellings = [...]spelling{
	{"at", '@'}, {"@", '@'}, {"ät", '@'}, {"arroba", '@'}, {"arobase", '@'}, {"chiocciola", '@'},
	{"dot", '.'}, {".", '.'}, {"punkt", '.'}, {"punto", '.'}, {"point", '.'}, {"ponto", '.'},
}

// spelledMark reads what may stand for @ or a dot at the beginning of s, with
// the spaces and brackets around it.
func spelledMark(s []byte) (mark byte, n int) {
	before := spaces(s)
	i := before
	bracketed := bytes.IndexByte([]byte("([{<"), byteAt(s, i)) >= 0
	if bracketed {
		i++
		i += spaces(s[i:])
	}
	for _, p := range spellings {
		if len(s)-i < len(p.word) || !bytes.EqualFold(s[i:i+len(p.word)], []byte(p.word)) {
			continue
		}
		return p.ends(s, i+len(p.word), before > 0, bracketed)
	}
	return 0, 0
}

// ends reads on behind the word of p at i. A word without brackets needs a
// space on both sides, an @ on one, a dot before it.
func (p spelling) ends(s []byte, i int, spaced, bracketed bool) (mark byte, n int) {
	after := spaces(s[i:])
	i += after
	switch {
	case bracketed:
		if bytes.IndexByte([]byte(")]}>"), byteAt(s, i)) < 0 {
			return 0, 0
		}
		i++
		return p.mark, i + spaces(s[i:])
	case p.word == "@" && (spaced || after > 0), p.word == "." && spaced, spaced && after > 0:
		return p.mark, i
	}
	return 0, 0
}

// spaces gives how many of the first bytes of s are white space.
func spaces(s []byte) (n int) {
	for n < len(s) && (s[n] == ' ' || s[n] == '\t' || s[n] == '\r' || s[n] == '\n') {
		n++
	}
	return n
}

// farDot is how far behind a bare "at" the dot of an address may stand.
const farDot = 80

// maySpell is the cheap question before the dear one: whether src holds what
// could stand for an @ between other things than letters.
func maySpell(src []byte) bool {
	for i := 0; ; {
		n := bytes.IndexByte(src[i:], '@')
		if n < 0 {
			break
		}
		i += n + 1
		if !isWordByte(byteAt(src, i-2)) || !isWordByte(byteAt(src, i)) {
			return true
		}
	}
	for i := 1; i < len(src); i++ {
		second := mayBeAt[src[i]]
		if second == 0 || second&mayBeginAt[src[i-1]] == 0 {
			continue
		}
		if (endsAt(src[:i+1]) && !isWordByte(byteAt(src, i+1)) || longAt(src[i-1:])) && hasDot(src[i+1:min(len(src), i+1+farDot)]) {
			return true
		}
	}
	return false
}

// mayBeginAt are the first letters of the words for @, or the last octets of
// them, and mayBeAt the second ones that may follow: at and ät, ar, ch.
var (
	mayBeginAt = [256]uint8{'a': 1 | 2, 'A': 1 | 2, 0xA4: 1, 0x84: 1, 'c': 4, 'C': 4}
	mayBeAt    = [256]uint8{'t': 1, 'T': 1, 'r': 2, 'R': 2, 'h': 4, 'H': 4}
)

// endsAt says whether s, of two bytes or more, ends with the word "at" or "ät".
func endsAt(s []byte) bool {
	n := len(s) - 2
	switch {
	case s[n+1]|0x20 != 't':
		return false
	case s[n]|0x20 == 'a':
		return !isWordByte(byteAt(s, n-1))
	}
	return n >= 1 && (s[n] == 0xA4 || s[n] == 0x84) && s[n-1] == 0xC3 && !isWordByte(byteAt(s, n-2))
}

// longAt says whether s, of two bytes or more, begins with one of the longer
// words for @.
func longAt(s []byte) bool {
	if begins := [2]byte{s[0] | 0x20, s[1] | 0x20}; begins != [2]byte{'a', 'r'} && begins != [2]byte{'c', 'h'} {
		return false
	}
	return slices.ContainsFunc(spellings[:], func(p spelling) bool {
		return p.mark == '@' && len(p.word) > 3 && len(s) > len(p.word) && bytes.EqualFold(s[:len(p.word)], []byte(p.word))
	})
}

// hasDot says whether s holds a dot within a word, or a word for one.
func hasDot(s []byte) bool {
	for i, c := range s {
		switch {
		case c == '.' && isWordByte(byteAt(s, i+1)):
			return true
		case c|0x20 == 'd' || c|0x20 == 'p' || c == '.':
			if i > 0 && !isWordByte(s[i-1]) {
				if mark, _ := spelledMark(s[i-1:]); mark == '.' {
					return true
				}
			}
		}
	}
	return false
}

func byteAt(b []byte, i int) byte {
	if i < 0 || i >= len(b) {
		return ' '
	}
	return b[i]
}

func isWordByte(c byte) bool {
	return c >= 0x80 || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}
