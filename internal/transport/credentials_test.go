package transport

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"mailshot/internal/rule"
	"mailshot/internal/smtptest"
)

// tokens gives one token after another, and notes what it was asked for. The
// last one it gives again and again.
type tokens struct {
	all   []string
	asked []string // what was refused
}

func (s *tokens) next(_ context.Context, refused string) (string, error) {
	s.asked = append(s.asked, refused)
	return s.all[min(len(s.asked), len(s.all))-1], nil
}

func fixed(token string) func(context.Context, string) (string, error) {
	return func(context.Context, string) (string, error) { return token, nil }
}

// tokenServer takes the token "s3cret.new" from u=1,@a.example.
func tokenServer(t *testing.T, offered string, faults ...smtptest.Fault) (*smtptest.Server, func(*tokens) *SMTP) {
	t.Helper()
	const user = "u=1,@a.example"
	authority := smtptest.NewAuthority(t)
	server := smtptest.New(t, smtptest.Script{TLS: authority.Config(t, "127.0.0.1", inAnHour()), Faults: faults,
		Mechanisms: strings.Fields(offered), Users: map[string]string{user: "s3cret.new"}})
	return server, func(s *tokens) *SMTP {
		return secured(t, server, authority, STARTTLS, Credentials{User: user, Token: s.next})
	}
}

func TestTokens(t *testing.T) {
	for _, offered := range []string{"XOAUTH2", "OAUTHBEARER", "PLAIN XOAUTH2 OAUTHBEARER"} {
		for name, c := range map[string]struct {
			tokens []string
			asked  []string
			good   bool
		}{
			"good":             {[]string{"s3cret.new"}, []string{""}, true},
			"expired":          {[]string{"s3cret.old", "s3cret.new"}, []string{"", "s3cret.old"}, true},
			"no other":         {[]string{"s3cret.old"}, []string{"", "s3cret.old"}, false},
			"two bad ones":     {[]string{"s3cret.old", "s3cret.older", "s3cret.new"}, []string{"", "s3cret.old"}, false},
			"none":             {[]string{""}, []string{""}, false},
			"two lines":        {[]string{"s3cret.new\r\nNOOP"}, []string{""}, false},
			"another field":    {[]string{"s3cret.new\x01auth=x"}, []string{""}, false},
			"longer than life": {[]string{strings.Repeat("s3cret", 2000)}, []string{""}, false},
		} {
			t.Run(offered+" "+name, func(t *testing.T) {
				server, smtp := tokenServer(t, offered)
				source := &tokens{all: c.tokens}
				conn, err := smtp(source).Connect(t.Context())
				if !slices.Equal(source.asked, c.asked) {
					t.Errorf("asked for another than %q", source.asked)
				}
				if c.good {
					if err != nil || len(server.LoggedIn()) != 1 {
						t.Fatal(err, server.LoggedIn())
					}
					conn.Close()
					return
				}
				var e *Error
				if !errors.As(err, &e) || e.Step != "AUTH" || !e.Permanent || !strings.Contains(e.Hint, "token") || strings.Contains(e.Error()+e.Hint, "s3cret") {
					t.Errorf("error %v", err)
				}
			})
		}
	}
}

// A server that is only busy has nothing against the token.
func TestTokenIsNotAskedForAgain(t *testing.T) {
	for reply, asked := range map[string]int{"454 4.7.0 later": 1, "421 4.3.2 later": 1, "535 5.7.8 no": 2, "534 5.7.9 no": 2} {
		_, smtp := tokenServer(t, "XOAUTH2", smtptest.Fault{At: smtptest.Auth, Do: smtptest.Reply(reply)})
		source := &tokens{all: []string{"s3cret.new"}}
		if _, err := smtp(source).Connect(t.Context()); err == nil || len(source.asked) != asked {
			t.Errorf("%s: asked %d times, %v", reply, len(source.asked), err)
		}
	}
}

func TestTokenThatCannotBeHad(t *testing.T) {
	server, smtp := tokenServer(t, "XOAUTH2")
	s := smtp(&tokens{})
	s.credentials.Token = func(context.Context, string) (string, error) {
		return "", &rule.Fault{File: "token.txt", What: "no token in it", Hint: "write it on the first line"}
	}
	_, err := s.Connect(t.Context())
	var e *Error
	var fault *rule.Fault
	if !errors.As(err, &e) || e.Step != "AUTH" || !errors.As(err, &fault) || err.Error() != "AUTH: token.txt: no token in it" {
		t.Errorf("error %v", err)
	}
	if server.Connections() > 0 {
		t.Error("a connection was opened")
	}
	ctx, cancel := context.WithCancel(t.Context())
	s.credentials.Token = func(ctx context.Context, _ string) (string, error) {
		cancel()
		return "", ctx.Err()
	}
	if _, err := s.Connect(ctx); !errors.Is(err, context.Canceled) || errors.As(err, &e) && e == nil {
		t.Errorf("error %v", err)
	}
}

// RFC 7628 section 3.1, and RFC 5801 section 4 for the name.
func TestBearer(t *testing.T) {
	b := &bearer{"u=1,@a.example", "vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg==", "server.example.com", 143}
	name, got, err := b.Start(nil)
	want := "n,a=u=3D1=2C@a.example,\x01host=server.example.com\x01port=143\x01auth=Bearer vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg==\x01\x01"
	if name != "OAUTHBEARER" || string(got) != want || err != nil {
		t.Errorf("%s %q, %v", name, got, err)
	}
}

// A server that wants a certificate of the client's gets it; where there is none,
// the error says what may be missing.
func TestClientCertificate(t *testing.T) {
	authority := smtptest.NewAuthority(t)
	cert, key := authority.Client(t)
	both := t.TempDir() + "/both.pem"
	for _, file := range []string{cert, key} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		before, _ := os.ReadFile(both)
		save(t, both, string(before)+string(data))
	}
	for how, security := range map[string]Security{"STARTTLS": STARTTLS, "smtps": TLS} {
		server := smtptest.New(t, smtptest.Script{Implicit: security == TLS,
			TLS: authority.Demanding(authority.Config(t, "127.0.0.1", inAnHour()))})
		for name, files := range map[string][2]string{"two files": {cert, key}, "one file": {both, ""}, "none": {"", ""}} {
			t.Run(how+" "+name, func(t *testing.T) {
				smtp, err := NewSMTP(&URL{Host: server.Host, Port: server.Port, Security: security,
					CA: authority.File, Cert: files[0], Key: files[1]}, Credentials{})
				if err != nil {
					t.Fatal(err)
				}
				conn, err := smtp.Connect(t.Context())
				if files[0] != "" {
					if err != nil {
						t.Fatal(err)
					}
					conn.Close()
					return
				}
				var e *Error
				if !errors.As(err, &e) || e.Step != "TLS" || !e.Permanent || !strings.Contains(e.Hint, "tls-cert") {
					t.Errorf("error %v", err)
				}
			})
		}
	}
}

func TestClientCertificateThatCannotBeUsed(t *testing.T) {
	authority := smtptest.NewAuthority(t)
	cert, key := authority.Client(t)
	_, other := authority.Client(t)
	open := t.TempDir() + "/open to all.key"
	save(t, open, "s3cret")
	if err := os.Chmod(open, 0o640); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ cert, key, file, hint string }{
		"open to others":  {cert, open, open, "chmod 600 '" + open + "'"},
		"no key":          {cert, "/nowhere/at/all.key", "/nowhere/at/all.key", "PEM"},
		"no certificate":  {"/nowhere/at/all.pem", key, "/nowhere/at/all.pem", "PEM"},
		"another's key":   {cert, other, cert, "tls-key"},
		"a key for both":  {key, "", key, "tls-cert"},
		"a folder as key": {cert, t.TempDir(), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewSMTP(&URL{Host: "a.example", Port: 587, Cert: c.cert, Key: c.key}, Credentials{})
			var fault *rule.Fault
			if !errors.As(err, &fault) || !strings.HasPrefix(fault.File, c.file) || !strings.Contains(fault.Hint, c.hint) || fault.Hint == "" {
				t.Errorf("error %v", err)
			}
		})
	}
}
