package transport

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"time"
)

// setUp takes a new connection to where transactions begin. Replies are read
// here as they are asked for: nothing may be read behind the one to STARTTLS.
func (s *session) setUp(ctx context.Context, server *SMTP, token string) error {
	if server.url.Security == TLS {
		if err := s.handshake(ctx, server.tls); err != nil {
			return err
		}
	}
	if err := s.greeting(); err != nil {
		return err
	}
	hello := server.HostName
	if hello == "" {
		hello = literal(s.raw)
	}
	if err := s.hello(hello); err != nil {
		return err
	}
	if server.url.Security == STARTTLS {
		if err := s.startTLS(ctx, server.tls); err != nil {
			return err
		}
		// RFC 3207 section 4.2: what was offered before is forgotten.
		if err := s.hello(hello); err != nil {
			return err
		}
	}
	if server.credentials.none() {
		return nil
	}
	return s.authenticate(server, token)
}

func (s *session) greeting() error {
	return s.see.step("greeting", func(*Observation) error {
		_, err := s.hear("greeting", 220, s.timeouts.Greeting)
		return err
	})
}

func (s *session) hello(name string) error {
	return s.see.step("EHLO", func(o *Observation) error {
		r, err := s.ask("EHLO", "EHLO "+name, 250)
		if err != nil {
			return err
		}
		s.offers = readExtensions(r.lines)
		o.Offers = s.offered()
		return nil
	})
}

func (s *session) startTLS(ctx context.Context, config *tls.Config) error {
	err := s.see.step("STARTTLS", func(*Observation) error {
		if !s.offers.startTLS {
			return &Error{Step: "STARTTLS", Permanent: true, Err: errors.New("the server does not offer it"),
				Hint: "use smtps:// where the server has TLS from the start (port 465); ?tls=none sends everything in plain text"}
		}
		_, err := s.ask("STARTTLS", "STARTTLS", 220)
		return err
	})
	if err != nil {
		return err
	}
	return s.handshake(ctx, config)
}

func (s *session) handshake(ctx context.Context, config *tls.Config) error {
	return s.see.step("TLS", func(o *Observation) error {
		var err error
		o.TLS, err = s.encrypt(ctx, config)
		return err
	})
}

// encrypt gives what was agreed upon, or the certificates that were not
// accepted.
func (s *session) encrypt(ctx context.Context, config *tls.Config) (*tls.ConnectionState, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeouts.Setup)
	defer cancel()
	s.raw.SetDeadline(time.Now().Add(s.timeouts.Setup))
	conn := tls.Client(s.raw, config)
	if err := conn.HandshakeContext(ctx); err != nil {
		state := &tls.ConnectionState{}
		var unverified *tls.CertificateVerificationError
		if errors.As(err, &unverified) {
			state.PeerCertificates = unverified.UnverifiedCertificates
		}
		return state, handshakeError(err)
	}
	s.raw.SetDeadline(time.Time{})
	s.blocks.conn = conn
	s.in = bufio.NewReaderSize(conn, replyBuffer)
	s.conn = conn
	state := conn.ConnectionState()
	return &state, nil
}

// ask sends one command and hears the reply to it.
func (s *session) ask(step, line string, want int) (reply, error) {
	if err := s.say(line); err != nil {
		return reply{}, s.broken(step, err)
	}
	return s.hear(step, want, s.timeouts.Setup)
}

// hear reads one reply that must have the code want, and nothing behind it: a
// server that speaks out of turn, or someone who put words in before the TLS
// handshake (CVE-2011-0411), ends the connection.
func (s *session) hear(step string, want int, timeout time.Duration) (reply, error) {
	s.conn.SetReadDeadline(time.Now().Add(timeout))
	r, err := readReply(s.in)
	s.conn.SetReadDeadline(time.Time{})
	switch {
	case err != nil:
		return reply{}, s.broken(step, err)
	case r.trailing:
		return reply{}, s.broken(step, errOutOfStep)
	case r.code != want:
		return r, setupError(step, r)
	}
	return r, nil
}
