package delivery

import (
	"context"
	"errors"
	"time"

	"mailshot/internal/transport"
)

const (
	// maxFailures is how many connections in a row must have come to nothing
	// before the run gives up.
	maxFailures = 4
	// lasting is how long a connection must have stood for its end to be no
	// failure: servers close those that have nothing to do.
	lasting = 10 * time.Second
	// maxBackoff is how long the pause before a new connection is at most.
	maxBackoff = 2 * time.Minute
)

// pool is the connections of a run. There is one at first, and twice as many with
// each message that is accepted while all are open.
type pool struct {
	most     int // as asked for, or as many as the server took
	allowed  int
	last     int // id
	open     map[int]*standing
	opening  map[int]context.CancelFunc
	stood    bool      // there was one
	failures int       // in a row
	good     time.Time // when the server last did what was asked of it
	next     time.Time // when the next may be opened
}

// standing is a connection that is open.
type standing struct {
	close    context.CancelFunc // in good order
	since    time.Time
	answered int // messages of the run, before
	failures int // of the pool, before
}

func newPool(most int) pool {
	return pool{most: most, allowed: 1, open: map[int]*standing{}, opening: map[int]context.CancelFunc{}, good: time.Now()}
}

func (p *pool) size() int { return len(p.open) + len(p.opening) }

func (p *pool) wantsMore(now time.Time) bool {
	return p.size() < min(p.allowed, p.most) && !now.Before(p.next)
}

// succeeded makes room for as many connections again as there are.
func (p *pool) succeeded(now time.Time) {
	p.good = now
	if len(p.open) >= p.allowed && p.allowed < p.most {
		p.allowed = min(2*p.allowed, p.most)
	}
}

// add counts a connection that is about to be opened, and gives its id.
func (p *pool) add(stop context.CancelFunc) int {
	p.last++
	p.opening[p.last] = stop
	return p.last
}

// opened notes that the server has taken connection id.
func (p *pool) opened(id, answered int, now time.Time) {
	p.open[id] = &standing{close: p.opening[id], since: now, answered: answered, failures: p.failures}
	delete(p.opening, id)
	p.stood, p.failures = true, 0
}

// refused notes that one more connection could not be had; where others stand
// they have to do for a while, or for good.
func (p *pool) refused(id int, err error, now time.Time, spread float64) {
	p.opening[id]()
	delete(p.opening, id)
	if err == nil {
		return
	}
	if len(p.open) > 0 && final(err) {
		p.most = len(p.open)
	}
	p.failed(p.failures+1, now, spread)
}

// closed notes that connection id has ended. One that carried something, or
// stood for long, has not failed; a server that has said 421 is left alone for
// a moment all the same.
func (p *pool) closed(id int, err error, answered int, now time.Time, spread float64) {
	c := p.open[id]
	c.close()
	delete(p.open, id)
	switch {
	case err == nil:
	case answered == c.answered && now.Sub(c.since) <= lasting:
		p.failed(c.failures+1, now, spread)
	case isBusy(err):
		p.next = later(p.next, now.Add(backoff(1, spread)))
	}
}

func (p *pool) failed(failures int, now time.Time, spread float64) {
	p.failures = failures
	p.next = now.Add(backoff(failures, spread))
}

// hopeless says that the server has not been there for so long, and for so many
// tries, that the run is better ended.
func (p *pool) hopeless(now time.Time, retryFor time.Duration) bool {
	return p.size() == 0 && p.failures >= maxFailures && now.Sub(p.good) >= retryFor
}

// shrink closes connections in good order until n are left.
func (p *pool) shrink(n int) {
	p.allowed = max(1, min(p.allowed, n))
	left := len(p.open) - n
	for _, c := range p.open {
		if left--; left < 0 {
			return
		}
		c.close()
	}
}

// backoff is half a second, doubled with every failure, up to twice as much as
// chance will have it, so that clients do not come back together.
func backoff(failures int, spread float64) time.Duration {
	pause := min(time.Second<<min(failures, 20)/4, maxBackoff/2)
	return pause + time.Duration(spread*float64(pause))
}

// isBusy says that a server has had enough for now.
func isBusy(err error) bool {
	e, ok := errors.AsType[*transport.Error](err)
	return ok && e.Busy()
}
