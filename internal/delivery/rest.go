package delivery

import "time"

// idle is how far off the next message must be for connections to be closed
// meanwhile: servers close them too, after a minute to five.
const idle = time.Minute

// Why says why a run rests.
type Why uint8

const (
	Going       Why = iota // it does not
	Postponed              // all that are left were put off by the server
	Strained               // the server is not fit to take anything
	Unreachable            // no connection could be had
)

// Rest is a pause in which nothing leaves.
type Rest struct {
	Why   Why
	Until time.Time
}

// rest says when the next message may leave, and why not sooner.
func (k *keeper) rest(now time.Time) Rest {
	switch {
	case now.Before(k.strain.until):
		return Rest{Strained, k.strain.until}
	case k.pool.size() == 0 && now.Before(k.pool.next):
		return Rest{Unreachable, k.pool.next}
	case len(k.flight) > 0:
		return Rest{Going, now}
	}
	rest := Rest{Why: Going}
	for _, l := range k.lanes {
		r, some := l.rest(now, k.pace.due)
		if some && (rest.Until.IsZero() || r.Until.Before(rest.Until)) {
			rest = r
		}
	}
	return rest
}

// rest says the same of a lane; false where nothing is left in it.
func (l *lane) rest(now, due time.Time) (Rest, bool) {
	switch {
	case len(l.made) > 0:
		return Rest{Going, later(now, later(due, l.pace.due))}, true
	case l.passes > 0:
		return Rest{Going, now}, true
	}
	at, some := l.waiting.next()
	return Rest{Postponed, later(now, at)}, some
}

// takeARest closes what is not needed for a while, and takes back what was to
// leave.
func (k *keeper) takeARest(now time.Time) {
	if k.rest(now).Until.After(now.Add(idle)) {
		k.pool.shrink(0)
	}
	if len(k.pool.open) == 0 && k.pool.next.After(now.Add(time.Second)) {
		k.recall(false)
	}
}

// tell tells Watch where the run stands.
func (k *keeper) tell(now time.Time) {
	if k.Watch == nil {
		return
	}
	p := k.count.Progress
	p.Connections = len(k.pool.open)
	p.UnderWay = len(k.flight) - k.queued - len(k.work)
	if r := k.rest(now); r.Why != Going && r.Until.After(now.Add(time.Second)) {
		p.Rest = r
	}
	k.Watch(p)
}
