package transport

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mailshot/internal/guard"
	"mailshot/internal/ledger"
	"mailshot/internal/rule"
	"mailshot/internal/smtptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// addresses gives r0@a.example, r1@a.example ...
func addresses(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("r%d@a.example", i)
	}
	return all
}

const body = "Hello,\n\n.\n..\n.dot\nBye\n"

// plain gives the transport's end of a server without TLS.
func plain(t testing.TB, s *smtptest.Server) *SMTP {
	t.Helper()
	smtp, err := NewSMTP(&URL{Host: s.Host, Port: s.Port, Security: Plain}, Credentials{})
	if err != nil {
		t.Fatal(err)
	}
	return smtp
}

func connect(t testing.TB, s Server) Conn {
	t.Helper()
	conn, err := s.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// deliver hands messages to one connection.
func deliver(t testing.TB, conn Conn, messages []guard.Cleared) ([]Result, error) {
	t.Helper()
	results, wrong, err := handOver(t.Context(), conn, messages)
	if wrong != "" {
		t.Fatal(wrong)
	}
	return results, err
}

// handOver hands messages to one connection. It is wrong where the number of
// results is not that of the messages taken, or their order another.
func handOver(ctx context.Context, conn Conn, messages []guard.Cleared) (results []Result, wrong string, err error) {
	in, out, stop := make(chan guard.Cleared), make(chan Result), make(chan struct{})
	taken := make(chan int, 1)
	go func() {
		defer close(in)
		for i, c := range messages {
			select {
			case in <- c:
			case <-stop:
				taken <- i
				return
			}
		}
		taken <- len(messages)
	}()
	read := make(chan struct{})
	go func() {
		defer close(read)
		for r := range out {
			results = append(results, r)
		}
	}()
	err = conn.Deliver(ctx, in, out)
	close(stop)
	close(out)
	<-read
	if n := <-taken; n != len(results) {
		return results, fmt.Sprintf("%d messages were taken, %d results came", n, len(results)), err
	}
	for i, r := range results {
		if r.Cleared.Ordinal() != messages[i].Ordinal() || r.At.IsZero() {
			return results, fmt.Sprintf("result %d: %+v", i, r), err
		}
	}
	return results, "", err
}

// deliverAll goes on with new connections, as a run does, until every message
// has been taken and none came back unsent, and gives each one's last result.
func deliverAll(t testing.TB, s Server, messages []guard.Cleared) []Result {
	t.Helper()
	r := exhaust(t.Context(), s, messages)
	if r.wrong != "" {
		t.Fatal(r.wrong)
	}
	return r.last()
}

// a round is one connection of a run.
type round struct {
	connect error // of Connect; then nothing else has happened
	results []Result
	err     error // of Deliver
}

// rounds is a run: connection after connection till every message has a result
// that is not NotSent.
type rounds struct {
	all   []round
	wrong string
}

func exhaust(ctx context.Context, s Server, messages []guard.Cleared) (r rounds) {
	left := messages
	for range len(messages) + 10 {
		conn, err := s.Connect(ctx)
		if err != nil {
			r.all = append(r.all, round{connect: err})
			continue
		}
		results, wrong, err := handOver(ctx, conn, left)
		conn.Close()
		r.all = append(r.all, round{nil, results, err})
		if wrong != "" {
			r.wrong = wrong
			return r
		}
		var again []guard.Cleared
		for _, r := range results {
			if r.NotSent {
				again = append(again, r.Cleared)
			}
		}
		if left = append(again, left[len(results):]...); len(left) == 0 {
			return r
		}
	}
	r.wrong = "it does not come to an end"
	return r
}

// last gives the last result of each message, in their order.
func (r rounds) last() []Result {
	var last []Result
	for _, round := range r.all {
		for _, result := range round.results {
			if !result.NotSent {
				last = append(last, result)
			}
		}
	}
	slices.SortFunc(last, func(a, b Result) int { return a.Cleared.Ordinal() - b.Cleared.Ordinal() })
	return last
}

// modes are the three ways to send, by what a server offers.
var modes = map[string][]string{
	"step by step": {"SIZE 100000000", "8BITMIME", "CHUNKING"},
	"pipelined":    {"SIZE 100000000", "8BITMIME", "PIPELINING"},
	"chunked":      {"SIZE 100000000", "8BITMIME", "PIPELINING", "CHUNKING"},
}

func TestDeliver(t *testing.T) {
	const n = 100
	messages := cleared(t, addresses(n), body)
	for mode, extensions := range modes {
		for _, window := range []int{0, 1, 2, 64} {
			t.Run(fmt.Sprint(mode, window), func(t *testing.T) {
				server := smtptest.New(t, smtptest.Script{Extensions: extensions})
				smtp := plain(t, server)
				smtp.Window = window
				conn := connect(t, smtp)
				results, err := deliver(t, conn, messages)
				if err != nil || len(results) != n {
					t.Fatal(len(results), err)
				}
				for _, r := range results {
					if r.Outcome != ledger.Accepted || r.NotSent || r.Code != 250 || r.Enhanced != "2.0.0" || r.Step != "message" {
						t.Errorf("%+v", r)
					}
				}
				conn.Close()
				checkTransactions(t, server, messages)
				checkCommands(t, server.Commands(), messages, mode)
			})
		}
	}
}

// checkTransactions says that every message came whole, to its own recipient.
func checkTransactions(t *testing.T, server *smtptest.Server, messages []guard.Cleared) {
	t.Helper()
	if n := len(server.Transactions()); n != len(messages) {
		t.Errorf("%d transactions for %d messages", n, len(messages))
	}
	for i, got := range server.Transactions() {
		var want strings.Builder
		messages[i].WriteTo(&want)
		if string(got.Content) != want.String() {
			t.Errorf("message %d: got %q, want %q", i, got.Content, want.String())
		}
		if len(got.To) != 1 || got.To[0] != fmt.Sprintf("r%d@a.example", i) || got.From != "sender@example.com" || !got.Accepted {
			t.Errorf("message %d: %+v", i, got)
		}
	}
}

func checkCommands(t *testing.T, commands []string, messages []guard.Cleared, mode string) {
	t.Helper()
	want := []string{"EHLO [127.0.0.1]"}
	for i, c := range messages {
		data := "DATA"
		if mode == "chunked" {
			data = fmt.Sprintf("BDAT %d LAST", c.Size())
		}
		if mode != "step by step" { // where it would cost a round trip
			want = append(want, "RSET")
		}
		want = append(want, fmt.Sprintf("MAIL FROM:<sender@example.com> SIZE=%d", c.Size()),
			fmt.Sprintf("RCPT TO:<r%d@a.example>", i), data)
	}
	if want = append(want, "QUIT"); !slices.Equal(commands, want) {
		t.Errorf("commands %q", commands)
	}
}

// A reply that nobody asked for, between two messages, ends the connection
// before another message is taken.
func TestUnaskedReply(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		code int
	}{"421": {"421 4.4.2 idle too long", 421}, "250": {"250 2.0.0 once more", 0}} {
		t.Run(name, func(t *testing.T) {
			server := smtptest.New(t, smtptest.Script{
				Faults: []smtptest.Fault{{At: smtptest.Message, Do: smtptest.Late(c.text)}}})
			conn := connect(t, plain(t, server))
			in, out := make(chan guard.Cleared, 1), make(chan Result, 1)
			in <- cleared(t, addresses(1), body)[0]
			err := conn.Deliver(t.Context(), in, out)
			var e *Error
			if !errors.As(err, &e) || e.Code != c.code || e.Step != "connection" {
				t.Errorf("error %v", err)
			}
			if r := <-out; r.Outcome != ledger.Accepted {
				t.Errorf("%+v", r)
			}
		})
	}
}

// What has gone wrong goes before what is there to be done.
func TestLooksBeforeItTakes(t *testing.T) {
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 {
		in := make(chan guard.Cleared, 1)
		in <- guard.Cleared{}
		for _, ctx := range []context.Context{over, t.Context()} {
			ours, theirs := net.Pipe()
			s := newSession(ours, defaultTimeouts(), 64)
			s.answers = make(chan []answered, 1)
			s.answers <- []answered{{reply: reply{code: 421}}}
			if err := s.Deliver(ctx, in, nil); err == nil || len(in) != 1 {
				t.Fatal(err, len(in))
			}
			theirs.Close()
		}
	}
}

func TestSilentEnd(t *testing.T) {
	server := smtptest.New(t, smtptest.Script{})
	conn := connect(t, plain(t, server))
	time.AfterFunc(10*time.Millisecond, server.Close)
	err := conn.Deliver(t.Context(), make(chan guard.Cleared), make(chan Result))
	var e *Error
	if !errors.As(err, &e) || e.Step != "connection" {
		t.Errorf("error %v", err)
	}
	if err := conn.Deliver(t.Context(), make(chan guard.Cleared), make(chan Result)); err == nil {
		t.Error("a connection that ended went on")
	}
}

func TestInterrupt(t *testing.T) {
	t.Run("idle", func(t *testing.T) {
		server := smtptest.New(t, smtptest.Script{})
		conn := connect(t, plain(t, server))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(10*time.Millisecond, cancel)
		if err := conn.Deliver(ctx, make(chan guard.Cleared), make(chan Result)); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		conn.Close()
		if commands := server.Commands(); commands[len(commands)-1] != "QUIT" {
			t.Errorf("%q", commands)
		}
	})
	t.Run("in flight, answered", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		server := smtptest.New(t, smtptest.Script{Faults: []smtptest.Fault{{At: smtptest.Message, Do: smtptest.ByteByByte}}})
		conn := connect(t, plain(t, server))
		in, out := make(chan guard.Cleared, 2), make(chan Result, 2)
		for _, c := range cleared(t, addresses(2), body) {
			in <- c
		}
		time.AfterFunc(time.Millisecond, cancel)
		if err := conn.Deliver(ctx, in, out); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if len(out)+len(in) != 2 || len(out) != len(server.Accepted()) {
			t.Errorf("%d results, %d left, %d accepted", len(out), len(in), len(server.Accepted()))
		}
	})
	t.Run("in flight, then closed", func(t *testing.T) {
		server := smtptest.New(t, smtptest.Script{Faults: []smtptest.Fault{{At: smtptest.Message, Do: smtptest.Hang}}})
		conn := connect(t, plain(t, server))
		in, out := make(chan guard.Cleared, 2), make(chan Result, 2)
		for _, c := range cleared(t, addresses(2), body) {
			in <- c
		}
		time.AfterFunc(100*time.Millisecond, func() { conn.Close() })
		if err := conn.Deliver(t.Context(), in, out); err == nil {
			t.Error("no error")
		}
		if len(out) != 1 || len(in) != 1 {
			t.Fatalf("%d results, %d left", len(out), len(in))
		}
		if r := <-out; r.NotSent && r.Outcome != ledger.Deferred || r.Outcome == ledger.Accepted {
			t.Errorf("%+v", r)
		}
	})
}

// A message whose bytes have changed since they were cleared does not leave,
// and the refusal is the error of Deliver.
func TestChangedMessage(t *testing.T) {
	server := smtptest.New(t, smtptest.Script{})
	messages := cleared(t, addresses(3), body)
	messages[1].WriteTo(changer{})
	results, err := deliver(t, connect(t, plain(t, server)), messages)
	var refusal rule.Refusal
	if !errors.As(err, &refusal) || refusal.Rule != rule.Wire {
		t.Fatalf("error %v", err)
	}
	if len(results) != 2 || !results[1].NotSent || results[1].Outcome != ledger.Deferred {
		t.Errorf("%+v", results)
	}
	for _, got := range server.Transactions()[1:] {
		if got.Ended || got.Accepted {
			t.Errorf("it was sent: %+v", got)
		}
	}
}

// changer writes into what it is given, as a stray writer would.
type changer struct{}

func (changer) Write(p []byte) (int, error) {
	if i := strings.Index(string(p), "Hello"); i >= 0 {
		//lint:ignore SA1023 a stray writer is what the test is about
		p[i] = 'J'
	}
	return len(p), nil
}

func TestExtensionsThatMessagesNeed(t *testing.T) {
	people := []string{"r0@a.example", "jörg@a.example", "r2@a.example"}
	for name, c := range map[string]struct {
		extensions []string
		steps      []string // of the results; "message" is accepted, the others are deferred
	}{
		"all":          {[]string{"SMTPUTF8", "8BITMIME", "SIZE 1000000"}, []string{"message", "message", "message"}},
		"no SMTPUTF8":  {[]string{"8BITMIME"}, []string{"message", "SMTPUTF8", "message"}},
		"no 8BITMIME":  {[]string{"SMTPUTF8"}, []string{"message", "8BITMIME", "message"}},
		"a small SIZE": {[]string{"SMTPUTF8", "8BITMIME", "SIZE 50"}, []string{"SIZE", "SIZE", "SIZE"}},
		"SIZE 0":       {[]string{"SMTPUTF8", "8BITMIME", "SIZE 0"}, []string{"message", "message", "message"}},
	} {
		t.Run(name, func(t *testing.T) {
			server := smtptest.New(t, smtptest.Script{Extensions: c.extensions})
			results, err := deliver(t, connect(t, plain(t, server)), cleared(t, people, body))
			if err != nil || len(results) != 3 {
				t.Fatal(len(results), err)
			}
			var sent []string
			for i, r := range results {
				if r.Step != c.steps[i] || (r.Outcome == ledger.Accepted) != (r.Step == "message") || r.NotSent {
					t.Errorf("message %d: %+v", i, r)
				}
				if r.Step == "message" {
					sent = append(sent, people[i])
				} else if r.Outcome != ledger.Deferred || r.Code != 0 {
					t.Errorf("message %d: %+v", i, r)
				}
			}
			transactions := server.Transactions()
			if len(transactions) != len(sent) {
				t.Errorf("%d transactions for %d messages", len(transactions), len(sent))
			}
			for i, line := range server.Commands() {
				if !strings.HasPrefix(line, "MAIL") {
					continue
				}
				needed := strings.Contains(server.Commands()[i+1], "jörg")
				if strings.HasSuffix(line, " BODY=8BITMIME SMTPUTF8") != needed {
					t.Errorf("%q before %q", line, server.Commands()[i+1])
				}
			}
		})
	}
}
