package identifier

import (
	"encoding/binary"
	"math/bits"
)

// Odd numbers without a pattern, which keep the keys of different kinds apart.
const (
	mixSalt1    = 0x9E3779B97F4A7C15
	mixSalt2    = 0xD6E8FEB86659FD93
	endSalt     = 0xA24BAED4963EE407
	markSalt    = 0xA0761D6478BD642F
	phoneSalt   = 0xE7037ED1A0B428DB
	addressSalt = 0x8EBC6AF09C88C6E3
	digestSalt  = 0x589965CC75374CC3
)

// mix hashes two numbers into one, by a multiplication folded onto itself as
// wyhash does.
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^mixSalt1, b^mixSalt2)
	return hi ^ lo
}

// A hasher hashes bytes, eight at a time, under a seed that is another for
// every index. words.next does the same for ASCII, in registers.
type hasher struct {
	h     uint64 // of the blocks so far
	block uint64 // the last bytes
	n     int    // bytes in all
}

func (h *hasher) add(c byte) {
	h.block = h.block<<8 | uint64(c)
	if h.n++; h.n&7 == 0 {
		h.h, h.block = mix(h.h, h.block), 0
	}
}

func (h *hasher) sum() uint64 { return finish(h.h, h.block, h.n) }

func finish(h, block uint64, n int) uint64 { return mix(mix(h, block), uint64(n)^endSalt) }

// hashOf hashes b as a hasher does.
func hashOf(seed uint64, b []byte) uint64 {
	h, n, block := seed, len(b), uint64(0)
	for ; len(b) >= 8; b = b[8:] {
		h = mix(h, binary.BigEndian.Uint64(b))
	}
	for _, c := range b {
		block = block<<8 | uint64(c)
	}
	return finish(h, block, n)
}
