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
	// maxBatch is how many messages are written down in one go at most, against
	// what a durable write costs.
	maxBatch = 64
	// maxTries is how often a message is handed to a connection that then gives
	// it back unsent.
	maxTries = 3
	// beat is how often endings are written down and Watch is told.
	beat = 100 * time.Millisecond
	// judgedAfter is how many messages must have been tried before their share
	// of rejected ones says anything.
	judgedAfter = 20
)

// keeper is the heart of a run and the one writer of the ledger: a goroutine
// that takes letters from the producer, writes them down, hands them to the
// lines, and writes down what became of them.
type keeper struct {
	*Run
	batch    int // messages to write down ahead: what a crash makes unknown beside those in flight
	settled  int // messages with an outcome since the last beat
	begun    int // messages written down in this run
	ended    int // messages with an outcome in this run
	rejected int // of these
	progress Progress
	replies  map[Reply]int
	flight   map[int]letter  // begun and without an outcome, by ordinal
	queue    []guard.Cleared // begun and not handed to a line
	endings  []ending        // known and not written down

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

	due        time.Time // when the next message may go
	unwritable bool      // the ledger could not be written
	err        error     // why the run stops: the ledger, the source or the wire
	brake      error     // why the run stops though it could go on; nil where nothing stops it
	trouble    error     // the last word of a line that gave up
}

func newKeeper(r *Run, standing Progress) *keeper {
	k := &keeper{
		Run: r, progress: standing, flight: map[int]letter{}, replies: map[Reply]int{}, lines: r.Connections,
		batch:   min(r.Connections, maxBatch),
		letters: make(chan letter, maxBatch),
		work:    make(chan guard.Cleared, maxBatch),
		results: make(chan transport.Result, 4*maxBatch),
		events:  make(chan event, 4*r.Connections),
	}
	if r.Every > 0 {
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
		if k.err != nil || k.brake != nil {
			stop()
		}
		if soft.Err() != nil {
			k.takeBack()
		}
		k.step(soft, tick.C)
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
	if k.up && !k.over && soft.Err() == nil && k.room() > 0 {
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
		k.pace()
		k.write()
		k.tell()
	case <-wait:
	}
}

// room is how many more messages may be written down now: few at first, until
// it has been seen what becomes of them, then as many as the pace wants.
func (k *keeper) room() int {
	room := k.batch - len(k.queue) - len(k.work)
	for _, canary := range []int{1, 10, 100} {
		if k.ended < canary {
			return min(room, canary-k.begun)
		}
	}
	return room
}

// pace has about as many messages written down ahead as the server takes in
// half a beat, and one a connection at least.
func (k *keeper) pace() {
	k.batch = min(max(k.settled/2, k.Connections, 1), maxBatch)
	k.settled = 0
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
	room := k.room()
	letters := make([]letter, 0, room)
	for ok {
		if letters = append(letters, l); len(letters) == room {
			k.begin(letters)
			return
		}
		select {
		case l, ok = <-k.letters:
		default:
			k.begin(letters)
			return
		}
	}
	k.over = true
	if k.err == nil {
		k.err = k.produced.err
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
	k.begun += len(letters)
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
		k.replies[Reply{Outcome: res.Outcome, Step: res.Step, Code: res.Code}]++
	}
	k.finish(l, ledger.Ending{
		Outcome: res.Outcome, NotSent: res.NotSent && stopping, Code: res.Code, Enhanced: res.Enhanced, At: res.At,
	})
	k.closeWhenDone()
}

// ending is what became of a letter.
type ending struct {
	letter
	ledger.Ending
}

// finish counts an ending and writes it down with others.
func (k *keeper) finish(l letter, e ledger.Ending) {
	delete(k.flight, l.cleared.Ordinal())
	e.Key = l.key
	k.progress.Pending--
	*k.progress.of(ending{l, e})++
	if !e.NotSent {
		k.judge(e.Outcome)
	}
	if k.endings = append(k.endings, ending{l, e}); len(k.endings) >= k.batch {
		k.write()
	}
}

// judge stops the run where too many are rejected: what a server has against so
// many is hardly them.
func (k *keeper) judge(o ledger.Outcome) {
	k.settled++
	k.ended++
	if o == ledger.Rejected {
		k.rejected++
	}
	if k.ended >= judgedAfter && float64(k.rejected) > k.MaxRejected*float64(k.ended) {
		k.brake = &TooManyRejected{Rejected: k.rejected, Of: k.ended}
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

// write writes the endings down. Where that fails, the run stops; what could
// not be written is kept for a last try at the end.
func (k *keeper) write() {
	if k.unwritable {
		return
	}
	if err := k.writeDown(); err != nil {
		k.unwritable = true
		if k.err == nil {
			k.err = err
		}
	}
}

func (k *keeper) writeDown() error {
	if len(k.endings) == 0 {
		return nil
	}
	endings := make([]ledger.Ending, 0, len(k.endings))
	for _, e := range k.endings {
		endings = append(endings, e.Ending)
	}
	if err := k.Ledger.Finish(context.Background(), endings); err != nil {
		return err
	}
	k.endings = k.endings[:0]
	return nil
}

// takeBack writes down that what no line has taken yet was not sent.
func (k *keeper) takeBack() {
	for k.work != nil {
		select {
		case cleared, ok := <-k.work:
			if ok {
				k.queue = append(k.queue, cleared)
				continue
			}
		default:
		}
		break
	}
	if len(k.queue) == 0 {
		return
	}
	for _, cleared := range k.queue {
		k.finish(k.flight[cleared.Ordinal()], ledger.Ending{Outcome: ledger.Deferred, NotSent: true, At: time.Now()})
	}
	k.queue = nil
	k.write()
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

// note takes news of a line. What is fatal ends the run: without a word from
// the server, or for the wire gate, as a run that could not be.
func (k *keeper) note(e event) {
	k.progress.Connections += e.connections
	k.up = k.up || e.stands
	if !e.over {
		return
	}
	k.lines--
	if e.err == nil {
		return
	}
	k.trouble = e.err
	refusal, _ := errors.AsType[rule.Refusal](e.err)
	switch {
	case !e.fatal || k.err != nil:
	case refusal.Rule == rule.Wire, !k.up:
		k.err = e.err
	default:
		k.brake = e.err
	}
}

// end writes down what the lines left behind, and sums up.
func (k *keeper) end(ctx context.Context) (Summary, error) {
	done := k.work == nil
	for len(k.results) > 0 {
		k.settle(<-k.results, true)
	}
	k.takeBack()
	k.lastWrite()
	k.progress.Pending -= len(k.flight) // without a word from their line
	k.progress.Unknown += len(k.flight)
	k.tell()
	sum := Summary{Progress: k.progress, Replies: k.replies, Limited: k.produced.limited}
	if k.brake == nil && !done {
		k.brake = k.trouble
	}
	switch {
	case k.err != nil:
	case ctx.Err() != nil && !done:
		sum.Interrupted = true
	case k.answered.Load() == 0:
		k.err = k.brake
	default:
		sum.Trouble = k.brake
	}
	return sum, k.err
}

// lastWrite tries once more to write the endings, whatever stopped the run.
// What the ledger does not know of is unknown to the next run.
func (k *keeper) lastWrite() {
	err := k.writeDown()
	if err == nil {
		return
	}
	if k.err == nil {
		k.err = err
	}
	for _, e := range k.endings {
		*k.progress.of(e)--
		k.progress.Unknown++
	}
}
