package transport

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"reflect"
	"strings"
	"syscall"
	"testing"
)

func TestReadReply(t *testing.T) {
	for name, c := range map[string]struct {
		in       string
		code     int
		enhanced string
		lines    int
		err      error
	}{
		"one line":                  {"250 ok\r\n", 250, "", 1, nil},
		"a code alone":              {"250\r\n", 250, "", 1, nil},
		"a code and a space":        {"250 \r\n", 250, "", 1, nil},
		"LF":                        {"250 ok\n", 250, "", 1, nil},
		"several lines":             {"250-a\r\n250-b\r\n250 c\r\n", 250, "", 3, nil},
		"an enhanced code":          {"550 5.1.1 no\r\n", 550, "5.1.1", 1, nil},
		"an enhanced code alone":    {"550 5.1.1\r\n", 550, "5.1.1", 1, nil},
		"a long enhanced code":      {"550 5.123.456 no\r\n", 550, "5.123.456", 1, nil},
		"an enhanced code, several": {"450-4.7.1 a\r\n450 4.7.1 b\r\n", 450, "4.7.1", 2, nil},
		"another class":             {"550 4.1.1 no\r\n", 550, "", 1, nil},
		"no enhanced code":          {"550 5.1234.1 no\r\n", 550, "", 1, nil},
		"an IP address":             {"250 2.0.0.1 no\r\n", 250, "", 1, nil},
		"an address":                {"550 5.a.example no\r\n", 550, "", 1, nil},
		"codes that differ":         {"250-a\r\n251 b\r\n", 0, "", 0, errOutOfStep},
		"no code":                   {"hello\r\n", 0, "", 0, errOutOfStep},
		"an empty line":             {"\r\n", 0, "", 0, errOutOfStep},
		"a short code":              {"25\r\n", 0, "", 0, errOutOfStep},
		"a long code":               {"2500 ok\r\n", 0, "", 0, errOutOfStep},
		"1yz":                       {"150 ok\r\n", 0, "", 0, errOutOfStep},
		"6yz":                       {"650 ok\r\n", 0, "", 0, errOutOfStep},
		"a sign":                    {"+25 ok\r\n", 0, "", 0, errOutOfStep},
		"the end":                   {"", 0, "", 0, io.EOF},
		"the end within":            {"250 o", 0, "", 0, io.ErrUnexpectedEOF},
		"the end after a line":      {"250-a\r\n", 0, "", 0, io.EOF},
		"the longest line":          {"250 " + strings.Repeat("x", 2042) + "\r\n", 250, "", 1, nil},
		"too long a line":           {"250 " + strings.Repeat("x", 2043) + "\r\n", 0, "", 0, errOutOfStep},
		"a line without an end":     {"250 " + strings.Repeat("x", 1<<20), 0, "", 0, errOutOfStep},
		"the most lines":            {strings.Repeat("250-x\r\n", 99) + "250 x\r\n", 250, "", 100, nil},
		"too many lines":            {strings.Repeat("250-x\r\n", 100) + "250 x\r\n", 0, "", 0, errOutOfStep},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := readReply(bufio.NewReaderSize(strings.NewReader(c.in), replyBuffer))
			if !errors.Is(err, c.err) || err == nil != (c.err == nil) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if r.code != c.code || r.enhanced != c.enhanced || len(r.lines) != c.lines || r.trailing {
				t.Errorf("got %+v, want %+v", r, c)
			}
		})
	}
}

func TestReadReplySeesWhatTrails(t *testing.T) {
	in := bufio.NewReaderSize(strings.NewReader("250 a\r\n250 b\r\n"), replyBuffer)
	for _, want := range []bool{true, false} {
		if r, err := readReply(in); err != nil || r.trailing != want {
			t.Fatalf("%+v, %v; want trailing %v", r, err, want)
		}
	}
}

func TestHasWhole(t *testing.T) {
	for held, want := range map[string]bool{
		"": false, "250 o": false, "250-a\r\n": false, "250-a\r\n250 b": false,
		"250 ok\r\n": true, "250\n": true, "250 a\r\n250": true, "250-a\r\n250 b\r\n": true, "x\r\n": true, "250-a\r\n\n": true,
	} {
		in := bufio.NewReaderSize(strings.NewReader(held), replyBuffer)
		in.Peek(1)
		if got := hasWhole(in); got != want {
			t.Errorf("%q: %v", held, got)
		}
	}
}

// What a server has said before is read as what it says for the first time, and
// of all that it says only so much is kept.
func TestPhrases(t *testing.T) {
	var said strings.Builder
	for i := range 3 * maxPhrases {
		fmt.Fprintf(&said, "250 2.0.0 ok\r\n250 2.0.0 taken as %d\r\n250-2.0.0 a\r\n250 2.0.0 b\r\n250 2.0.0 b\r\n550 5.1.1 no\n", i)
	}
	words := phrases{}
	sameReplies(t, words, said.String())
	if n := len(words); n != maxPhrases || words["250 2.0.0 ok\r\n"].code != 250 {
		t.Errorf("%d are kept: %v", n, words)
	}
}

// sameReplies sees whether words makes of what was said what readReply does.
func sameReplies(t *testing.T, words phrases, said string) {
	t.Helper()
	one, other := bufio.NewReaderSize(strings.NewReader(said), replyBuffer), bufio.NewReaderSize(strings.NewReader(said), replyBuffer)
	for {
		want, end := readReply(one)
		got, err := words.readReply(other)
		if !errors.Is(err, end) || !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v, %v; want %+v, %v", got, err, want, end)
		}
		if end != nil {
			return
		}
	}
}

// failing says once why it fails, as a connection does, and then that it is at
// its end.
type failing struct{ why error }

func (f *failing) Read([]byte) (int, error) {
	why := f.why
	f.why = io.EOF
	return 0, why
}

func TestPhrasesSayWhyThereAreNoMore(t *testing.T) {
	for _, said := range []string{"", "250 ok\r\n", "250-a\r\n"} {
		in := bufio.NewReaderSize(io.MultiReader(strings.NewReader(said), &failing{syscall.ECONNRESET}), replyBuffer)
		words := phrases{}
		_, err := words.readReply(in)
		if err == nil {
			_, err = words.readReply(in)
		}
		if !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("%v behind %q", err, said)
		}
	}
}

// What has come together is handed over together, and does not wait for a reply
// that has not come whole.
func TestHandsOverWhatHasCome(t *testing.T) {
	ours, theirs := net.Pipe()
	s := newSession(ours, defaultTimeouts(), 64)
	go s.listen()
	for _, said := range []struct {
		text    string
		replies int
	}{
		{"250 a\r\n250 b\r\n250-c\r\n", 2}, {"250 d\r\n", 1}, {strings.Repeat("250 e\r\n", maxHeard), maxHeard}, {"250 f\r\n", 1},
	} {
		theirs.Write([]byte(said.text))
		if batch := <-s.answers; len(batch) != said.replies {
			t.Errorf("%d replies of %q", len(batch), said.text)
		}
	}
	theirs.Close()
	if batch := <-s.answers; len(batch) != 1 || !errors.Is(batch[0].err, io.EOF) {
		t.Errorf("%+v for the end", batch)
	}
}

func FuzzReadReply(f *testing.F) {
	for _, seed := range []string{"250-a\r\n250 b\r\n", "550 5.1.1 no\r\n", "x", "421\n", "250-\r\n\r\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		r, err := readReply(bufio.NewReaderSize(strings.NewReader(in), replyBuffer))
		if err != nil {
			return
		}
		if r.code < 200 || r.code > 599 || len(r.lines) == 0 || len(r.lines) > maxReplyLines {
			t.Fatalf("%+v", r)
		}
		for _, line := range r.lines {
			if len(line) > maxReplyLine || strings.Contains(line, "\n") {
				t.Fatalf("%q", line)
			}
		}
		if r.enhanced != "" && !strings.HasPrefix(r.lines[0], r.enhanced) {
			t.Fatalf("%+v", r)
		}
		sameReplies(t, phrases{}, in+in)
	})
}

func TestReadExtensions(t *testing.T) {
	x := readExtensions([]string{"mail.example.com", "PIPELINING", "size 1000", "8bitmime", "SMTPUTF8", "AUTH PLAIN login",
		"AUTH CRAM-MD5", "", "STARTTLS"})
	if !x.size || x.limit != 1000 || !x.eightBit || !x.utf8 || !x.startTLS || strings.Join(x.mechanisms, " ") != "PLAIN LOGIN CRAM-MD5" {
		t.Errorf("%+v", x)
	}
	for line, want := range map[string]int64{"SIZE": 0, "SIZE 0": 0, "SIZE -1": 0, "SIZE x": 0, "SIZE 99999999999999999999": 0, "SIZE 5": 5} {
		if got := readExtensions([]string{"hello", line}); !got.size || got.limit != want {
			t.Errorf("%s: %+v, want %d", line, got, want)
		}
	}
	if x := readExtensions([]string{"STARTTLS SMTPUTF8"}); x.startTLS || x.utf8 {
		t.Error("the greeting was taken for an extension")
	}
}
