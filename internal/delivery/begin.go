package delivery

import (
	"context"
	"errors"
	"slices"
	"time"

	"mailshot/internal/ledger"
)

// begin writes letters down, with the endings that are known; only then may they
// go.
func (k *keeper) begin(letters []*letter) {
	if len(letters) == 0 || k.err != nil {
		return
	}
	if slices.ContainsFunc(letters, (*letter).wasBegun) {
		k.write() // how it ended before
	}
	if k.err != nil {
		return
	}
	attempts, server := make([]ledger.Attempt, 0, len(letters)), k.Server.Name()
	for _, l := range letters {
		attempts = append(attempts, ledger.Attempt{
			Key: l.key, Line: l.cleared.Line(), MessageID: l.cleared.MessageID(), Server: server,
		})
	}
	if err := k.Ledger.Begin(k.feed, attempts, k.ended()...); err != nil {
		k.err = ignoreCanceled(err)
		return
	}
	k.endings = k.endings[:0]
	for _, l := range letters {
		k.flight[l.cleared.Ordinal()] = l
		l.lane.queue = append(l.lane.queue, l)
		k.queued++
		k.count.begun(l)
	}
}

// ignoreCanceled drops the error of what an interrupt kept from being done. A
// ledger that was away before is no such.
func ignoreCanceled(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// ending is what became of a letter.
type ending struct {
	*letter
	ledger.Ending
}

// finish notes an ending, and writes it down with others.
func (k *keeper) finish(l *letter, e ledger.Ending) {
	delete(k.flight, l.cleared.Ordinal())
	e.Key = l.key
	k.count.ended(ending{l, e})
	k.brake = k.count.judge(k.MaxRejected, k.brake)
	if k.endings = append(k.endings, ending{l, e}); len(k.endings) >= min(2*k.batch, maxBatch) {
		k.write()
	}
}

// notSent notes that l is as it was before it was written down.
func (k *keeper) notSent(l *letter) {
	k.finish(l, ledger.Ending{Outcome: ledger.Deferred, NotSent: true, At: time.Now()})
}

// write writes the endings down. Where that fails, the run stops; what could
// not be written is kept for a last try at the end. A ledger that is away is
// waited for, after an interrupt as long as for what is in flight.
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
	if err := k.Ledger.Finish(k.hard, k.ended()); err != nil {
		return err
	}
	k.endings = k.endings[:0]
	return nil
}

// ended gives the endings as the ledger takes them.
func (k *keeper) ended() []ledger.Ending {
	endings := make([]ledger.Ending, 0, len(k.endings))
	for _, e := range k.endings {
		endings = append(endings, e.Ending)
	}
	return endings
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
		*k.count.of(e)--
		k.count.Unknown++
	}
}
