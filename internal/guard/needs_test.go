package guard

import (
	"bytes"
	"testing"
)

// Wherever an octet beyond ASCII stands, it is found, and nothing else is.
func TestHasEightBit(t *testing.T) {
	for size := range 40 {
		text := bytes.Repeat([]byte{0x7f}, size)
		if hasEightBit(text) {
			t.Errorf("%d octets of ASCII: found one beyond", size)
		}
		for at := range text {
			for _, octet := range []byte{0x80, 0xff} {
				text[at] = octet
				if !hasEightBit(text) {
					t.Errorf("%d octets: %#x at %d is not found", size, octet, at)
				}
				text[at] = 0x7f
			}
		}
	}
}
