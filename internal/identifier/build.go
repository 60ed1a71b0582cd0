package identifier

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"sort"
)

const kindBits = 3 // low bits of an entry's key that hold its kind

// chunkLen is how many entries a Builder allocates at a time.
const chunkLen = 1 << 14

type chunk struct {
	keys  [chunkLen]uint64
	lines [chunkLen]uint32
	n     int
}

// A Builder collects identifiers. It is used by one goroutine.
type Builder struct {
	seed   maphash.Seed
	starts bitmap
	words  uint64 // bit n: there are values that are looked up by n words
	chunks []*chunk
	buf    []byte
}

// NewBuilder gives an empty Builder; rows is a guess at how many will come.
func NewBuilder(rows int) *Builder {
	b := &Builder{seed: maphash.MakeSeed()}
	b.starts = newBitmap(min(max(rows, 1<<6), 1<<16) * 16)
	return b
}

// AddAddress adds the address of the row at line (in canonical form) and its
// MD5, SHA-1 and SHA-256.
func (b *Builder) AddAddress(line int, canonical string) {
	if canonical == "" {
		return
	}
	b.buf = append(b.buf[:0], canonical...)
	b.add(addressKey(b.seed, b.buf), Address, line)
	md, s1, s2 := md5.Sum(b.buf), sha1.Sum(b.buf), sha256.Sum256(b.buf)
	for _, sum := range [][]byte{md[:], s1[:], s2[:]} {
		b.add(digestKey(binary.BigEndian.Uint64(sum), len(sum)), Digest, line)
	}
}

// Add adds value as the kind k of the row at line; values that identify
// nobody are dropped.
func (b *Builder) Add(line int, k Kind, value string) {
	switch {
	case k == Address:
		b.AddAddress(line, value)
	case Identifies(k, value):
		b.addWords(line, k, value)
	}
}

func (b *Builder) addWords(line int, k Kind, value string) {
	b.buf = append(b.buf[:0], value...)
	keys := keysOf(b.seed, b.buf)
	b.words |= 1 << keys.words
	b.add(keys.whole, k, line)
	if keys.words > 1 {
		b.starts.set(keys.start)
	}
	if keys.words > 2 {
		b.add(keys.prefix, None, 0)
	}
	if keys.phone != 0 {
		b.add(keys.phone, k, line)
	}
}

func (b *Builder) add(key uint64, k Kind, line int) {
	last := len(b.chunks) - 1
	if last < 0 || b.chunks[last].n == chunkLen {
		b.chunks = append(b.chunks, new(chunk))
		last++
	}
	c := b.chunks[last]
	c.keys[c.n], c.lines[c.n] = key&^(1<<kindBits-1)|uint64(k), uint32(line)
	c.n++
}

// Build gives the index and leaves the Builder empty.
func (b *Builder) Build() *Index {
	x := &Index{seed: b.seed, starts: b.starts, words: b.words}
	x.scatter(b.chunks)
	*b = *NewBuilder(0)
	x.tidy()
	x.filter = newBitmap(len(x.keys) * 8)
	for _, key := range x.keys {
		if k := Kind(key & (1<<kindBits - 1)); k != Address && k != Digest {
			x.filter.set(key)
		}
	}
	return x
}

// scatter puts the entries of chunks into buckets by the first bits of their
// keys: bucket i ends, until tidy, at x.buckets[i].
func (x *Index) scatter(chunks []*chunk) {
	total := 0
	for _, c := range chunks {
		total += c.n
	}
	width := max(bits.Len(uint(total/4)), 1)
	x.shift = 64 - width
	x.buckets = make([]uint32, 1<<width+1)
	for _, c := range chunks {
		for _, key := range c.keys[:c.n] {
			x.buckets[key>>x.shift]++
		}
	}
	sum := uint32(0)
	for i, n := range x.buckets {
		x.buckets[i] = sum
		sum += n
	}
	x.keys, x.lines = make([]uint64, total), make([]uint32, total)
	for _, c := range chunks {
		for i, key := range c.keys[:c.n] {
			at := &x.buckets[key>>x.shift]
			x.keys[*at], x.lines[*at] = key, c.lines[i]
			*at++
		}
	}
}

// tidy sorts each bucket, drops what is there twice and what too many rows
// share, and closes the gaps: then bucket i begins at x.buckets[i].
func (x *Index) tidy() {
	read, write := 0, 0
	for i, end := range x.buckets {
		x.buckets[i] = uint32(write)
		entries{x.keys[read:end], x.lines[read:end]}.sort()
		for read < int(end) {
			next := read + 1
			for next < int(end) && x.keys[next] == x.keys[read] {
				next++
			}
			write = x.keep(write, read, next)
			read = next
		}
	}
	x.keys, x.lines = x.keys[:write:write], x.lines[:write:write]
}

// keep moves the entries from read to end, which have one key, to write, and
// gives the place after them.
func (x *Index) keep(write, read, end int) int {
	first := write
	for i := read; i < end; i++ {
		if write > first && x.lines[write-1] == x.lines[i] {
			continue
		}
		if write-first == MaxRows {
			if k := Kind(x.keys[i] & (1<<kindBits - 1)); k == Token || k == Name {
				return first
			}
			break
		}
		x.keys[write], x.lines[write] = x.keys[i], x.lines[i]
		write++
	}
	if write > first {
		x.distinct++
	}
	return write
}

// entries are sorted by key, then by line.
type entries struct {
	keys  []uint64
	lines []uint32
}

// sort inserts where there are few, as in nearly all buckets.
func (e entries) sort() {
	if len(e.keys) > 24 {
		sort.Sort(e)
		return
	}
	for i := range e.keys {
		for ; i > 0 && e.Less(i, i-1); i-- {
			e.Swap(i, i-1)
		}
	}
}

func (e entries) Len() int { return len(e.keys) }

func (e entries) Less(i, j int) bool {
	return e.keys[i] < e.keys[j] || e.keys[i] == e.keys[j] && e.lines[i] < e.lines[j]
}

func (e entries) Swap(i, j int) {
	e.keys[i], e.keys[j] = e.keys[j], e.keys[i]
	e.lines[i], e.lines[j] = e.lines[j], e.lines[i]
}
