package transport

import (
	"bufio"
	"bytes"
	"io"
	"net/textproto"
	"strings"
	"testing"
)

func stuffed(t testing.TB, content []byte, piece int) []byte {
	t.Helper()
	var wire bytes.Buffer
	out := bufio.NewWriter(&wire)
	dots := &dotWriter{out: out}
	for len(content) > 0 {
		n := min(piece, len(content))
		if wrote, err := dots.Write(content[:n]); err != nil || wrote != n {
			t.Fatal(wrote, err)
		}
		content = content[n:]
	}
	out.WriteString(lastDot)
	out.Flush()
	return wire.Bytes()
}

func TestDotWriter(t *testing.T) {
	for content, want := range map[string]string{
		"":                       ".\r\n",
		"a\r\n":                  "a\r\n.\r\n",
		".\r\n":                  "..\r\n.\r\n",
		"..\r\n.a\r\n":           "...\r\n..a\r\n.\r\n",
		"a\r\n.\r\n.\r\nb.c\r\n": "a\r\n..\r\n..\r\nb.c\r\n.\r\n",
	} {
		for piece := 1; piece < 6; piece++ {
			if got := string(stuffed(t, []byte(content), piece)); got != want {
				t.Errorf("%q in pieces of %d: %q, want %q", content, piece, got, want)
			}
		}
	}
}

// A dot at the start of a line is found at every place among others of all
// kinds, and nothing else is.
func TestBeforeDot(t *testing.T) {
	for _, others := range []string{"a", "\n", ".", "\r", "/", "\v", "\x00", "\x80", "\xff"} {
		for length := range 28 {
			for place := range length {
				for _, pair := range []string{"\n.", "\n/", "\v.", "\x8a.", "\n\xae", ".\n", "\n", "."} {
					text := []byte(strings.Repeat(others, place) + pair + strings.Repeat(others, length-place))
					want := len(text)
					if i := strings.Index(string(text), "\n."); i >= 0 {
						want = i + 1
					}
					if got := beforeDot(text); got != want {
						t.Fatalf("%q: %d, not %d", text, got, want)
					}
				}
			}
		}
	}
}

// FuzzDotWriter: another reader of dots (net/textproto) gets back what went in,
// and the gate, which has a reader of its own, agrees on where it ends.
func FuzzDotWriter(f *testing.F) {
	f.Add(".a.\n..\nb", uint8(1))
	f.Add("a\n.\n.\nb\n", uint8(3))
	f.Fuzz(func(t *testing.T, text string, piece uint8) {
		if strings.ContainsAny(text, "\r") {
			return
		}
		content := strings.ReplaceAll(text+"\n", "\n", "\r\n")
		wire := stuffed(t, []byte(content), int(piece)+1)
		back, err := io.ReadAll(textproto.NewReader(bufio.NewReader(bytes.NewReader(wire))).DotReader())
		if err != nil || string(back) != text+"\n" {
			t.Fatalf("%q became %q, %v", text, back, err)
		}
		var passed bytes.Buffer
		g := opened(&passed, announced{"s@a.example", "r@a.example", len(content)})
		if err := write(g, 1+int(piece), "MAIL FROM:<s@a.example>\r\nRCPT TO:<r@a.example>\r\nDATA\r\n"+string(wire)+"RSET\r\n"); err != nil {
			t.Fatalf("%q: %v", wire, err)
		}
	})
}

func TestDotted(t *testing.T) {
	for octet := range uint64(256) {
		for behind := range uint64(256) {
			for place := 0; place < 64; place += 8 {
				if got := dotted(octet<<place, behind<<place); got != (octet == '\n' && behind == '.') {
					t.Fatalf("%#x before %#x: %v", octet, behind, got)
				}
			}
		}
	}
}
