package delivery

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"mailshot/internal/ledger"
	"mailshot/internal/transport"
)

var unfit = transport.Result{Outcome: ledger.Deferred, Server: true, Step: "MAIL", Code: 452}

// A server that is not fit for a while is left alone, then given one message at
// a time; nobody is rejected or put off for it, and no try is used up.
func TestServerIsNotFit(t *testing.T) {
	const n = 400
	c := source(t, n)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		s.takes = 10 * time.Millisecond
		var ill time.Time
		var asked []time.Time
		s.answer = func(string, int) transport.Result {
			if ill.IsZero() && len(s.got) == 200 {
				ill = time.Now()
			}
			if ill.IsZero() || time.Since(ill) > 10*time.Minute {
				return accepted
			}
			asked = append(asked, time.Now())
			return unfit
		}
		r := newRun(c, n, b, s)
		r.RetryFor, r.MaxRejected = 30*time.Minute, 0
		told := 0
		r.Watch = func(p Progress) {
			if p.Rest.Why == Strained {
				told++
			}
			if p.Deferred+p.Rejected > 0 || p.Rest.Why == Strained && p.Connections > 4 {
				t.Errorf("%+v", p)
			}
		}
		sum, err := r.Do(t.Context())
		want := Progress{Recipients: n, Accepted: n}
		if err != nil || sum.Progress != want || told == 0 {
			t.Fatalf("%+v, %v, told %d times", sum, err, told)
		}
		once(t, s, n)
		if b.used != n {
			t.Errorf("%d tries are written down for %d recipients", b.used, n)
		}
		pauses := 0
		for i := 1; i < len(asked); i++ {
			gap := asked[i].Sub(asked[i-1])
			if gap > 0 {
				pauses++
			}
			if i > 8 && gap < time.Second { // those of four connections, and what they took before the keeper knew
				t.Errorf("asked again after %v", gap)
			}
		}
		if pauses > 12 {
			t.Errorf("asked %d times in ten minutes", pauses)
		}
	})
}

// One that does not get better ends the run; all who are left are so still.
func TestServerStaysUnfit(t *testing.T) {
	c := source(t, 100)
	for _, retryFor := range []time.Duration{0, 30 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			b := newBook()
			s := newServer(t, b)
			s.answer = func(string, int) transport.Result {
				if len(s.got) < 50 {
					return accepted
				}
				return unfit
			}
			r := newRun(c, 100, b, s)
			r.RetryFor, r.MaxRejected = retryFor, 0
			began := time.Now()
			sum, err := r.Do(t.Context())
			unfit, ok := errors.AsType[*Unfit](sum.Trouble)
			if err != nil || !ok || unfit.Code != 452 || sum.Accepted != 50 || sum.Left() != 50 || len(b.begun) != 0 {
				t.Fatalf("%+v, %v", sum, err)
			}
			if took := time.Since(began); took < retryFor || took > retryFor+10*time.Minute {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// What the server says of itself for the sake of one message keeps the others
// for moments alone.
func TestUnfitForOneMessage(t *testing.T) {
	const n = 200
	c := source(t, n)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		s.takes = time.Millisecond // so that all are made when the one comes back
		before := -1
		s.answer = func(to string, _ int) transport.Result {
			if to != "p120" {
				return accepted
			}
			if len(s.got) == before && before < n-1 {
				t.Error("it is tried before the others")
			}
			before = len(s.got)
			return unfit
		}
		r := newRun(c, n, b, s)
		r.RetryFor, r.MaxRejected = 30*time.Minute, 0
		sum, err := r.Do(t.Context())
		want := Progress{Recipients: n, Accepted: n - 1, Deferred: 1}
		if err != nil || sum.Progress != want || sum.Trouble != nil {
			t.Fatalf("%+v, %v", sum, err)
		}
		once(t, s, n, "p120")
		if all := s.at[n+1].Sub(s.at[0]); all > time.Minute {
			t.Errorf("the others took %v", all)
		}
	})
}

func TestInterruptEndsTheStrain(t *testing.T) {
	c := source(t, 100)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		s.answer = func(string, int) transport.Result { return unfit }
		r := newRun(c, 100, b, s)
		r.RetryFor = time.Hour
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
		defer cancel()
		began := time.Now()
		sum, err := r.Do(ctx)
		if err != nil || !sum.Interrupted || sum.Left() != 100 || len(b.begun) != 0 {
			t.Fatalf("%+v, %v", sum, err)
		}
		if took := time.Since(began); took > 15*time.Minute+2*beat {
			t.Errorf("it took %v", took)
		}
	})
}
