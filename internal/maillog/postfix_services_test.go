//go:build services

package maillog

import (
	"bufio"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"mailshot/internal/postfixtest"
)

// dialogue speaks SMTP line by line.
type dialogue struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

func dial(t *testing.T, s *postfixtest.Server) *dialogue {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	d := &dialogue{t, conn, bufio.NewReader(conn)}
	d.want("220")
	for _, line := range []string{"EHLO client.example", "MAIL FROM:<desk@sender.example>", "RCPT TO:<ann@a.example>"} {
		d.send(line + "\r\n")
		d.want("250")
	}
	return d
}

func (d *dialogue) send(text string) {
	d.t.Helper()
	if _, err := d.conn.Write([]byte(text)); err != nil {
		d.t.Fatal(err)
	}
}

// want reads a reply to its last line.
func (d *dialogue) want(code string) {
	d.t.Helper()
	for {
		line, err := d.in.ReadString('\n')
		if err != nil || !strings.HasPrefix(line, code) {
			d.t.Fatalf("%q, %v, want %s", line, err, code)
		}
		if line[3] == ' ' {
			return
		}
	}
}

func content(id string) string {
	return "From: desk@sender.example\r\nMessage-ID: <" + id + ">\r\nSubject: x\r\n\r\n" + strings.Repeat("line\r\n", 5000)
}

// TestPostfix hands a real Postfix messages whole and cut off, by DATA and by
// BDAT, and reads its log: the ids of all are there, and only those count that
// it delivers.
func TestPostfix(t *testing.T) {
	s := postfixtest.Start(t)
	begun := time.Now()
	for _, how := range []struct {
		id  string
		say func(d *dialogue, text string)
	}{
		{"data.whole@sender.example", func(d *dialogue, text string) {
			d.send("DATA\r\n")
			d.want("354")
			d.send(text + ".\r\n")
			d.want("250")
		}},
		{"data.cut@sender.example", func(d *dialogue, text string) { d.send("DATA\r\n"); d.want("354"); d.send(text) }},
		{"bdat.whole@sender.example", func(d *dialogue, text string) {
			d.send(fmt.Sprintf("BDAT %d LAST\r\n%s", len(text), text))
			d.want("250")
		}},
		{"bdat.cut@sender.example", func(d *dialogue, text string) { d.send(fmt.Sprintf("BDAT %d LAST\r\n%s", len(text)+1, text)) }},
		{"bdat.chunk@other.example", func(d *dialogue, text string) { d.send(fmt.Sprintf("BDAT %d\r\n%s", len(text), text)); d.want("250") }},
	} {
		d := dial(t, s)
		how.say(d, content(how.id))
		await(t, s, how.id)
		d.conn.Close()
	}
	taken, r := readAtEnd(t, s)
	if want := []string{"bdat.whole@sender.example", "data.whole@sender.example"}; !slices.Equal(taken, want) {
		t.Errorf("taken %q, want %q", taken, want)
	}
	if n := len(s.Delivered(t, 2)); n != len(taken) {
		t.Errorf("%d were delivered", n)
	}
	if !r.Covers(begun) {
		t.Errorf("%+v does not cover %v", r, begun)
	}
}

// await waits until the server has logged an id: it comes while a message does.
func await(t *testing.T, s *postfixtest.Server, id string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(s.Log(t), id); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the server never logs %s:\n%s", id, s.Log(t))
		}
	}
}

// readAtEnd reads the log once every session is over.
func readAtEnd(t *testing.T, s *postfixtest.Server) ([]string, Reading) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var taken []string
		r, err := Read(strings.NewReader(s.Log(t)), time.Now(),
			func(id string) bool { return strings.HasSuffix(id, "@sender.example") },
			func(id string, _ time.Time) { taken = append(taken, id) })
		if err != nil {
			t.Fatal(err)
		}
		if r.Open == 0 && len(taken) >= 2 {
			slices.Sort(taken)
			return taken, r
		}
		if time.Now().After(deadline) {
			t.Fatalf("%+v, taken %q:\n%s", r, taken, s.Log(t))
		}
	}
}
