// Package dnstest is a DNS server on loopback for tests. It answers from a zone
// written as lines
//
//	NAME A 198.51.100.7
//	NAME MX 10 HOST
//	NAME TXT any text up to the end of the line
//	NAME FAIL      a SERVFAIL to whatever is asked about the name
//	NAME SILENT    no answer at all
//
// with names as in "sender.example". A name that has no line does not exist.
package dnstest

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// Server is a running server.
type Server struct {
	Addr string // IP:port

	conn  net.PacketConn
	lines []line

	mu    sync.Mutex
	asked []string
}

// line is one line of the zone.
type line struct{ name, kind, value string }

// New starts a server, which ends with the test.
func New(t testing.TB, zone string) *Server {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Addr: conn.LocalAddr().String(), conn: conn}
	for text := range strings.Lines(zone) {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		name, rest, _ := strings.Cut(text, " ")
		kind, value, _ := strings.Cut(rest, " ")
		s.lines = append(s.lines, line{name + ".", kind, value})
	}
	var running sync.WaitGroup
	running.Go(s.serve)
	t.Cleanup(func() {
		conn.Close()
		running.Wait()
	})
	return s
}

// Asked gives the questions so far, such as "sender.example. TXT".
func (s *Server) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.asked...)
}

func (s *Server) serve() {
	packet := make([]byte, 4096)
	for {
		n, from, err := s.conn.ReadFrom(packet)
		if err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(packet[:n]) != nil || len(m.Questions) != 1 {
			continue
		}
		if answer := s.answer(m); answer != nil {
			s.conn.WriteTo(answer, from)
		}
	}
}

// answer gives the answer to the question of m; nil for none.
func (s *Server) answer(m dnsmessage.Message) []byte {
	q := m.Questions[0]
	name := strings.ToLower(q.Name.String())
	s.mu.Lock()
	s.asked = append(s.asked, name+" "+strings.TrimPrefix(q.Type.String(), "Type"))
	s.mu.Unlock()
	m.Response, m.Authoritative, m.RecursionAvailable = true, true, true
	m.RCode, m.Additionals = dnsmessage.RCodeNameError, nil
	for _, l := range s.lines {
		if l.name != name {
			continue
		}
		switch l.kind {
		case "SILENT":
			return nil
		case "FAIL":
			m.RCode = dnsmessage.RCodeServerFailure
			continue
		}
		m.RCode = dnsmessage.RCodeSuccess
		if body := l.body(); body != nil && "Type"+l.kind == q.Type.String() {
			header := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 60}
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: body})
		}
	}
	packed, err := m.Pack()
	if err != nil {
		return nil
	}
	return packed
}

// body gives the record; nil for what is none.
func (l line) body() dnsmessage.ResourceBody {
	switch l.kind {
	case "A":
		if ip, err := netip.ParseAddr(l.value); err == nil {
			return &dnsmessage.AResource{A: ip.As4()}
		}
	case "MX":
		preference, host, _ := strings.Cut(l.value, " ")
		n, _ := strconv.ParseUint(preference, 10, 16)
		if name, err := dnsmessage.NewName(strings.TrimSuffix(host, ".") + "."); err == nil {
			return &dnsmessage.MXResource{Pref: uint16(n), MX: name}
		}
	case "TXT":
		return &dnsmessage.TXTResource{TXT: split(l.value)}
	}
	return nil
}

// split cuts a text into the strings of at most 255 octets that TXT has.
func split(text string) []string {
	var all []string
	for len(text) > 255 {
		all, text = append(all, text[:255]), text[255:]
	}
	return append(all, text)
}
