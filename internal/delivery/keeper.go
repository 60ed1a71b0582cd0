package delivery

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"mailshot/internal/campaign"
	"mailshot/internal/guard"
	"mailshot/internal/transport"
)

const (
	// maxBatch is how many messages are written down in one go at most, against
	// what a durable write costs.
	maxBatch = 256
	// maxTries is how often a message that comes back without a word on its
	// recipient is handed over at once.
	maxTries = 3
	// beat is how often endings are written down and Watch is told.
	beat = 100 * time.Millisecond
	// ahead is how long before a message may leave its connection is opened.
	ahead = 10 * time.Second
)

// keeper is the heart of a run and the one writer of the ledger: a goroutine
// that takes letters from the passes over the list, writes them down, hands
// them to the connections, and writes down what became of them.
type keeper struct {
	*Run
	lanes    []*lane
	byDomain map[string]*lane
	pace     pacer
	pool     pool
	strain   strain
	count    count
	batch    int             // messages to write down ahead: what a crash makes unknown beside those in flight
	queued   int             // messages in the queues of all lanes
	handed   []*letter       // to the connections, and not seen to be taken by one
	flight   map[int]*letter // begun and without an outcome, by ordinal
	endings  []ending        // known and not written down

	passes   int          // going on
	arrivals chan arrival // from them
	counted  atomic.Int64 // messages that a limit lets through
	limited  atomic.Bool  // some were kept back

	server  transport.Server
	work    chan guard.Cleared // to the connections; nil when all is done
	results chan transport.Result
	events  chan event
	feed    context.Context // of the connections: done when no more work will come
	noMore  func()
	hard    context.Context // done when the run is to stop at once

	unwritable bool  // the ledger could not be written
	err        error // why the run stops: the ledger, the source or the wire
	brake      error // why the run stops though it could go on; nil where nothing stops it
	trouble    error // the last word of a connection that came to nothing
}

func newKeeper(r *Run, standing Progress) *keeper {
	k := &keeper{
		Run: r, lanes: newLanes(r), byDomain: map[string]*lane{}, pace: pacer{every: r.Every},
		pool: newPool(r.Connections), count: newCount(standing),
		batch: min(r.Connections, maxBatch), flight: map[int]*letter{},
		arrivals: make(chan arrival, maxMade),
		work:     make(chan guard.Cleared, maxBatch),
		results:  make(chan transport.Result, 4*maxBatch),
		events:   make(chan event, 4*r.Connections),
	}
	for _, l := range k.lanes {
		k.byDomain[l.domain] = l
	}
	k.pace.shared = r.Every > 0 && k.sharing() != nil
	if r.Every > 0 || len(r.Domains) > 0 {
		k.work = make(chan guard.Cleared) // what waits in it would leave at any time
	}
	return k
}

// laneOf gives the lane of a recipient.
func (k *keeper) laneOf(to campaign.Recipient) *lane {
	if l, ok := k.byDomain[to.Address.Domain()]; ok {
		return l
	}
	return k.byDomain[""]
}

// spread is a number from 0 to 1, so that not everything happens at once.
func (k *keeper) spread() float64 {
	if k.Spread != nil {
		return k.Spread()
	}
	return rand.Float64()
}

// run starts the passes, and keeps until all connections are closed.
func (k *keeper) run(ctx context.Context) (Summary, error) {
	soft, stop := context.WithCancel(ctx)
	hard, cut := context.WithCancel(context.WithoutCancel(ctx))
	draining := context.AfterFunc(soft, func() { time.AfterFunc(k.Drain, cut) })
	k.hard, k.server = hard, k.Server
	if s := k.sharing(); s != nil {
		k.server = transport.While(k.Server, func() error { return s.Hold(hard) })
	}
	k.feed, k.noMore = context.WithCancel(soft)
	defer func() { stop(); cut(); k.noMore() }()
	for _, l := range k.lanes {
		(&pass{k: k, lane: l}).start(soft)
	}
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for k.pool.size() > 0 || k.goesOn(soft) {
		if k.err != nil || k.brake != nil {
			stop()
		}
		if soft.Err() != nil {
			k.recall(true)
			k.write() // one more interrupt does not wait
		} else {
			k.prepare(soft)
		}
		k.step(soft, tick.C)
	}
	draining()
	stop()
	k.awaitPasses()
	return k.end(ctx)
}

// goesOn says whether there is something to do, or to wait for.
func (k *keeper) goesOn(soft context.Context) bool {
	return soft.Err() == nil && k.err == nil && k.brake == nil && k.work != nil
}

// prepare does what is due before the next thing happens.
func (k *keeper) prepare(soft context.Context) {
	now := time.Now()
	k.startPasses(soft, now)
	k.refill(now)
	k.claim(now)
	k.closeWhenDone()
	k.connect(now)
}

// step does the next thing there is to do.
func (k *keeper) step(soft context.Context, tick <-chan time.Time) {
	out, l, wait := k.next(soft)
	var head guard.Cleared
	if l != nil {
		head = l.queue[0].cleared
	}
	select {
	case a := <-k.arrivals:
		k.arrived(a)
	case out <- head:
		k.handedOver(l)
	case res := <-k.results:
		k.settle(res, soft.Err() != nil)
	case e := <-k.events:
		k.note(e)
	case <-tick:
		k.keepUp(soft)
	case <-wait:
	}
	k.makeRoom()
}

// makeRoom has messages made in the place of those that a connection has taken.
// One by one: while many are made at once, the connections and the server lack a
// processor, and then the processors lack work.
func (k *keeper) makeRoom() {
	for len(k.handed) > len(k.work) {
		m := k.handed[0]
		k.handed = k.handed[1:]
		m.lane.makeRoom(m)
	}
}

// keepUp is done with every beat.
func (k *keeper) keepUp(soft context.Context) {
	k.batch = min(max(k.count.settled/2, k.Connections, 1), maxBatch)
	k.count.settled = 0
	k.write()
	now := time.Now()
	if soft.Err() == nil && k.work != nil {
		k.takeARest(now)
	}
	k.tell(now)
}

// arrived takes what the passes have ready.
func (k *keeper) arrived(a arrival) {
	for {
		switch {
		case a.letter != nil:
			a.letter.lane.add(a.letter)
		case a.moved != nil:
			k.count.move(*a.moved)
		default:
			k.passEnded(a.end)
		}
		select {
		case a = <-k.arrivals:
		default:
			return
		}
	}
}

func (k *keeper) passEnded(e *ended) {
	k.passes--
	e.lane.passes--
	if e.again {
		// Reading the list is not to take more than a tenth of the time.
		e.lane.waiting.taken = false
		e.lane.waiting.quiet = time.Now().Add(max(10*e.took, time.Second))
	}
	if k.err == nil {
		k.err = e.err
	}
}

// startPasses has those who are due again made again.
func (k *keeper) startPasses(soft context.Context, now time.Time) {
	for _, l := range k.lanes {
		if at, some := l.waiting.next(); some && !l.waiting.taken && !now.Before(at) {
			l.waiting.taken = true
			(&pass{k: k, lane: l, due: l.waiting.takeDue(now)}).start(soft)
		}
	}
}

func (k *keeper) awaitPasses() {
	for k.passes > 0 {
		switch a := <-k.arrivals; {
		case a.moved != nil:
			k.count.move(*a.moved)
		case a.end != nil:
			k.passEnded(a.end)
		}
	}
}

// room is how many more messages may be written down now: few at first, until
// it has been seen what becomes of them, then as many as the pace wants.
func (k *keeper) room(now time.Time) int {
	if len(k.pool.open) == 0 || now.Before(k.strain.until) {
		return 0
	}
	room := min(k.batch-len(k.work), k.pace.within(now, beat, maxBatch)) - k.queued
	if k.strain.most > 0 {
		room = min(room, k.strain.most-len(k.flight))
	}
	return min(room, k.count.canary()-len(k.flight))
}

// claim has messages written down that may leave soon. This is the one place
// where they are taken on; a lane with a rate of its own comes first, since it
// takes few.
func (k *keeper) claim(now time.Time) {
	if left := k.queued + len(k.work); left > k.batch/2 || k.hoards(left) {
		return // so that many are written down in one go
	}
	room := k.room(now)
	var claimed []*letter
	for _, l := range k.lanes {
		claimed = append(claimed, l.claim(now, room-len(claimed))...)
	}
	k.begin(claimed)
}

// hoards says whether to wait until more messages are made: where nothing but
// the writing sets the pace, and the connections have enough to do meanwhile.
func (k *keeper) hoards(left int) bool {
	free := k.Every == 0 && len(k.lanes) == 1 && k.passes > 0
	return free && left > max(k.batch/8, k.Connections) && len(k.lanes[0].made) < k.batch/2
}

// next gives the lane whose turn it is, or when one has its turn.
func (k *keeper) next(soft context.Context) (chan<- guard.Cleared, *lane, <-chan time.Time) {
	now := time.Now()
	if k.queued == 0 || soft.Err() != nil || now.Before(k.strain.until) || k.pace.isEmpty() {
		return nil, nil, nil
	}
	var turn *lane
	var first time.Time
	for _, l := range k.lanes {
		if len(l.queue) == 0 {
			continue
		}
		at := later(now, later(k.pace.due, l.pace.due))
		if turn == nil || at.Before(first) || at.Equal(first) && l.went.Before(turn.went) {
			turn, first = l, at
		}
	}
	if pause := first.Sub(now); pause > 0 {
		return nil, nil, time.After(pause)
	}
	return k.work, turn, nil
}

func (k *keeper) handedOver(l *lane) {
	now := time.Now()
	k.handed = append(k.handed, l.pop(now))
	k.queued--
	k.pace.went(now)
}

// recall takes back what was written down and no connection has taken: for good
// where the run stops, else until it goes on.
func (k *keeper) recall(stopping bool) {
	var back []*letter
	for k.work != nil {
		select {
		case cleared := <-k.work:
			l := k.flight[cleared.Ordinal()]
			l.lane.flying--
			back = append(back, l)
			continue
		default:
		}
		break
	}
	for _, l := range k.lanes {
		back = append(back, l.queue...)
		l.queue = nil
	}
	k.queued = 0
	for _, l := range back {
		k.notSent(l)
		if !stopping {
			l.lane.giveBack(l)
		}
	}
	if len(back) > 0 {
		k.write()
	}
}

// closeWhenDone has the connections closed when all is done.
func (k *keeper) closeWhenDone() {
	if k.passes > 0 || len(k.flight) > 0 || k.work == nil {
		return
	}
	for _, l := range k.lanes {
		if _, wait := l.waiting.next(); wait || len(l.made) > 0 {
			return
		}
	}
	k.work = nil
	k.noMore()
}
