package doctor

import (
	"net"
	"strings"
	"testing"
	"time"

	"mailshot/internal/address"
	"mailshot/internal/dnstest"
	"mailshot/internal/smtptest"
	"mailshot/internal/transport"
)

func parse(t *testing.T, s string) address.Address {
	t.Helper()
	a, err := address.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// reach gives the transport's end of a server.
func reach(t *testing.T, s *smtptest.Server, how transport.Security, a *smtptest.Authority, c transport.Credentials) *transport.SMTP {
	t.Helper()
	u := &transport.URL{Host: s.Host, Port: s.Port, Security: how}
	if a != nil {
		u.CA = a.File
	}
	server, err := transport.NewSMTP(u, c)
	if err != nil {
		t.Fatal(err)
	}
	return server
}

func asking(s *dnstest.Server) *net.Resolver { return Resolver(s.Addr) }

// run goes through an examination.
func run(t *testing.T, e Examination) []Finding {
	t.Helper()
	if e.Timeout == 0 {
		e.Timeout = 10 * time.Second
	}
	if e.Now.IsZero() {
		e.Now = time.Now()
	}
	var all []Finding
	if err := e.Run(t.Context(), func(f Finding) { all = append(all, f) }); err != nil {
		t.Fatal(err)
	}
	return all
}

// marks gives the findings as "step mark", one after another.
func marks(all []Finding) string {
	var words []string
	for _, f := range all {
		words = append(words, f.Step+" "+string(f.Mark))
	}
	return strings.Join(words, ", ")
}

// find gives the one finding about a step.
func find(t *testing.T, all []Finding, step string) Finding {
	t.Helper()
	var found []Finding
	for _, f := range all {
		if f.Step == step {
			found = append(found, f)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d findings about %s in %s", len(found), step, marks(all))
	}
	return found[0]
}
