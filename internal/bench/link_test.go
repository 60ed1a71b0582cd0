package bench

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// far gives the address of a link to a server that takes half of away each way;
// 0 for the server itself. It delays octets and holds none back: a real link
// has a bandwidth as well.
func far(tb testing.TB, server string, away time.Duration) string {
	tb.Helper()
	if away == 0 {
		return server
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	l := &link{to: server, later: away / 2}
	l.running.Go(func() { l.accept(listener) })
	tb.Cleanup(func() {
		listener.Close()
		l.running.Wait()
	})
	return listener.Addr().String()
}

type link struct {
	to      string
	later   time.Duration
	running sync.WaitGroup
}

func (l *link) accept(listener net.Listener) {
	for {
		near, err := listener.Accept()
		if err != nil {
			return
		}
		distant, err := net.Dial("tcp", l.to)
		if err != nil {
			near.Close()
			continue
		}
		l.running.Go(func() { l.join(near, distant) })
	}
}

// join carries both ways until both have ended.
func (l *link) join(near, distant net.Conn) {
	var back sync.WaitGroup
	back.Go(func() { l.carry(near, distant) })
	l.carry(distant, near)
	back.Wait()
	near.Close()
	distant.Close()
}

// parcel is what came in one read, and when it is due.
type parcel struct {
	octets []byte
	due    time.Time
}

// carry copies from one connection to another, each read a while later.
func (l *link) carry(to, from net.Conn) {
	parcels := make(chan parcel, 1<<14)
	l.running.Go(func() {
		defer close(parcels)
		for {
			octets := make([]byte, 32<<10)
			n, err := from.Read(octets)
			if n > 0 {
				parcels <- parcel{octets[:n], time.Now().Add(l.later)}
			}
			if err != nil {
				return
			}
		}
	})
	for p := range parcels {
		time.Sleep(time.Until(p.due))
		if _, err := to.Write(p.octets); err != nil {
			break
		}
	}
	to.(*net.TCPConn).CloseWrite()
	for range parcels {
		// What cannot be written any more is read all the same.
	}
}

func TestLink(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		io.Copy(conn, conn)
		conn.Close()
	}()
	conn, err := net.Dial("tcp", far(t, listener.Addr().String(), 50*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	began, sent := time.Now(), make([]byte, 1<<20)
	go func() {
		conn.Write(sent)
		conn.(*net.TCPConn).CloseWrite()
	}()
	got, err := io.ReadAll(conn)
	if took := time.Since(began); err != nil || len(got) != len(sent) || took < 50*time.Millisecond {
		t.Errorf("%d octets came back after %v, %v", len(got), took, err)
	}
}
