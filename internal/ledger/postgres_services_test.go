//go:build services

package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"mailshot/internal/postgrestest"
)

func TestServer(t *testing.T) {
	s := postgrestest.Start(t)
	suite(t, func(t *testing.T) *Ledger { return openAt(t, s.Ledger()) })
	shared(t, s)
	t.Run("to read it alone", func(t *testing.T) { readAlone(t, s.Ledger()) })
}

// readAlone wants no ledger to be made, and one that is there to be read and
// not written.
func readAlone(t *testing.T, named string) {
	if _, err := OpenToRead(t.Context(), named); err == nil {
		t.Error("a ledger that is not there was opened")
	}
	here := openAt(t, named)
	if !here.New() {
		t.Error("a ledger was made for who reads alone")
	}
	r := start(t, here, spring)
	begin(t, r, 1)
	r.Close()
	l, err := OpenToRead(t.Context(), named)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	wantSummary(t, l, Summary{Campaign: "spring", Digest: "sha256:1", Recipients: 10, Unknown: 1, Pending: 9})
	if _, err := l.Start(t.Context(), spring, false); err == nil {
		t.Error("it was written")
	}
}

// shared holds a ledger to more in which runs on many machines share a
// campaign; open opens the same one again, as another machine does.
func shared(t *testing.T, s *postgrestest.Server) {
	for name, test := range map[string]func(t *testing.T, here, there *Ledger){
		"claims are apart":                            claimsApart,
		"what another has in hand cannot be begun":    inOtherHands,
		"claims of a dead run":                        deadClaims,
		"a run that was taken for dead":               lapsedRun,
		"a machine that slept":                        slept,
		"a machine that slept for too long":           sleptTooLong,
		"a transaction that was given up":             givenUpForLost,
		"a server that was away":                      serverWasAway,
		"who is being taken at this moment":           beingTaken,
		"a run that ends gives back":                  givenBack,
		"a recipient who was taken back":              freedAgain,
		"a deferred recipient who is given up":        givenUp,
		"a shared rate":                               sharedRate,
		"another digest":                              otherDigest,
		"counts add up":                               countsAddUp,
		"a commit without an answer":                  unanswered,
		"two resolve at a time":                       resolveTwice,
		"what a living run has begun is not resolved": resolveLiving,
	} {
		t.Run(name, func(t *testing.T) {
			named := s.Ledger()
			test(t, openAt(t, named), openAt(t, named))
		})
	}
}

// beingTaken has a recipient of a run that has ended locked by who takes them as
// well: until that is done they are in other hands, and free after it.
func beingTaken(t *testing.T, here, there *Ledger) {
	before := start(t, there, spring)
	claim(t, before, 1)
	before.Close()
	r := start(t, here, spring)
	defer r.Close()
	tx, err := there.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	k := person(1)
	if _, err := tx.Exec(`SELECT FROM recipient WHERE key = $1 FOR UPDATE`, k[:]); err != nil {
		t.Fatal(err)
	}
	wantClaims(t, claim(t, r, 1), State{Elsewhere: true})
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	wantClaims(t, claim(t, r, 1), State{})
	begin(t, r, 1)
}

func claim(t *testing.T, r *Run, numbers ...int) []State {
	t.Helper()
	var wanted []Want
	for _, n := range numbers {
		w := Want{Key: person(n), Line: n + 1}
		if known := r.known(w.Key); known != nil {
			w.Attempts = int(known.attempts)
		}
		wanted = append(wanted, w)
	}
	states, err := r.Claim(t.Context(), wanted)
	if err != nil {
		t.Fatal(err)
	}
	return states
}

func wantClaims(t *testing.T, got []State, want ...State) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("claims %+v, want %+v", got, want)
	}
}

// runOut lets the leases of all runs but keep's run out, long after the server
// was started.
func runOut(t *testing.T, l *Ledger, keep *Run) {
	t.Helper()
	l.store.(*server).lease = 0
	_, err := l.db.Exec(`UPDATE run SET lease = '-infinity' WHERE id <> $1`, keep.run)
	if err != nil {
		t.Fatal(err)
	}
}

var elsewhereState = State{Elsewhere: true}

func claimsApart(t *testing.T, here, there *Ledger) {
	a, b := start(t, here, spring), start(t, there, spring)
	defer a.Close()
	defer b.Close()
	wantClaims(t, claim(t, a, 1, 2), State{}, State{})
	wantClaims(t, claim(t, b, 1, 2, 3), elsewhereState, elsewhereState, State{})
	wantClaims(t, claim(t, a, 2, 3), State{}, elsewhereState)
	begin(t, a, 1, 2)
	finish(t, a, ending(1, Accepted), ending(2, Deferred))
	wantClaims(t, claim(t, b, 1, 2),
		State{Tried: true, Outcome: Accepted, Attempts: 1},
		State{Tried: true, Outcome: Deferred, Attempts: 1, Elsewhere: true})
	begin(t, a, 2)
	begin(t, b, 3)
}

func inOtherHands(t *testing.T, here, there *Ledger) {
	a, b := start(t, here, spring), start(t, there, spring)
	defer a.Close()
	defer b.Close()
	claim(t, a, 1)
	wantError(t, b.Begin(t.Context(), attempts(2, 1)), ErrAlreadyBegun)
	begin(t, a, 1)
	wantError(t, b.Begin(t.Context(), attempts(1)), ErrAlreadyBegun)
	c := start(t, there, spring)
	defer c.Close()
	wantState(t, c, 1, State{Tried: true, Attempts: 1, Elsewhere: true})
}

// deadClaims runs when a machine is gone: what it has begun is unknown, what it
// had claimed is free.
func deadClaims(t *testing.T, here, there *Ledger) {
	dead, b := start(t, here, spring), start(t, there, spring)
	defer dead.Close()
	defer b.Close()
	claim(t, dead, 1, 2, 3, 4)
	begin(t, dead, 1, 2)
	finish(t, dead, ending(2, Deferred))
	wantClaims(t, claim(t, b, 3), elsewhereState)
	runOut(t, there, b)
	wantClaims(t, claim(t, b, 1, 2, 3, 4),
		State{Tried: true, Attempts: 1}, State{Tried: true, Outcome: Deferred, Attempts: 1}, State{}, State{})
	wantError(t, b.Begin(t.Context(), attempts(1)), ErrAlreadyBegun)
	begin(t, b, 2, 3, 4)
	finish(t, b, ending(2, Accepted), ending(3, Accepted), ending(4, Accepted))
	wantSummary(t, here, Summary{Campaign: "spring", Digest: "sha256:1", Recipients: 10, Accepted: 3, Unknown: 1, Pending: 6})
}

// serverWasAway runs when leases could not be renewed, for the server was not
// there to renew them.
func serverWasAway(t *testing.T, here, there *Ledger) {
	a, b := start(t, here, spring), start(t, there, spring)
	defer a.Close()
	defer b.Close()
	claim(t, a, 1)
	runOut(t, there, b)
	there.store.(*server).lease = time.Hour // since when the server has been up for a moment
	wantClaims(t, claim(t, b, 1), elsewhereState)
	begin(t, a, 1)
}

// lapsedRun runs when a machine comes back that was taken for dead: it begins
// nothing more, and writes down what it has sent.
func lapsedRun(t *testing.T, here, there *Ledger) {
	late, b := start(t, here, spring), start(t, there, spring)
	defer b.Close()
	claim(t, late, 1, 2)
	begin(t, late, 1)
	runOut(t, there, b)
	wantClaims(t, claim(t, b, 2), State{})
	wantError(t, late.Begin(t.Context(), attempts(2)), ErrLapsed)
	begin(t, b, 2)
	finish(t, late, ending(1, Accepted))
	late.Close()
	wantSummary(t, here, Summary{Campaign: "spring", Digest: "sha256:1", Recipients: 10, Accepted: 1, Unknown: 1, Pending: 8})
}

// sleeper starts a run with a short lease on a machine that falls asleep for so
// long: the clock that stands still meanwhile does not show it.
func sleeper(t *testing.T, l *Ledger) (r *Run, sleep func(time.Duration)) {
	t.Helper()
	var slept atomic.Int64
	s := l.store.(*server)
	s.lease = time.Second
	s.clock = func() time.Time { return time.Now().Round(0).Add(time.Duration(slept.Load())) }
	r = start(t, l, spring)
	return r, func(d time.Duration) { slept.Add(int64(d)) }
}

// slept goes on once it has renewed its lease: nobody has taken it for dead.
func slept(t *testing.T, here, there *Ledger) {
	r, sleep := sleeper(t, here)
	defer r.Close()
	begin(t, r, 1)
	if err := r.Hold(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	sleep(time.Minute)
	if err := r.Hold(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("it does not wait: %v", err)
	}
	if err := r.Hold(t.Context()); err != nil {
		t.Error(err)
	}
	finish(t, r, ending(1, Accepted))
}

// sleptTooLong was taken for dead, and what it had begun was settled and begun by
// another.
func sleptTooLong(t *testing.T, here, there *Ledger) {
	late, sleep := sleeper(t, here)
	b := start(t, there, spring)
	defer b.Close()
	begin(t, late, 1, 2)
	end(t, there, late)
	if err := there.Resolve(t.Context(), "spring", []Resolution{resolution(1, false)}); err != nil {
		t.Fatal(err)
	}
	claim(t, b, 1)
	begin(t, b, 1)
	sleep(time.Minute)
	wantError(t, late.Hold(t.Context()), ErrLapsed)
	back := ending(1, Deferred)
	back.NotSent = true
	wantError(t, late.Finish(t.Context(), []Ending{back}), ErrLapsed)
	late.Close()
	finish(t, b, ending(1, Accepted))
	wantSummary(t, here, Summary{Campaign: "spring", Digest: "sha256:1", Recipients: 10, Accepted: 1, Unknown: 1, Pending: 8})
}

// givenUpForLost does a write again in whose middle the machine slept.
func givenUpForLost(t *testing.T, here, there *Ledger) {
	r := start(t, here, spring)
	defer r.Close()
	here.db.SetMaxOpenConns(1)
	if _, err := here.db.Exec(`SET idle_in_transaction_session_timeout = 50`); err != nil {
		t.Fatal(err)
	}
	tries := 0
	err := r.write(t.Context(), r.added, nil, func(context.Context, *sql.Tx) error {
		if tries++; tries == 1 {
			time.Sleep(500 * time.Millisecond)
		}
		return nil
	})
	if err != nil || tries != 2 {
		t.Errorf("%v after %d tries", err, tries)
	}
}

// end has a run taken for dead.
func end(t *testing.T, l *Ledger, r *Run) {
	t.Helper()
	if _, err := l.db.Exec(`UPDATE run SET ended = 1 WHERE id = $1`, r.run); err != nil {
		t.Fatal(err)
	}
}

func givenBack(t *testing.T, here, there *Ledger) {
	a, b := start(t, here, spring), start(t, there, spring)
	defer b.Close()
	claim(t, a, 1, 2)
	begin(t, a, 2)
	finish(t, a, ending(2, Deferred))
	idle := start(t, here, spring)
	claim(t, idle, 3)
	a.Close()
	idle.Close()
	wantClaims(t, claim(t, b, 1, 2, 3), State{}, State{Tried: true, Outcome: Deferred, Attempts: 1}, State{})
	begin(t, b, 1, 2, 3)
}

// freedAgain is known to another run as begun, and free when the one that took
// it back has ended.
func freedAgain(t *testing.T, here, there *Ledger) {
	a := start(t, here, spring)
	begin(t, a, 1)
	b := start(t, there, spring)
	defer b.Close()
	back := ending(1, Deferred)
	back.NotSent = true
	finish(t, a, back)
	a.Close()
	wantClaims(t, claim(t, b, 1), State{})
	c := start(t, here, spring)
	defer c.Close()
	wantClaims(t, claim(t, c, 1), elsewhereState)
	begin(t, b, 1)
}

// givenUp is tried again by no run that knows of fewer attempts.
func givenUp(t *testing.T, here, there *Ledger) {
	a, b := start(t, here, spring), start(t, there, spring)
	defer a.Close()
	defer b.Close()
	begin(t, a, 1)
	e := ending(1, Deferred)
	e.GivenUp = true
	finish(t, a, e)
	want := State{Tried: true, Outcome: Deferred, Attempts: 1}
	wantClaims(t, claim(t, b, 1), want)
	wantClaims(t, claim(t, a, 1), want)
	begin(t, a, 1)
	wantClaims(t, claim(t, b, 1), State{Tried: true, Attempts: 2, Elsewhere: true})
}

func sharedRate(t *testing.T, here, there *Ledger) {
	a, b := start(t, here, spring), start(t, there, spring)
	defer a.Close()
	defer b.Close()
	for i, r := range []*Run{a, b, a} {
		wait, err := r.Reserve(t.Context(), 2, time.Hour)
		if most := time.Duration(2*i) * time.Hour; err != nil || wait > most || wait < most-time.Hour {
			t.Errorf("reservation %d waits %v, %v; want %v", i, wait, err, most)
		}
	}
}

func otherDigest(t *testing.T, here, there *Ledger) {
	a := start(t, here, spring)
	other := spring
	other.Digest = "sha256:2"
	_, err := there.Start(t.Context(), other, false)
	wantError(t, err, ErrOtherDigest)
	a.Close()
	start(t, there, other).Close()
}

func countsAddUp(t *testing.T, here, there *Ledger) {
	a, b := start(t, here, spring), start(t, there, spring)
	begin(t, a, 1, 2, 3)
	begin(t, b, 4, 5)
	finish(t, b, ending(4, Accepted), ending(5, Deferred))
	finish(t, a, ending(1, Accepted), ending(2, Rejected))
	b.Close()
	claim(t, a, 5)
	begin(t, a, 5)
	finish(t, a, ending(5, Accepted))
	a.Close()
	wantSummary(t, there, Summary{Campaign: "spring", Digest: "sha256:1", Recipients: 10, Accepted: 3, Rejected: 1, Unknown: 1, Pending: 5})
}

func resolveTwice(t *testing.T, here, there *Ledger) {
	start(t, here, spring).Close()
	release, err := here.store.lockResolve(t.Context(), "spring")
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, there.Resolve(t.Context(), "spring", nil), ErrLocked)
	if err := release(); err != nil {
		t.Fatal(err)
	}
	r := start(t, here, spring)
	r.Close()
	if err := there.Resolve(t.Context(), "spring", nil); err != nil {
		t.Error(err)
	}
}

// resolveLiving keeps to those of a dead run, while another goes on.
func resolveLiving(t *testing.T, here, there *Ledger) {
	dead, living := start(t, here, spring), start(t, there, spring)
	defer living.Close()
	begin(t, dead, 1)
	begin(t, living, 2)
	runOut(t, there, living)
	wantError(t, there.Resolve(t.Context(), "spring", []Resolution{resolution(2, false)}), ErrLocked)
	if err := there.Resolve(t.Context(), "spring", []Resolution{resolution(1, false)}); err != nil {
		t.Fatal(err)
	}
	wantClaims(t, claim(t, living, 1), State{Tried: true, Outcome: Deferred, Attempts: 1})
	begin(t, living, 1)
	dead.Close()
}

// No error shows the password of the URL, nor what the driver says with it.
func TestServerTrouble(t *testing.T) {
	s := postgrestest.Start(t)
	good := s.Ledger()
	for name, test := range map[string]struct{ named, want string }{
		"a wrong password": {strings.Replace(good, postgrestest.Password, "wrong-secret", 1), "refuses the user or the password"},
		"no such database": {strings.Replace(good, "/postgres?", "/nothing?", 1), "there is no such database"},
		"nobody listens":   {"postgres://ann:wrong-secret@127.0.0.1:1/x", "cannot be reached"},
		"no URL":           {"postgres://ann:wrong-secret@%zz/x", "it is no URL"},
		"a wrong setting":  {"postgres://ann:wrong-secret@127.0.0.1/x?sslmode=wrong", "it is no URL"},
		"what is there":    {strings.Replace(good, "search_path=", "search_path=pg_catalog&x=", 1), ""},
	} {
		l, err := Open(t.Context(), test.named)
		if l != nil || err == nil {
			t.Errorf("%s was opened", name)
			continue
		}
		if !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), postgrestest.Password) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestServerVersions(t *testing.T) {
	s := postgrestest.Start(t)
	named := s.Ledger()
	l := openAt(t, named)
	for setting, want := range map[string]string{"synchronous_commit": "on", "application_name": "mailshot", "idle_in_transaction_session_timeout": "30s"} {
		var got string
		if err := l.db.QueryRow(`SELECT current_setting($1)`, setting).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %s, %v; want %s", setting, got, err, want)
		}
	}
	if _, err := l.db.Exec(`UPDATE mailshot_version SET version = 2`); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), named)
	wantError(t, err, ErrNewer)
	if _, err := l.db.Exec(`DROP TABLE mailshot_version`); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), named)
	wantError(t, err, errForeign)
}

// A server that is started again in the middle of a run is waited for.
func TestServerRestarted(t *testing.T) {
	s := postgrestest.Start(t)
	for name, end := range map[string]func(testing.TB){"stopped": s.Down, "crashed": s.Crash} {
		l := openAt(t, s.Ledger())
		r := start(t, l, spring)
		begin(t, r, 1, 2)
		end(t)
		wrote := make(chan error)
		go func() { wrote <- r.Finish(t.Context(), []Ending{ending(1, Accepted)}) }()
		s.Up(t)
		if err := <-wrote; err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		begin(t, r, 3)
		r = restart(t, l, r)
		wantState(t, r, 1, State{Tried: true, Outcome: Accepted, Attempts: 1})
		wantState(t, r, 3, State{Tried: true, Attempts: 1})
		r.Close()
	}
}

// unanswered runs when a commit took place and its answer did not come: the
// same write once more is taken as the same.
func unanswered(t *testing.T, here, there *Ledger) {
	r := start(t, here, spring)
	defer r.Close()
	claim(t, r, 1, 2, 3)
	begun, added, err := r.planBegin(attempts(1, 2, 3), r.added)
	if err != nil {
		t.Fatal(err)
	}
	servers, err := r.serverIDs(t.Context(), attempts(1, 2, 3))
	if err != nil {
		t.Fatal(err)
	}
	commitUnheard(t, r, added, func(tx *sql.Tx) error { return r.pen.begin(t.Context(), tx, attempts(1, 2, 3), begun, servers) })
	begin(t, r, 1, 2, 3)
	endings := []Ending{ending(1, Accepted), {Key: person(2), NotSent: true}, ending(3, Deferred)}
	ended, added, err := r.planFinish(endings)
	if err != nil {
		t.Fatal(err)
	}
	commitUnheard(t, r, added, func(tx *sql.Tx) error { return r.pen.finish(t.Context(), tx, endings, ended) })
	finish(t, r, endings...)
	wantSummary(t, there, Summary{Campaign: "spring", Digest: "sha256:1", Recipients: 10, Accepted: 1, Deferred: 1, Pending: 8})
	begin(t, r, 2, 3)
	finish(t, r, ending(2, Accepted), ending(3, Accepted))
	b := start(t, there, spring)
	defer b.Close()
	wantState(t, b, 2, State{Tried: true, Outcome: Accepted, Attempts: 1})
	wantState(t, b, 3, State{Tried: true, Outcome: Accepted, Attempts: 2})
}

func commitUnheard(t *testing.T, r *Run, added tally, do func(*sql.Tx) error) {
	t.Helper()
	err := r.ledger.inTx(t.Context(), func(tx *sql.Tx) error {
		return errors.Join(r.pen.sign(t.Context(), tx, added), do(tx))
	})
	if err != nil {
		t.Fatal(err)
	}
}
