//go:build services

package delivery

import (
	"bytes"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"mailshot/internal/campaign"
	"mailshot/internal/eximtest"
	"mailshot/internal/ledger"
	"mailshot/internal/postfixtest"
	"mailshot/internal/transport"
)

// real is a server that delivers into one Maildir.
type real struct {
	addr      string
	delivered func(t testing.TB, n int) [][]byte
	envelope  string // the field that has the envelope's recipient
}

func postfix(t testing.TB) real {
	s := postfixtest.Start(t, "smtpd_recipient_restrictions = check_recipient_access inline:{no.example=REJECT}, permit_mynetworks, reject")
	return real{s.Addr, s.Delivered, "X-Original-To: "}
}

func exim(t testing.TB) real {
	s := eximtest.Start(t, "  deny domains = no.example")
	return real{s.Addr, s.Delivered, "Envelope-to: "}
}

// TestOneInTenIsRefused: a real server refuses one recipient in ten, scattered
// or twenty-five in a row, with its limits for clients that err left as they
// are. All others get their message once, and nobody is unknown.
func TestOneInTenIsRefused(t *testing.T) {
	const n = 500
	for name, refused := range map[string]func(i int) bool{
		"scattered": func(i int) bool { return i%10 == 3 },
		"in a row":  func(i int) bool { return i%250 >= 225 },
	} {
		c := sourceOf(t, n, func(i int) string {
			if refused(i) {
				return "no.example"
			}
			return "a.example"
		})
		for server, start := range map[string]func(testing.TB) real{"Postfix": postfix, "Exim": exim} {
			t.Run(server+" "+name, func(t *testing.T) {
				t.Parallel()
				s := start(t)
				began := time.Now()
				sum, err := overSMTP(t, c, n, s.addr).Do(t.Context())
				t.Logf("%v: %+v", time.Since(began).Round(time.Second/10), sum)
				want := Progress{Recipients: n}
				for i := range n {
					if refused(i) {
						want.Rejected++
					} else {
						want.Accepted++
					}
				}
				if err != nil || sum.Trouble != nil || sum.Progress != want {
					t.Errorf("%+v, %v", sum, err)
				}
				got := map[string]int{}
				for _, content := range s.delivered(t, want.Accepted) {
					_, after, _ := bytes.Cut(content, []byte(s.envelope))
					to, _, _ := bytes.Cut(after, []byte("\n"))
					got[string(to)]++
				}
				if len(got) != want.Accepted {
					t.Errorf("%d recipients have a message", len(got))
				}
				for i := range n {
					if to := fmt.Sprintf("p%d@a.example", i); !refused(i) && got[to] != 1 {
						t.Errorf("recipient %d got %d", i, got[to])
					}
				}
			})
		}
	}
}

// overSMTP is a run with a ledger on the disk.
func overSMTP(t testing.TB, c *campaign.Campaign, n int, addr string) *Run {
	t.Helper()
	l, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	run, err := l.Start(t.Context(), ledger.Campaign{ID: "x", Recipients: n}, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { run.Close() })
	return &Run{
		Source: c, Recipients: n, Ledger: run, Server: smtpTo(t, addr), Connections: 4,
		MaxRejected: 0.2, RetryFor: 30 * time.Minute, Drain: 30 * time.Second,
		Key: func(r campaign.Recipient) ledger.Key { return l.Key(r.Address, r.Apart) },
	}
}

func smtpTo(t testing.TB, addr string) *transport.SMTP {
	t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	s, err := transport.NewSMTP(&transport.URL{Host: host, Port: number, Security: transport.Plain}, transport.Credentials{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
