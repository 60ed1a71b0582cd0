package sink

import (
	"io"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// session is what a client has said since its EHLO.
type session struct {
	server *Server

	// QUIRK: with BDAT, go-smtp calls Data on a goroutine of its own and may
	// call Reset meanwhile.
	mu   sync.Mutex
	from string
	to   []string
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.server.mail.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from, s.to = from, nil
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.rcpt.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	s.mu.Lock()
	envelope := Received{From: s.from, To: s.to, At: time.Now()}
	s.mu.Unlock()
	if err := s.server.take(envelope, r); err != nil {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "The message could not be kept"}
	}
	return nil
}

func (s *session) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from, s.to = "", nil
}

func (s *session) Logout() error { return nil }
