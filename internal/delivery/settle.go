package delivery

import (
	"context"
	"time"

	"mailshot/internal/ledger"
	"mailshot/internal/transport"
)

// settle notes what became of one message.
func (k *keeper) settle(res transport.Result, stopping bool) {
	l := k.flight[res.Cleared.Ordinal()]
	l.lane.flying--
	switch {
	case stopping && (res.NotSent || res.Server):
		k.notSent(l)
	case res.Server && !res.NotSent: // where it was not sent, the connection has ended, and the pool sees to it
		k.spare(l, res)
	case res.NotSent && l.returned < maxTries-1:
		l.returned++
		l.lane.queue = append([]*letter{l}, l.lane.queue...)
		k.queued++
	case stopping || !mayDo(res):
		k.conclude(l, res)
	default:
		k.putOff(l, res)
	}
}

// mayDo says whether a message may be taken at another try in the same run: not
// one that the server has no room or no extension for.
func mayDo(res transport.Result) bool {
	switch res.Step {
	case "SIZE", "SMTPUTF8", "8BITMIME":
		return false
	}
	return res.Outcome == ledger.Deferred
}

// conclude ends the matter of l for this run.
func (k *keeper) conclude(l *letter, res transport.Result) {
	k.answer(res)
	e := endingOf(res)
	e.GivenUp = e.Outcome == ledger.Deferred
	k.finish(l, e)
}

func endingOf(res transport.Result) ledger.Ending {
	return ledger.Ending{Outcome: res.Outcome, Code: res.Code, Enhanced: res.Enhanced, Reply: res.Reply, At: res.At}
}

// answer counts what the server said.
func (k *keeper) answer(res transport.Result) (reply *Reply) {
	if !res.NotSent {
		k.count.answered++
	}
	if !res.NotSent || res.Server {
		reply = k.count.replied(Reply{Outcome: res.Outcome, Step: res.Step, Code: res.Code})
	}
	if res.Outcome == ledger.Accepted {
		now := time.Now()
		k.pool.succeeded(now)
		k.strain.ease(now, maxBatch*k.Connections)
	}
	return reply
}

// putOff has l tried again later, as long as there is time for that.
func (k *keeper) putOff(l *letter, res transport.Result) {
	now, d := time.Now(), l.delay
	if d.times++; d.times == 1 {
		d.since, d.first = now, firstDelay
		if res.NotSent {
			d.first = notSentDelay
		}
	}
	due, ok := d.next(now, k.RetryFor, k.spread())
	if !ok {
		k.conclude(l, res)
		return
	}
	d.reply = k.answer(res)
	if d.reply == nil {
		d.reply = k.count.replied(Reply{Outcome: res.Outcome, Step: res.Step})
	}
	e := endingOf(res)
	e.NotSent = res.NotSent || res.Server
	k.finish(l, e)
	d.tried = d.tried || !e.NotSent
	l.lane.waiting.add(postponed{line: l.cleared.Line(), due: due, again: l.again || !e.NotSent, delay: d})
	k.count.Waiting++
}

// spare has the server left alone for a while: it said something of itself, and
// nothing of the recipient, who comes after all others that are ready.
func (k *keeper) spare(l *letter, res transport.Result) {
	now := time.Now()
	k.strain.add(res.Cleared.Ordinal(), now, k.spread())
	k.pool.shrink(1)
	if k.strain.hopeless(now, k.RetryFor) {
		k.brake = &Unfit{Code: res.Code}
	}
	if k.brake != nil || k.RetryFor == 0 || l.returned >= maxTries-1 {
		k.putOff(l, res)
	} else {
		l.returned++
		k.notSent(l)
		l.lane.add(l)
	}
	k.recall(false)
}

// note takes news of a connection. What is fatal ends the run: without a word
// from the server, or for the wire gate, as a run that could not be.
func (k *keeper) note(e event) {
	if e.opened {
		k.pool.opened(e.id, k.count.answered, time.Now())
		return
	}
	for len(k.results) > 0 { // the connection's own are among them
		k.settle(<-k.results, k.feed.Err() != nil)
	}
	if e.failed {
		k.pool.refused(e.id, e.err, time.Now(), k.spread())
	} else {
		k.pool.closed(e.id, e.err, k.count.answered, time.Now(), k.spread())
	}
	if e.err != nil {
		k.trouble = e.err
		k.weigh(e)
	}
}

// weigh says what the end of a connection means for the run.
func (k *keeper) weigh(e event) {
	switch {
	case k.err != nil:
	case isWire(e.err), isHeld(e.err), !k.pool.stood:
		k.err = e.err
	case k.brake != nil:
	case final(e.err) && (!e.failed || len(k.pool.open) == 0), k.pool.hopeless(time.Now(), k.RetryFor):
		k.brake = e.err
	}
}

// connect opens connections as far as there is something for them to do.
func (k *keeper) connect(now time.Time) {
	for k.work != nil && k.pool.wantsMore(now) {
		if k.rest(now).Until.After(now.Add(ahead)) {
			return
		}
		ctx, stop := context.WithCancel(k.feed)
		c := &connection{
			id: k.pool.add(stop), server: k.server,
			work: k.work, results: k.results, events: k.events,
		}
		go c.run(ctx, k.hard)
	}
}

// end writes down what the connections left behind, and sums up.
func (k *keeper) end(ctx context.Context) (Summary, error) {
	done := k.work == nil
	for len(k.results) > 0 {
		k.settle(<-k.results, true)
	}
	k.recall(true)
	k.lastWrite()
	k.count.Pending -= len(k.flight) // without a word from their connection
	k.count.Unknown += len(k.flight)
	k.count.Waiting = 0
	if k.Watch != nil {
		k.Watch(k.count.Progress)
	}
	sum := Summary{
		Progress: k.count.Progress, Replies: k.count.replies, Limited: k.limited.Load(),
		Unwritten: len(k.flight) + len(k.endings),
	}
	if k.brake == nil && !done {
		k.brake = k.trouble
	}
	switch {
	case k.err != nil:
	case ctx.Err() != nil && !done:
		sum.Interrupted = true
	case k.count.answered == 0:
		k.err = k.brake
	default:
		sum.Trouble = k.brake
	}
	return sum, k.err
}
