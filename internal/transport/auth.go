package transport

import (
	"crypto/tls"
	"encoding/base64"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

// maxAuthSteps is more than any mechanism here needs.
const maxAuthSteps = 8

// manyRounds finds in a SCRAM challenge (RFC 5802 section 5.1) a count of
// rounds of seven digits or more, which would keep this machine busy for
// longer than any timeout.
var manyRounds = regexp.MustCompile(`(^|,)i=0*[1-9][0-9]{6,}`)

// known is a mechanism, by the name that servers have for it.
type known struct {
	name string
	auth smtp.Auth
}

// mechanisms gives those that go with what there is to log in with, the best
// first; token is "" where that is a password.
func mechanisms(server *SMTP, token string) []known {
	c, host := server.credentials, server.url.Host
	if token != "" {
		return []known{
			{"OAUTHBEARER", &bearer{c.User, token, host, server.url.Port}},
			{"XOAUTH2", smtp.XOAuth2Auth(c.User, token)},
		}
	}
	return []known{
		{"SCRAM-SHA-256", smtp.ScramSHA256Auth(c.User, c.Password)},
		{"PLAIN", smtp.PlainAuth("", c.User, c.Password, host, false)},
		{"LOGIN", smtp.LoginAuth(c.User, c.Password, host, false)},
		{"CRAM-MD5", smtp.CRAMMD5Auth(c.User, c.Password)},
	}
}

// choose gives the best of the mechanisms that are offered.
func choose(offered []string, mechanisms []known) (smtp.Auth, error) {
	for _, k := range mechanisms {
		if slices.Contains(offered, k.name) {
			return k.auth, nil
		}
	}
	return nil, &Error{Step: "AUTH", Permanent: true, Err: errors.New("the server offers no mechanism that mailshot knows"),
		Hint: "with a password these are SCRAM-SHA-256, PLAIN, LOGIN and CRAM-MD5, with a token OAUTHBEARER and XOAUTH2; leave the user out where no login is needed"}
}

// authenticate logs in (RFC 4954), over TLS alone: the library looks after that
// for PLAIN and LOGIN only.
func (s *session) authenticate(server *SMTP, token string) error {
	return s.see.step("AUTH", func(o *Observation) error {
		err := s.logIn(server, token, o)
		if e, ok := errors.AsType[*Error](err); ok && token != "" && e.Code/100 == 5 {
			e.Hint = tokenHint
		}
		return err
	})
}

func (s *session) logIn(server *SMTP, token string, o *Observation) error {
	if _, encrypted := s.conn.(*tls.Conn); !encrypted {
		return authFailure()
	}
	auth, err := choose(s.offers.mechanisms, mechanisms(server, token))
	if err != nil {
		return err
	}
	name, initial, err := auth.Start(&smtp.ServerInfo{Name: server.url.Host, TLS: true, Auth: s.offers.mechanisms})
	if err != nil {
		return authFailure()
	}
	o.Mechanism = name
	line := "AUTH " + name
	if initial != nil {
		line += " " + base64.StdEncoding.EncodeToString(initial)
	}
	for range maxAuthSteps {
		if err := s.say(line); err != nil {
			return s.broken("AUTH", err)
		}
		r, err := s.hear("AUTH", 334, s.timeouts.Setup)
		if r.code == 235 {
			return nil
		}
		if err != nil {
			return err
		}
		if line, err = answer(auth, r.lines[0]); err != nil {
			return authFailure()
		}
	}
	return s.broken("AUTH", errOutOfStep)
}

// answer gives the line that answers one challenge.
func answer(auth smtp.Auth, text string) (string, error) {
	challenge, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || manyRounds.Match(challenge) {
		return "", errOutOfStep
	}
	response, err := auth.Next(challenge, true)
	return base64.StdEncoding.EncodeToString(response), err
}

// authFailure stands for the library's error, which may quote the server.
func authFailure() error {
	return &Error{Step: "AUTH", Permanent: true, Err: errors.New("the dialogue with the server failed"),
		Hint: "check the user, the password or the token, and what the server offers"}
}
