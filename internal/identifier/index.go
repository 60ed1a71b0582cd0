package identifier

import (
	"hash/maphash"
	"math/bits"
)

// Index finds identifiers in text. It is immutable and safe for concurrent use.
//
// An entry is a key (61 bits of a hash, 3 of the kind) and a line. Entries are
// sorted, and found by the first bits of the key.
type Index struct {
	seed     maphash.Seed
	starts   bitmap // first words of the values that are looked up by more than one
	filter   bitmap // keys, but for addresses and digests
	words    uint64 // bit n: there are values that are looked up by n words
	shift    int    // 64 less the number of bits that choose a bucket
	buckets  []uint32
	keys     []uint64
	lines    []uint32
	distinct int
}

// Len is the number of different identifiers.
func (x *Index) Len() int { return x.distinct }

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

// find gives the entries under key as a range of x.keys.
func (x *Index) find(key uint64) (lo, hi int) {
	i := key >> x.shift
	lo, hi = int(x.buckets[i]), int(x.buckets[i+1])
	for lo < hi && x.keys[lo]>>kindBits < key>>kindBits {
		lo++
	}
	end := lo
	for end < hi && x.keys[end]>>kindBits == key>>kindBits {
		end++
	}
	return lo, end
}

// A bitmap is a set of hashes that now and then holds one more.
type bitmap struct {
	bits []uint64
	mask uint64
}

// newBitmap gives a bitmap of at least n bits.
func newBitmap(n int) bitmap {
	words := 1 << bits.Len(uint(n-1)/64)
	return bitmap{make([]uint64, words), uint64(words - 1)}
}

func (b bitmap) set(h uint64) { b.bits[h>>kindBits>>6&b.mask] |= 1 << (h >> kindBits & 63) }

func (b bitmap) has(h uint64) bool { return b.bits[h>>kindBits>>6&b.mask]>>(h>>kindBits&63)&1 != 0 }
