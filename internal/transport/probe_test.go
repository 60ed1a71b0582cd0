package transport

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mailshot/internal/address"
	"mailshot/internal/smtptest"
)

func mailbox(t *testing.T, s string) address.Address {
	t.Helper()
	a, err := address.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// observe probes, and gives what was seen.
func observe(t *testing.T, s *SMTP, from, to string) ([]Observation, error) {
	t.Helper()
	var all []Observation
	var sender, recipient address.Address
	if from != "" {
		sender = mailbox(t, from)
	}
	if to != "" {
		recipient = mailbox(t, to)
	}
	err := s.Probe(t.Context(), sender, recipient, func(o Observation) { all = append(all, o) })
	return all, err
}

func stepsOf(all []Observation) string {
	var steps []string
	for _, o := range all {
		step := o.Step
		if o.Err != nil {
			step += "!"
		}
		steps = append(steps, step)
	}
	return strings.Join(steps, " ")
}

func TestProbe(t *testing.T) {
	authority := smtptest.NewAuthority(t)
	server := smtptest.New(t, smtptest.Script{
		TLS: authority.Config(t, "127.0.0.1", inAnHour()), Mechanisms: []string{"PLAIN", "X-ODD"},
		Users: map[string]string{"u": password}, Extensions: []string{"PIPELINING", "CHUNKING", "SIZE 1000", "X-NEVER"},
	})
	all, err := observe(t, secured(t, server, authority, STARTTLS, Credentials{User: "u", Password: password}), "s@a.example", "r@b.example")
	if got := stepsOf(all); err != nil || got != "connect greeting EHLO STARTTLS TLS EHLO AUTH MAIL RCPT RSET" {
		t.Fatalf("%s, %v", got, err)
	}
	offers := all[5].Offers
	if !slices.Equal(offers.Extensions, []string{"PIPELINING", "CHUNKING", "SIZE 1000"}) || offers.Window != 64 || offers.PerRoundTrip != 64 ||
		!slices.Equal(offers.Mechanisms, []string{"PLAIN", "X-ODD"}) {
		t.Errorf("%+v", offers)
	}
	if state := all[4].TLS; state == nil || len(state.PeerCertificates) != 1 || state.Version == 0 {
		t.Errorf("%+v", state)
	}
	if remote := all[0].Remote; remote == nil || remote.String() != fmt.Sprintf("127.0.0.1:%d", server.Port) {
		t.Errorf("connected to %v", remote)
	}
	if all[6].Mechanism != "PLAIN" {
		t.Errorf("logged in with %q", all[6].Mechanism)
	}
	commands := strings.Join(server.Commands()[3:], "\n")
	if commands != "MAIL FROM:<s@a.example>\nRCPT TO:<r@b.example>\nRSET\nQUIT" {
		t.Errorf("said %q", commands)
	}
}

func TestProbeEndsAtWhatFails(t *testing.T) {
	for name, c := range map[string]struct {
		fault    smtptest.Fault
		from, to string
		steps    string
	}{
		"nobody":        {smtptest.Fault{At: "never"}, "", "", "connect greeting EHLO"},
		"a sender":      {smtptest.Fault{At: "never"}, "s@a.example", "", "connect greeting EHLO MAIL RSET"},
		"greeting":      {smtptest.Fault{At: smtptest.Greeting, Do: smtptest.Reply("554 no")}, "s@a.example", "r@a.example", "connect greeting!"},
		"greeting lost": {smtptest.Fault{At: smtptest.Greeting, Do: smtptest.Drop}, "s@a.example", "r@a.example", "connect greeting!"},
		"EHLO":          {smtptest.Fault{At: smtptest.EHLO, Do: smtptest.Reply("502 no")}, "s@a.example", "r@a.example", "connect greeting EHLO!"},
		"MAIL":          {smtptest.Fault{At: smtptest.Mail, Do: smtptest.Reply("530 r@a.example")}, "s@a.example", "r@a.example", "connect greeting EHLO MAIL!"},
		"MAIL lost":     {smtptest.Fault{At: smtptest.Mail, Do: smtptest.Drop}, "s@a.example", "r@a.example", "connect greeting EHLO MAIL!"},
		"RCPT":          {smtptest.Fault{At: smtptest.Rcpt, Do: smtptest.Reply("550 5.1.1 r@a.example")}, "s@a.example", "r@a.example", "connect greeting EHLO MAIL RCPT!"},
		"RCPT late":     {smtptest.Fault{At: smtptest.Rcpt, Do: smtptest.Hang}, "s@a.example", "r@a.example", "connect greeting EHLO MAIL RCPT!"},
		"RSET":          {smtptest.Fault{At: smtptest.Reset, Do: smtptest.Garbage}, "s@a.example", "r@a.example", "connect greeting EHLO MAIL RCPT RSET!"},
	} {
		t.Run(name, func(t *testing.T) {
			server := smtptest.New(t, smtptest.Script{Faults: []smtptest.Fault{c.fault}})
			smtp := plain(t, server)
			smtp.Timeouts.Rcpt, smtp.Timeouts.Quit = 100*time.Millisecond, 100*time.Millisecond
			all, err := observe(t, smtp, c.from, c.to)
			if got := stepsOf(all); got != c.steps {
				t.Errorf("went through %s, not %s", got, c.steps)
			}
			last := all[len(all)-1].Err
			if !errors.Is(err, last) {
				t.Errorf("error %v, and the last step has %v", err, last)
			}
			var e *Error
			if last != nil && (!errors.As(last, &e) || e.Hint == "" || strings.Contains(e.Error()+e.Hint, "r@a.example")) {
				t.Errorf("error %v", last)
			}
			for _, transaction := range server.Transactions() {
				if transaction.Ended {
					t.Error("a message was sent")
				}
			}
		})
	}
}

// A certificate that is not accepted can be looked at all the same.
func TestProbeShowsBadCertificates(t *testing.T) {
	authority := smtptest.NewAuthority(t)
	server := smtptest.New(t, smtptest.Script{TLS: authority.Config(t, "mail.example.com", inAnHour())})
	all, err := observe(t, secured(t, server, authority, STARTTLS, Credentials{}), "", "")
	last := all[len(all)-1]
	if err == nil || last.Step != "TLS" || len(last.TLS.PeerCertificates) != 1 || last.TLS.PeerCertificates[0].DNSNames[0] != "mail.example.com" {
		t.Errorf("%+v, %v", last, err)
	}
}

func TestProbeIsInterrupted(t *testing.T) {
	for _, at := range []smtptest.Step{smtptest.Greeting, smtptest.Rcpt} {
		server := smtptest.New(t, smtptest.Script{Faults: []smtptest.Fault{{At: at, Do: smtptest.Hang}}})
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			for reached := at == smtptest.Greeting; !reached; time.Sleep(time.Millisecond) {
				reached = slices.ContainsFunc(server.Commands(), func(c string) bool { return strings.HasPrefix(c, string(at)) })
			}
			cancel()
		}()
		err := plain(t, server).Probe(ctx, mailbox(t, "s@a.example"), mailbox(t, "r@a.example"), func(Observation) {})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("at %s: %v", at, err)
		}
	}
}

func TestPerRoundTrip(t *testing.T) {
	for mode, want := range map[string]float64{"step by step": 0.25, "pipelined": 1, "chunked": 64} {
		server := smtptest.New(t, smtptest.Script{Extensions: modes[mode]})
		all, err := observe(t, plain(t, server), "", "")
		if err != nil || all[2].Offers.PerRoundTrip != want {
			t.Errorf("%s: %v, %v", mode, all[2].Offers.PerRoundTrip, err)
		}
	}
}
