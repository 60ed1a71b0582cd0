package delivery

import "time"

// maxRest is how long the run rests at most for what a server lacks.
const maxRest = 5 * time.Minute

// strain is how the run spares a server that has said that it is not fit: full,
// overloaded, or in want of another login. It is left alone for a while that
// grows, and then given one message at a time, as many as it takes doubled.
type strain struct {
	times   int       // in a row
	since   time.Time // of the first of these
	first   int       // ordinal of its message
	several bool      // others fared no better
	until   time.Time // nothing leaves before
	most    int       // messages in flight; 0 for no limit
}

// add notes that the server was not fit for one more message. What was on its
// way at that time makes the pause no longer.
func (s *strain) add(ordinal int, now time.Time, spread float64) {
	if s.times == 0 {
		s.since, s.first, s.several = now, ordinal, false
	}
	s.several = s.several || ordinal != s.first
	if now.Before(s.until) {
		return
	}
	s.times++
	s.until = now.Add(min(backoff(s.times+1, spread)*2, maxRest))
	s.most = 1
}

// ease notes that the server has taken a message again, all being as many as can
// be in flight.
func (s *strain) ease(now time.Time, all int) {
	if s.most == 0 || now.Before(s.until) {
		return
	}
	s.times = 0
	if s.most *= 2; s.most >= all {
		s.most = 0
	}
}

// hopeless says that it has gone on for too long, and not for the sake of one
// message.
func (s *strain) hopeless(now time.Time, retryFor time.Duration) bool {
	return s.several && s.times >= maxFailures && now.Sub(s.since) >= retryFor
}
