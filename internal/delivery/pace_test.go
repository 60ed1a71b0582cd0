package delivery

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"mailshot/internal/transport"
)

// TestPacer: whatever the moments at which messages may leave, and however late
// they do, any n in a row take (n-1) times every, less slack; and where one is
// always ready, no longer than that.
func TestPacer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := pacer{every: time.Duration(rapid.Int64Range(1, int64(time.Hour)).Draw(t, "every"))}
		now, at := time.Unix(1e9, 0), []time.Time(nil)
		prompt := rapid.Bool().Draw(t, "prompt")
		for range rapid.IntRange(2, 50).Draw(t, "n") {
			now = later(now, p.due)
			if prompt {
				now = now.Add(time.Duration(rapid.Int64Range(0, int64(min(slack, p.every))).Draw(t, "late")))
			} else {
				now = now.Add(time.Duration(rapid.Int64Range(0, 3*int64(p.every)+int64(slack)).Draw(t, "idle")))
			}
			if p.within(now, 0, 1) != 1 {
				t.Fatal("none may leave when one is due")
			}
			at = append(at, now)
			p.went(now)
		}
		for i := range at {
			for j := range i {
				if least := time.Duration(i-j)*p.every - slack; at[i].Sub(at[j]) < least {
					t.Fatalf("messages %d to %d take %v, and at least %v are due", j, i, at[i].Sub(at[j]), least)
				}
			}
		}
		if all := at[len(at)-1].Sub(at[0]); prompt && all > time.Duration(len(at)-1)*p.every+slack {
			t.Fatalf("%d messages take %v", len(at), all)
		}
	})
}

func TestWithin(t *testing.T) {
	now := time.Unix(1e9, 0)
	for _, test := range []struct {
		every, due, d time.Duration
		want          int
	}{
		{0, 0, time.Second, 64},
		{time.Second, 0, 0, 1},
		{time.Second, -time.Hour, 0, 1},
		{time.Second, 1, 0, 0},
		{time.Second, time.Second, time.Second, 1},
		{time.Second, 0, 10 * time.Second, 11},
		{time.Nanosecond, 0, time.Hour, 64},
	} {
		p := pacer{every: test.every, due: now.Add(test.due)}
		if got := p.within(now, test.d, 64); got != test.want {
			t.Errorf("every %v, due in %v: %d within %v, want %d", test.every, test.due, got, test.d, test.want)
		}
	}
}

// TestRates: over several connections that take their time, with messages that
// are put off, handed back or for which the server is not fit, neither the rate
// of the run nor that of a domain is ever exceeded, in no stretch of it; and
// everybody has one message.
func TestRates(t *testing.T) {
	const n = 150
	domains := []string{"a.example", "b.example", "c.example"}
	c := sourceOf(t, n, func(i int) string { return domains[i*i%7%3] })
	for seed := range uint64(20) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				chance := rand.New(rand.NewPCG(seed, seed))
				b := newBook()
				s := newServer(t, b)
				s.takes = time.Duration(chance.Int64N(int64(2 * time.Second)))
				s.answer = func(to string, try int) transport.Result {
					switch {
					case try > 1 || chance.Float64() < 0.8:
						return accepted
					case chance.Float64() < 0.6:
						return deferred
					case chance.Float64() < 0.7:
						return notSent
					}
					return unfit
				}
				r := newRun(c, n, b, s)
				r.RetryFor, r.MaxRejected, r.Spread = 30*time.Minute, 0, rand.New(rand.NewPCG(seed, 1)).Float64
				r.Connections = 1 + chance.IntN(8)
				s.most = chance.IntN(2) * 20
				r.Domains = map[string]time.Duration{}
				for _, domain := range domains[:1+chance.IntN(3)] {
					r.Domains[domain] = time.Duration(chance.Int64N(int64(3 * time.Second)))
				}
				if chance.IntN(3) > 0 {
					r.Every = time.Duration(chance.Int64N(int64(time.Second)))
				}
				sum, err := r.Do(t.Context())
				if err != nil || sum.Accepted != n || sum.Trouble != nil {
					t.Fatalf("%+v, %v", sum, err)
				}
				once(t, s, n)
				keepsTo(t, r.Every, s.left)
				for domain, every := range r.Domains {
					var at []left
					for _, l := range s.left {
						if l.domain == domain {
							at = append(at, l)
						}
					}
					keepsTo(t, every, at)
				}
			})
		})
	}
}

// keepsTo looks at every stretch of messages.
func keepsTo(t *testing.T, every time.Duration, all []left) {
	t.Helper()
	for i := range all {
		for j := range i {
			if gap := all[i].at.Sub(all[j].at); gap < time.Duration(i-j)*every-slack {
				t.Fatalf("%d messages left in %v, one in %v being allowed", i-j+1, gap, every)
			}
		}
	}
}

// A domain that has a low rate holds up nobody else, wherever it stands in the
// list, and not longer than it has to.
func TestSlowDomainHoldsUpNobody(t *testing.T) {
	const n = 300
	slow := func(i int) bool { return i < 100 || i%10 == 0 }
	c := sourceOf(t, n, func(i int) string {
		if slow(i) {
			return "slow.example"
		}
		return "a.example"
	})
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		s.takes = 50 * time.Millisecond
		r := newRun(c, n, b, s)
		r.Domains = map[string]time.Duration{"slow.example": 10 * time.Second}
		began := time.Now()
		sum, err := r.Do(t.Context())
		if err != nil || sum.Accepted != n {
			t.Fatalf("%+v, %v", sum, err)
		}
		once(t, s, n)
		var last time.Time
		count := 0
		for _, l := range s.left {
			if l.domain == "a.example" {
				last = l.at
			} else {
				count++
			}
		}
		if took := last.Sub(began); took > 10*time.Second {
			t.Errorf("the others took %v", took)
		}
		if took := time.Since(began); took > time.Duration(count-1)*10*time.Second+time.Second {
			t.Errorf("%d messages to the slow domain took %v", count, took)
		}
	})
}

// A domain with a rate of its own whose messages take long has half of the
// connections at most.
func TestSluggishDomainHoldsUpNobody(t *testing.T) {
	const n = 200
	c := sourceOf(t, n, func(i int) string {
		if i%2 == 0 {
			return "slow.example"
		}
		return "a.example"
	})
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		s.sluggish = "slow.example"
		r := newRun(c, n, b, s)
		r.Domains = map[string]time.Duration{"slow.example": 10 * time.Millisecond}
		began := time.Now()
		if sum, err := r.Do(t.Context()); err != nil || sum.Accepted != n {
			t.Fatalf("%+v, %v", sum, err)
		}
		for _, l := range s.left {
			if late := l.at.Sub(began); l.domain == "a.example" && late > 5*time.Minute {
				t.Fatalf("a message to another domain left after %v", late)
			}
		}
	})
}

// Limits hold over all lanes together.
func TestLimitOverDomains(t *testing.T) {
	c := sourceOf(t, 200, func(i int) string { return []string{"a.example", "b.example"}[i%2] })
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		r := newRun(c, 200, b, newServer(t, b))
		r.Limit, r.Domains = 70, map[string]time.Duration{"b.example": time.Second}
		sum, err := r.Do(t.Context())
		if err != nil || sum.Accepted != 70 || sum.Pending != 130 || !sum.Limited {
			t.Errorf("%+v, %v", sum, err)
		}
	})
}

// An interrupt does not wait for the next beat of a rate.
func TestInterruptEndsTheRate(t *testing.T) {
	c := source(t, 50)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		r := newRun(c, 50, b, newServer(t, b))
		r.Every, r.Domains = 5*time.Minute, map[string]time.Duration{"a.example": 10 * time.Minute}
		ctx, cancel := context.WithTimeout(t.Context(), 25*time.Minute)
		defer cancel()
		began := time.Now()
		sum, err := r.Do(ctx)
		if err != nil || !sum.Interrupted || sum.Accepted != 3 || sum.Pending != 47 || len(b.begun) != 0 {
			t.Fatalf("%+v, %v", sum, err)
		}
		if took := time.Since(began); took > 25*time.Minute+2*beat {
			t.Errorf("it took %v", took)
		}
	})
}
