package delivery

import (
	"math"

	"mailshot/internal/ledger"
)

// judgedAfter is how many messages must have been tried before their share of
// rejected ones says anything.
const judgedAfter = 20

// count is where the recipients stand, and what the server said.
type count struct {
	Progress
	replies  map[Reply]int    // of this run, to those who have their outcome from them
	known    map[Reply]*Reply // one of each
	tried    int              // recipients who were tried in this run
	refused  int              // of these, rejected
	answered int              // messages that the server had a word on
	settled  int              // messages with an outcome since the last beat
}

func newCount(standing Progress) count {
	return count{Progress: standing, replies: map[Reply]int{}, known: map[Reply]*Reply{}}
}

// begun counts l as on its way, and no more as what it was.
func (c *count) begun(l *letter) {
	if l.again {
		c.Deferred--
		c.Pending++
	}
	if l.delay.reply != nil {
		c.Waiting--
		c.replies[*l.delay.reply]--
		l.delay.reply = nil
	}
}

// moved is one whom this run has not sent to, and who stands elsewhere now.
type moved struct {
	again bool // they stood as deferred, else as pending
	to    ledger.State
}

func (c *count) move(m moved) {
	if m.again {
		c.Deferred--
	} else {
		c.Pending--
	}
	*c.at(m.to)++
}

// replied counts a reply, and gives the one value there is of it.
func (c *count) replied(r Reply) *Reply {
	c.replies[r]++
	if c.known[r] == nil {
		c.known[r] = &r
	}
	return c.known[r]
}

// ended counts an ending. Whoever is tried more than once counts once.
func (c *count) ended(e ending) {
	c.Pending--
	*c.of(e)++
	if e.NotSent {
		return
	}
	c.settled++
	if !e.delay.tried {
		c.tried++
	}
	if e.Outcome == ledger.Rejected {
		c.refused++
	}
}

// of is the count that e belongs to.
func (p *Progress) of(e ending) *int {
	switch {
	case e.NotSent && !e.again:
		return &p.Pending
	case e.NotSent, e.Outcome == ledger.Deferred:
		return &p.Deferred
	case e.Outcome == ledger.Accepted:
		return &p.Accepted
	case e.Outcome == ledger.Rejected:
		return &p.Rejected
	}
	return &p.Unknown
}

// judge stops the run where too many are rejected: what a server has against so
// many is hardly them.
func (c *count) judge(share float64, brake error) error {
	if brake == nil && c.tried >= judgedAfter && float64(c.refused) > share*float64(c.tried) {
		return &TooManyRejected{Rejected: c.refused, Of: c.tried}
	}
	return brake
}

// canary is how many may be in flight until it has been seen what becomes of
// the first.
func (c *count) canary() int {
	for _, n := range [...]int{1, 10, judgedAfter, 100} {
		if c.tried < n {
			return n - c.tried
		}
	}
	return math.MaxInt
}
