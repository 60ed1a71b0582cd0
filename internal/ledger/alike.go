package ledger

import (
	"cmp"
	"iter"
	"slices"
	"time"
)

// together is how far the times of endings that are written as one may lie apart.
const together = 100 * time.Millisecond

// alike are recipients who were begun one after another and ended in the same
// way at about the same time: most of a batch. One statement for all of them
// takes half the time of one for each.
type alike struct {
	first  record
	last   uint32 // n of the last
	ending Ending // the first's
}

// alikes gives endings as few of these, in the order of n; ended are their
// records.
func alikes(endings []Ending, ended []record) iter.Seq[alike] {
	return func(yield func(alike) bool) {
		order := make([]int, len(endings))
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(a, b int) int { return cmp.Compare(ended[a].n, ended[b].n) })
		for len(order) > 0 {
			run := alike{first: ended[order[0]], ending: endings[order[0]]}
			run.last = run.first.n
			for order = order[1:]; len(order) > 0 && run.takes(endings[order[0]], ended[order[0]]); order = order[1:] {
				run.last++
			}
			if !yield(run) {
				return
			}
		}
	}
}

// takes says whether what ended as e is the next of a.
func (a *alike) takes(e Ending, ended record) bool {
	same := a.ending
	same.Key, same.At = e.Key, e.At
	return same == e && !e.NotSent && ended.n == a.last+1 && ended.now == a.first.now &&
		e.At.Sub(a.ending.At).Abs() < together
}
