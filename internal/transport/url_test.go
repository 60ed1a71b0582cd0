package transport

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailshot/internal/rule"
)

func TestParseURL(t *testing.T) {
	for raw, want := range map[string]URL{
		"smtp://mail.example.com":                            {Host: "mail.example.com", Port: 587},
		"smtp://mail.example.com/":                           {Host: "mail.example.com", Port: 587},
		"smtp://mail.example.com:2587":                       {Host: "mail.example.com", Port: 2587},
		"SMTP://Mail.Example.COM.":                           {Host: "mail.example.com", Port: 587},
		"smtps://mail.example.com":                           {Host: "mail.example.com", Port: 465, Security: TLS},
		"smtp://127.0.0.1:2525?tls=none":                     {Host: "127.0.0.1", Port: 2525, Security: Plain},
		"smtp://127.0.0.1?tls=none":                          {Host: "127.0.0.1", Port: 25, Security: Plain},
		"smtp://[::1]:2525?tls=none":                         {Host: "::1", Port: 2525, Security: Plain},
		"smtps://[2001:db8::1]":                              {Host: "2001:db8::1", Port: 465, Security: TLS},
		"smtp://someone@mail.example.com":                    {Host: "mail.example.com", Port: 587, User: "someone"},
		"smtp://some%40a.example@mail.example.com":           {Host: "mail.example.com", Port: 587, User: "some@a.example"},
		"smtp://mail.example.com?tls-ca=/etc/ssl/own%20.pem": {Host: "mail.example.com", Port: 587, CA: "/etc/ssl/own .pem"},
		"smtps://mail.example.com?tls-cert=a.pem&tls-key=b.pem": {
			Host: "mail.example.com", Port: 465, Security: TLS, Cert: "a.pem", Key: "b.pem"},
		"smtp://mail.example.com?tls-cert=both.pem": {Host: "mail.example.com", Port: 587, Cert: "both.pem"},
		"smtp://bücher.example":                     {Host: "xn--bcher-kva.example", Port: 587},
	} {
		got, err := ParseURL(raw)
		if err != nil {
			t.Errorf("%s: %v", raw, err)
			continue
		}
		if *got != want {
			t.Errorf("%s: got %+v, want %+v", raw, *got, want)
		}
	}
}

func TestParseURLRefuses(t *testing.T) {
	for _, raw := range []string{
		"", "mail.example.com", "mail.example.com:587", "http://mail.example.com", "smtp:mail.example.com", "smtp://",
		"smtp://:587", "smtp://mail.example.com:0", "smtp://mail.example.com:70000", "smtp://mail.example.com:abc",
		"smtp://mail.example.com/path", "smtp://mail.example.com#x", "smtp://mail.example.com?tls=maybe",
		"smtp://mail.example.com?tls=", "smtps://mail.example.com?tls=none", "smtp://mail.example.com?tls-ca=",
		"smtp://mail.example.com?insecure=1", "smtp://mail.example.com?tls=none&tls=none",
		"smtp://mail.example.com?tls=none&tls-ca=x.pem",
		"smtp://mail.example.com?tls=none&tls-cert=x.pem", "smtp://mail.example.com?tls-key=x.pem", "smtp://mail.example.com?tls-cert=", "smtp://mail.example.com?%zz", "smtp://[::1", "smtp://a b.example",
		"smtp://user:s3cret@mail.example.com", "smtp://user:s3cret%zz@mail.example.com", "smtp://:s3cret@mail.example.com",
		"smtp://user:s3cret@mail.example.com:abc", "smtp://mail.example.com:s3cret",
	} {
		u, err := ParseURL(raw)
		var fault *rule.Fault
		if !errors.As(err, &fault) {
			t.Errorf("%s: got %+v, %v", raw, u, err)
			continue
		}
		if fault.Hint == "" || strings.Contains(fault.Error()+fault.Hint, "s3cret") {
			t.Errorf("%s: %q, hint %q", raw, fault.Error(), fault.Hint)
		}
	}
}

func FuzzParseURL(f *testing.F) {
	f.Add("smtp://user:s3cret@mail.example.com:587?tls=none")
	f.Add("smtps://[::1]:465?tls-ca=a.pem")
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := ParseURL(raw)
		var fault *rule.Fault
		switch {
		case err != nil && !errors.As(err, &fault):
			t.Fatalf("an error of another type: %v", err)
		case err == nil && (u.Host == "" || u.Port < 1 || u.Port > 65535):
			t.Fatalf("%+v", u)
		case err == nil && u.Security == Plain && !strings.Contains(raw, "none"):
			t.Fatal("plain text that nobody asked for")
		}
	})
}

func TestNewSMTPRefuses(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		url         URL
		credentials Credentials
	}{
		"a password over plain text":  {URL{Host: "a.example", Port: 25, Security: Plain}, Credentials{User: "u", Password: "s3cret"}},
		"a user over plain text":      {URL{Host: "a.example", Port: 25, Security: Plain}, Credentials{User: "u"}},
		"a user without a password":   {URL{Host: "a.example", Port: 587}, Credentials{User: "u"}},
		"a password without a user":   {URL{Host: "a.example", Port: 587}, Credentials{Password: "s3cret"}},
		"a token over plain text":     {URL{Host: "a.example", Port: 25, Security: Plain}, Credentials{User: "u", Token: fixed("s3cret")}},
		"a token without a user":      {URL{Host: "a.example", Port: 587}, Credentials{Token: fixed("s3cret")}},
		"a token and a password":      {URL{Host: "a.example", Port: 587}, Credentials{User: "u", Password: "s3cret", Token: fixed("s3cret")}},
		"no such certificate":         {URL{Host: "a.example", Port: 587, Cert: "/nowhere/at/all.pem"}, Credentials{}},
		"no such authority":           {URL{Host: "a.example", Port: 587, CA: "/nowhere/at/all.pem"}, Credentials{}},
		"a file with no certificates": {URL{Host: "a.example", Port: 587, CA: empty}, Credentials{}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewSMTP(&c.url, c.credentials)
			var fault *rule.Fault
			if !errors.As(err, &fault) || fault.Hint == "" || strings.Contains(fault.Error()+fault.Hint, "s3cret") {
				t.Fatal(err)
			}
		})
	}
}
