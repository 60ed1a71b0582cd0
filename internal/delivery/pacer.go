package delivery

import (
	"slices"
	"time"
)

// slack is how late a message may leave and the next still be on the beat: a
// timer is never quite on time, and the rate would fall short of what was asked
// for by all these delays.
const slack = 10 * time.Millisecond

// pacer keeps messages apart: of any n in a row the last leaves (n-1) times
// every after the first, less slack, and never sooner. Time that was lost
// otherwise is not made up for.
type pacer struct {
	every  time.Duration // 0 for as fast as it goes
	due    time.Time     // when the next may leave
	shared bool          // with other machines: a message needs a slot
	slots  int           // that are reserved, the first of them due
}

// went sets when the next may leave after one has left at now.
func (p *pacer) went(now time.Time) {
	if p.shared {
		p.slots--
		p.due = p.due.Add(p.every)
		return
	}
	if p.due.Before(now.Add(-slack)) {
		p.due = now
	}
	p.due = p.due.Add(p.every)
}

// within is how many may leave up to d from now, at most most.
func (p *pacer) within(now time.Time, d time.Duration, most int) int {
	if p.every == 0 {
		return most
	}
	left := now.Add(d).Sub(later(p.due, now))
	if left < 0 {
		return 0
	}
	if p.shared {
		most = min(most, p.slots)
	}
	return int(min(int64(left/p.every)+1, int64(most)))
}

// isEmpty says that nothing may leave before a slot is reserved.
func (p *pacer) isEmpty() bool { return p.shared && p.slots <= 0 }

// lapse gives up the slots that were not used in time: others have those that
// come after them.
func (p *pacer) lapse(now time.Time) {
	for p.slots > 0 && p.due.Before(now.Add(-slack)) {
		p.slots--
		p.due = p.due.Add(p.every)
	}
}

// refill reserves slots of a shared rate, for a beat, where something could
// leave.
func (k *keeper) refill(now time.Time) {
	if !k.pace.shared || k.err != nil || len(k.pool.open) == 0 {
		return
	}
	if k.pace.lapse(now); k.pace.slots > 0 || !k.hasMore() {
		return
	}
	n := int(min(max(beat/k.pace.every, 1), maxBatch))
	wait, err := k.sharing().Reserve(k.feed, n, k.pace.every)
	if err != nil {
		k.err = ignoreCanceled(err)
		return
	}
	k.pace.slots, k.pace.due = n, time.Now().Add(wait)
}

// hasMore says whether there is a message to hand over.
func (k *keeper) hasMore() bool {
	return k.queued > 0 || slices.ContainsFunc(k.lanes, func(l *lane) bool { return len(l.made) > 0 })
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
