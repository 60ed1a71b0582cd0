package guard

// A memo remembers keys, and forgets some when there are many.
type memo []cell

// A cell holds keys that begin alike, the last one used first.
type cell [8]uint64

// memoCells is how many cells a memo has.
const memoCells = 1 << 11

func newMemo() memo { return make(memo, memoCells) }

// has says whether key is remembered. It keeps those in use.
func (m memo) has(key uint64) bool {
	c := &m[key%memoCells]
	for i, k := range c {
		if k == key {
			if i >= len(c)/2 {
				c[i], c[i/2] = c[i/2], k
			}
			return true
		}
	}
	return false
}

// add remembers key, in the place of the one that was used the longest ago or
// nearly so.
func (m memo) add(key uint64) {
	c := &m[key%memoCells]
	copy(c[len(c)/2+1:], c[len(c)/2:])
	c[len(c)/2] = key
}
