package identifier

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// An index says nothing of which of a Builder's forks was given what.
func TestFork(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(madeGen, 1, 30).Draw(t, "values")
		one, several := NewBuilder(0), NewBuilder(0)
		several.seed = one.seed
		fork := several.Fork()
		builders := []*Builder{several, fork, fork.Fork(), several.Fork()}
		for line, m := range values {
			fork := rapid.SampledFrom(builders).Draw(t, "fork")
			one.Add(line, m.kind, m.value)
			fork.Add(line, m.kind, m.value)
			one.AddTurned(line, m.value)
			fork.AddTurned(line, m.value)
		}
		if several.gather(); several.n != one.n {
			t.Errorf("%d entries, want %d", several.n, one.n)
		}
		if want, got := one.Build(), several.Build(); !reflect.DeepEqual(got, want) {
			t.Errorf("%d identifiers, want %d", got.Len(), want.Len())
		}
	})
}

// Many entries are moved beside each other, and become what each shard would
// by itself.
func TestManyEntries(t *testing.T) {
	b := NewBuilder(0)
	r := rand.New(rand.NewPCG(1, 2))
	for line := range manyEntries + 1 {
		b.add(r.Uint64(), Kind(1+r.IntN(5)), line)
	}
	var want [shards]shard
	for i := range b.shards {
		want[i] = newShard(&b.shards[i])
	}
	if x := b.Build(); !reflect.DeepEqual(x.shards, want) {
		t.Errorf("%d identifiers", x.Len())
	}
	if x := b.Build(); x.Len() != 0 {
		t.Errorf("%d identifiers are left", x.Len())
	}
}

func TestHashOf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed, text := rapid.Uint64().Draw(t, "seed"), rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "text")
		h := hasher{h: seed}
		for _, c := range text {
			h.add(c)
		}
		if got := hashOf(seed, text); got != h.sum() {
			t.Errorf("%x, want %x", got, h.sum())
		}
	})
}

// What is quick for most characters says the same of all.
func TestQuickTables(t *testing.T) {
	for r := range rune(unicode.MaxRune + 1) {
		if isDigit(r) != unicode.IsDigit(r) {
			t.Errorf("%U is a digit: %v", r, isDigit(r))
		}
		if isTerminal(r) != unicode.Is(unicode.Sentence_Terminal, r) {
			t.Errorf("%U ends a sentence: %v", r, isTerminal(r))
		}
	}
}
