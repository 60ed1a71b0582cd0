package delivery

import "time"

// slack is how late a message may leave and the next still be on the beat: a
// timer is never quite on time, and the rate would fall short of what was asked
// for by all these delays.
const slack = 10 * time.Millisecond

// pacer keeps messages apart: of any n in a row the last leaves (n-1) times
// every after the first, less slack, and never sooner. Time that was lost
// otherwise is not made up for.
type pacer struct {
	every time.Duration // 0 for as fast as it goes
	due   time.Time     // when the next may leave
}

// went sets when the next may leave after one has left at now.
func (p *pacer) went(now time.Time) {
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
	return int(min(int64(left/p.every)+1, int64(most)))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
