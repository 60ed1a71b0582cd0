package delivery

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"mailshot/internal/ledger"
	"mailshot/internal/transport"
)

// A connection carries no more than it may, and another takes over.
func TestMaxPerConnection(t *testing.T) {
	const n, most = 200, 7
	c := source(t, n)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		s.takes = time.Second
		r := newRun(c, n, b, s)
		s.most = most
		began := time.Now()
		sum, err := r.Do(t.Context())
		if err != nil || sum.Accepted != n || sum.Trouble != nil {
			t.Fatalf("%+v, %v", sum, err)
		}
		once(t, s, n)
		for id, carried := range s.carried {
			if carried > most {
				t.Errorf("connection %d carried %d", id, carried)
			}
		}
		if s.opens < n/most || s.opens > n/most+8 {
			t.Errorf("%d connections", s.opens)
		}
		if took := time.Since(began); took > 80*time.Second {
			t.Errorf("4 connections took %v for %d messages of a second", took, n)
		}
	})
}

// As many connections again are opened only when those that stand have carried
// something.
func TestConnectionsDouble(t *testing.T) {
	c := source(t, 100)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		s.takes = time.Second
		s.connect = func(n int) error {
			if got := len(s.got); 2*got < n && n > 1 {
				t.Errorf("connection %d is opened after %d messages", n, got)
			}
			return nil
		}
		if sum, err := newRun(c, 100, b, s).Do(t.Context()); err != nil || sum.Accepted != 100 || s.opens != 4 {
			t.Fatalf("%+v, %v, %d connections", sum, err, s.opens)
		}
	})
}

// A server that is gone for ten minutes is waited for, nobody being written
// down meanwhile, and tried after growing pauses.
func TestServerComesBack(t *testing.T) {
	const n = 300
	c := source(t, n)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		began := time.Now()
		gone := func() bool {
			since := time.Since(began)
			return len(s.at) > 150 && since < 10*time.Minute
		}
		s.takes = 10 * time.Millisecond
		s.connect = func(int) error {
			if gone() {
				return &transport.Error{Step: "connect"}
			}
			return nil
		}
		s.answer = func(string, int) transport.Result {
			if gone() {
				return notSent
			}
			return accepted
		}
		r := newRun(c, n, b, s)
		r.RetryFor = 30 * time.Minute
		told := 0
		r.Watch = func(p Progress) {
			if p.Rest.Why == Unreachable && time.Until(p.Rest.Until) > 5*time.Second {
				told++
				if len(b.begun) > 0 {
					t.Errorf("%d are begun", len(b.begun))
				}
			}
		}
		sum, err := r.Do(t.Context())
		if err != nil || sum.Accepted != n || sum.Trouble != nil || told == 0 {
			t.Fatalf("%+v, %v, told %d times", sum, err, told)
		}
		once(t, s, n)
		if s.opens > 40 {
			t.Errorf("%d connections", s.opens)
		}
	})
}

// Whoever interrupts does not wait for the server to come back.
func TestInterruptEndsTheBackoff(t *testing.T) {
	c := source(t, 100)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		s.connect = func(n int) error {
			if n > 1 {
				return &transport.Error{Step: "connect"}
			}
			return nil
		}
		s.answer = func(to string, _ int) transport.Result {
			if len(s.at) > 30 {
				return notSent
			}
			return accepted
		}
		r := newRun(c, 100, b, s)
		r.RetryFor = time.Hour
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		began := time.Now()
		sum, err := r.Do(ctx)
		if err != nil || !sum.Interrupted || sum.Accepted != 30 || sum.Pending != 70 || len(b.begun) != 0 {
			t.Fatalf("%+v, %v", sum, err)
		}
		if took := time.Since(began); took > 10*time.Minute+2*beat {
			t.Errorf("it took %v", took)
		}
	})
}

// A connection that the server ends with 421 is opened again after a moment.
func TestServerEndsConnections(t *testing.T) {
	const n = 100
	c := source(t, n)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		s.takes = 50 * time.Millisecond
		var ends, opens []time.Time
		s.connect = func(int) error {
			opens = append(opens, time.Now())
			return nil
		}
		s.answer = func(string, int) transport.Result {
			if len(s.at)%10 == 0 {
				ends = append(ends, time.Now())
				return transport.Result{Outcome: ledger.Deferred, NotSent: true, Step: "busy"}
			}
			return accepted
		}
		r := newRun(c, n, b, s)
		r.Connections = 1
		sum, err := r.Do(t.Context())
		if err != nil || sum.Accepted != n || sum.Trouble != nil {
			t.Fatalf("%+v, %v", sum, err)
		}
		for i, end := range ends[:len(opens)-1] {
			if pause := opens[i+1].Sub(end); pause < time.Second/2 {
				t.Errorf("connection %d was opened %v after the 421", i+2, pause)
			}
		}
	})
}
