package identifier

import (
	"hash/maphash"
	"unicode/utf8"
)

// longWord is how many bytes of a word are hashed at a time; a longer word is
// no part of a code.
const longWord = 128

// A word is one word of a text.
type word struct {
	start, end int    // byte offsets in the text
	hash       uint64 // of its normal form
	size       int    // bytes of its normal form, marks apart
	digits     int    // how many of them are digits
}

// words cuts a text into words.
type words struct {
	seed maphash.Seed
	text []byte
	pos  int
	word // the current one

	buf   [longWord]byte // normal form of the current word, marks apart
	n     int            // bytes of it in buf
	marks uint64         // sum of the hashes of its marks: their order says nothing
	chain uint64         // hash of what buf held before, in a long word
}

// next goes to the next word.
func (w *words) next() bool {
	i := w.skip(w.pos)
	if i == len(w.text) {
		w.pos = i
		return false
	}
	start, n, digits := i, 0, 0
	for _, b := range w.text[i:min(len(w.text), i+longWord)] {
		c := ascii[b]
		if c == 0 || c == wide {
			break
		}
		w.buf[n&(longWord-1)] = c
		digits += int((c - '9' - 1) >> 7)
		n++
	}
	i += n
	w.word = word{start: start, end: i, size: n, digits: digits}
	w.n, w.marks, w.chain = n, 0, 0
	if i < len(w.text) && ascii[w.text[i]] != 0 {
		i = w.more(i)
	}
	w.pos = i
	w.hash = maphash.Bytes(w.seed, w.buf[:w.n]) + w.marks + w.chain
	return true
}

// skip gives the place of the first letter or digit from i on.
func (w *words) skip(i int) int {
	for i < len(w.text) {
		switch ascii[w.text[i]] {
		case 0:
			i++
		case wide:
			r, size := utf8.DecodeRune(w.text[i:])
			if c := fold(r).class; c == letter || c == alone {
				return i
			}
			i += size
		default:
			return i
		}
	}
	return i
}

// more reads on in the current word, character by character, from i, and gives
// the place to go on from.
func (w *words) more(i int) int {
	closed := false
	for i < len(w.text) {
		r, size := utf8.DecodeRune(w.text[i:])
		f := fold(r)
		switch {
		case f.class == separator,
			f.class == alone && w.size > 0,
			f.class == letter && closed:
			return i
		}
		i += size
		if f.class == ignored {
			continue
		}
		w.put(&f)
		w.end = i
		closed = closed || f.class == alone
	}
	return i
}

// put adds a character to the current word.
func (w *words) put(f *folded) {
	if w.n+int(f.n) > longWord {
		w.chain = mix(w.chain+maphash.Bytes(w.seed, w.buf[:w.n]), chainSalt)
		w.n = 0
	}
	for _, c := range f.base[:f.n] {
		w.buf[w.n] = c
		w.n++
		if c-'0' < 10 {
			w.digits++
		}
	}
	w.size += int(f.n)
	for _, m := range f.marks[:f.m] {
		w.marks += mix(uint64(m), uint64(w.buf[max(w.n, 1)-1])+markSalt)
	}
}
