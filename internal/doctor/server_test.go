package doctor

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"mailshot/internal/dnstest"
	"mailshot/internal/smtptest"
	"mailshot/internal/transport"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secret = "s3cret"

// visiting goes to a server with TLS, as somebody who writes to r@b.example.
func visiting(t *testing.T, script smtptest.Script, end time.Time, change func(*Examination)) []Finding {
	t.Helper()
	return visitingAs(t, transport.Credentials{User: "u", Password: secret}, script, end, change)
}

func visitingAs(t *testing.T, login transport.Credentials, script smtptest.Script, end time.Time, change func(*Examination)) []Finding {
	t.Helper()
	authority := smtptest.NewAuthority(t)
	script.TLS = authority.Config(t, "127.0.0.1", end)
	server := smtptest.New(t, script)
	e := Examination{
		Server: reach(t, server, transport.STARTTLS, authority, login),
		From:   parse(t, "desk@sender.example"), To: parse(t, "r@b.example"),
		DNS: asking(dnstest.New(t, "")), Timeout: 10 * time.Second,
	}
	if change != nil {
		change(&e)
	}
	all := run(t, e)
	if said := fmt.Sprintf("%+v", all); strings.Contains(said, secret) || strings.Contains(said, "r@b.example") {
		t.Errorf("too much is said: %s", said)
	}
	for _, transaction := range server.Transactions() {
		if transaction.Ended {
			t.Error("a message was sent")
		}
	}
	return all
}

func usual() smtptest.Script {
	return smtptest.Script{
		Mechanisms: []string{"PLAIN", "X MY@PASSWORD"}, Users: map[string]string{"u": secret},
		Extensions: []string{"PIPELINING", "CHUNKING", "SIZE 1000000"},
	}
}

// before gives the marks up to the step "domain".
func before(all []Finding) string {
	head, _, _ := strings.Cut(marks(all), ", domain")
	return head
}

func TestServer(t *testing.T) {
	all := visiting(t, usual(), time.Now().Add(60*24*time.Hour+time.Hour), nil)
	const want = "connect ok, greeting ok, EHLO ok, STARTTLS ok, TLS ok, certificate ok, EHLO ok, AUTH ok, MAIL ok, RCPT ok, speed ok"
	if got := before(all); got != want {
		t.Fatal(got)
	}
	if f := find(t, all, "TLS"); !strings.HasPrefix(f.Text, "TLS 1.3, TLS_") || f.Took == 0 {
		t.Errorf("%+v", f)
	}
	if f := find(t, all, "certificate"); !strings.HasPrefix(f.Text, "for 127.0.0.1, 60 days left, until 20") {
		t.Errorf("%+v", f)
	}
	if f := all[6]; f.Text != "PIPELINING, CHUNKING, SIZE 1000000, AUTH PLAIN X" {
		t.Errorf("%+v", f)
	}
	if f := find(t, all, "AUTH"); f.Text != "PLAIN" {
		t.Errorf("%+v", f)
	}
	if f := find(t, all, "speed"); !strings.HasPrefix(f.Text, "64 messages under way at once (PIPELINING, CHUNKING); round trip ") {
		t.Errorf("%+v", f)
	}
}

func TestServerRefuses(t *testing.T) {
	at := func(step smtptest.Step, do smtptest.Action) smtptest.Fault { return smtptest.Fault{At: step, Do: do} }
	for name, c := range map[string]struct {
		fault smtptest.Fault
		marks string // the last ones
		text  string // of the last but skipped
	}{
		"greeting":  {at(smtptest.Greeting, smtptest.Reply("554 no r@b.example")), "connect ok, greeting fail", "(the server answered 554)"},
		"silence":   {at(smtptest.Greeting, smtptest.Hang), "connect ok, greeting fail", "did not answer in time"},
		"hang-up":   {at(smtptest.EHLO, smtptest.Drop), "greeting ok, EHLO fail", "closed the connection"},
		"STARTTLS":  {at(smtptest.StartTLS, smtptest.Reply("454 not now")), "EHLO ok, STARTTLS fail", "454"},
		"AUTH":      {at(smtptest.Auth, smtptest.Reply("535 5.7.8 not "+secret)), "EHLO ok, AUTH fail", "535 5.7.8"},
		"MAIL":      {at(smtptest.Mail, smtptest.Reply("553 5.7.1 no")), "AUTH ok, MAIL fail", "553 5.7.1"},
		"RCPT":      {at(smtptest.Rcpt, smtptest.Reply("550 5.1.1 r@b.example")), "MAIL ok, RCPT fail", "550 5.1.1"},
		"RCPT late": {at(smtptest.Rcpt, smtptest.Reply("450 4.2.0 r@b.example")), "MAIL ok, RCPT warn", "450 4.2.0"},
		"RSET":      {at(smtptest.Reset, smtptest.Garbage), "RCPT ok, RSET fail", "out of step"},
	} {
		t.Run(name, func(t *testing.T) {
			script := usual()
			script.Faults = []smtptest.Fault{c.fault}
			all := visiting(t, script, time.Now().Add(time.Hour), func(e *Examination) {
				e.Timeout = 5 * time.Second
				if name == "silence" {
					e.Timeout = 200 * time.Millisecond
				}
			})
			if got := before(all); !strings.HasSuffix(got, c.marks) {
				t.Errorf("got %s", got)
			}
			last := all[strings.Count(before(all), ",")]
			if !strings.Contains(last.Text, c.text) || last.Hint == "" {
				t.Errorf("%+v", last)
			}
		})
	}
}

func TestCertificate(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for left, want := range map[time.Duration]string{
		15 * 24 * time.Hour: "ok for mail.example, 15 days left, until 2026-05-16",
		13 * 24 * time.Hour: "warn for mail.example, 13 days left, until 2026-05-14",
		25 * time.Hour:      "warn for mail.example, 1 day left, until 2026-05-02",
		-time.Hour:          "fail for mail.example, expired on 2026-05-01",
	} {
		f := certificate(&x509.Certificate{DNSNames: []string{"mail.example"}, NotAfter: now.Add(left)}, now)
		if got := string(f.Mark) + " " + f.Text; got != want || (f.Hint == "") != (f.Mark == OK) {
			t.Errorf("%s, %q", got, f.Hint)
		}
	}
	odd := &x509.Certificate{DNSNames: []string{"a\r\n\x1b[2J", "*.b.example", "c", "d"}, IPAddresses: []net.IP{net.IPv4(192, 0, 2, 1)}}
	if got := namesOf(odd); got != "a????2J *.b.example c ..." {
		t.Errorf("%q", got)
	}
	if got := namesOf(&x509.Certificate{}); got != "no name" {
		t.Errorf("%q", got)
	}
}

// What is wrong with a certificate is easier to see with its names.
func TestBadCertificate(t *testing.T) {
	authority := smtptest.NewAuthority(t)
	server := smtptest.New(t, smtptest.Script{TLS: authority.Config(t, "mail.b.example", time.Now().Add(100*time.Hour))})
	all := run(t, Examination{Server: reach(t, server, transport.STARTTLS, authority, transport.Credentials{})})
	if got := marks(all); got != "connect ok, greeting ok, EHLO ok, STARTTLS ok, TLS fail, certificate warn, sender skip" {
		t.Fatal(got)
	}
	if f := find(t, all, "certificate"); !strings.HasPrefix(f.Text, "for mail.b.example, 4 days left") {
		t.Errorf("%+v", f)
	}
}

// A token that has expired is replaced, here as in a run.
func TestExpiredToken(t *testing.T) {
	for _, c := range []struct{ second, want string }{
		{secret, "AUTH warn, connect ok, greeting ok, EHLO ok, STARTTLS ok, TLS ok, certificate ok, EHLO ok, AUTH ok, MAIL ok, RCPT ok, speed ok"},
		{"s3cret-older", "EHLO ok, AUTH warn, connect ok, greeting ok, EHLO ok, STARTTLS ok, TLS ok, certificate ok, EHLO ok, AUTH fail"},
	} {
		script := usual()
		script.Mechanisms = []string{"XOAUTH2"}
		login := transport.Credentials{User: "u", Token: func(_ context.Context, refused string) (string, error) {
			if refused == "" {
				return "s3cret-old", nil
			}
			return c.second, nil
		}}
		all := visitingAs(t, login, script, time.Now().Add(100*24*time.Hour), nil)
		if got := before(all); !strings.HasSuffix(got, c.want) {
			t.Errorf("got %s", got)
		}
	}
}

func TestWithoutUser(t *testing.T) {
	for name, c := range map[string]struct {
		mechanisms []string
		plain      bool
		want       string
	}{
		"offered":     {[]string{"PLAIN"}, false, "no user is given"},
		"not offered": {nil, false, "the server offers none"},
		"plain":       {nil, true, "never over plain text"},
	} {
		authority := smtptest.NewAuthority(t)
		server := smtptest.New(t, smtptest.Script{TLS: authority.Config(t, "127.0.0.1", time.Now().Add(time.Hour)), Mechanisms: c.mechanisms})
		smtp := reach(t, server, transport.STARTTLS, authority, transport.Credentials{})
		if c.plain {
			smtp = reach(t, server, transport.Plain, nil, transport.Credentials{})
		}
		all := run(t, Examination{Server: smtp})
		if f := find(t, all, "AUTH"); f.Mark != Skip || f.Text != c.want {
			t.Errorf("%s: %+v", name, f)
		}
		if f := find(t, all, "TLS"); (f.Mark == Skip) != c.plain {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestPlainText(t *testing.T) {
	for at, mark := range map[string]Mark{"127.0.0.1": Skip, "::1": Skip, "198.51.100.7": Warn, "10.0.0.1": Warn} {
		if f := plainText(&net.TCPAddr{IP: net.ParseIP(at)}); f.Mark != mark {
			t.Errorf("%s: %+v", at, f)
		}
	}
}

func TestUnreachable(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	for host, want := range map[string]string{
		"127.0.0.1": "connect fail, sender skip", "localhost": "resolve ok, connect fail, sender skip",
		"nobody.invalid": "resolve fail, sender skip",
	} {
		smtp, err := transport.NewSMTP(&transport.URL{Host: host, Port: port, Security: transport.Plain}, transport.Credentials{})
		if err != nil {
			t.Fatal(err)
		}
		all := run(t, Examination{Server: smtp})
		if got := marks(all); got != want || all[len(all)-2].Hint == "" {
			t.Errorf("%s: %s", host, got)
		}
	}
}

func TestInterruptedAtServer(t *testing.T) {
	server := smtptest.New(t, smtptest.Script{Faults: []smtptest.Fault{{At: smtptest.Greeting, Do: smtptest.Hang}}})
	ctx, cancel := context.WithCancel(t.Context())
	e := Examination{Server: reach(t, server, transport.Plain, nil, transport.Credentials{}), Timeout: time.Hour, Now: time.Now()}
	err := e.Run(ctx, func(f Finding) {
		if f.Step != "connect" {
			t.Errorf("told of %+v", f)
		}
		cancel()
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestSpeed(t *testing.T) {
	for _, c := range []struct {
		each float64
		trip time.Duration
		want string
	}{
		{64, 50 * time.Millisecond, "ok 64 messages under way at once (PIPELINING, CHUNKING); round trip 50.0 ms: up to 1300 a second on each connection"},
		{64, 100 * time.Microsecond, "ok 64 messages under way at once (PIPELINING, CHUNKING); round trip 0.1 ms: as fast as the server takes them"},
		{64, 0, "ok 64 messages under way at once (PIPELINING, CHUNKING); round trip 0.0 ms: as fast as the server takes them"},
		{1, 50 * time.Millisecond, "ok one round trip a message (PIPELINING); round trip 50.0 ms: up to 20 a second on each connection"},
		{0.2, 50 * time.Millisecond, "warn 5 round trips a message, one after another; round trip 50.0 ms: up to 4.0 a second on each connection"},
		{0.2, time.Millisecond, "ok 5 round trips a message, one after another; round trip 1.0 ms: up to 200 a second on each connection"},
	} {
		var f Finding
		x := &examiner{ctx: t.Context(), told: func(told Finding) { f = told }}
		(&visit{x: x, roundTrip: c.trip, offers: &transport.Offers{Window: 64, PerRoundTrip: c.each}}).speed()
		if got := string(f.Mark) + " " + f.Text; got != c.want || (f.Hint == "") != (f.Mark == OK) {
			t.Errorf("%s, %q", got, f.Hint)
		}
	}
}
