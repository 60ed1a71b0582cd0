package delivery

import (
	"context"

	"mailshot/internal/campaign"
	"mailshot/internal/guard"
	"mailshot/internal/ledger"
)

// letter is one message on its way, and what the ledger knows it by.
type letter struct {
	cleared guard.Cleared
	key     ledger.Key
	again   bool // an earlier run deferred it
	tries   int  // how often a connection gave it back in this run
}

// produced is what the producer found when it came to its end.
type produced struct {
	limited bool
	err     error
}

// produce makes the messages of those who have none yet, up to the limit, and
// puts them into letters until ctx is done.
func (r *Run) produce(ctx context.Context, letters chan<- letter) produced {
	var end produced
	var next letter
	made := 0
	want := func(to campaign.Recipient) bool {
		key := r.Key(to)
		state := r.Ledger.State(key)
		if state.Tried && state.Outcome != ledger.Deferred {
			return false
		}
		if r.Limit > 0 && made == r.Limit {
			end.limited = true
			return false
		}
		made++
		next = letter{key: key, again: state.Tried}
		return true
	}
	for cleared, err := range r.Source.Messages(ctx, want) {
		if err != nil {
			end.err = ignoreInterrupt(ctx, err)
			return end
		}
		next.cleared = cleared
		select {
		case letters <- next:
		case <-ctx.Done():
			return end
		}
	}
	return end
}
