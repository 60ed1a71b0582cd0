// Package sink is a capture SMTP server on loopback: it takes every message
// from everyone, sends none on, and says afterwards what it was given.
//
// It listens on loopback alone, speaks plain text, and asks for no password.
// It offers what emersion/go-smtp does: PIPELINING, CHUNKING and SMTPUTF8
// (RFC 2920, 3030, 6531). A message is kept byte for byte as it came, without
// the dots that transport adds; where there is a folder, never in memory.
package sink

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"
)

// ErrNotLoopback says that the sink was to listen where others can reach it.
var ErrNotLoopback = errors.New("the sink listens on loopback alone")

// idle is how long a client may say nothing. RFC 5321 section 4.5.3.2.7.
const idle = 5 * time.Minute

// Options say where a sink listens and what it does with messages.
type Options struct {
	Address   string         // host:port, the host an IP address or "localhost"; "" for a free port on 127.0.0.1
	Dir       string         // folder for the messages, made if it is not there; "" keeps them in memory
	Forget    bool           // keep messages in neither, but hand them to OnMessage
	OnMessage func(Received) // called for every message before it is answered, one call at a time; may be nil
}

// Received is one message, and the envelope that it came in.
type Received struct {
	From string
	To   []string // as many as the client named; mailshot names one
	Size int64    // octets
	At   time.Time
	Data []byte // nil where there is a folder
	File string // path of the message; "" where there is no folder
}

// Counts is what clients have done so far.
type Counts struct {
	Connections int
	Mail        int // MAIL commands taken
	Rcpt        int // RCPT commands taken
	Messages    int // messages kept and answered with 250
}

// Server is a sink.
type Server struct {
	listener *listener
	smtp     *smtp.Server
	store    store

	mail, rcpt atomic.Int64

	telling sync.Mutex
	tell    func(Received)
}

// Listen opens the port; clients are answered from Serve on. The error wraps
// ErrNotLoopback where the address is one that others can reach.
func Listen(o Options) (*Server, error) {
	address, err := loopback(o.Address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", o.Address, err)
	}
	kept, err := newStore(o)
	if err != nil {
		return nil, fmt.Errorf("keep messages in %s: %w", o.Dir, cause(err))
	}
	l, err := net.ListenTCP("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, errors.Join(cause(err), kept.close()))
	}
	s := &Server{listener: newListener(l), store: kept, tell: o.OnMessage}
	s.smtp = s.protocol()
	return s, nil
}

func (s *Server) protocol() *smtp.Server {
	p := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{server: s}, nil
	}))
	p.Domain = "localhost"
	p.ReadTimeout, p.WriteTimeout = idle, idle
	p.EnableSMTPUTF8 = true
	p.ErrorLog = log.New(io.Discard, "", 0) // it quotes what clients send
	return p
}

// take keeps a message and tells of it.
func (s *Server) take(envelope Received, r io.Reader) error {
	received, err := s.store.keep(envelope, r)
	if err != nil || s.tell == nil {
		return err
	}
	s.telling.Lock()
	defer s.telling.Unlock()
	s.tell(received)
	return nil
}

// Addr is host:port, as a client dials it.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Serve answers clients until ctx is done or Close is called, cuts them off,
// and returns when all that was begun for them has ended. It is called once.
func (s *Server) Serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { s.listener.Close() })
	defer stop()
	err := s.smtp.Serve(s.listener)
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	s.listener.Close()
	return errors.Join(err, s.smtp.Shutdown(context.Background()), s.store.close())
}

// Close makes Serve return.
func (s *Server) Close() error { return s.listener.Close() }

// Received gives the messages in memory, in the order in which they were
// answered; none where there is a folder.
func (s *Server) Received() []Received { return s.store.received() }

// Counts gives what clients have done so far.
func (s *Server) Counts() Counts {
	return Counts{
		Connections: int(s.listener.accepted.Load()),
		Mail:        int(s.mail.Load()),
		Rcpt:        int(s.rcpt.Load()),
		Messages:    s.store.count(),
	}
}

// cause leaves out the paths and addresses that the error of a system call
// repeats.
func cause(err error) error {
	if e := (*os.PathError)(nil); errors.As(err, &e) {
		return e.Err
	}
	if e := (*net.OpError)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}
