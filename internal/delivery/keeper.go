package delivery

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"mailshot/internal/guard"
	"mailshot/internal/ledger"
	"mailshot/internal/rule"
	"mailshot/internal/transport"
)

const (
	// maxBatch is how many messages are written down in one go at most: what a
	// crash can make unknown, against what a durable write costs.
	maxBatch = 64
	// maxTries is how often a message is handed to a connection that then gives
	// it back unsent.
	maxTries = 3
	// beat is how often endings are written down and Watch is told.
	beat = 100 * time.Millisecond
)

// keeper is the heart of a run and the one writer of the ledger: a goroutine
// that takes letters from the producer, writes them down, hands them to the
// lines, and writes down what became of them.
type keeper struct {
	*Run
	batch    int // maxBatch, or fewer where a second is not enough for that many
	progress Progress
	flight   map[int]letter  // begun and without an outcome, by ordinal
	queue    []guard.Cleared // begun and not handed to a line
	endings  []ledger.Ending // known and not written down

	letters  chan letter // from the producer, closed when it is over
	produced produced    // to be read once letters is closed
	over     bool        // letters is closed and empty

	work     chan guard.Cleared // to the lines
	results  chan transport.Result
	events   chan event
	lines    int          // lines that are not over
	up       bool         // a connection has stood
	noMore   func()       // tells the lines that no more work will come
	answered atomic.Int64 // messages that a server was given in this run

	due     time.Time // when the next message may go
	err     error     // why the run stops: the ledger, the source or the wire
	trouble error     // the last word of a line that gave up
}

func newKeeper(r *Run, standing Progress) *keeper {
	k := &keeper{
		Run: r, progress: standing, flight: map[int]letter{}, lines: r.Connections,
		batch:   maxBatch,
		letters: make(chan letter, maxBatch),
		work:    make(chan guard.Cleared, maxBatch),
		results: make(chan transport.Result, 4*maxBatch),
		events:  make(chan event, 4*r.Connections),
	}
	if r.Every > 0 {
		k.batch = int(min(max(1, time.Second/r.Every), maxBatch))
		k.work = make(chan guard.Cleared)
	}
	return k
}

// run starts producer and lines, and keeps until all lines are over.
func (k *keeper) run(ctx context.Context) (Summary, error) {
	soft, stop := context.WithCancel(ctx)
	hard, cut := context.WithCancel(context.WithoutCancel(ctx))
	draining := context.AfterFunc(soft, func() { time.AfterFunc(k.Drain, cut) })
	defer func() { stop(); cut() }()

	go func() {
		defer close(k.letters)
		k.produced = k.produce(soft, k.letters)
	}()
	k.startLines(soft, hard)

	tick := time.NewTicker(beat)
	defer tick.Stop()
	for k.lines > 0 {
		k.step(soft, tick.C)
		if k.err != nil {
			stop()
		}
	}
	draining()
	stop()
	for range k.letters { // the producer ends before its campaign is closed
	}
	return k.end(ctx)
}

// step does the next thing there is to do.
func (k *keeper) step(soft context.Context, tick <-chan time.Time) {
	var in <-chan letter
	if k.up && !k.over && soft.Err() == nil && len(k.queue) < k.batch {
		in = k.letters
	}
	out, head, wait := k.next(soft)
	select {
	case l, ok := <-in:
		k.take(l, ok)
	case out <- head:
		k.handedOver()
	case res := <-k.results:
		k.settle(res, soft.Err() != nil)
	case e := <-k.events:
		k.note(e)
	case <-tick:
		k.write()
		k.tell()
	case <-wait:
	}
}

// next gives the message that may go now, or when one may.
func (k *keeper) next(soft context.Context) (chan<- guard.Cleared, guard.Cleared, <-chan time.Time) {
	if len(k.queue) == 0 || soft.Err() != nil {
		return nil, guard.Cleared{}, nil
	}
	if pause := time.Until(k.due); k.Every > 0 && pause > 0 {
		return nil, guard.Cleared{}, time.After(pause)
	}
	return k.work, k.queue[0], nil
}

// handedOver takes the head of the queue away, and sets when the next may go:
// on the beat where the run keeps up, and never faster to make up for lost time.
func (k *keeper) handedOver() {
	k.queue = k.queue[1:]
	k.due = k.due.Add(k.Every)
	if now := time.Now(); k.due.Before(now) {
		k.due = now.Add(k.Every)
	}
}

// take writes l and what else the producer has ready down, and queues it.
func (k *keeper) take(l letter, ok bool) {
	letters := make([]letter, 0, k.batch)
	for ok && len(letters) < k.batch {
		letters = append(letters, l)
		select {
		case l, ok = <-k.letters:
		default:
			k.begin(letters)
			return
		}
	}
	if !ok {
		k.over = true
		if k.err == nil {
			k.err = k.produced.err
		}
	} else {
		letters = append(letters, l)
	}
	k.begin(letters)
	k.closeWhenDone()
}

// begin writes letters down; only then may they go.
func (k *keeper) begin(letters []letter) {
	if len(letters) == 0 || k.err != nil {
		return
	}
	attempts := make([]ledger.Attempt, 0, len(letters))
	for _, l := range letters {
		attempts = append(attempts, ledger.Attempt{
			Key: l.key, Line: l.cleared.Line(), MessageID: l.cleared.MessageID(), Server: k.Server.Name(),
		})
	}
	if k.err = k.Ledger.Begin(context.Background(), attempts); k.err != nil {
		return
	}
	for _, l := range letters {
		k.flight[l.cleared.Ordinal()] = l
		k.queue = append(k.queue, l.cleared)
		if l.again {
			k.progress.Deferred--
			k.progress.Pending++
		}
	}
}

// settle notes what became of one message. One that was not sent goes to
// another connection; where the run stops it is taken back, and where no
// connection would have it, deferred.
func (k *keeper) settle(res transport.Result, stopping bool) {
	l := k.flight[res.Cleared.Ordinal()]
	if res.NotSent && !stopping && l.tries < maxTries {
		l.tries++
		k.flight[res.Cleared.Ordinal()] = l
		k.queue = append(k.queue, l.cleared)
		return
	}
	if !res.NotSent {
		k.answered.Add(1)
	}
	k.finish(l, ledger.Ending{
		Outcome: res.Outcome, NotSent: res.NotSent && stopping, Code: res.Code, Enhanced: res.Enhanced, At: res.At,
	})
	k.closeWhenDone()
}

// finish counts an ending and writes it down with others.
func (k *keeper) finish(l letter, e ledger.Ending) {
	delete(k.flight, l.cleared.Ordinal())
	k.progress.count(l, e)
	e.Key = l.key
	if k.endings = append(k.endings, e); len(k.endings) >= k.batch {
		k.write()
	}
}

// count moves one recipient from pending to where e says.
func (p *Progress) count(l letter, e ledger.Ending) {
	if e.NotSent && !l.again {
		return
	}
	p.Pending--
	switch {
	case e.NotSent, e.Outcome == ledger.Deferred:
		p.Deferred++
	case e.Outcome == ledger.Accepted:
		p.Accepted++
	case e.Outcome == ledger.Rejected:
		p.Rejected++
	default:
		p.Unknown++
	}
}

// write writes the endings down. What cannot be written is kept for a last try
// at the end.
func (k *keeper) write() {
	if len(k.endings) == 0 || k.err != nil {
		return
	}
	if k.err = k.Ledger.Finish(context.Background(), k.endings); k.err == nil {
		k.endings = k.endings[:0]
	}
}

func (k *keeper) tell() {
	if k.Watch != nil {
		k.Watch(k.progress)
	}
}

// closeWhenDone tells the lines that all is done.
func (k *keeper) closeWhenDone() {
	if k.over && k.work != nil && len(k.flight) == 0 {
		close(k.work)
		k.noMore()
		k.work = nil
	}
}

// note takes news of a line. One that gives up before any connection stood, or
// for the wire gate, ends the run.
func (k *keeper) note(e event) {
	k.progress.Connections += e.connections
	if e.connections > 0 {
		k.up = true
	}
	if !e.over {
		return
	}
	k.lines--
	if e.err == nil {
		return
	}
	k.trouble = e.err
	if refusal, ok := errors.AsType[rule.Refusal](e.err); (ok && refusal.Rule == rule.Wire || !k.up) && k.err == nil {
		k.err = e.err
	}
}

// end writes down what the lines left behind, and sums up.
func (k *keeper) end(ctx context.Context) (Summary, error) {
	done := k.work == nil
	k.collect()
	for _, cleared := range k.queue {
		k.finish(k.flight[cleared.Ordinal()], ledger.Ending{Outcome: ledger.Deferred, NotSent: true, At: time.Now()})
	}
	k.lastWrite()
	k.tell()
	sum := Summary{Progress: k.progress, Limited: k.produced.limited}
	switch {
	case done:
	case ctx.Err() != nil:
		sum.Interrupted = true
	case k.err == nil && k.answered.Load() == 0:
		k.err = k.trouble
	default:
		sum.Trouble = k.trouble
	}
	return sum, k.err
}

// collect empties the channels that the lines have left.
func (k *keeper) collect() {
	for {
		select {
		case cleared, ok := <-k.work:
			if !ok {
				k.work = nil
				continue
			}
			k.queue = append(k.queue, cleared)
		case res := <-k.results:
			k.settle(res, true)
		default:
			return
		}
	}
}

// lastWrite tries once more to write the endings, whatever stopped the run.
func (k *keeper) lastWrite() {
	if len(k.endings) == 0 {
		return
	}
	if err := k.Ledger.Finish(context.Background(), k.endings); err != nil && k.err == nil {
		k.err = err
	}
}
