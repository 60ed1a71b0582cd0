package delivery

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"mailshot/internal/ledger"
	"mailshot/internal/transport"
)

// What is put off is tried again in the same run, after pauses, and all others
// go on meanwhile.
func TestPutOffIsTriedAgain(t *testing.T) {
	const n = 300
	c := source(t, n)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		began, last := time.Now(), map[string]time.Time{}
		s.answer = func(to string, try int) transport.Result {
			if try > 1 && time.Since(last[to]) < 30*time.Second {
				t.Errorf("try %d of %s came %v after the one before", try, to, time.Since(last[to]))
			}
			last[to] = time.Now()
			if to == "p0" && try < 4 || to == "p1" && try < 2 || to == "p250" && try < 3 {
				return deferred
			}
			return accepted
		}
		r := newRun(c, n, b, s)
		r.RetryFor = 30 * time.Minute
		var rested []Rest
		r.Watch = func(p Progress) {
			if p.Rest.Why == Postponed {
				rested = append(rested, p.Rest)
			}
			if p.Rest.Why == Postponed && (p.Waiting != p.Deferred || p.Accepted < n-3) {
				t.Errorf("rests with others left: %+v", p)
			}
		}
		sum, err := r.Do(t.Context())
		want := Progress{Recipients: n, Accepted: n}
		if err != nil || sum.Progress != want || sum.Trouble != nil {
			t.Fatalf("%+v, %v", sum, err)
		}
		once(t, s, n)
		if s.tries["p0"] != 4 || s.tries["p1"] != 2 || s.tries["p250"] != 3 || s.tries["p2"] != 1 {
			t.Errorf("tries: %d, %d, %d, %d", s.tries["p0"], s.tries["p1"], s.tries["p250"], s.tries["p2"])
		}
		if took := last["p299"].Sub(began); took > time.Second {
			t.Errorf("the last of the list waited %v", took)
		}
		if len(rested) == 0 || rested[0].Until.Sub(began) < 30*time.Second {
			t.Errorf("no word of the rest: %d", len(rested))
		}
		for reply, count := range sum.Replies {
			if reply.Outcome == ledger.Deferred && count != 0 {
				t.Errorf("%d are said to be deferred", count)
			}
		}
	})
}

// After retryFor there is a last try, and then the next run's.
func TestPutOffForTooLong(t *testing.T) {
	c := source(t, 30)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		var at []time.Time
		s.answer = func(to string, try int) transport.Result {
			if to != "p7" {
				return accepted
			}
			at = append(at, time.Now())
			return deferred
		}
		r := newRun(c, 30, b, s)
		r.RetryFor = 30 * time.Minute
		sum, err := r.Do(t.Context())
		want := Progress{Recipients: 30, Accepted: 29, Deferred: 1}
		if err != nil || sum.Progress != want || sum.Replies[Reply{Outcome: ledger.Deferred, Code: 451}] != 1 {
			t.Fatalf("%+v, %v", sum, err)
		}
		if took := at[len(at)-1].Sub(at[0]); took < r.RetryFor || took > r.RetryFor+time.Second {
			t.Errorf("tried for %v", took)
		}
		if len(at) < 5 || len(at) > 8 {
			t.Errorf("%d tries", len(at))
		}
	})
}

// A 5yz at a later try is final, and counts once.
func TestRejectedAtTheSecondTry(t *testing.T) {
	c := source(t, 40)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		s.answer = func(to string, try int) transport.Result {
			switch {
			case to != "p3" && to != "p4":
				return accepted
			case try == 1:
				return deferred
			}
			return rejected
		}
		r := newRun(c, 40, b, s)
		r.RetryFor, r.MaxRejected = time.Minute, 0.05
		sum, err := r.Do(t.Context())
		if err != nil || sum.Rejected != 2 || sum.Accepted != 38 || sum.Trouble != nil || s.tries["p3"] != 2 {
			t.Fatalf("%+v, %v", sum, err)
		}
	})
}

// Who is tried twice is one of the recipients tried.
func TestShareIsOfRecipients(t *testing.T) {
	c := source(t, 40)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		s.answer = func(_ string, try int) transport.Result {
			switch {
			case try == 1:
				return deferred
			case len(s.got) == 38:
				return rejected
			}
			return accepted
		}
		r := newRun(c, 40, b, s)
		r.RetryFor, r.MaxRejected = time.Minute, 0.049
		sum, err := r.Do(t.Context())
		many, ok := errors.AsType[*TooManyRejected](sum.Trouble)
		if err != nil || !ok || many.Rejected != 2 || many.Of != 40 {
			t.Fatalf("%+v, %v", sum, err)
		}
	})
}

// One that is tried again at once has its first ending written down before.
func TestTriedAgainWithinABeat(t *testing.T) {
	const n = 12
	c := source(t, n)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		s.takes = 6 * time.Millisecond
		s.answer = func(_ string, try int) transport.Result {
			if try == 1 {
				return deferred
			}
			return accepted
		}
		r := newRun(c, n, b, s)
		r.Connections, r.RetryFor, r.Spread = 20, 300*time.Millisecond, func() float64 { return 0 }
		sum, err := r.Do(t.Context())
		if err != nil || sum.Accepted != n {
			t.Fatalf("%+v, %v", sum, err)
		}
		once(t, s, n)
	})
}

// A whole list that is put off is not held in memory, but read again.
func TestAllArePutOff(t *testing.T) {
	const n = 1000
	c := source(t, n)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		first := map[string]time.Time{}
		s.answer = func(to string, try int) transport.Result {
			if try == 1 {
				first[to] = time.Now()
			}
			if time.Since(first[to]) < 5*time.Minute {
				return deferred
			}
			return accepted
		}
		r := newRun(c, n, b, s)
		r.RetryFor = 30 * time.Minute
		sum, err := r.Do(t.Context())
		if err != nil || sum.Accepted != n {
			t.Fatalf("%+v, %v", sum, err)
		}
		once(t, s, n)
	})
}

// What the server cannot take at all is left to another run, and another server.
func TestNotTriedAgain(t *testing.T) {
	c := source(t, 30)
	for _, step := range []string{"SIZE", "SMTPUTF8", "8BITMIME"} {
		synctest.Test(t, func(t *testing.T) {
			b := newBook()
			s := newServer(t, b)
			s.answer = func(to string, _ int) transport.Result {
				if to == "p9" {
					return transport.Result{Outcome: ledger.Deferred, Step: step}
				}
				return accepted
			}
			r := newRun(c, 30, b, s)
			r.RetryFor = time.Hour
			if sum, err := r.Do(t.Context()); err != nil || sum.Deferred != 1 || s.tries["p9"] != 1 {
				t.Errorf("%+v, %v, %d tries", sum, err, s.tries["p9"])
			}
		})
	}
}

// Whoever interrupts does not wait for what is put off; the next run tries it.
func TestInterruptEndsTheRest(t *testing.T) {
	c := source(t, 50)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		s.answer = func(to string, _ int) transport.Result {
			if to == "p9" {
				return deferred
			}
			return accepted
		}
		r := newRun(c, 50, b, s)
		r.RetryFor = 30 * time.Minute
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		began := time.Now()
		sum, err := r.Do(ctx)
		want := Progress{Recipients: 50, Accepted: 49, Deferred: 1}
		if err != nil || !sum.Interrupted || sum.Progress != want || len(b.begun) != 0 {
			t.Fatalf("%+v, %v", sum, err)
		}
		if took := time.Since(began); took > 20*time.Second+2*beat {
			t.Errorf("it took %v", took)
		}
	})
}

// While only those who were put off are left, no connection is kept open.
func TestRestWithoutConnections(t *testing.T) {
	c := source(t, 50)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		s.idle = 3 * time.Minute
		s.answer = func(to string, try int) transport.Result {
			if to == "p9" && try < 5 {
				return deferred
			}
			return accepted
		}
		r := newRun(c, 50, b, s)
		r.RetryFor, r.Spread = 30*time.Minute, func() float64 { return 1 }
		var resting Rest
		var since time.Time
		r.Watch = func(p Progress) {
			if p.Rest != resting {
				resting, since = p.Rest, time.Now()
			}
			long := p.Rest.Why == Postponed && time.Until(p.Rest.Until) > idle && time.Since(since) > time.Second
			if long && p.Connections > 0 {
				t.Errorf("%d connections are open", p.Connections)
			}
		}
		sum, err := r.Do(t.Context())
		if err != nil || sum.Accepted != 50 {
			t.Fatalf("%+v, %v", sum, err)
		}
		if s.opens > 4+2*4 {
			t.Errorf("%d connections", s.opens)
		}
	})
}

// Pauses grow, are spread, and end with a last try when the time is over.
func TestDelays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		retryFor := time.Duration(rapid.Int64Range(int64(time.Second), int64(7*24*time.Hour)).Draw(t, "retry for"))
		start := time.Unix(1e9, 0)
		now, d, pauses := start, delay{since: start, first: firstDelay}, []time.Duration(nil)
		for {
			d.times++
			due, ok := d.next(now, retryFor, rapid.Float64Range(0, 1).Draw(t, "spread"))
			if !ok {
				break
			}
			pauses = append(pauses, due.Sub(now))
			if now = due; len(pauses) > 1000 {
				t.Fatal("no end")
			}
		}
		if !now.Equal(start.Add(retryFor)) {
			t.Fatalf("the last try came after %v of %v", now.Sub(start), retryFor)
		}
		if slices.Min(pauses[:len(pauses)-1]) < min(retryFor/delays, firstDelay)/2 || slices.Max(pauses) > 3*maxDelay/2 {
			t.Fatalf("pauses %v", pauses)
		}
	})
	var r rand.PCG
	a := (&delay{times: 1, first: firstDelay}).dueIn(rand.New(&r).Float64())
	if b := (&delay{times: 1, first: firstDelay}).dueIn(rand.New(&r).Float64()); a == b {
		t.Error("two are due at the same time")
	}
}

func (d *delay) dueIn(spread float64) time.Duration {
	due, _ := d.next(d.since, time.Hour, spread)
	return due.Sub(d.since)
}
