//go:build services

package transport

import (
	"bytes"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailshot/internal/guard"
	"mailshot/internal/ledger"
	"mailshot/internal/postfixtest"
)

// discards are the settings of a Postfix for each mode.
var discards = map[string]string{
	"step by step": "smtpd_discard_ehlo_keywords = chunking, pipelining, silent-discard",
	"pipelined":    "smtpd_discard_ehlo_keywords = chunking, silent-discard",
	"chunked":      "smtpd_discard_ehlo_keywords =",
}

func toPostfix(t testing.TB, s *postfixtest.Server) *SMTP {
	t.Helper()
	host, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	smtp, err := NewSMTP(&URL{Host: host, Port: number, Security: Plain}, Credentials{})
	if err != nil {
		t.Fatal(err)
	}
	return smtp
}

// delivered counts the messages in the Maildir by recipient.
func delivered(t *testing.T, s *postfixtest.Server, n int) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, content := range s.Delivered(t, n) {
		_, after, _ := bytes.Cut(content, []byte("X-Original-To: "))
		to, _, _ := bytes.Cut(after, []byte("\n"))
		counts[string(to)]++
	}
	return counts
}

// TestPostfix: two thousand messages over one connection, in each mode, arrive
// once each.
func TestPostfix(t *testing.T) {
	const n = 2000
	messages := cleared(t, addresses(n), body)
	for mode, setting := range discards {
		t.Run(mode, func(t *testing.T) {
			server := postfixtest.Start(t, setting)
			began := time.Now()
			results, err := deliver(t, connect(t, toPostfix(t, server)), messages)
			t.Logf("%.0f messages a second", n/time.Since(began).Seconds())
			if err != nil || len(results) != n {
				t.Fatal(len(results), err)
			}
			for _, r := range results {
				if r.Outcome != ledger.Accepted {
					t.Fatalf("%v at %s: %d", r.Outcome, r.Step, r.Code)
				}
			}
			checkDelivered(t, delivered(t, server, n), messages, func(int) bool { return true })
		})
	}
}

func checkDelivered(t *testing.T, counts map[string]int, messages []guard.Cleared, due func(int) bool) {
	t.Helper()
	for i, c := range messages {
		want := 0
		if due(i) {
			want = 1
		}
		if got := counts[c.Envelope().To.String()]; got != want {
			t.Errorf("recipient %d got %d, want %d", i, got, want)
		}
	}
	if len(counts) > len(messages) {
		t.Error("messages to others")
	}
}

// TestPostfixRefusesSome: one recipient in ten is refused, scattered or in a
// row, and Postfix's limits of errors stand as they are. All others get theirs
// once.
func TestPostfixRefusesSome(t *testing.T) {
	const n = 1000
	for name, refused := range map[string]func(i int) bool{
		"scattered": func(i int) bool { return i%10 == 3 },
		"in a row":  func(i int) bool { return i%400 >= 385 },
	} {
		people := make([]string, n)
		for i := range people {
			people[i] = fmt.Sprintf("r%d@a.example", i)
			if refused(i) {
				people[i] = fmt.Sprintf("r%d@b.example", i)
			}
		}
		messages := cleared(t, people, body)
		for mode, setting := range discards {
			t.Run(name+" "+mode, func(t *testing.T) {
				t.Parallel() // Postfix sleeps at each refusal too many
				server := postfixtest.Start(t, setting,
					"smtpd_recipient_restrictions = check_recipient_access inline:{b.example=REJECT}, permit_mynetworks, reject")
				last := deliverAll(t, toPostfix(t, server), messages)
				accepted := 0
				for i, r := range last {
					want := ledger.Accepted
					if refused(i) {
						want = ledger.Rejected
					} else {
						accepted++
					}
					if r.Outcome != want {
						t.Errorf("recipient %d: %v at %s: %d", i, r.Outcome, r.Step, r.Code)
					}
				}
				checkDelivered(t, delivered(t, server, accepted), messages, func(i int) bool { return !refused(i) })
				t.Logf("%d connections", strings.Count(server.Log(t), ": connect from"))
			})
		}
	}
}

// BenchmarkPostfix shows by window whether anything waits for a delayed
// acknowledgement: with 40 ms a message there would be 25 a second.
func BenchmarkPostfix(b *testing.B) {
	messages := cleared(b, addresses(1), fiveKB)
	for _, mode := range []string{"step by step", "pipelined", "chunked"} {
		for _, window := range []int{1, 2, 64} {
			b.Run(fmt.Sprint(mode, "/", window), func(b *testing.B) {
				smtp := toPostfix(b, postfixtest.Start(b, discards[mode]))
				smtp.Window = window
				conn := connect(b, smtp)
				rate(b, func() { deliverTimes(b, conn, messages[0], b.N) })
			})
		}
	}
}
