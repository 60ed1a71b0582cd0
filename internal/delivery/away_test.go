package delivery

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mailshot/internal/ledger"
	"mailshot/internal/transport"
)

// stranded is a machine whose ledger goes away for good: of its calls one waits
// for it, as long as its context lasts.
type stranded struct {
	*machine
	waits string
	away  atomic.Bool
	err   error // that the wait ends with
}

var errGone = errors.New("the database server cannot be reached")

func (s *stranded) wait(ctx context.Context, call string) error {
	if call != s.waits || !s.away.Load() {
		return nil
	}
	<-ctx.Done()
	return s.err
}

func (s *stranded) Begin(ctx context.Context, attempts []ledger.Attempt, endings ...ledger.Ending) error {
	if err := s.wait(ctx, "Begin"); err != nil {
		return err
	}
	return s.machine.Begin(ctx, attempts, endings...)
}

func (s *stranded) Finish(ctx context.Context, endings []ledger.Ending) error {
	if err := s.wait(ctx, "Finish"); err != nil {
		return err
	}
	return s.machine.Finish(ctx, endings)
}

func (s *stranded) Reserve(ctx context.Context, n int, every time.Duration) (time.Duration, error) {
	if err := s.wait(ctx, "Reserve"); err != nil {
		return 0, err
	}
	return s.machine.Reserve(ctx, n, every)
}

// An interrupt waits for a ledger that is away no longer than for what is in
// flight. What could not be written is counted as unknown, which the ledger has
// it for.
func TestInterruptEndsTheWaitForTheLedger(t *testing.T) {
	const n = 100
	c := source(t, n)
	for _, test := range []struct {
		waits       string
		err         error
		drains      bool // the outcome of what was sent waits for it
		interrupted bool
	}{
		{waits: "Finish", err: errGone, drains: true},
		{waits: "Begin", err: errGone},
		{waits: "Begin", err: context.Canceled, interrupted: true},
		{waits: "Reserve", err: errGone},
		{waits: "Reserve", err: context.Canceled, interrupted: true},
	} {
		t.Run(test.waits, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				all := newCommons(t)
				l := &stranded{machine: &machine{all, 1}, waits: test.waits, err: test.err}
				s := newServer(t, nil)
				s.answer = func(to string, _ int) transport.Result {
					l.away.Store(to == "p20" || l.away.Load())
					return accepted
				}
				r := newRun(c, n, nil, s)
				r.Ledger, r.Every = l, 10*time.Millisecond
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				began := time.Now()
				sum, err := r.Do(ctx)
				if test.interrupted && err != nil || !test.interrupted && !errors.Is(err, errGone) || sum.Interrupted != test.interrupted {
					t.Errorf("%+v, %v", sum, err)
				}
				least := time.Minute
				if test.drains {
					least += r.Drain
				}
				if took := time.Since(began); took < least || took > least+beat {
					t.Errorf("it took %v, want %v", took, least)
				}
				if begun := all.begun(); sum.Unknown != begun || sum.Unwritten != begun || test.drains != (begun > 0) {
					t.Errorf("%d are begun: %+v", begun, sum)
				}
			})
		})
	}
}

// begun is how many were begun and not finished.
func (c *commons) begun() (n int) {
	for _, r := range c.rows {
		if r.begun {
			n++
		}
	}
	return n
}
