package delivery

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"mailshot/internal/campaign"
	"mailshot/internal/guard"
	"mailshot/internal/ledger"
	"mailshot/internal/rule"
	"mailshot/internal/transport"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// source gives a checked campaign of n recipients, p0@a.example and so on.
func source(t testing.TB, n int) *campaign.Campaign {
	t.Helper()
	return sourceOf(t, n, func(int) string { return "a.example" })
}

// sourceOf gives one whose recipients are at the domains that domain says.
func sourceOf(t testing.TB, n int, domain func(i int) string) *campaign.Campaign {
	t.Helper()
	dir := t.TempDir()
	template, list := filepath.Join(dir, "notice.txt"), filepath.Join(dir, "list.csv")
	var rows strings.Builder
	rows.WriteString("email\n")
	for i := range n {
		fmt.Fprintf(&rows, "p%d@%s\n", i, domain(i))
	}
	for path, content := range map[string]string{
		template: "---\nfrom: desk@sender.example\nsubject: hello\n---\nHello.\n", list: rows.String(),
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := campaign.Load(t.Context(), campaign.Input{Template: template, List: list, Date: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if v, err := c.Check(t.Context(), nil); err != nil || !v.Clear() {
		t.Fatal(err, v)
	}
	return c
}

// book is a ledger in memory that demands what a real one does, and whose
// writes can be made to fail.
type book struct {
	mu       sync.Mutex
	states   map[ledger.Key]ledger.State
	begun    map[ledger.Key]bool
	used     int // tries that were more than taken back
	writes   int
	failFrom int // the number of the write from which all fail; 0 for none
}

var errDisk = errors.New("no space left on the disk")

func newBook() *book {
	return &book{states: map[ledger.Key]ledger.State{}, begun: map[ledger.Key]bool{}}
}

func (b *book) Untouched() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.states) == 0
}

func (b *book) State(k ledger.Key) ledger.State {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.states[k]
}

func (b *book) write() error {
	if b.writes++; b.failFrom > 0 && b.writes >= b.failFrom {
		return errDisk
	}
	return nil
}

func (b *book) Begin(_ context.Context, attempts []ledger.Attempt, endings ...ledger.Ending) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.write(); err != nil {
		return err
	}
	if err := b.end(endings); err != nil {
		return err
	}
	for _, a := range attempts {
		if b.begun[a.Key] {
			return fmt.Errorf("line %d begun twice", a.Line)
		}
		b.begun[a.Key] = true
	}
	return nil
}

func (b *book) Finish(_ context.Context, endings []ledger.Ending) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.write(); err != nil {
		return err
	}
	return b.end(endings)
}

func (b *book) end(endings []ledger.Ending) error {
	for _, e := range endings {
		if !b.begun[e.Key] {
			return errors.New("finished, and never begun")
		}
		delete(b.begun, e.Key)
		if !e.NotSent {
			b.used++
			b.states[e.Key] = ledger.State{Tried: true, Outcome: e.Outcome}
		}
	}
	return nil
}

// server is a transport.Server that does as answer says.
type server struct {
	answer  func(to string, try int) transport.Result // Step "break" ends the connection
	connect func(n int) error                         // for the nth connection, from 1; nil to take all
	takes   time.Duration                             // one message
	idle    time.Duration                             // after which a connection is closed; 0 for never
	hang    string                                    // to whom a message takes an hour

	most     int    // messages on one connection; 0 for no limit
	sluggish string // a domain whose messages take a minute
	book     *book

	mu      sync.Mutex
	opens   int
	tries   map[string]int
	got     map[string]int // accepted, by local part
	at      []time.Time
	left    []left // messages handed over
	carried []int  // messages, by connection
	t       testing.TB
}

func newServer(t testing.TB, b *book) *server {
	return &server{t: t, book: b, tries: map[string]int{}, got: map[string]int{},
		answer: func(string, int) transport.Result { return accepted }}
}

var (
	accepted = transport.Result{Outcome: ledger.Accepted, Code: 250}
	rejected = transport.Result{Outcome: ledger.Rejected, Code: 550}
	deferred = transport.Result{Outcome: ledger.Deferred, Code: 451}
	unknown  = transport.Result{Outcome: ledger.Unknown, Step: "break"}
	notSent  = transport.Result{Outcome: ledger.Deferred, NotSent: true, Step: "break"}
)

func (s *server) Name() string { return "test" }

func (s *server) Connect(ctx context.Context) (transport.Conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opens++
	if s.connect != nil {
		if err := s.connect(s.opens); err != nil {
			return nil, err
		}
	}
	s.carried = append(s.carried, 0)
	return &conn{s, len(s.carried) - 1}, ctx.Err()
}

type conn struct {
	*server
	id int
}

func (c conn) Close() error { return nil }

func (c *conn) Deliver(ctx context.Context, in <-chan guard.Cleared, out chan<- transport.Result) error {
	for {
		var idle <-chan time.Time
		if c.idle > 0 {
			idle = time.After(c.idle)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-idle:
			return &transport.Error{Step: "connection", Code: 421}
		case cleared, ok := <-in:
			if !ok {
				return nil
			}
			last := c.carry()
			res := c.take(cleared)
			out <- res
			switch res.Step {
			case "break":
				return &transport.Error{Step: "message"}
			case "busy":
				return &transport.Error{Step: "connection", Code: 421}
			}
			if last {
				return nil
			}
		}
	}
}

func (s *server) take(cleared guard.Cleared) transport.Result {
	if _, err := cleared.WriteTo(io.Discard); err != nil {
		s.t.Error(err)
	}
	to := cleared.Envelope().To.Local()
	s.leaves(cleared.Envelope().To.Domain())
	time.Sleep(s.takes)
	if cleared.Envelope().To.Domain() == s.sluggish {
		time.Sleep(time.Minute)
	}
	if to == s.hang {
		time.Sleep(time.Hour)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.book != nil && !s.book.isBegun(to) {
		s.t.Errorf("%s leaves and is not written down", to)
	}
	s.tries[to]++
	s.at = append(s.at, time.Now())
	res := s.answer(to, s.tries[to])
	if res.Outcome == ledger.Accepted {
		s.got[to]++
	}
	res.Cleared, res.At = cleared, time.Now()
	return res
}

// carry says whether the message is the last that the connection may carry.
func (c *conn) carry() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.carried[c.id]++
	return c.carried[c.id] == c.most
}

// left is a message as it is handed over.
type left struct {
	at     time.Time
	domain string
}

func (s *server) leaves(domain string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left = append(s.left, left{time.Now(), domain})
}

func (b *book) isBegun(local string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.begun[keyOf(local)]
}

func keyOf(local string) (k ledger.Key) {
	copy(k[:], local)
	return k
}

func newRun(c *campaign.Campaign, n int, b *book, s *server) *Run {
	return &Run{
		Source: c, Recipients: n, Ledger: b, Server: s, Connections: 4, Drain: time.Second, MaxRejected: 1,
		Key: func(r campaign.Recipient) ledger.Key { return keyOf(r.Address.Local()) },
	}
}

// once sees to it that each of n recipients has one message, but for those in
// without, who have none.
func once(t *testing.T, s *server, n int, without ...string) {
	t.Helper()
	none := strings.Join(without, " ") + " "
	for i := range n {
		to, want := fmt.Sprintf("p%d", i), 1
		if strings.Contains(none, to+" ") {
			want = 0
		}
		if s.got[to] != want {
			t.Errorf("%s got %d messages, want %d", to, s.got[to], want)
		}
	}
}

func TestOutcomes(t *testing.T) {
	const n = 300
	c, b := source(t, n), newBook()
	s := newServer(t, b)
	s.answer = func(to string, try int) transport.Result {
		switch {
		case to == "p7":
			return rejected
		case to == "p8" && try == 1:
			return deferred
		case to == "p9":
			return unknown
		}
		return accepted
	}
	sum, err := newRun(c, n, b, s).Do(t.Context())
	want := Progress{Recipients: n, Accepted: n - 3, Rejected: 1, Deferred: 1, Unknown: 1}
	if err != nil || sum.Progress != want {
		t.Fatalf("first run: %+v, %v", sum, err)
	}
	sum, err = newRun(c, n, b, s).Do(t.Context())
	want = Progress{Recipients: n, Already: n - 3, Accepted: 1, Rejected: 1, Unknown: 1}
	if err != nil || sum.Progress != want {
		t.Fatalf("second run: %+v, %v", sum, err)
	}
	once(t, s, n, "p7", "p9")
	if s.tries["p9"] != 1 || s.tries["p7"] != 1 {
		t.Errorf("tried again: unknown %d times, rejected %d times", s.tries["p9"], s.tries["p7"])
	}
}

// A connection that breaks gives its message back; another takes it.
func TestBrokenConnections(t *testing.T) {
	const n = 50
	c := source(t, n)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		s.answer = func(to string, try int) transport.Result {
			if try == 1 && strings.HasSuffix(to, "3") {
				return notSent
			}
			return accepted
		}
		sum, err := newRun(c, n, b, s).Do(t.Context())
		if err != nil || sum.Accepted != n || sum.Trouble != nil {
			t.Fatalf("%+v, %v", sum, err)
		}
		once(t, s, n)
	})
}

// What no connection will take is deferred, and the run ends.
func TestGivenBackForEver(t *testing.T) {
	c := source(t, 20)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		s.answer = func(to string, _ int) transport.Result {
			if to == "p5" {
				return notSent
			}
			return accepted
		}
		sum, err := newRun(c, 20, b, s).Do(t.Context())
		if err != nil || sum.Accepted != 19 || sum.Deferred != 1 {
			t.Fatalf("%+v, %v", sum, err)
		}
		once(t, s, 20, "p5")
	})
}

func TestServerDown(t *testing.T) {
	c, b := source(t, 20), newBook()
	s := newServer(t, b)
	s.connect = func(int) error { return &transport.Error{Step: "connect"} }
	sum, err := newRun(c, 20, b, s).Do(t.Context())
	if _, ok := errors.AsType[*transport.Error](err); !ok || sum.Pending != 20 {
		t.Errorf("%+v, %v", sum, err)
	}
	if b.writes != 0 || s.opens != 1 {
		t.Errorf("%d ledger writes, %d connections", b.writes, s.opens)
	}
}

// A server that goes away in the middle and stays away ends the run, in order.
func TestServerGoesAway(t *testing.T) {
	const n = 500
	c := source(t, n)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		s.connect = func(n int) error {
			if n > 4 {
				return &transport.Error{Step: "connect"}
			}
			return nil
		}
		s.answer = func(string, int) transport.Result {
			if len(s.at) > 100 {
				return notSent
			}
			return accepted
		}
		sum, err := newRun(c, n, b, s).Do(t.Context())
		if err != nil || sum.Trouble == nil || sum.Accepted != 100 || sum.Left() != 400 {
			t.Fatalf("%+v, %v", sum, err)
		}
		s.connect, s.answer = nil, func(string, int) transport.Result { return accepted }
		if sum, err = newRun(c, n, b, s).Do(t.Context()); err != nil || sum.Accepted != 400 {
			t.Fatalf("second run: %+v, %v", sum, err)
		}
		once(t, s, n)
	})
}

// A server that refuses the sender refuses everybody: nobody is rejected, and
// the run ends at once.
func TestSenderRefused(t *testing.T) {
	c, b := source(t, 20), newBook()
	s := newServer(t, b)
	refuse := &refusingConn{conn{server: s}}
	r := newRun(c, 20, b, s)
	r.Server = refusing{s, refuse}
	sum, err := r.Do(t.Context())
	broken, ok := errors.AsType[*transport.Error](err)
	if !ok || broken.Step != "MAIL" || sum.Left() != 20 || len(b.begun) != 0 {
		t.Errorf("%+v, %v, %d begun", sum, err, len(b.begun))
	}
}

type refusing struct {
	*server
	conn *refusingConn
}

func (r refusing) Connect(context.Context) (transport.Conn, error) { return r.conn, nil }

type refusingConn struct{ conn }

func (c *refusingConn) Deliver(ctx context.Context, in <-chan guard.Cleared, out chan<- transport.Result) error {
	select {
	case cleared, ok := <-in:
		if !ok {
			return nil
		}
		out <- transport.Result{Cleared: cleared, Outcome: ledger.Deferred, NotSent: true}
		return &transport.Error{Step: "MAIL", Code: 530, Permanent: true}
	case <-ctx.Done():
		return nil
	}
}

func TestLimit(t *testing.T) {
	c, b := source(t, 200), newBook()
	s := newServer(t, b)
	r := newRun(c, 200, b, s)
	r.Limit = 70
	for i, want := range []Progress{
		{Recipients: 200, Accepted: 70, Pending: 130},
		{Recipients: 200, Already: 70, Accepted: 70, Pending: 60},
		{Recipients: 200, Already: 140, Accepted: 60},
	} {
		sum, err := r.Do(t.Context())
		if err != nil || sum.Progress != want || sum.Limited != (want.Pending > 0) {
			t.Errorf("run %d: %+v, %v", i, sum, err)
		}
	}
	once(t, s, 200)
}

func TestRate(t *testing.T) {
	c := source(t, 50)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		r := newRun(c, 50, b, s)
		r.Every = 200 * time.Millisecond
		if sum, err := r.Do(t.Context()); err != nil || sum.Accepted != 50 {
			t.Fatalf("%+v, %v", sum, err)
		}
		for i := 1; i < len(s.left); i++ {
			if gap := s.left[i].at.Sub(s.left[i-1].at); gap < r.Every {
				t.Errorf("message %d came %v after the one before", i, gap)
			}
		}
		if all := s.left[49].at.Sub(s.left[0].at); all != 49*r.Every {
			t.Errorf("50 messages took %v", all)
		}
	})
}

func TestInterrupt(t *testing.T) {
	const n = 500
	c, b := source(t, n), newBook()
	s := newServer(t, b)
	ctx, cancel := context.WithCancel(t.Context())
	s.answer = func(to string, _ int) transport.Result {
		if to == "p99" {
			cancel()
		}
		return accepted
	}
	sum, err := newRun(c, n, b, s).Do(ctx)
	if err != nil || !sum.Interrupted || sum.Pending == 0 || sum.Accepted < 96 || len(b.begun) != 0 {
		t.Fatalf("%+v, %v, %d begun", sum, err, len(b.begun))
	}
	if sum, err = newRun(c, n, b, s).Do(t.Context()); err != nil || sum.Accepted+sum.Already != n {
		t.Fatalf("second run: %+v, %v", sum, err)
	}
	once(t, s, n)
}

// Make each ledger write fail in turn, in a run in which some are tried again:
// nothing leaves that is not written down (the server looks), the run says so,
// and nobody gets two.
func TestEveryLedgerWriteFails(t *testing.T) {
	const n = 50
	c := source(t, n)
	writes := 0
	for fail := 1; fail == 1 || fail <= writes+1; fail++ {
		synctest.Test(t, func(t *testing.T) {
			b := newBook()
			b.failFrom = fail
			s := newServer(t, b)
			s.answer = func(to string, try int) transport.Result {
				switch {
				case strings.HasSuffix(to, "5") && try < 3:
					return deferred
				case to == "p17" && try == 1:
					return notSent
				case to == "p31" && try == 1:
					return unfit
				}
				return accepted
			}
			r := newRun(c, n, b, s)
			r.RetryFor = time.Minute
			sum, err := r.Do(t.Context())
			if writes = max(writes, b.writes); err == nil {
				if fail < 10 || sum.Accepted != n {
					t.Fatalf("write %d: %+v", fail, sum)
				}
				return
			}
			if !errors.Is(err, errDisk) {
				t.Fatalf("write %d: %v", fail, err)
			}
			if sum.Unknown != len(b.begun) {
				t.Errorf("write %d: %d are said to be unknown, %d are begun", fail, sum.Unknown, len(b.begun))
			}
			goOn(t, c, b, s)
			for to, got := range s.got {
				if got > 1 {
					t.Errorf("write %d: %s got %d messages", fail, to, got)
				}
			}
		})
	}
	if writes < 20 {
		t.Errorf("only %d writes", writes)
	}
}

// goOn is the next run, after a disk that was full: a person has to settle what
// was begun and has no ending.
func goOn(t *testing.T, c *campaign.Campaign, b *book, s *server) {
	t.Helper()
	for key := range b.begun {
		b.states[key] = ledger.State{Tried: true}
	}
	b.failFrom, b.begun = 0, map[ledger.Key]bool{}
	r := newRun(c, 50, b, s)
	r.RetryFor = time.Minute
	if sum, err := r.Do(t.Context()); err != nil || sum.Deferred+sum.Pending > 0 {
		t.Fatalf("the next run: %+v, %v", sum, err)
	}
}

// A server that takes one connection and no more is used over that one.
func TestOneConnectionAtATime(t *testing.T) {
	const n = 200
	c := source(t, n)
	for _, permanent := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			b := newBook()
			s := newServer(t, b)
			s.takes = time.Second
			s.connect = func(n int) error {
				if n > 1 {
					return &transport.Error{Step: "greeting", Code: 421, Permanent: permanent}
				}
				return nil
			}
			sum, err := newRun(c, n, b, s).Do(t.Context())
			if err != nil || sum.Accepted != n || sum.Trouble != nil || s.opens > 1+3*maxFailures {
				t.Fatalf("%+v, %v, %d connections", sum, err, s.opens)
			}
			once(t, s, n)
		})
	}
}

// A server that closes connections with nothing to do is opened again.
func TestIdleConnectionsAreClosed(t *testing.T) {
	c := source(t, 12)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		s.idle = time.Minute
		r := newRun(c, 12, b, s)
		r.Every = 6 * time.Minute
		sum, err := r.Do(t.Context())
		if err != nil || sum.Accepted != 12 || sum.Trouble != nil {
			t.Fatalf("%+v, %v", sum, err)
		}
		once(t, s, 12)
	})
}

// While one message hangs and the run stops, what is known of the others is
// written down at once.
func TestOutcomesAreWrittenWhileOneHangs(t *testing.T) {
	const n = 2 * maxMade
	c := source(t, n)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		s.hang = "p5" // has left long before the source fails, which is more than maxMade ahead
		r := newRun(c, n, b, s)
		r.Drain = time.Hour
		r.Source = failing{c, n - 10}
		done := make(chan error)
		go func() {
			_, err := r.Do(t.Context())
			done <- err
		}()
		time.Sleep(10 * time.Minute)
		b.mu.Lock()
		if len(b.begun) != 1 {
			t.Errorf("%d are begun and have no ending", len(b.begun))
		}
		b.mu.Unlock()
		if err := <-done; !errors.Is(err, errDisk) {
			t.Errorf("ended with %v", err)
		}
	})
}

// failing is a source that fails after so many messages.
type failing struct {
	*campaign.Campaign
	after int
}

func (f failing) Messages(ctx context.Context, want func(campaign.Recipient) bool) iter.Seq2[guard.Cleared, error] {
	return func(yield func(guard.Cleared, error) bool) {
		n := 0
		for cleared, err := range f.Campaign.Messages(ctx, want) {
			if n++; n > f.after {
				yield(guard.Cleared{}, errDisk)
				return
			}
			if !yield(cleared, err) {
				return
			}
		}
	}
}

// A server that rejects everybody has something against the sender: the run
// stops before it has asked for all.
func TestTooManyRejected(t *testing.T) {
	c, b := source(t, 500), newBook()
	s := newServer(t, b)
	s.answer = func(to string, _ int) transport.Result {
		if strings.HasSuffix(to, "1") {
			return rejected
		}
		return accepted
	}
	r := newRun(c, 500, b, s)
	r.MaxRejected = 0.05
	sum, err := r.Do(t.Context())
	var many *TooManyRejected
	if err != nil || !errors.As(sum.Trouble, &many) || sum.Pending < 300 || len(b.begun) != 0 {
		t.Fatalf("%+v, %v, %d begun", sum, err, len(b.begun))
	}
	if got := sum.Replies[Reply{Outcome: ledger.Rejected, Code: 550}]; got != sum.Rejected {
		t.Errorf("%d replies of 550, %d rejected", got, sum.Rejected)
	}
	r.MaxRejected = 0.2
	if sum, err = r.Do(t.Context()); err != nil || sum.Trouble != nil || sum.Pending != 0 {
		t.Fatalf("second run: %+v, %v", sum, err)
	}
}

// What no connection has taken yet is not written down far ahead, so that a
// crash makes few unknown.
func TestFewAreWrittenAhead(t *testing.T) {
	c := source(t, 500)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		s.takes = 10 * time.Second
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			newRun(c, 500, b, s).Do(ctx)
		}()
		for range 20 {
			time.Sleep(7 * time.Second)
			b.mu.Lock()
			if len(b.begun) > 3*4 {
				t.Errorf("%d are begun for 4 connections", len(b.begun))
			}
			b.mu.Unlock()
		}
		cancel()
		time.Sleep(time.Second)
		b.mu.Lock()
		if len(b.begun) > 4 {
			t.Errorf("%d are begun after an interrupt, with 4 in flight", len(b.begun))
		}
		b.mu.Unlock()
		<-done
	})
}

// Where everybody is rejected the run stops when it may be judged, and not one
// more is asked for, whatever the number of connections.
func TestAllRejected(t *testing.T) {
	c := source(t, 500)
	for _, connections := range []int{1, 4, 20} {
		synctest.Test(t, func(t *testing.T) {
			b := newBook()
			s := newServer(t, b)
			s.takes = time.Second
			s.answer = func(string, int) transport.Result { return rejected }
			r := newRun(c, 500, b, s)
			r.Connections, r.MaxRejected, r.RetryFor = connections, 0.05, time.Hour
			sum, err := r.Do(t.Context())
			many, ok := errors.AsType[*TooManyRejected](sum.Trouble)
			if err != nil || !ok || many.Of != judgedAfter || len(s.left) != judgedAfter || sum.Pending != 480 {
				t.Errorf("%d connections: %+v, %v, %d left", connections, sum, err, len(s.left))
			}
		})
	}
}

func TestWireStopsTheRun(t *testing.T) {
	c, b := source(t, 300), newBook()
	s := newServer(t, b)
	r := newRun(c, 300, b, s)
	r.Server = wired{s}
	_, err := r.Do(t.Context())
	refusal, ok := errors.AsType[rule.Refusal](err)
	if !ok || refusal.Rule != rule.Wire || len(s.got) != 0 {
		t.Errorf("%v, %d sent", err, len(s.got))
	}
}

type wired struct{ *server }

func (w wired) Connect(context.Context) (transport.Conn, error) {
	return wiredConn{conn{server: w.server}}, nil
}

type wiredConn struct{ conn }

func (wiredConn) Deliver(ctx context.Context, in <-chan guard.Cleared, out chan<- transport.Result) error {
	select {
	case cleared, ok := <-in:
		if !ok {
			return nil
		}
		out <- transport.Result{Cleared: cleared, Outcome: ledger.Deferred, NotSent: true}
		return rule.Refusal{Rule: rule.Wire}
	case <-ctx.Done():
		return nil
	}
}

func TestWatchAddsUp(t *testing.T) {
	c, b := source(t, 300), newBook()
	r := newRun(c, 300, b, newServer(t, b))
	calls := 0
	r.Watch = func(p Progress) {
		calls++
		if p.Accepted+p.Already+p.Rejected+p.Deferred+p.Unknown+p.Pending != p.Recipients {
			t.Errorf("does not add up: %+v", p)
		}
	}
	if _, err := r.Do(t.Context()); err != nil || calls == 0 {
		t.Errorf("%v, %d calls", err, calls)
	}
}

// TestWatchSeesWhatIsUnderWay has one message hang: it alone is under way then,
// and nothing is at the end.
func TestWatchSeesWhatIsUnderWay(t *testing.T) {
	c := source(t, 40)
	synctest.Test(t, func(t *testing.T) {
		b := newBook()
		s := newServer(t, b)
		s.hang = "p5"
		r := newRun(c, 40, b, s)
		r.Drain = time.Minute
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute)
		defer stop()
		seen := map[int]int{}
		r.Watch = func(p Progress) { seen[p.UnderWay]++ }
		sum, err := r.Do(ctx)
		if err != nil || sum.UnderWay != 0 || !sum.Interrupted {
			t.Errorf("%+v, %v", sum, err)
		}
		if seen[1] < 1000 {
			t.Errorf("one under way was told of %d times: %v", seen[1], seen)
		}
	})
}
