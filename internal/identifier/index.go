package identifier

import "math/bits"

// Index finds identifiers in text. It is immutable and safe for concurrent use.
type Index struct {
	seed     uint64
	starts   bitmap // first words of the values that are looked up by more than one
	domains  bitmap // of the addresses
	filter   bitmap // keys, but for addresses and digests
	words    uint64 // bit n: there are values that are looked up by n words
	codes    uint64 // bit n-1: there are codes of n bytes
	spaced   int    // words of scripts with spaces that a value has at most
	shards   [shards]shard
	distinct int
}

// Len is the number of different identifiers.
func (x *Index) Len() int { return x.distinct }

// MaxWords is how many words of a text, one after another, an identifier can
// take up at most, and how many of them are of scripts with spaces between
// words. An address is not counted: no white space is in it.
func (x *Index) MaxWords() (all, spaced int) {
	all, spaced = x.MaxWordsOfName()
	groups := bits.Len64(x.codes) // a code may be cut up into its characters
	if groups >= minPhone {       // and a phone number be dialled with more of them
		groups = maxGroups
	}
	return max(all, groups), max(spaced, groups)
}

// MaxWordsOfName is MaxWords without codes and phone numbers, the words of which
// are at most a few bytes apart.
func (x *Index) MaxWordsOfName() (all, spaced int) {
	return max(bits.Len64(x.words)-1, 0), x.spaced
}

// Keys appends to dst the keys that a Hit on the whole of value would have,
// in any of the ways that value can be written.
func (x *Index) Keys(dst []uint64, value string) []uint64 {
	k := keysOf(x.seed, []byte(value))
	if k.words == 0 {
		return dst
	}
	dst = append(dst, k.whole)
	if k.phone != 0 {
		dst = append(dst, k.phone)
	}
	return dst
}

// find gives the entries under key.
func (x *Index) find(key uint64) entries { return x.shards[key>>shardShift].find(key) }

// A bitmap is a set of hashes that now and then holds one more. Each is three
// bits of one word, so that a look takes one access to memory (a Bloom filter
// in blocks).
type bitmap struct {
	bits []uint64
	mask uint64
}

// newBitmap gives a bitmap of at least n bits.
func newBitmap(n int) bitmap {
	words := 1 << bits.Len(uint(n/64))
	return bitmap{make([]uint64, words), uint64(words - 1)}
}

// empty gives an empty bitmap of the size of b.
func (b bitmap) empty() bitmap { return bitmap{make([]uint64, len(b.bits)), b.mask} }

// join adds what is in other, which is of the size of b.
func (b bitmap) join(other bitmap) {
	for i, word := range other.bits {
		b.bits[i] |= word
	}
}

func (b bitmap) set(h uint64) { *b.word(h) |= threeBits(h) }

func (b bitmap) has(h uint64) bool {
	three := threeBits(h)
	return *b.word(h)&three == three
}

func (b bitmap) word(h uint64) *uint64 { return &b.bits[h>>(kindBits+18)&b.mask] }

func threeBits(h uint64) uint64 {
	h >>= kindBits
	return 1<<(h&63) | 1<<(h>>6&63) | 1<<(h>>12&63)
}
