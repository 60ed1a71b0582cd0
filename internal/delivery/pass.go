package delivery

import (
	"context"
	"slices"
	"time"

	"mailshot/internal/campaign"
	"mailshot/internal/ledger"
)

// maxMade is how many messages are made ahead at most, in all lanes: as many as
// are written down in one go, and as many again meanwhile.
const maxMade = 2 * maxBatch

// arrival is a message that was made, news of a recipient whom another machine
// has dealt with, or the end of a pass.
type arrival struct {
	letter *letter
	moved  *moved
	end    *ended
}

// ended is how a pass ended.
type ended struct {
	lane  *lane
	again bool // it was one for messages that had been put off
	took  time.Duration
	err   error
}

// pass is one reading of the list, for one lane.
type pass struct {
	k    *keeper
	lane *lane
	due  []postponed // to be made, by line; nil for all that were not tried
	next *letter
}

// start reads the list in a goroutine of its own.
func (p *pass) start(ctx context.Context) {
	p.k.passes++
	p.lane.passes++
	go func() {
		began := time.Now()
		err := p.read(ctx)
		p.k.arrivals <- arrival{end: &ended{lane: p.lane, again: p.due != nil, took: time.Since(began), err: err}}
	}()
}

// read makes what is wanted of the list.
func (p *pass) read(ctx context.Context) error {
	if p.due != nil {
		return p.make(ctx, p.postponed)
	}
	if s := p.k.sharing(); s != nil {
		return (&share{pass: p, ledger: s}).read(ctx)
	}
	return p.make(ctx, p.untried)
}

// make makes the messages that are wanted, as far as there is room for them.
func (p *pass) make(ctx context.Context, want func(campaign.Recipient) bool) error {
	for cleared, err := range p.k.Source.Messages(ctx, want) {
		if err != nil {
			return ignoreInterrupt(ctx, err)
		}
		p.next.cleared, p.next.fresh = cleared, true
		select {
		case p.lane.room <- struct{}{}:
		case <-ctx.Done():
			return nil
		}
		p.k.arrivals <- arrival{letter: p.next}
	}
	return nil
}

// untried wants those who have no message yet, up to the limit.
func (p *pass) untried(to campaign.Recipient) bool {
	if p.k.laneOf(to) != p.lane {
		return false
	}
	key := p.k.Key(to)
	state := p.k.Ledger.State(key)
	if state.Tried && state.Outcome != ledger.Deferred {
		return false
	}
	if !p.k.withinLimit() {
		return false
	}
	p.next = &letter{key: key, lane: p.lane, again: state.Tried}
	return true
}

// withinLimit counts one more message that is made for the first time.
func (k *keeper) withinLimit() bool {
	if k.Limit > 0 && int(k.counted.Add(1)) > k.Limit {
		k.limited.Store(true)
	}
	return !k.limited.Load()
}

// postponed wants those who are due again.
func (p *pass) postponed(to campaign.Recipient) bool {
	i, found := slices.BinarySearchFunc(p.due, to.Line, func(d postponed, line int) int { return d.line - line })
	if !found {
		return false
	}
	p.next = &letter{key: p.k.Key(to), lane: p.lane, again: p.due[i].again, delay: p.due[i].delay}
	return true
}
