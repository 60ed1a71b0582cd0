package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"time"
)

// Timeouts bound every wait for a server. RFC 5321 section 4.5.3.2 gives the
// least that they should be.
type Timeouts struct {
	Dial     time.Duration
	Greeting time.Duration
	Setup    time.Duration // a reply to EHLO, STARTTLS or AUTH; the TLS handshake
	Mail     time.Duration // a reply to RSET or MAIL
	Rcpt     time.Duration
	Data     time.Duration // the 354
	Block    time.Duration // writing 32 KiB
	Message  time.Duration // the reply to the final dot
	Quit     time.Duration
}

const defaultWindow = 64

func defaultTimeouts() Timeouts {
	return Timeouts{
		Dial:     30 * time.Second,
		Greeting: 5 * time.Minute,
		Setup:    time.Minute,
		Mail:     5 * time.Minute,
		Rcpt:     5 * time.Minute,
		Data:     2 * time.Minute,
		Block:    3 * time.Minute,
		Message:  10 * time.Minute,
		Quit:     5 * time.Second,
	}
}

// SMTP is a server that is spoken to over SMTP. Its fields may be changed
// before the first Connect.
type SMTP struct {
	Timeouts Timeouts
	// HostName is what EHLO says; "" for the address literal of the
	// connection's own end, so that the machine's name is not told.
	HostName string
	// Window is how many messages may be under way on one connection at most,
	// where the server offers PIPELINING: what may become unknown when it breaks.
	Window int
	// MaxMessages is how many messages a connection takes at most, as if in were
	// closed after them; 0 for no limit.
	MaxMessages int
	// Courteous has the whole program give way to a server on the same machine,
	// for good, by a lower priority: where both want the processors, it is the
	// server that all wait for.
	Courteous bool

	url         URL
	credentials Credentials
	tls         *tls.Config
	may         func() error
}

// NewSMTP gives the server that u names. Errors are *rule.Fault.
func NewSMTP(u *URL, c Credentials) (*SMTP, error) {
	if err := c.complete(u); err != nil {
		return nil, err
	}
	config := &tls.Config{
		ServerName: u.Host,
		MinVersion: tls.VersionTLS12,
		// Small records, each a write of its own, are for who waits for the first
		// octets; a server waits for the last one.
		DynamicRecordSizingDisabled: true,
	}
	if u.CA != "" {
		roots, err := readAuthorities(u.CA)
		if err != nil {
			return nil, err
		}
		config.RootCAs = roots
	}
	if u.Cert != "" {
		own, err := readOwn(u.Cert, u.Key)
		if err != nil {
			return nil, err
		}
		config.GetClientCertificate = own
	}
	return &SMTP{Timeouts: defaultTimeouts(), Window: defaultWindow, url: *u, credentials: c, tls: config}, nil
}

// Name is host:port.
func (s *SMTP) Name() string { return s.url.Address() }

// Connect dials, greets, has TLS, and logs in.
func (s *SMTP) Connect(ctx context.Context) (Conn, error) {
	session, err := s.open(ctx, nil)
	if err != nil {
		return nil, err
	}
	session.blocks.may = s.may
	session.start()
	return session, nil
}

// While gives a server that is as s, but whose connections ask before any octet
// of a transaction leaves whether it may. An error of may, which is a
// *ledger.Error, ends a connection, and is that of its Deliver. It is called by
// several goroutines, and can wait. A server that is no further off than this
// machine does not ask.
func While(s Server, may func() error) Server {
	smtp, ok := s.(*SMTP)
	if !ok {
		return s
	}
	asking := *smtp
	asking.may = may
	return &asking
}

// open gives a session that is to be started; see may be nil. Where a token has
// expired, it tries once more with another.
func (s *SMTP) open(ctx context.Context, see watcher) (*session, error) {
	if s.credentials.Token == nil {
		return s.openWith(ctx, see, "")
	}
	token, err := s.token(ctx, see, "")
	if err != nil {
		return nil, err
	}
	session, err := s.openWith(ctx, see, token)
	if !loginRefused(err) {
		return session, err
	}
	fresh, failed := s.token(ctx, see, token)
	switch {
	case failed != nil:
		return nil, failed
	case fresh == token:
		return nil, err
	}
	return s.openWith(ctx, see, fresh)
}

func (s *SMTP) token(ctx context.Context, see watcher, refused string) (string, error) {
	token, err := s.credentials.fetch(ctx, refused)
	if err != nil {
		return "", see.step("AUTH", func(*Observation) error { return err })
	}
	return token, nil
}

// loginRefused says that a server did not like what it was logged in with.
func loginRefused(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Step == "AUTH" && e.Code/100 == 5
}

// openWith gives a session; token is "" where there is a password.
func (s *SMTP) openWith(ctx context.Context, see watcher, token string) (*session, error) {
	var raw net.Conn
	err := see.step("connect", func(o *Observation) (err error) {
		if raw, err = s.dial(ctx); err == nil {
			o.Remote = raw.RemoteAddr()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	session := newSession(raw, s.Timeouts, s.Window)
	session.most = s.MaxMessages
	session.see = see
	unwatch := context.AfterFunc(ctx, session.abort)
	err = session.setUp(ctx, s, token)
	if !unwatch() || err != nil {
		session.abort()
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	return session, nil
}

func (s *SMTP) dial(ctx context.Context) (net.Conn, error) {
	dialer := net.Dialer{Timeout: s.Timeouts.Dial}
	raw, err := dialer.DialContext(ctx, "tcp", s.url.Address())
	if err != nil {
		return nil, dialError(ctx, err)
	}
	if s.Courteous && near(raw.LocalAddr(), raw.RemoteAddr()) {
		giveWay()
	}
	return quick(raw), nil
}

func dialError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	hint := "check the host and the port of --smtp, and whether a firewall stands between"
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return &Error{Step: "connect", Err: errors.New("the name of the host cannot be resolved"),
			Hint: "check the host of --smtp"}
	}
	return &Error{Step: "connect", Err: plainCause(err), Hint: hint}
}

// literal gives the address literal (RFC 5321 section 4.1.3) of a connection's
// own end.
func literal(conn net.Conn) string {
	end, err := netip.ParseAddrPort(conn.LocalAddr().String())
	if err != nil {
		return "[127.0.0.1]"
	}
	address := end.Addr().Unmap().WithZone("")
	if address.Is4() {
		return "[" + address.String() + "]"
	}
	return "[IPv6:" + address.String() + "]"
}
