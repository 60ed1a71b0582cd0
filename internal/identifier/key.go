package identifier

import "unicode/utf8"

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
	spaced int    // how many of them are of scripts with spaces
	code   int    // how many bytes it has where it may be cut in another way
}

// keysOf gives the keys of value.
func keysOf(seed uint64, value []byte) (k keys) {
	w := words{seed: seed, text: value}
	c := code{seed: seed, text: value}
	for k.words < maxWords && w.next() {
		switch k.words++; k.words {
		case 1:
			k.whole, k.start = w.hash, w.hash
		default:
			k.whole = mix(k.whole, w.hash)
		}
		if k.words == 2 {
			k.prefix = k.whole
		}
		if r, _ := utf8.DecodeRune(value[w.start:]); !Unspaced(r) {
			k.spaced++
		}
		c.push(&w)
	}
	if k.words == 0 || c.count < k.words {
		return k
	}
	r := c.all()
	if r.canBePhone() && r.looksDialled() {
		k.phone = r.phone()
	}
	if r.isCode() {
		k.whole, k.words, k.code = r.hash(), 1, r.size
	}
	return k
}
