package delivery

import (
	"context"
	"time"

	"mailshot/internal/campaign"
	"mailshot/internal/ledger"
)

const (
	// window is how many recipients are claimed in one go before their messages
	// are made: others find them taken until this run has ended.
	window = 64
	// survey is how many of those whom others have in hand are asked for in one
	// go.
	survey = 1024
	// firstLook and maxLook are how long a run waits before it looks again what
	// became of those whom others have in hand.
	firstLook = 250 * time.Millisecond
	maxLook   = 5 * time.Second
)

// candidate is one whom this run or another may send to: 28 bytes, of which
// there are as many as recipients.
type candidate struct {
	key      ledger.Key
	line     int32
	attempts int32
	again    bool // they stood as deferred
}

// share is a pass over a list that other machines have a part in. It claims
// recipients before it makes their messages; when there are no more it waits
// for those whom others have in hand, since they are its own if the others
// die.
type share struct {
	*pass
	ledger Sharing
	ctx    context.Context
	todo   []candidate // in the order of the list
	own    []bool      // which of those at the head of todo are this run's
	left   []candidate // of todo, those whom others have in hand
	err    error
}

// sharing is the ledger, where it is shared; else nil.
func (r *Run) sharing() Sharing {
	if s, ok := r.Ledger.(Sharing); ok && s.Shared() {
		return s
	}
	return nil
}

func (s *share) read(ctx context.Context) error {
	s.ctx = ctx
	if err := s.gather(ctx); err != nil {
		return ignoreInterrupt(ctx, err)
	}
	if err := s.readOnce(ctx); err != nil {
		return err
	}
	for pause := firstLook; len(s.left) > 0 && !s.k.limited.Load(); pause = min(2*pause, maxLook) {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
		if err := s.look(); err != nil {
			return ignoreInterrupt(ctx, err)
		}
		if len(s.todo) == 0 {
			continue
		}
		pause = firstLook
		if err := s.readOnce(ctx); err != nil {
			return err
		}
	}
	return nil
}

// readOnce makes the messages of todo that are this run's.
func (s *share) readOnce(ctx context.Context) error {
	err := s.make(ctx, s.wants)
	if err == nil {
		err = ignoreInterrupt(ctx, s.err)
	}
	return err
}

// gather notes who is to be sent to, by whomever.
func (s *share) gather(ctx context.Context) error {
	note := func(to campaign.Recipient) bool {
		if s.k.laneOf(to) != s.lane {
			return false
		}
		key := s.k.Key(to)
		state := s.k.Ledger.State(key)
		if state.Elsewhere || !state.Tried || state.Outcome == ledger.Deferred {
			s.todo = append(s.todo, candidate{
				key: key, line: int32(to.Line), attempts: int32(state.Attempts), again: state.Tried && !state.Elsewhere,
			})
		}
		return false
	}
	for _, err := range s.k.Source.Messages(ctx, note) {
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// wants is asked for one row after the other, as todo was noted.
func (s *share) wants(to campaign.Recipient) bool {
	if len(s.todo) == 0 || s.err != nil || s.k.limited.Load() || s.k.laneOf(to) != s.lane || s.todo[0].key != s.k.Key(to) {
		return false
	}
	if len(s.own) == 0 {
		if s.own, s.err = s.claim(s.todo[:min(window, len(s.todo))]); s.err != nil {
			return false
		}
	}
	head, own := s.todo[0], s.own[0]
	s.todo, s.own = s.todo[1:], s.own[1:]
	if !own || !s.k.withinLimit() {
		return false
	}
	s.next = &letter{key: head.key, lane: s.lane, again: head.again}
	return true
}

// claim claims some, and says which of them are this run's. It passes on what
// has become of others, and notes whom other runs have in hand.
func (s *share) claim(some []candidate) ([]bool, error) {
	wanted := make([]ledger.Want, len(some))
	for i, c := range some {
		wanted[i] = ledger.Want{Key: c.key, Line: int(c.line), Attempts: int(c.attempts)}
	}
	states, err := s.ledger.Claim(s.ctx, wanted)
	if err != nil {
		return nil, err
	}
	own := make([]bool, len(some))
	for i, c := range some {
		switch state := states[i]; {
		case state.Elsewhere:
			s.left = append(s.left, c)
		case (!state.Tried || state.Outcome == ledger.Deferred) && state.Attempts <= int(c.attempts):
			own[i] = true
		default:
			s.k.arrivals <- arrival{moved: &moved{again: c.again, to: state}}
		}
	}
	return own, nil
}

// look asks what became of those whom other runs had in hand, and leaves in
// todo who is this run's now.
func (s *share) look() error {
	left := s.left
	s.left, s.todo, s.own = nil, nil, nil
	for len(left) > 0 {
		some := left[:min(survey, len(left))]
		own, err := s.claim(some)
		if err != nil {
			return err
		}
		for i, c := range some {
			if own[i] {
				s.todo, s.own = append(s.todo, c), append(s.own, true)
			}
		}
		if left = left[len(some):]; len(s.todo) >= window {
			break
		}
	}
	s.left = append(s.left, left...)
	return nil
}
