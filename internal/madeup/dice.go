package madeup

import (
	"crypto/sha256"
	"math/rand/v2"
)

// Dice make choices out of a fuzzer's input, a byte each; where the input has
// ended they go on with what it determines, so that any input makes a whole
// case and each is another.
type Dice struct {
	input []byte
	more  *rand.Rand
}

// NewDice makes the dice of input.
func NewDice(input []byte) *Dice {
	return &Dice{input, rand.New(rand.NewChaCha8(sha256.Sum256(input)))}
}

// N gives a number from 0 to below n; n is at most 256 where it is to follow the
// input.
func (d *Dice) N(n int) int {
	if len(d.input) == 0 || n > 256 {
		return d.more.IntN(n)
	}
	b := d.input[0]
	d.input = d.input[1:]
	return int(b) % n
}

// OneIn is true once in n throws.
func (d *Dice) OneIn(n int) bool { return d.N(n) == 0 }

// Pick gives one of list.
func Pick[T any](d *Dice, list []T) T { return list[d.N(len(list))] }

// Often gives one of list, those at its beginning more often, as names are.
func Often[T any](d *Dice, list []T) T { return list[min(d.N(len(list)), d.N(len(list)))] }
