package ledger

import (
	"encoding/binary"
	"math/bits"
)

// standing is where a recipient is now. The first four are the Outcomes, and
// stand in the ledger as they do here; a recipient who is begun stands there as
// unknown, for that is what they are if nothing more is written.
type standing uint8

const (
	unknown  = standing(Unknown)
	accepted = standing(Accepted)
	rejected = standing(Rejected)
	deferred = standing(Deferred)
	untried  = standing(4) // never begun, or taken back at once
	inFlight = standing(5) // begun by this very run; in memory only
)

// mayBegin says whether a message may leave for who stands at s.
func (s standing) mayBegin() bool { return s == untried || s == deferred }

// isFinal says whether nobody will send to who stands at s.
func (s standing) isFinal() bool { return s == accepted || s == rejected }

// record is what a run keeps in memory of a recipient: 28 bytes.
type record struct {
	key             Key
	n               uint32 // place in the campaign, from 1; 0 marks an empty slot
	attempts        uint16
	attemptsAtStart uint16
	now             standing
	before          standing // where it goes back to when it is taken back
	atStart         standing
	hand            hand
}

// hand is which run may send to a recipient.
type hand uint8

const (
	nobodys   hand = iota
	mine           // claimed
	elsewhere      // of another run
)

// index finds records by key: a hash table with open addressing, for a map of
// Go's takes twice the memory. Keys are spread evenly as they are.
type index struct {
	slots []record
	used  int
}

// newIndex gives an index with room for n records, which fill four fifths of
// it. It has more than ten slots, so that nine tenths, at which it grows, leave
// an empty one for a search to end at.
func newIndex(n int) *index { return &index{slots: make([]record, n+n/4+16)} }

// find gives the record of k, or nil. It is good until the next put.
func (x *index) find(k Key) *record {
	if r := x.slot(k); r.n != 0 {
		return r
	}
	return nil
}

// put puts r in, or in the place of the record with the same key.
func (x *index) put(r record) {
	slot := x.slot(r.key)
	if slot.n != 0 {
		*slot = r
		return
	}
	if x.used*10 >= len(x.slots)*9 {
		x.grow()
		slot = x.slot(r.key)
	}
	*slot = r
	x.used++
}

// slot gives the slot that holds k, or the empty one that would.
func (x *index) slot(k Key) *record {
	at, _ := bits.Mul64(binary.BigEndian.Uint64(k[:8]), uint64(len(x.slots)))
	for {
		r := &x.slots[at]
		if r.n == 0 || r.key == k {
			return r
		}
		at++
		if at == uint64(len(x.slots)) {
			at = 0
		}
	}
}

func (x *index) grow() {
	larger := newIndex(x.used + x.used/8)
	for _, r := range x.slots {
		if r.n != 0 {
			larger.put(r)
		}
	}
	*x = *larger
}

// tally counts recipients by what the ledger holds of them.
type tally [4]int

// move counts one recipient who goes from one standing to another.
func (t *tally) move(from, to standing) {
	t.add(from, -1)
	t.add(to, 1)
}

func (t *tally) add(s standing, n int) {
	switch s {
	case untried:
	case inFlight:
		t[unknown] += n
	default:
		t[s] += n
	}
}
