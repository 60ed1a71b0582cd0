package guard

import (
	"encoding/base64"
	"testing"
)

// Wherever an @ stands in what is encoded, between whatever octets, its
// characters are known.
func TestMayHoldAt(t *testing.T) {
	for before := range 3 {
		for around := range 1 << 16 {
			octets := make([]byte, before, 8)
			octets = append(octets, byte(around>>8), '@', byte(around))
			for padding := range 3 {
				piece := base64.RawStdEncoding.EncodeToString(append(octets, make([]byte, padding)...))
				if !mayHoldAt([]byte(piece)) {
					t.Fatalf("no @ is seen in %q, which is % x", piece, octets)
				}
			}
		}
	}
	for _, piece := range []string{"", "Q", "exchange", "yfexes2z3deivbxijq6wilb3sm", "KX-4321037"} {
		if mayHoldAt([]byte(piece)) {
			t.Errorf("an @ is seen in %q", piece)
		}
	}
}
