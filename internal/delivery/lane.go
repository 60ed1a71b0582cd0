package delivery

import (
	"time"

	"mailshot/internal/guard"
	"mailshot/internal/ledger"
)

// letter is one message on its way, and what the ledger knows it by.
type letter struct {
	cleared  guard.Cleared
	key      ledger.Key
	lane     *lane
	again    bool // it stands as deferred
	fresh    bool // it takes up room in its lane
	returned int  // how often it came back without a word on its recipient
	delay    delay
}

// lane is the queue of all messages to one domain that has a rate of its own, or
// of all others. Each lane reads the list by itself, so that none waits for
// another, and no row has to be kept.
type lane struct {
	domain  string // "" for all that have no lane of their own
	pace    pacer
	most    int           // messages handed over and without an outcome; 0 for no limit
	flying  int           // how many there are
	made    []*letter     // not written down yet
	room    chan struct{} // holds one thing for each message, from its making until a connection takes it or it is taken back
	queue   []*letter     // written down, to be handed over
	went    time.Time     // when the last was handed over
	passes  int           // going on, for it
	waiting waiting
}

// wasBegun says whether l was written down in this run before.
func (l *letter) wasBegun() bool { return l.returned > 0 || l.delay.times > 0 }

// newLanes gives one lane for each domain with a rate, and the one for all
// others at the end.
func newLanes(r *Run) []*lane {
	lanes := make([]*lane, 0, len(r.Domains)+1)
	for domain, every := range r.Domains {
		lanes = append(lanes, &lane{domain: domain, pace: pacer{every: every}, most: max(1, r.Connections/2)})
	}
	lanes = append(lanes, &lane{})
	ahead := maxMade
	if r.sharing() != nil {
		ahead /= 2 // what is made here is kept from the other machines
	}
	for _, l := range lanes {
		l.room = make(chan struct{}, max(ahead/len(lanes), 8))
	}
	return lanes
}

// add takes a message that has been made.
func (l *lane) add(m *letter) { l.made = append(l.made, m) }

// giveBack puts a message that was written down back among those that are not,
// before all others.
func (l *lane) giveBack(m *letter) { l.made = append([]*letter{m}, l.made...) }

// claim takes at most n messages that may leave within a beat.
func (l *lane) claim(now time.Time, n int) []*letter {
	n = min(n, len(l.made), l.pace.within(now, beat, maxBatch)-len(l.queue))
	if l.most > 0 {
		n = min(n, l.most-l.flying-len(l.queue))
	}
	if n <= 0 {
		return nil
	}
	claimed := l.made[:n]
	l.made = l.made[n:]
	return claimed
}

// pop takes the head of the queue, which is handed over at now.
func (l *lane) pop(now time.Time) *letter {
	head := l.queue[0]
	l.queue = l.queue[1:]
	l.flying++
	l.went = now
	l.pace.went(now)
	return head
}

// makeRoom has another message made in the place of m, once.
func (l *lane) makeRoom(m *letter) {
	if m.fresh {
		<-l.room
	}
	m.fresh = false
}
