package delivery

import (
	"slices"
	"time"
)

const (
	// firstDelay is how long the first pause before another try is at most;
	// what greylists wants a minute to five.
	firstDelay = time.Minute
	// notSentDelay is the same for a message that no connection would take: the
	// server has said nothing of its recipient.
	notSentDelay = time.Second
	// maxDelay is how long a pause is at most.
	maxDelay = 30 * time.Minute
	// delays is how many of the first pause make up the time for all tries.
	delays = 30
)

// delay is why, how often and since when a message was put off in this run.
type delay struct {
	times int
	first time.Duration // the first pause
	since time.Time     // of the first time
	tried bool          // the server had a word on the recipient
	reply *Reply        // the last one, as long as the message waits
}

// next is when a message that is put off at now may be tried again: after a
// pause that doubles each time, give or take half, and at last when retryFor is
// over. It gives false where that is so.
func (d *delay) next(now time.Time, retryFor time.Duration, spread float64) (time.Time, bool) {
	end := d.since.Add(retryFor)
	if !now.Before(end) {
		return time.Time{}, false
	}
	pause := min(retryFor/delays, d.first) << min(d.times-1, 10)
	due := now.Add(scatter(min(pause, maxDelay), spread))
	if due.After(end) {
		return end, true
	}
	return due, true
}

// scatter gives d, give or take half, for a spread from 0 to 1.
func scatter(d time.Duration, spread float64) time.Duration {
	return d/2 + time.Duration(spread*float64(d))
}

// postponed is a message that waits for another try. It is not kept, but made
// again when it is due.
type postponed struct {
	line  int // of its row
	due   time.Time
	again bool // it stands as deferred
	delay
}

// waiting are the messages of a lane that wait.
type waiting struct {
	all   []postponed
	first time.Time // when the first is due
	quiet time.Time // when the list may be read for them again
	taken bool      // it is being read for some
}

func (w *waiting) add(p postponed) {
	if len(w.all) == 0 || p.due.Before(w.first) {
		w.first = p.due
	}
	w.all = append(w.all, p)
}

// next is when some are to be tried again; false where none wait.
func (w *waiting) next() (time.Time, bool) {
	return later(w.first, w.quiet), len(w.all) > 0
}

// takeDue takes those that are due, by line.
func (w *waiting) takeDue(now time.Time) []postponed {
	var due, rest []postponed
	for _, p := range w.all {
		if p.due.After(now) {
			rest = append(rest, p)
		} else {
			due = append(due, p)
		}
	}
	w.all, w.first = rest, time.Time{}
	for _, p := range rest {
		if w.first.IsZero() || p.due.Before(w.first) {
			w.first = p.due
		}
	}
	slices.SortFunc(due, func(a, b postponed) int { return a.line - b.line })
	return due
}
