package identifier

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
)

// A Builder collects identifiers. It is used by one goroutine.
type Builder struct {
	seed    uint64
	starts  bitmap
	domains bitmap
	words   uint64 // as in Index
	codes   uint64 // as in Index
	spaced  int    // as in Index
	shards  [shards]chunks
	n       int // entries in shards
	buf     []byte
	forks   []*Builder // whose identifiers go into the same index
}

// NewBuilder gives an empty Builder; rows is a guess at how many will come.
func NewBuilder(rows int) *Builder {
	size := min(max(rows, 1<<6), 1<<16) * 16
	return &Builder{seed: rand.Uint64(), starts: newBitmap(size), domains: newBitmap(size)}
}

// Fork gives another Builder, for another goroutine, that is used up by b's Build:
// the index has what both were given before.
func (b *Builder) Fork() *Builder {
	f := &Builder{seed: b.seed, starts: b.starts.empty(), domains: b.domains.empty()}
	b.forks = append(b.forks, f)
	return f
}

// gather takes from its forks what they were given.
func (b *Builder) gather() {
	for _, f := range b.forks {
		f.gather()
		b.starts.join(f.starts)
		b.domains.join(f.domains)
		b.words |= f.words
		b.codes |= f.codes
		b.spaced = max(b.spaced, f.spaced)
		for i := range b.shards {
			b.shards[i].join(f.shards[i])
		}
		b.n += f.n
		*f = Builder{} // whoever has it shall not hold on to the entries
	}
	b.forks = nil
}

// AddAddress adds the address of the row at line (in canonical form) and its
// MD5, SHA-1 and SHA-256.
func (b *Builder) AddAddress(line int, canonical string) {
	at := strings.LastIndexByte(canonical, '@')
	if at < 0 {
		return
	}
	b.buf = append(b.buf[:0], canonical...)
	domain := domainKey(b.seed, b.buf[at+1:])
	b.domains.set(domain)
	b.add(addressKey(b.seed, b.buf[:at], domain), Address, line)
	md5Sum, sha1Sum, sha256Sum := md5.Sum(b.buf), sha1.Sum(b.buf), sha256.Sum256(b.buf)
	for _, sum := range [][]byte{md5Sum[:], sha1Sum[:], sha256Sum[:]} {
		b.add(digestKey(binary.BigEndian.Uint64(sum), len(sum)), Digest, line)
	}
}

// Add adds value as the kind k of the row at line; false where it identifies
// nobody and was dropped.
func (b *Builder) Add(line int, k Kind, value string) bool {
	switch {
	case k == Address:
		b.AddAddress(line, value)
	case Identifies(k, value):
		b.addWords(line, k, value)
	default:
		return false
	}
	return true
}

// AddTurned adds a full name of the row at line in another order than the one
// in which it was added.
func (b *Builder) AddTurned(line int, name string) {
	switch {
	case !Identifies(Name, name):
	case hasStop(name):
		b.addWords(line, Name, name) // a stop in it says nothing of a sentence
	default:
		b.addWords(line, turned, name)
	}
}

func (b *Builder) addWords(line int, k Kind, value string) {
	b.buf = append(b.buf[:0], value...)
	keys := keysOf(b.seed, b.buf)
	b.words |= 1 << keys.words
	b.spaced = max(b.spaced, keys.spaced)
	b.add(keys.whole, k, line)
	if keys.code > 0 {
		b.codes |= 1 << (keys.code - 1)
	}
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
	b.shards[key>>shardShift].add(key&^kindMask|uint64(k), uint32(line))
	b.n++
}

// manyEntries is how many make it worth while to move them with more than one
// processor, and to collect garbage now and then, so that they are not in memory
// twice.
const manyEntries = 1 << 20

// shardsAtOnce is how many shards are moved until then.
const shardsAtOnce = shards / 8

// Build gives the index and leaves the Builder empty.
func (b *Builder) Build() *Index {
	b.gather()
	x := &Index{seed: b.seed, starts: b.starts, domains: b.domains, words: b.words, codes: b.codes, spaced: b.spaced}
	for i := 0; i < shards; i += shardsAtOnce {
		if b.n > manyEntries {
			runtime.GC()
		}
		b.move(x, i, i+shardsAtOnce)
	}
	*b = *NewBuilder(0)
	x.makeFilter()
	return x
}

// move makes the shards of x from one place to another; many entries are moved
// and sorted beside each other.
func (b *Builder) move(x *Index, from, to int) {
	var moving sync.WaitGroup
	for i := from; i < to; i++ {
		move := func() {
			x.shards[i] = newShard(&b.shards[i])
			b.shards[i] = chunks{}
		}
		if b.n > manyEntries {
			moving.Go(move)
		} else {
			move()
		}
	}
	moving.Wait()
}

// filtered says whether keys of kind k are in the filter.
func filtered(k Kind) bool { return k != Address && k != Digest }

// makeFilter puts the keys that are looked up for every word into the filter,
// and counts all.
func (x *Index) makeFilter() {
	n := 0
	for i := range x.shards {
		n += x.shards[i].count(func(k Kind) bool { return k != None })
	}
	x.distinct = n
	n = 0
	for i := range x.shards {
		n += x.shards[i].count(filtered)
	}
	x.filter = newBitmap(n * 8)
	for i := range x.shards {
		for _, key := range x.shards[i].keys {
			if filtered(Kind(key & kindMask)) {
				x.filter.set(key)
			}
		}
	}
}
