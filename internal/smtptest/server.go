// Package smtptest is an SMTP server on loopback for tests, scripted reply by
// reply: it can refuse, hang, close, babble or answer twice at any step, which
// no well-behaved server does. It writes down every transaction, so that a
// test can say who got what, and how often.
package smtptest

import (
	"bufio"
	"crypto/tls"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Step is where in the dialogue a server answers.
type Step string

const (
	Greeting Step = "greeting"
	EHLO     Step = "EHLO"
	StartTLS Step = "STARTTLS"
	Auth     Step = "AUTH"
	Reset    Step = "RSET"
	Mail     Step = "MAIL"
	Rcpt     Step = "RCPT"
	Data     Step = "DATA"
	Content  Step = "content" // when the first line of a message has come
	Message  Step = "message" // when the final dot has come, or the last octet of BDAT
	NoRcpt   Step = "no RCPT" // when DATA, or all of a BDAT, has come and there is no recipient
	Quit     Step = "QUIT"
)

// Script says how a server behaves.
type Script struct {
	TLS        *tls.Config       // nil: it has none
	Implicit   bool              // TLS from the first byte, not by STARTTLS
	Extensions []string          // lines of the EHLO reply; STARTTLS and AUTH come by themselves; BDAT works with CHUNKING alone
	Mechanisms []string          // of AUTH, offered over TLS
	Users      map[string]string // passwords (or tokens) by user
	Faults     []Fault
	Discard    bool // keep no content, for benchmarks
}

// Fault is one thing that a server does otherwise.
type Fault struct {
	At  Step
	Nth int // the occurrence over all connections, from 1; 0 for each
	Do  Action
}

// Transaction is one MAIL and what followed it.
type Transaction struct {
	Connection int // from 1
	From       string
	To         []string  // recipients that were taken
	Refused    []string  // recipients that were not
	Content    []byte    // dots taken out
	Ended      bool      // the final dot, or the last octet of BDAT, came
	Accepted   bool      // ... and a 2yz was sent for it
	At         time.Time // when that was
}

// Server is a running server.
type Server struct {
	Host string
	Port int

	script   Script
	listener net.Listener
	running  sync.WaitGroup

	mu           sync.Mutex
	closed       bool
	open         map[net.Conn]bool
	connections  int
	seen         map[Step]int
	lines        []string
	transactions []*Transaction
	taken        int
	users        []string
	hits         []Hit
}

// Hit is a fault that has come about.
type Hit struct {
	Fault      int // its place in the script, from 0
	Connection int // from 1
}

// New starts a server, which ends with the test.
func New(t testing.TB, script Script) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if script.Implicit {
		listener = tls.NewListener(listener, script.TLS)
	}
	s := &Server{
		Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port,
		script: script, listener: listener,
		open: map[net.Conn]bool{}, seen: map[Step]int{},
	}
	s.running.Go(s.accept)
	t.Cleanup(s.Close)
	return s
}

// Close ends all connections and waits for them.
func (s *Server) Close() {
	s.listener.Close()
	s.mu.Lock()
	s.closed = true
	for conn := range s.open {
		conn.Close()
	}
	s.mu.Unlock()
	s.running.Wait()
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		if s.closed {
			conn.Close()
			s.mu.Unlock()
			return
		}
		s.open[conn] = true
		s.connections++
		c := &client{server: s, raw: conn, number: s.connections}
		s.mu.Unlock()
		s.running.Go(func() { s.serve(c) })
	}
}

func (s *Server) serve(c *client) {
	defer func() {
		c.raw.Close()
		s.mu.Lock()
		delete(s.open, c.raw)
		s.mu.Unlock()
	}()
	c.use(c.raw)
	if c.answer(Greeting, "220 smtptest.example ready") {
		c.dialogue()
	}
}

// Transactions gives all transactions so far.
func (s *Server) Transactions() []Transaction {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Transaction, len(s.transactions))
	for i, t := range s.transactions {
		all[i] = *t
		all[i].To = append([]string(nil), t.To...)
		all[i].Content = append([]byte(nil), t.Content...)
	}
	return all
}

// Accepted says how often each recipient's message was accepted.
func (s *Server) Accepted() map[string]int {
	accepted := map[string]int{}
	for _, t := range s.Transactions() {
		if t.Accepted {
			accepted[strings.Join(t.To, ",")]++
		}
	}
	return accepted
}

// Taken is how many messages were accepted.
func (s *Server) Taken() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken
}

// Connections is how many connections there have been.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections
}

// Commands gives every command line so far, in the order they came; the
// dialogue of AUTH is left out.
func (s *Server) Commands() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.lines...)
}

// LoggedIn gives the users that have logged in.
func (s *Server) LoggedIn() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.users...)
}

// Hits gives the faults that have come about, in their order.
func (s *Server) Hits() []Hit {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.hits)
}

// action gives what is to be done at a step, and counts that it was reached.
func (c *client) action(at Step) Action {
	s := c.server
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[at]++
	for i, f := range s.script.Faults {
		if f.At == at && (f.Nth == 0 || f.Nth == s.seen[at]) {
			s.hits = append(s.hits, Hit{i, c.number})
			return f.Do
		}
	}
	return nil
}

// client is one connection.
type client struct {
	server *Server
	raw    net.Conn
	number int
	conn   net.Conn
	in     *bufio.Reader
	out    *bufio.Writer
	secure bool
	now    *Transaction
	at     Step
	code   int // of the last reply; 0 where it was none
	// refusing says that it has told the client that it takes no more, by a 421 or
	// by refusing a RSET or, for good, a MAIL.
	refusing bool
}

func (c *client) use(conn net.Conn) {
	c.conn = conn
	c.in = bufio.NewReaderSize(conn, 64<<10)
	c.out = bufio.NewWriter(conn)
	_, c.secure = conn.(*tls.Conn)
}

// answer says reply, or does what the script has for the step; false ends the
// connection.
func (c *client) answer(at Step, reply string) bool {
	c.at, c.code = at, 0
	action := c.action(at)
	if action == nil {
		action = Reply(reply)
	}
	return action(c, reply)
}

// took sets down what a reply makes of the transaction.
func (c *client) took(reply string) {
	c.code, _ = strconv.Atoi(reply[:min(len(reply), 3)])
	switch {
	case c.code == 421, c.at == Reset && !c.positive(), c.at == Mail && c.code/100 == 5:
		c.refusing = true
	case c.at == Mail && c.positive():
		c.refusing = false
	}
	if c.at != Message {
		return
	}
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	if c.now.Accepted, c.now.At = c.positive(), time.Now(); c.now.Accepted {
		c.server.taken++
	}
}

func (c *client) positive() bool { return c.code/100 == 2 }

// say writes text and CRLF; it is flushed when the client has nothing more
// under way.
func (c *client) say(text string) bool {
	c.out.WriteString(text + "\r\n")
	if c.in.Buffered() > 0 {
		return true
	}
	return c.out.Flush() == nil
}
