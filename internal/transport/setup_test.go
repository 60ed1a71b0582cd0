package transport

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"mailshot/internal/guard"
	"mailshot/internal/ledger"
	"mailshot/internal/smtptest"
)

const password = "s3cret, with \"signs\""

// secured gives the transport's end of a server with TLS, with the test's own
// authority as tls-ca.
func secured(t testing.TB, s *smtptest.Server, a *smtptest.Authority, how Security, c Credentials) *SMTP {
	t.Helper()
	u := &URL{Host: s.Host, Port: s.Port, Security: how}
	if a != nil {
		u.CA = a.File
	}
	smtp, err := NewSMTP(u, c)
	if err != nil {
		t.Fatal(err)
	}
	return smtp
}

func inAnHour() time.Time { return time.Now().Add(time.Hour) }

func TestTLS(t *testing.T) {
	authority, other := smtptest.NewAuthority(t), smtptest.NewAuthority(t)
	good := authority.Config(t, "127.0.0.1", inAnHour())
	old := good.Clone()
	old.MinVersion, old.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	twelve := good.Clone()
	twelve.MaxVersion = tls.VersionTLS12
	for name, c := range map[string]struct {
		config *tls.Config
		trust  *smtptest.Authority
		want   string // in the error; "" for none
		hint   string
	}{
		"good":                 {good, authority, "", ""},
		"TLS 1.2":              {twelve, authority, "", ""},
		"TLS 1.1":              {old, authority, "refused the handshake", "TLS 1.2"},
		"an unknown name":      {authority.Config(t, "mail.example.com", inAnHour()), authority, "another name", "host"},
		"another address":      {authority.Config(t, "127.0.0.2", inAnHour()), authority, "another name", "host"},
		"expired":              {authority.Config(t, "127.0.0.1", time.Now().Add(-time.Minute)), authority, "expired", "renew"},
		"another authority":    {good, other, "unknown authority", "tls-ca"},
		"an unknown authority": {good, nil, "unknown authority", "tls-ca"},
	} {
		for security, how := range map[string]Security{"STARTTLS": STARTTLS, "smtps": TLS} {
			t.Run(name+" "+security, func(t *testing.T) {
				server := smtptest.New(t, smtptest.Script{TLS: c.config, Implicit: how == TLS})
				conn, err := secured(t, server, c.trust, how, Credentials{}).Connect(t.Context())
				if c.want == "" {
					if err != nil {
						t.Fatal(err)
					}
					conn.Close()
					return
				}
				var e *Error
				if !errors.As(err, &e) || e.Step != "TLS" || !e.Permanent ||
					!strings.Contains(e.Error(), c.want) || !strings.Contains(e.Hint, c.hint) {
					t.Errorf("error %v", err)
				}
				if how == STARTTLS && len(server.Commands()) != 2 {
					t.Errorf("%q", server.Commands())
				}
			})
		}
	}
}

func TestSMTPSAgainstPlainText(t *testing.T) {
	server := smtptest.New(t, smtptest.Script{})
	_, err := secured(t, server, nil, TLS, Credentials{}).Connect(t.Context())
	var e *Error
	if !errors.As(err, &e) || e.Step != "TLS" || !strings.Contains(e.Hint, "smtp://") {
		t.Errorf("error %v", err)
	}
}

func TestSTARTTLSIsDemanded(t *testing.T) {
	server := smtptest.New(t, smtptest.Script{Extensions: []string{"AUTH PLAIN"}})
	_, err := secured(t, server, nil, STARTTLS, Credentials{User: "u", Password: password}).Connect(t.Context())
	var e *Error
	if !errors.As(err, &e) || e.Step != "STARTTLS" || e.Hint == "" {
		t.Errorf("error %v", err)
	}
	if commands := server.Commands(); len(commands) != 1 {
		t.Errorf("%q", commands)
	}
}

// CVE-2011-0411: what was put in behind the reply to STARTTLS must not be taken
// for an answer given under TLS.
func TestInjectionBeforeHandshake(t *testing.T) {
	authority := smtptest.NewAuthority(t)
	server := smtptest.New(t, smtptest.Script{
		TLS:    authority.Config(t, "127.0.0.1", inAnHour()),
		Faults: []smtptest.Fault{{At: smtptest.StartTLS, Do: smtptest.Extra("250-injected.example\r\n250 SIZE 1")}},
	})
	_, err := secured(t, server, authority, STARTTLS, Credentials{}).Connect(t.Context())
	var e *Error
	if !errors.As(err, &e) || e.Step != "STARTTLS" || !errors.Is(err, errOutOfStep) {
		t.Errorf("error %v", err)
	}
}

// What EHLO offered before the handshake is forgotten.
func TestExtensionsAreReadAfterTLS(t *testing.T) {
	authority := smtptest.NewAuthority(t)
	server := smtptest.New(t, smtptest.Script{
		TLS:    authority.Config(t, "127.0.0.1", inAnHour()),
		Faults: []smtptest.Fault{{At: smtptest.EHLO, Nth: 1, Do: smtptest.Reply("250-a.example\r\n250-STARTTLS\r\n250-SIZE 1\r\n250 AUTH PLAIN")}},
	})
	conn := connect(t, secured(t, server, authority, STARTTLS, Credentials{}))
	if offers := conn.(*session).offers; offers.size || offers.startTLS || len(offers.mechanisms) > 0 {
		t.Errorf("%+v", offers)
	}
	results, err := deliver(t, conn, cleared(t, addresses(2), body))
	if err != nil || len(results) != 2 || results[1].Outcome != ledger.Accepted {
		t.Errorf("%+v, %v", results, err)
	}
}

func TestAuth(t *testing.T) {
	authority := smtptest.NewAuthority(t)
	config := authority.Config(t, "127.0.0.1", inAnHour())
	for _, offered := range []string{"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256", "GSSAPI LOGIN PLAIN SCRAM-SHA-256", "plain"} {
		for _, how := range []Security{STARTTLS, TLS} {
			t.Run(offered, func(t *testing.T) {
				script := smtptest.Script{TLS: config, Implicit: how == TLS, Mechanisms: strings.Fields(offered),
					Users: map[string]string{"someone@a.example": password}}
				server := smtptest.New(t, script)
				connect(t, secured(t, server, authority, how, Credentials{User: "someone@a.example", Password: password}))
				if users := server.LoggedIn(); len(users) != 1 || users[0] != "someone@a.example" {
					t.Errorf("%q", users)
				}
				_, err := secured(t, server, authority, how, Credentials{User: "someone@a.example", Password: "wrong s3cret"}).Connect(t.Context())
				var e *Error
				if !errors.As(err, &e) || e.Step != "AUTH" || e.Code != 535 || !e.Permanent || !strings.Contains(e.Hint, "password") ||
					strings.Contains(e.Error()+e.Hint, "s3cret") {
					t.Errorf("error %v", err)
				}
			})
		}
	}
}

func TestAuthFails(t *testing.T) {
	authority := smtptest.NewAuthority(t)
	config := authority.Config(t, "127.0.0.1", inAnHour())
	for name, c := range map[string]struct {
		offered string
		reply   smtptest.Action
		code    int
		final   bool
	}{
		"none offered":    {"", nil, 0, true},
		"none known":      {"GSSAPI NTLM", nil, 0, true},
		"tokens only":     {"XOAUTH2 OAUTHBEARER", nil, 0, true},
		"later":           {"PLAIN", smtptest.Reply("454 4.7.0 s3cret later"), 454, false},
		"too weak":        {"PLAIN", smtptest.Reply("534 5.7.9 too weak"), 534, true},
		"no base64":       {"PLAIN", smtptest.Reply("334 ***"), 0, true},
		"a challenge":     {"PLAIN", smtptest.Reply("334 YQ=="), 0, true},
		"accepted at 250": {"PLAIN", smtptest.Reply("250 fine"), 250, false},
		"garbage":         {"PLAIN", smtptest.Garbage, 0, false},
		"closed":          {"PLAIN", smtptest.Drop, 0, false},
		"one too many":    {"PLAIN", smtptest.Extra("250 more"), 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			server := smtptest.New(t, smtptest.Script{TLS: config, Mechanisms: strings.Fields(c.offered),
				Users: map[string]string{"u": password}})
			if c.reply != nil {
				server = smtptest.New(t, smtptest.Script{TLS: config, Mechanisms: strings.Fields(c.offered),
					Users: map[string]string{"u": password}, Faults: []smtptest.Fault{{At: smtptest.Auth, Do: c.reply}}})
			}
			_, err := secured(t, server, authority, STARTTLS, Credentials{User: "u", Password: password}).Connect(t.Context())
			var e *Error
			if !errors.As(err, &e) || e.Step != "AUTH" || e.Code != c.code || e.Permanent != c.final || strings.Contains(e.Error()+e.Hint, "s3cret") {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestAuthNeverWithoutTLS(t *testing.T) {
	server := smtptest.New(t, smtptest.Script{Extensions: []string{"AUTH PLAIN LOGIN CRAM-MD5"}})
	smtp := plain(t, server)
	smtp.credentials = Credentials{User: "u", Password: password} // which NewSMTP does not let happen
	var e *Error
	if _, err := smtp.Connect(t.Context()); !errors.As(err, &e) || e.Step != "AUTH" || e.Code != 0 {
		t.Errorf("error %v: it was the server that put an end to it", err)
	}
	if commands := server.Commands(); len(commands) != 1 {
		t.Errorf("%q", commands)
	}
}

func TestSCRAMRoundsAreBounded(t *testing.T) {
	for challenge, many := range map[string]bool{
		"r=abc,s=c2FsdA==,i=4096": false, "r=abc,s=c2FsdA==,i=0004096": false, "r=abc,s=c2FsdA==,i=999999": false,
		"r=abc,s=c2FsdA==,i=1000000": true, "r=abc,s=c2FsdA==,i=2147483647": true, "i=00012345678": true,
	} {
		auth := smtp.ScramSHA256Auth("u", password)
		_, err := answer(auth, base64.StdEncoding.EncodeToString([]byte(challenge)))
		if errors.Is(err, errOutOfStep) != many {
			t.Errorf("%s: %v", challenge, err)
		}
	}
}

func TestConnectFails(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	smtp, _ := NewSMTP(&URL{Host: "127.0.0.1", Port: port, Security: Plain}, Credentials{})
	var e *Error
	if _, err := smtp.Connect(t.Context()); !errors.As(err, &e) || e.Step != "connect" ||
		!strings.Contains(e.Error(), "connection refused") || !strings.Contains(e.Hint, "port") {
		t.Errorf("error %v", err)
	}
}

// A connection that comes to nothing is not left open.
func TestFailedConnectCloses(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	closed := make(chan error, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			closed <- err
			return
		}
		defer conn.Close()
		conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		conn.Write([]byte("554 no\r\n"))
		_, err = io.Copy(io.Discard, conn)
		closed <- err
	}()
	smtp, _ := NewSMTP(&URL{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, Security: Plain}, Credentials{})
	if _, err := smtp.Connect(t.Context()); err == nil {
		t.Error("no error")
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
}

func TestConnectIsInterrupted(t *testing.T) {
	server := smtptest.New(t, smtptest.Script{Faults: []smtptest.Fault{{At: smtptest.EHLO, Do: smtptest.Hang}}})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := plain(t, server).Connect(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if _, err := plain(t, server).Connect(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestHostName(t *testing.T) {
	server := smtptest.New(t, smtptest.Script{})
	smtp := plain(t, server)
	smtp.HostName = "client.example.com"
	connect(t, smtp)
	if commands := server.Commands(); commands[0] != "EHLO client.example.com" {
		t.Errorf("%q", commands)
	}
}

// piped gives a session over a pipe, ready for transactions, and its other end.
func piped(t *testing.T, timeouts Timeouts) (*session, net.Conn) {
	t.Helper()
	ours, theirs := net.Pipe()
	s := newSession(ours, timeouts, 64)
	s.start()
	t.Cleanup(func() { theirs.Close(); s.Close() })
	return s, theirs
}

// answerUpTo354 answers the commands before a first message.
func answerUpTo354(in *bufio.Reader, out io.Writer) {
	for _, answer := range []string{"250 ok\r\n", "250 ok\r\n", "354 go\r\n"} {
		in.ReadString('\n')
		io.WriteString(out, answer)
	}
	in.ReadString('\n')
}

// deliverLong delivers the first of two messages that no buffer takes whole.
func deliverLong(t *testing.T, s *session) (Result, error) {
	t.Helper()
	in, out := make(chan guard.Cleared, 2), make(chan Result, 2)
	for _, c := range cleared(t, addresses(2), strings.Repeat(body, 4000)) {
		in <- c
	}
	err := s.Deliver(t.Context(), in, out)
	if len(in) != 1 || len(out) != 1 {
		t.Fatalf("%d left, %d results", len(in), len(out))
	}
	return <-out, err
}

// A server that stops reading is found out by the time that one block may take.
func TestSlowReader(t *testing.T) {
	timeouts := defaultTimeouts()
	timeouts.Block = 200 * time.Millisecond
	s, theirs := piped(t, timeouts)
	go answerUpTo354(bufio.NewReader(theirs), theirs) // and no more
	r, err := deliverLong(t, s)
	if !errors.Is(err, errTimeout) || r.Outcome != ledger.Deferred || !r.NotSent {
		t.Errorf("%+v, error %v", r, err)
	}
}

// A 250 that comes before the message has ended is not about the message.
func TestEarlyReply(t *testing.T) {
	timeouts := defaultTimeouts()
	timeouts.Mail = 2 * time.Second // for the second message, which must not be taken
	s, theirs := piped(t, timeouts)
	go func() {
		in := bufio.NewReader(theirs)
		answerUpTo354(in, theirs)
		io.WriteString(theirs, "250 taken\r\n")
		time.Sleep(50 * time.Millisecond) // until it has been read
		io.Copy(io.Discard, in)
	}()
	r, err := deliverLong(t, s)
	if !errors.Is(err, errOutOfStep) || r.Outcome != ledger.Deferred || !r.NotSent {
		t.Errorf("%+v, error %v", r, err)
	}
}

// The server is told which of its names is meant (RFC 6066 section 3).
func TestServerName(t *testing.T) {
	authority := smtptest.NewAuthority(t)
	for how, security := range map[string]Security{"STARTTLS": STARTTLS, "smtps": TLS} {
		t.Run(how, func(t *testing.T) {
			asked := make(chan string, 1)
			config := authority.Config(t, "localhost", inAnHour())
			config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
				asked <- hello.ServerName
				return nil, nil
			}
			server := smtptest.New(t, smtptest.Script{TLS: config, Implicit: security == TLS})
			smtp, err := NewSMTP(&URL{Host: "localhost", Port: server.Port, Security: security, CA: authority.File}, Credentials{})
			if err != nil {
				t.Fatal(err)
			}
			connect(t, smtp)
			if name := <-asked; name != "localhost" {
				t.Errorf("asked for %q", name)
			}
		})
	}
}
