package delivery

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mailshot/internal/campaign"
	"mailshot/internal/ledger"
	"mailshot/internal/smtptest"
	"mailshot/internal/transport"
)

// commons is a ledger that several machines share, each by a number.
type commons struct {
	mu   sync.Mutex
	rows map[ledger.Key]*row
	dead map[int]bool
	slot time.Time // the next one of a shared rate
	held error     // why nothing may leave any more; nil where it may
	t    testing.TB
}

type row struct {
	owner int // 0 for nobody
	state ledger.State
	begun bool
}

func newCommons(t testing.TB) *commons {
	return &commons{rows: map[ledger.Key]*row{}, dead: map[int]bool{0: true}, t: t}
}

func (c *commons) row(k ledger.Key) *row {
	if c.rows[k] == nil {
		c.rows[k] = &row{}
	}
	return c.rows[k]
}

// machine is one of those who share.
type machine struct {
	*commons
	number int
}

func (m *machine) state(r *row) ledger.State {
	s := r.state
	lives := r.owner != m.number && !m.dead[r.owner]
	s.Elsewhere = lives && (r.begun || !s.Tried || s.Outcome == ledger.Deferred)
	if r.begun {
		s.Tried, s.Outcome = true, ledger.Unknown
	}
	return s
}

func (m *machine) Untouched() bool { return false }

func (m *machine) State(k ledger.Key) ledger.State {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.state(m.row(k))
}

func (m *machine) Shared() bool { return true }

func (m *machine) Claim(_ context.Context, wanted []ledger.Want) ([]ledger.State, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	states := make([]ledger.State, len(wanted))
	for i, w := range wanted {
		r := m.row(w.Key)
		states[i] = m.state(r)
		if s := states[i]; !s.Elsewhere && (!s.Tried || s.Outcome == ledger.Deferred) && s.Attempts <= w.Attempts {
			r.owner = m.number
		}
	}
	return states, nil
}

func (m *machine) Reserve(_ context.Context, n int, every time.Duration) (time.Duration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	first := later(m.slot, time.Now())
	m.slot = first.Add(time.Duration(n) * every)
	return time.Until(first), nil
}

func (m *machine) Hold(context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.held
}

func (m *machine) Begin(ctx context.Context, attempts []ledger.Attempt, endings ...ledger.Ending) error {
	m.Finish(ctx, endings)
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, a := range attempts {
		r := m.row(a.Key)
		if r.owner != m.number || r.begun {
			m.t.Errorf("line %d is begun by %d, and is %d's", a.Line, m.number, r.owner)
		}
		r.begun = true
		r.state.Attempts++
	}
	return nil
}

func (m *machine) Finish(_ context.Context, endings []ledger.Ending) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range endings {
		r := m.row(e.Key)
		r.begun = false
		if e.NotSent {
			r.state.Attempts--
			continue
		}
		r.state.Tried, r.state.Outcome = true, e.Outcome
		if e.GivenUp {
			r.owner = 0
		}
	}
	return nil
}

// newMachine is a run on one of them.
func newMachine(c *campaign.Campaign, n int, all *commons, s *server, number int) *Run {
	r := newRun(c, n, nil, s)
	r.Ledger = &machine{all, number}
	return r
}

// Several machines send to each recipient once, and each says how all stand.
func TestShared(t *testing.T) {
	const n, machines = 1000, 4
	c := source(t, n)
	synctest.Test(t, func(t *testing.T) {
		all := newCommons(t)
		s := newServer(t, nil)
		s.takes = 10 * time.Millisecond
		var sums [machines]Summary
		var running sync.WaitGroup
		for i := range machines {
			running.Go(func() {
				sums[i], _ = newMachine(c, n, all, s, i+1).Do(t.Context())
			})
		}
		running.Wait()
		once(t, s, n)
		sent := 0
		for i, sum := range sums {
			if sum.Accepted+sum.Already != n || sum.Accepted == 0 || sum.Pending != 0 {
				t.Errorf("machine %d: %+v", i, sum.Progress)
			}
			sent += sum.Accepted
		}
		if sent != n {
			t.Errorf("%d were sent, want %d", sent, n)
		}
	})
}

// What a machine has in hand is waited for, and taken over when it is dead; what
// it had begun is unknown.
func TestTakenOver(t *testing.T) {
	const n = 10
	c := source(t, n)
	synctest.Test(t, func(t *testing.T) {
		all := newCommons(t)
		s := newServer(t, nil)
		r := newMachine(c, n, all, s, 1)
		all.rows[keyOf("p3")] = &row{owner: 2}
		all.rows[keyOf("p4")] = &row{owner: 2, begun: true, state: ledger.State{Attempts: 1}}
		all.rows[keyOf("p5")] = &row{owner: 2, state: ledger.State{Tried: true, Outcome: ledger.Deferred, Attempts: 1}}
		began := time.Now()
		time.AfterFunc(time.Minute, func() {
			all.mu.Lock()
			defer all.mu.Unlock()
			all.dead[2] = true
		})
		sum, err := r.Do(t.Context())
		if err != nil || sum.Accepted != n-1 || sum.Unknown != 1 || sum.Pending != 0 || sum.Deferred != 0 {
			t.Errorf("%+v, %v", sum.Progress, err)
		}
		once(t, s, n, "p4")
		if took := time.Since(began); took < time.Minute || took > time.Minute+2*maxLook {
			t.Errorf("it took %v", took)
		}
	})
}

// What became of those whom others had in hand is counted, and whom another has
// given up is not tried once more.
func TestSettledElsewhere(t *testing.T) {
	const n = 10
	c := source(t, n)
	synctest.Test(t, func(t *testing.T) {
		all := newCommons(t)
		s := newServer(t, nil)
		r := newMachine(c, n, all, s, 1)
		outcomes := []ledger.Outcome{ledger.Accepted, ledger.Rejected, ledger.Deferred, ledger.Unknown}
		for i := range outcomes {
			all.rows[keyOf(fmt.Sprintf("p%d", i))] = &row{owner: 2}
		}
		time.AfterFunc(time.Minute, func() {
			all.mu.Lock()
			defer all.mu.Unlock()
			for i, o := range outcomes {
				*all.rows[keyOf(fmt.Sprintf("p%d", i))] = row{state: ledger.State{Tried: true, Outcome: o, Attempts: 1}}
			}
		})
		sum, err := r.Do(t.Context())
		want := Progress{Recipients: n, Accepted: n - 4, Already: 1, Rejected: 1, Deferred: 1, Unknown: 1}
		if err != nil || sum.Progress != want {
			t.Errorf("%+v, %v; want %+v", sum.Progress, err, want)
		}
		once(t, s, n, "p0", "p1", "p2", "p3")
	})
}

// Whom another had begun when the run started, and has taken back, is sent to.
func TestTakenBack(t *testing.T) {
	const n = 3
	c := source(t, n)
	synctest.Test(t, func(t *testing.T) {
		all := newCommons(t)
		s := newServer(t, nil)
		r := newMachine(c, n, all, s, 1)
		all.rows[keyOf("p1")] = &row{owner: 2, begun: true, state: ledger.State{Attempts: 1}}
		time.AfterFunc(time.Minute, func() {
			all.mu.Lock()
			defer all.mu.Unlock()
			*all.rows[keyOf("p1")] = row{}
		})
		if sum, err := r.Do(t.Context()); err != nil || sum.Accepted != n {
			t.Errorf("%+v, %v", sum.Progress, err)
		}
		once(t, s, n)
	})
}

// An interrupt ends a run that waits for others.
func TestWaitInterrupted(t *testing.T) {
	c := source(t, 2)
	synctest.Test(t, func(t *testing.T) {
		all := newCommons(t)
		r := newMachine(c, 2, all, newServer(t, nil), 1)
		all.rows[keyOf("p1")] = &row{owner: 2}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		sum, err := r.Do(ctx)
		if err != nil || !sum.Interrupted || sum.Accepted != 1 || sum.Pending != 1 {
			t.Errorf("%+v, %v", sum, err)
		}
	})
}

// A rate holds for all machines together.
func TestSharedRate(t *testing.T) {
	const n, every = 60, 50 * time.Millisecond
	c := source(t, n)
	synctest.Test(t, func(t *testing.T) {
		all := newCommons(t)
		s := newServer(t, nil)
		s.answer = func(to string, try int) transport.Result {
			if to == "p7" && try == 1 {
				return deferred
			}
			return accepted
		}
		began := time.Now()
		var running sync.WaitGroup
		for i := range 3 {
			running.Go(func() {
				r := newMachine(c, n, all, s, i+1)
				r.Every, r.RetryFor = every, time.Minute
				r.Do(t.Context())
			})
		}
		running.Wait()
		once(t, s, n)
		for i := 1; i < len(s.left); i++ {
			if gap := s.left[i].at.Sub(s.left[i-1].at); gap < every-slack {
				t.Errorf("message %d came %v after the one before", i, gap)
			}
		}
		if last := s.left[n-2].at.Sub(began); last > 2*n*every {
			t.Errorf("it took %v", last)
		}
	})
}

// What one machine has given up no other waits for, or tries.
func TestGivenUp(t *testing.T) {
	const n = 200
	c := source(t, n)
	synctest.Test(t, func(t *testing.T) {
		all := newCommons(t)
		s := newServer(t, nil)
		s.takes = 10 * time.Millisecond
		s.answer = func(to string, _ int) transport.Result {
			if to == "p7" {
				return deferred
			}
			return accepted
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		var running sync.WaitGroup
		for i := range 2 {
			running.Go(func() {
				sum, err := newMachine(c, n, all, s, i+1).Do(ctx)
				if err != nil || sum.Interrupted || sum.Deferred != 1 || sum.Accepted+sum.Already != n-1 {
					t.Errorf("machine %d: %+v, %v", i, sum, err)
				}
			})
		}
		running.Wait()
		if s.tries["p7"] != 1 {
			t.Errorf("tried %d times", s.tries["p7"])
		}
	})
}

// Nothing leaves from a machine that others may have taken for dead: all is as
// it was.
func TestHeld(t *testing.T) {
	const n = 10
	c, all := source(t, n), newCommons(t)
	all.held = &ledger.Error{Err: ledger.ErrLapsed}
	server := smtptest.New(t, smtptest.Script{Extensions: []string{"PIPELINING", "CHUNKING"}})
	smtp, err := transport.NewSMTP(&transport.URL{Host: server.Host, Port: server.Port, Security: transport.Plain}, transport.Credentials{})
	if err != nil {
		t.Fatal(err)
	}
	r := newMachine(c, n, all, nil, 1)
	r.Server = smtp
	sum, err := r.Do(t.Context())
	if !errors.Is(err, ledger.ErrLapsed) || sum.Pending != n || len(server.Transactions()) > 0 {
		t.Errorf("%+v, %v; %d transactions", sum, err, len(server.Transactions()))
	}
	for k, row := range all.rows {
		if row.begun || row.state.Tried {
			t.Errorf("%s: %+v", k[:2], row)
		}
	}
}

// Slots that were not used in time are gone: others have those after them.
func TestLapse(t *testing.T) {
	now := time.Now()
	for late, want := range map[time.Duration]int{-time.Second: 3, 0: 3, slack: 3, 500 * time.Millisecond: 2, 1500 * time.Millisecond: 1, time.Hour: 0} {
		p := pacer{shared: true, every: time.Second, slots: 3, due: now.Add(-late)}
		if p.lapse(now); p.slots != want {
			t.Errorf("%v late: %d slots, want %d", late, p.slots, want)
		}
	}
}
