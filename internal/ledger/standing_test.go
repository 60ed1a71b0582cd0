package ledger

import (
	"math/rand/v2"
	"testing"
	"unsafe"
)

func TestIndexIsAMap(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, room := range []int{0, 1, 100, 5000} {
		x, want := newIndex(room), map[Key]uint32{}
		for n := uint32(1); n <= 3000; n++ {
			k := spread(random.IntN(2000))
			if random.IntN(10) == 0 {
				k = Key{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, byte(n)} // all want the last slot
			}
			x.put(record{key: k, n: n})
			want[k] = n
		}
		for k, n := range want {
			if got := x.find(k); got == nil || got.n != n {
				t.Fatalf("room %d: %v, want %d", room, got, n)
			}
		}
		if x.used != len(want) {
			t.Errorf("room %d: %d records, want %d", room, x.used, len(want))
		}
		for n := 2000; n < 4000; n++ {
			if got := x.find(spread(n)); got != nil {
				t.Fatalf("room %d: found %v, which was never put in", room, got)
			}
		}
	}
}

// What a run keeps in memory stays under 40 bytes a recipient, whether they
// were foreseen or not.
func TestIndexIsSmall(t *testing.T) {
	const most = 40
	for _, foreseen := range []int{100_000, 1000} {
		x := newIndex(foreseen)
		for n := range 100_000 {
			x.put(record{key: spread(n), n: uint32(n + 1)})
			if each := len(x.slots) * int(unsafe.Sizeof(record{})) / x.used; x.used >= foreseen && each >= most {
				t.Fatalf("%d bytes a recipient at %d", each, x.used)
			}
		}
	}
}
