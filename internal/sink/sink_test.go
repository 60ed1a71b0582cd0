package sink

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/smtp"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve runs a sink until the test ends, or until stop is called.
func serve(t *testing.T, o Options) *Server {
	t.Helper()
	s, _ := serveUntil(t, o)
	return s
}

func serveUntil(t *testing.T, o Options) (s *Server, stop func()) {
	t.Helper()
	s, err := Listen(o)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(t.Context()) }()
	stop = sync.OnceFunc(func() {
		s.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return s, stop
}

func send(t *testing.T, s *Server, to []string, message string) {
	t.Helper()
	if err := smtp.SendMail(s.Addr(), nil, "news@a.example", to, []byte(message)); err != nil {
		t.Fatal(err)
	}
}

const letter = "To: ann@b.example\r\nSubject: x\r\n\r\n.\r\n..two\r\n.three\r\n  \t\r\nend\r\n"

func TestMemoryKeepsBytesAndEnvelope(t *testing.T) {
	var noticed []Received
	s := serve(t, Options{OnMessage: func(r Received) { noticed = append(noticed, r) }})
	send(t, s, []string{"ann@b.example"}, letter)
	send(t, s, []string{"bob@b.example", "cem@b.example"}, "Subject: y\r\n\r\n")
	all := s.Received()
	if len(all) != 2 || !reflect.DeepEqual(all, noticed) {
		t.Fatalf("received %v, noticed %v", all, noticed)
	}
	first := all[0]
	if string(first.Data) != letter || first.Size != int64(len(letter)) || first.File != "" || first.At.IsZero() {
		t.Errorf("first message %+v\n%q", first, first.Data)
	}
	if first.From != "news@a.example" || !reflect.DeepEqual(first.To, []string{"ann@b.example"}) {
		t.Errorf("envelope %q %q", first.From, first.To)
	}
	if want := []string{"bob@b.example", "cem@b.example"}; !reflect.DeepEqual(all[1].To, want) {
		t.Errorf("recipients %q, want %q", all[1].To, want)
	}
	if want := (Counts{Connections: 2, Mail: 2, Rcpt: 3, Messages: 2}); s.Counts() != want {
		t.Errorf("counts %+v, want %+v", s.Counts(), want)
	}
}

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "mail")
	var noticed []Received
	s := serve(t, Options{Dir: dir, OnMessage: func(r Received) { noticed = append(noticed, r) }})
	send(t, s, []string{"ann@b.example"}, letter)
	if s.Received() != nil || noticed[0].Data != nil {
		t.Error("a message is kept in memory too")
	}
	if noticed[0].File != filepath.Join(dir, "000001.eml") || s.Counts().Messages != 1 {
		t.Errorf("noticed %+v, counts %+v", noticed[0], s.Counts())
	}
	wantMode(t, dir, os.ModeDir|0o700)
	wantFile(t, noticed[0].File, letter)

	other := serve(t, Options{Dir: dir}) // goes on counting
	send(t, other, []string{"bob@b.example"}, "Subject: y\r\n\r\n")
	wantFile(t, noticed[0].File, letter)
	wantFile(t, filepath.Join(dir, "000002.eml"), "Subject: y\r\n\r\n")
	wantEnvelopes(t, dir, []envelope{
		{"000001.eml", "news@a.example", []string{"ann@b.example"}, int64(len(letter))},
		{"000002.eml", "news@a.example", []string{"bob@b.example"}, 14},
	})
}

func wantMode(t *testing.T, name string, want os.FileMode) {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != want {
		t.Errorf("%s has mode %v, want %v", filepath.Base(name), info.Mode(), want)
	}
}

func wantFile(t *testing.T, name, want string) {
	t.Helper()
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s holds %q, want %q", filepath.Base(name), got, want)
	}
	wantMode(t, name, 0o600)
}

type envelope struct {
	File string
	From string
	To   []string
	Size int64
}

func wantEnvelopes(t *testing.T, dir string, want []envelope) {
	t.Helper()
	name := filepath.Join(dir, EnvelopesFile)
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var got []envelope
	for line := range bytes.Lines(data) {
		var e envelope
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		got = append(got, e)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("envelopes %+v, want %+v", got, want)
	}
	wantMode(t, name, 0o600)
}

func TestManyClientsAtOnce(t *testing.T) {
	const clients = 20
	dir := t.TempDir()
	s := serve(t, Options{Dir: dir})
	var sending sync.WaitGroup
	for i := range clients {
		sending.Go(func() {
			to := fmt.Sprintf("r%d@b.example", i)
			if err := smtp.SendMail(s.Addr(), nil, "news@a.example", []string{to}, []byte("To: "+to+"\r\n\r\n")); err != nil {
				t.Error(err)
			}
		})
	}
	sending.Wait()
	if want := (Counts{clients, clients, clients, clients}); s.Counts() != want {
		t.Errorf("counts %+v, want %+v", s.Counts(), want)
	}
	seen := map[string]bool{}
	for n := range clients {
		data, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("%06d.eml", n+1)))
		if err != nil {
			t.Fatal(err)
		}
		seen[string(data)] = true
	}
	if len(seen) != clients {
		t.Errorf("%d different messages, want %d", len(seen), clients)
	}
}

// talk says lines one after another and gives the code of each reply; where
// the last has no end, it cuts the connection without waiting for one.
func talk(t *testing.T, s *Server, lines ...string) []string {
	t.Helper()
	c, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	replies := bufio.NewReader(c)
	codes := []string{reply(t, replies)}
	for _, line := range lines {
		fmt.Fprint(c, line)
		if strings.HasSuffix(line, "cut") {
			break
		}
		codes = append(codes, reply(t, replies))
	}
	return codes
}

func reply(t *testing.T, r *bufio.Reader) string {
	t.Helper()
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if line[3] == ' ' {
			return line[:3]
		}
	}
}

func TestChunksAndUTF8(t *testing.T) {
	s := serve(t, Options{})
	codes := talk(t, s, "EHLO a.example\r\n", "MAIL FROM:<n\u00e4chste@a.example> SMTPUTF8\r\n", "RCPT TO:<\u30e6\u30ad@b.example>\r\n",
		"BDAT 4\r\nA: b", "BDAT 7 LAST\r\n\r\n\r\n.\r\n", "QUIT\r\n")
	if want := strings.Fields("220 250 250 250 250 250 221"); !reflect.DeepEqual(codes, want) {
		t.Fatalf("replies %v, want %v", codes, want)
	}
	got := s.Received()
	if len(got) != 1 || string(got[0].Data) != "A: b\r\n\r\n.\r\n" || got[0].To[0] != "\u30e6\u30ad@b.example" {
		t.Fatalf("received %+v", got)
	}
}

func TestAbortedMessageIsNotKept(t *testing.T) {
	dir := t.TempDir()
	s, stop := serveUntil(t, Options{Dir: dir})
	talk(t, s, "EHLO a.example\r\n", "MAIL FROM:<n@a.example>\r\n", "RCPT TO:<ann@b.example>\r\n", "DATA\r\n", "A: b\r\n\r\ncut")
	send(t, s, []string{"bob@b.example"}, letter)
	stop()
	wantEnvelopes(t, dir, []envelope{{"000002.eml", "news@a.example", []string{"bob@b.example"}, int64(len(letter))}})
	if want := (Counts{Connections: 2, Mail: 2, Rcpt: 2, Messages: 1}); s.Counts() != want {
		t.Errorf("counts %+v, want %+v", s.Counts(), want)
	}
	if _, err := os.Stat(filepath.Join(dir, "000001.eml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("half a message is there: %v", err)
	}
}

func TestMessageThatCannotBeKeptIsAnsweredWith451(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, Options{Dir: dir})
	if err := os.Mkdir(filepath.Join(dir, "000001.eml"), 0o700); err != nil {
		t.Fatal(err)
	}
	codes := talk(t, s, "EHLO a.example\r\n", "MAIL FROM:<n@a.example>\r\n", "RCPT TO:<ann@b.example>\r\n", "BDAT 4 LAST\r\nA: b")
	if codes[4] != "451" || s.Counts().Messages != 0 {
		t.Errorf("replies %v, counts %+v", codes, s.Counts())
	}
}

func TestListensOnLoopbackAlone(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:2525", "mail.a.example:25", "localhost.a.example:0", "10.0.0.1:0"} {
		if s, err := Listen(Options{Address: address}); !errors.Is(err, ErrNotLoopback) {
			t.Errorf("%s: %v, want ErrNotLoopback", address, err)
			if err == nil {
				s.Close()
			}
		}
	}
	for _, address := range []string{"127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000", "127.0.0.1:smtp"} {
		if _, err := Listen(Options{Address: address}); err == nil {
			t.Errorf("%s was taken", address)
		}
	}
	for _, address := range []string{"", "localhost:0", "127.0.0.1:0"} {
		if s := serve(t, Options{Address: address}); !strings.HasPrefix(s.Addr(), "127.0.0.1:") {
			t.Errorf("%q listens on %s", address, s.Addr())
		}
	}
}

func TestPortTaken(t *testing.T) {
	s := serve(t, Options{})
	if _, err := Listen(Options{Address: s.Addr(), Dir: t.TempDir()}); err == nil || errors.Is(err, ErrNotLoopback) {
		t.Errorf("a second sink on the port: %v", err)
	}
}

func TestFolderThatIsAFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(Options{Dir: file}); err == nil {
		t.Error("a file was taken for a folder")
	}
}

// An open connection does not keep Serve from ending.
func TestCloseCutsClientsOff(t *testing.T) {
	s, err := Listen(Options{})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- s.Serve(t.Context()) }()
	c, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	reply(t, bufio.NewReader(c))
	s.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
