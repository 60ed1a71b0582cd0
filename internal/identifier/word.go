package identifier

import (
	"math/bits"
	"unicode/utf8"
)

// A word is one word of a text.
type word struct {
	start, end int    // byte offsets in the text
	hash       uint64 // of its normal form
	size       int    // bytes of its normal form, marks apart
	digits     int    // how many of them are digits
}

// words cuts a text into words.
type words struct {
	seed  uint64
	text  []byte
	pos   int
	word         // the current one
	marks uint64 // sum of the hashes of its marks: their order says nothing
	folder
}

// next goes to the next word.
func (w *words) next() bool {
	text, i := w.text, w.pos
	for i < len(text) && ascii[text[i]] == 0 {
		i++
	}
	if i < len(text) && ascii[text[i]] == wide {
		i = w.skip(i)
	}
	if i == len(text) {
		w.pos = i
		return false
	}
	start, h, block, letters := i, w.seed, uint64(0), 0
	for {
		block = 0
		stop := min(i+8, len(text))
		full := i + 8
		for ; i < stop; i++ {
			c := ascii[text[i]]
			if c-1 >= wide-1 { // a separator or wide
				break
			}
			block = block<<8 | uint64(c)
		}
		letters += bits.OnesCount64(block & letterBits)
		if i < full {
			break
		}
		h = mix(h, block)
	}
	size := i - start
	w.word = word{start: start, end: i, size: size, digits: size - letters}
	w.pos, w.marks = i, 0
	if i == len(text) || ascii[text[i]] == 0 {
		w.hash = finish(h, block, size)
		return true
	}
	w.wide(hasher{h, block, size})
	return true
}

// letterBits are set in lower-case letters, and clear in digits.
const letterBits = 0x4040404040404040

// skip gives the place of the first letter or digit from i on.
func (w *words) skip(i int) int {
	for i < len(w.text) {
		switch ascii[w.text[i]] {
		case 0:
			i++
		case wide:
			r, size := utf8.DecodeRune(w.text[i:])
			if c := w.fold(r).class; c == letter || c == alone {
				return i
			}
			i += size
		default:
			return i
		}
	}
	return i
}

// wide reads on in the current word, of which h has seen the beginning,
// character by character.
func (w *words) wide(h hasher) {
	closed, before := false, byte(0) // before: the last byte that is no mark
	if h.n > 0 {
		before = ascii[w.text[w.pos-1]]
	}
	for w.pos < len(w.text) {
		r, size := utf8.DecodeRune(w.text[w.pos:])
		f := w.fold(r)
		if f.class == separator || f.class == alone && h.n > 0 || f.class == letter && closed {
			break
		}
		w.pos += size
		if f.class == ignored {
			continue
		}
		w.end, closed = w.pos, closed || f.class == alone
		for _, c := range f.base[:f.n] {
			h.add(c)
			if before = c; c-'0' < 10 {
				w.digits++
			}
		}
		for _, m := range f.marks[:f.m] {
			w.marks += mix(uint64(m)<<8|uint64(before), markSalt)
		}
	}
	w.size = h.n
	w.hash = h.sum() + w.marks
}

// spell appends the normal form of text, which is of one word, without its
// marks.
func (f *folder) spell(dst, text []byte) []byte {
	for len(text) > 0 {
		if c := ascii[text[0]]; c != wide {
			dst, text = append(dst, c), text[1:]
			continue
		}
		r, size := utf8.DecodeRune(text)
		g := f.fold(r)
		dst, text = append(dst, g.base[:g.n]...), text[size:]
	}
	return dst
}
