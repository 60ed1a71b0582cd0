package madeup

import (
	"slices"
	"testing"
)

func TestRowIsTheSameEveryTime(t *testing.T) {
	for n := range 100 {
		if a, b := Row(n), Row(n); !slices.Equal(a, b) {
			t.Errorf("row %d: %q, then %q", n, a, b)
		}
	}
}

func TestAddressesDiffer(t *testing.T) {
	seen := map[string]int{}
	for n := range 20000 {
		address := Row(n)[0]
		if other, ok := seen[address]; ok {
			t.Fatalf("rows %d and %d share an address", other, n)
		}
		seen[address] = n
	}
}
