package identifier

import (
	"hash/maphash"
	"math/bits"
)

// Odd numbers without a pattern, which keep the keys of different kinds apart.
const (
	startSalt   = 0x9E3779B97F4A7C15
	chainSalt   = 0xD6E8FEB86659FD93
	markSalt    = 0xA0761D6478BD642F
	phoneSalt   = 0xE7037ED1A0B428DB
	addressSalt = 0x8EBC6AF09C88C6E3
	digestSalt  = 0x589965CC75374CC3
)

// mix hashes two numbers into one.
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^startSalt, b^chainSalt)
	return hi ^ lo
}

// maxWords is how many words of a value are looked at: a longer one is found
// by its first 32.
const maxWords = 32

// keys are the hashes of one value.
type keys struct {
	whole  uint64 // of all its words
	phone  uint64 // of its last digits, where it looks like a phone number
	start  uint64 // of its first word, where it is looked up word by word
	prefix uint64 // of its first two words, where it has more
	words  int    // how many words it is looked up by; 0 for no value
}

// keysOf gives the keys of value.
func keysOf(seed maphash.Seed, value []byte) (k keys) {
	w := words{seed: seed, text: value}
	c := code{seed: seed}
	last, whole := word{}, true // whole: all words can be parts of one code
	for k.words < maxWords && w.next() {
		switch k.words++; k.words {
		case 1:
			k.whole, k.start = w.hash, w.hash
		default:
			k.whole = mix(k.whole, w.hash)
			whole = whole && joined(&last, &w.word, value[last.end:w.start])
		}
		if k.words == 2 {
			k.prefix = k.whole
		}
		whole = whole && c.count < maxGroups && c.n+w.size <= maxCode
		if whole {
			c.push(&w)
		}
		last = w.word
	}
	if k.words == 0 || !whole {
		return k
	}
	k.phone = c.phone(value)
	if r := c.last(c.count); k.words > 1 && r.isCode() {
		k.whole, k.words = r.hash(), 1
	}
	return k
}
