package ledger

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// restarting is a store all of whose faults pass.
type restarting struct{ store }

func (restarting) passes(error) bool { return true }

// A store that is away is waited for, but not longer than by whoever waits.
func TestStoreIsAway(t *testing.T) {
	for _, c := range []struct {
		name          string
		back, stopped time.Duration // after which the store is back, and the wait is ended
		want          error
		least, most   time.Duration // that it takes
	}{
		{name: "back soon", back: time.Minute, stopped: time.Hour, least: time.Minute, most: time.Minute + 5*time.Second},
		{name: "away for long", back: time.Hour, stopped: time.Hour, want: errAway, least: patience, most: patience + 5*time.Second},
		{name: "interrupted", back: time.Hour, stopped: 31 * time.Second, want: errAway, least: 31 * time.Second, most: 31 * time.Second},
		{name: "interrupted before", back: time.Hour, want: errAway},
		{name: "interrupted before, and there"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), c.stopped)
				defer cancel()
				began := time.Now()
				err := (&Ledger{store: restarting{}}).whenItPasses(ctx, func() error {
					if time.Since(began) < c.back {
						return errAway
					}
					return nil
				})
				if took := time.Since(began); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) || took < c.least || took > c.most {
					t.Errorf("%v after %v, want %v after %v to %v", err, took, c.want, c.least, c.most)
				}
			})
		})
	}
}
