package transport

import (
	"fmt"
	"io"
	"net"
	netsmtp "net/smtp"
	"strings"
	"testing"
	"time"

	"mailshot/internal/guard"
	"mailshot/internal/ledger"
	"mailshot/internal/smtptest"
)

// fiveKB is the body of the messages in benchmarks.
var fiveKB = strings.Repeat("This is one line of a text of about five kilobytes, all told.\n", 80)

// BenchmarkModes compares the modes with net/smtp, step by step, on loopback and
// through a link of 50 ms there and back.
func BenchmarkModes(b *testing.B) {
	messages := cleared(b, addresses(1), fiveKB)
	for _, away := range []time.Duration{0, 50 * time.Millisecond} {
		var base float64
		b.Run(fmt.Sprint("net-smtp/", away), func(b *testing.B) {
			server := smtptest.New(b, smtptest.Script{Extensions: modes["step by step"], Discard: true})
			base = rate(b, func() { netSMTP(b, delayed(b, server, away), messages[0], b.N) })
		})
		for _, mode := range []string{"step by step", "pipelined", "chunked"} {
			b.Run(fmt.Sprint(mode, "/", away), func(b *testing.B) {
				server := smtptest.New(b, smtptest.Script{Extensions: modes[mode], Discard: true})
				server.Port = delayed(b, server, away)
				conn := connect(b, plain(b, server))
				got := rate(b, func() { deliverTimes(b, conn, messages[0], b.N) })
				if base > 0 {
					b.ReportMetric(got/base, "times-net-smtp")
				}
			})
		}
	}
}

// rate gives, and reports, messages a second.
func rate(b *testing.B, send func()) float64 {
	b.ResetTimer()
	send()
	b.StopTimer()
	got := float64(b.N) / b.Elapsed().Seconds()
	b.ReportMetric(got, "messages/s")
	return got
}

// deliverTimes sends one message n times.
func deliverTimes(b *testing.B, conn Conn, c guard.Cleared, n int) {
	in, out := make(chan guard.Cleared, 64), make(chan Result, 64)
	go func() {
		defer close(in)
		for range n {
			in <- c
		}
	}()
	go func() {
		defer close(out)
		if err := conn.Deliver(b.Context(), in, out); err != nil {
			b.Error(err)
		}
	}()
	for r := range out {
		if r.Outcome != ledger.Accepted {
			b.Errorf("%+v", r)
		}
	}
}

// netSMTP sends one message n times with the standard library.
func netSMTP(b *testing.B, port int, c guard.Cleared, n int) {
	client, err := netsmtp.Dial(fmt.Sprint("127.0.0.1:", port))
	if err != nil {
		b.Fatal(err)
	}
	defer client.Close()
	for range n {
		envelope := c.Envelope()
		if err := client.Mail(envelope.From.String()); err != nil {
			b.Fatal(err)
		}
		if err := client.Rcpt(envelope.To.String()); err != nil {
			b.Fatal(err)
		}
		w, err := client.Data()
		if err != nil {
			b.Fatal(err)
		}
		c.WriteTo(w)
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// delayed gives the port of a link to a server that takes half of away each
// way; 0 for the server itself.
func delayed(b *testing.B, server *smtptest.Server, away time.Duration) int {
	if away == 0 {
		return server.Port
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { listener.Close() })
	to := fmt.Sprint(server.Host, ":", server.Port)
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", to)
			if err != nil {
				near.Close()
				return
			}
			go carry(far, near, away/2)
			go carry(near, far, away/2)
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port
}

// parcel is what came in one read, and when it is due.
type parcel struct {
	octets []byte
	due    time.Time
}

// carry copies from one connection to another, each read a while later.
func carry(to io.WriteCloser, from io.Reader, later time.Duration) {
	parcels := make(chan parcel, 4096)
	go func() {
		defer close(parcels)
		for {
			octets := make([]byte, 32<<10)
			n, err := from.Read(octets)
			if err != nil {
				return
			}
			parcels <- parcel{octets[:n], time.Now().Add(later)}
		}
	}()
	defer to.Close()
	for p := range parcels {
		time.Sleep(time.Until(p.due))
		if _, err := to.Write(p.octets); err != nil {
			return
		}
	}
}

func BenchmarkGate(b *testing.B) {
	content := stuffed(b, []byte(strings.Repeat("This is one line of a text of about five kilobytes, all told.\r\n", 80)), 1<<20)
	text := []byte("RSET\r\n" + gateMail + gateRcpt + "DATA\r\n" + string(content))
	g := opened(io.Discard)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		g.announce(announced{"s@a.example", "r@a.example", len(content) - 3})
		if _, err := g.Write(text); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTLS is BenchmarkModes under TLS, on loopback.
func BenchmarkTLS(b *testing.B) {
	messages := cleared(b, addresses(1), fiveKB)
	authority := smtptest.NewAuthority(b)
	for _, mode := range []string{"step by step", "pipelined", "chunked"} {
		b.Run(mode, func(b *testing.B) {
			server := smtptest.New(b, smtptest.Script{Extensions: modes[mode], Discard: true,
				TLS: authority.Config(b, "127.0.0.1", inAnHour()), Implicit: true})
			conn := connect(b, secured(b, server, authority, TLS, Credentials{}))
			rate(b, func() { deliverTimes(b, conn, messages[0], b.N) })
		})
	}
}
