package sink

import (
	"errors"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
)

var errAddress = errors.New("not host:port")

// loopback reads an address to listen on. Only "localhost" is looked up, and
// not even that asks a name server.
func loopback(address string) (*net.TCPAddr, error) {
	if address == "" {
		return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}, nil
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, errAddress
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, errAddress
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	ip := net.ParseIP(host)
	if ip == nil || !ip.IsLoopback() {
		return nil, ErrNotLoopback
	}
	return &net.TCPAddr{IP: ip, Port: int(number)}, nil
}

// listener counts its connections, and closes them when it is closed.
type listener struct {
	net.Listener
	accepted atomic.Int64

	mu     sync.Mutex
	open   map[net.Conn]bool
	closed bool
}

func newListener(l net.Listener) *listener {
	return &listener{Listener: l, open: map[net.Conn]bool{}}
}

func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		c.Close()
		return nil, net.ErrClosed
	}
	l.accepted.Add(1)
	l.open[c] = true
	return conn{c, l}, nil
}

// Close closes the port and what came in through it. A second time it does
// nothing.
func (l *listener) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	l.closed = true
	for c := range l.open {
		c.Close()
	}
	return l.Listener.Close()
}

// conn is forgotten by its listener when it is closed.
type conn struct {
	net.Conn
	from *listener
}

func (c conn) Close() error {
	c.from.mu.Lock()
	delete(c.from.open, c.Conn)
	c.from.mu.Unlock()
	return c.Conn.Close()
}
