package identifier

import (
	"math/bits"
	"slices"
	"sort"
)

const (
	kindBits   = 3 // low bits of an entry's key that hold its kind
	kindMask   = 1<<kindBits - 1
	shards     = 64 // an index is built and kept in parts, by the first bits of the keys
	shardShift = 64 - 6
)

// entries are keys (61 bits of a hash, 3 of the kind) and the lines they
// stand for.
type entries struct {
	keys  []uint64
	lines []uint32
}

// kind is that of the first entry.
func (e entries) kind() Kind { return Kind(identity(e.keys[0]) & kindMask) }

// identity is what two entries for one identifier have in common: a name is the
// same one whichever order a row has it in.
func identity(key uint64) uint64 {
	if Kind(key&kindMask) == turned {
		return key&^kindMask | uint64(Name)
	}
	return key
}

// isTurned says whether e, which is one identifier, is a name that no row has in
// this order.
func (e entries) isTurned() bool {
	return !slices.ContainsFunc(e.keys, func(key uint64) bool { return Kind(key&kindMask) != turned })
}

// count counts the different keys of the kinds that want chooses.
func (e entries) count(want func(Kind) bool) int {
	n, last := 0, uint64(0)
	for _, key := range e.keys {
		if key = identity(key); key != last && want(Kind(key&kindMask)) {
			n++
		}
		last = key
	}
	return n
}

// cutKind cuts off the entries of the first one's kind, where all have one
// hash.
func (e entries) cutKind() (first, rest entries) {
	n := 1
	for n < len(e.keys) && identity(e.keys[n]) == identity(e.keys[0]) {
		n++
	}
	return entries{e.keys[:n], e.lines[:n:n]}, entries{e.keys[n:], e.lines[n:]}
}

func (e entries) Len() int { return len(e.keys) }

func (e entries) Less(i, j int) bool {
	a, b := identity(e.keys[i]), identity(e.keys[j])
	switch {
	case a != b:
		return a < b
	case e.lines[i] != e.lines[j]:
		return e.lines[i] < e.lines[j]
	}
	return e.keys[i] < e.keys[j] // a name as its row has it comes first
}

func (e entries) Swap(i, j int) {
	e.keys[i], e.keys[j] = e.keys[j], e.keys[i]
	e.lines[i], e.lines[j] = e.lines[j], e.lines[i]
}

// sort sorts by identity, then by line; by insertion where there are few, as in
// nearly all buckets.
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

// chunkLen is how many entries are allocated at a time, once there are many.
const chunkLen = 1 << 12

// chunks are entries as they come.
type chunks struct {
	all []entries
	n   int
}

func (c *chunks) add(key uint64, line uint32) {
	last := len(c.all) - 1
	if last < 0 || len(c.all[last].keys) == cap(c.all[last].keys) {
		size := min(max(c.n, 8), chunkLen)
		c.all = append(c.all, entries{make([]uint64, 0, size), make([]uint32, 0, size)})
		last++
	}
	e := &c.all[last]
	e.keys, e.lines = append(e.keys, key), append(e.lines, line)
	c.n++
}

// join adds what is in other.
func (c *chunks) join(other chunks) {
	c.all = append(c.all, other.all...)
	c.n += other.n
}

// A shard holds the entries whose keys begin alike, sorted, in buckets by the
// bits that follow.
type shard struct {
	entries
	buckets []uint32 // where each begins, and where the last one ends
	shift   int      // 64 less the number of bits that choose a bucket
}

// newShard sorts what is in c.
func newShard(c *chunks) shard {
	width := max(bits.Len(uint(c.n/8)), 1)
	s := shard{shift: 64 - width, buckets: make([]uint32, 1<<width+1)}
	s.entries = entries{make([]uint64, c.n), make([]uint32, c.n)}
	s.scatter(c)
	s.tidy()
	return s
}

func (s *shard) bucket(key uint64) uint64 { return key << (64 - shardShift) >> s.shift }

// scatter puts entries into buckets: then bucket i ends at s.buckets[i].
func (s *shard) scatter(c *chunks) {
	for _, e := range c.all {
		for _, key := range e.keys {
			s.buckets[s.bucket(key)]++
		}
	}
	sum := uint32(0)
	for i, n := range s.buckets {
		s.buckets[i] = sum
		sum += n
	}
	for _, e := range c.all {
		for i, key := range e.keys {
			at := &s.buckets[s.bucket(key)]
			s.keys[*at], s.lines[*at] = key, e.lines[i]
			*at++
		}
	}
}

// tidy sorts each bucket, drops what is there twice and what too many rows
// share, and closes the gaps: then bucket i begins at s.buckets[i].
func (s *shard) tidy() {
	read, write := 0, 0
	for i, end := range s.buckets {
		s.buckets[i] = uint32(write)
		bucket := entries{s.keys[read:end], s.lines[read:end]}
		bucket.sort()
		for len(bucket.keys) > 0 {
			var same entries
			same, bucket = bucket.cutKind()
			write += same.moveTo(entries{s.keys[write:], s.lines[write:]})
		}
		read = int(end)
	}
	s.keys, s.lines = s.keys[:write:write], s.lines[:write:write]
}

// moveTo copies e, which is one identifier, to dst, which may overlap it from
// before, and gives how many entries it kept.
func (e entries) moveTo(dst entries) int {
	n, kind := 0, e.kind()
	for i, line := range e.lines {
		if i > 0 && dst.lines[n-1] == line {
			continue
		}
		if n == MaxRows {
			if kind == Token || kind == Name {
				return 0
			}
			return n
		}
		dst.keys[n], dst.lines[n] = e.keys[i], line
		n++
	}
	return n
}

// find gives the entries under key.
func (s *shard) find(key uint64) entries {
	i := s.bucket(key)
	lo, hi := s.buckets[i], s.buckets[i+1]
	for lo < hi && s.keys[lo]>>kindBits < key>>kindBits {
		lo++
	}
	end := lo
	for end < hi && s.keys[end]>>kindBits == key>>kindBits {
		end++
	}
	return entries{s.keys[lo:end], s.lines[lo:end]}
}
