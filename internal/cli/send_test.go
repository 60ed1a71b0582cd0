package cli_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailshot/internal/cli"
	"mailshot/internal/smtptest"
)

const (
	people = "email,first_name\nann.lee@a.example,Annette\nbo.dahl@b.example,Bodil\ncai.wu@c.example,Caiyun\n"
	news   = "---\nfrom: desk@sender.example\nsubject: For {{ .first_name }}\n---\nHello {{ .first_name }}\n"
)

// desk is a folder with a campaign and a server to send it to.
type desk struct {
	dir    string
	server *smtptest.Server
}

func newDesk(t *testing.T, faults ...smtptest.Fault) *desk {
	t.Helper()
	d := &desk{t.TempDir(), smtptest.New(t, smtptest.Script{Faults: faults})}
	d.write(t, "people.csv", people)
	d.write(t, "news.txt", news)
	return d
}

func (d *desk) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(d.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// send runs send at a terminal at which stdin types.
func (d *desk) send(ctx context.Context, stdin io.Reader, flags ...string) (code int, out string) {
	var written bytes.Buffer
	code = cli.Main(ctx, cli.Session{
		Args: append([]string{"send", filepath.Join(d.dir, "news.txt"), "-r", filepath.Join(d.dir, "people.csv"),
			"--smtp", fmt.Sprintf("smtp://%s:%d?tls=none", d.server.Host, d.server.Port)}, flags...),
		Env:   []string{"XDG_STATE_HOME=" + filepath.Join(d.dir, "state")},
		Stdin: stdin, Stdout: &written, Stderr: &written, Screen: true, Asks: true, Now: time.Now,
	})
	return code, written.String()
}

func TestSendAsks(t *testing.T) {
	for _, test := range []struct {
		typed string
		flags []string
		code  int
		mails int
	}{
		{"3\n", nil, 0, 3},
		{"2\n", nil, 130, 0},
		{"y\n", nil, 130, 0},
		{"", nil, 130, 0},
		{"2\n", []string{"--limit", "2"}, 0, 2},
		{"3\n", []string{"--limit", "2"}, 130, 0},
		{"", []string{"--yes"}, 0, 3},
	} {
		d := newDesk(t)
		code, out := d.send(context.Background(), strings.NewReader(test.typed), test.flags...)
		if mails := len(d.server.Transactions()); code != test.code || mails != test.mails {
			t.Errorf("%q %q ends with %d, %d mails:\n%s", test.typed, test.flags, code, mails, out)
		}
		if asked := strings.Contains(out, "subject     For {{ .first_name }}\n"); asked == (len(test.flags) == 1) {
			t.Errorf("%q %q:\n%s", test.typed, test.flags, out)
		}
		for _, cell := range strings.FieldsFunc(people, func(r rune) bool { return r == ',' || r == '\n' })[2:] {
			if strings.Contains(out, cell) {
				t.Errorf("%q %q shows a cell:\n%s", test.typed, test.flags, out)
			}
		}
	}
}

// TestSendAsksForWhatIsLeft does not count who has the message.
func TestSendAsksForWhatIsLeft(t *testing.T) {
	d := newDesk(t)
	d.send(context.Background(), strings.NewReader(""), "--yes", "--limit", "1")
	code, out := d.send(context.Background(), strings.NewReader("2\n"))
	if !strings.Contains(out, "3, 2 left to send to now") || code != 0 || len(d.server.Accepted()) != 3 {
		t.Errorf("ended with %d:\n%s", code, out)
	}
}

// TestSendStoppedAtPrompt wants the JSON to say so in the program's own words.
func TestSendStoppedAtPrompt(t *testing.T) {
	over, stop := context.WithCancel(context.Background())
	stop()
	for _, test := range []struct {
		ctx   context.Context
		typed string
		says  string
	}{
		{over, "", `"error":"interrupted: nothing was sent"`},
		{context.Background(), "", `"error":"interrupted: nothing was sent"`},
		{context.Background(), "2\n", `"error":"that is not the number of messages: nothing was sent"`},
	} {
		code, out := newDesk(t).send(test.ctx, strings.NewReader(test.typed), "--json")
		if code != 130 || !strings.Contains(out, test.says) || strings.Contains(out, "context") {
			t.Errorf("%q ends with %d:\n%s", test.typed, code, out)
		}
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// TestFullDisk does not take what nobody can read for a result.
func TestFullDisk(t *testing.T) {
	d := newDesk(t)
	template, list := filepath.Join(d.dir, "news.txt"), filepath.Join(d.dir, "people.csv")
	server := fmt.Sprintf("smtp://%s:%d?tls=none", d.server.Host, d.server.Port)
	for _, test := range []struct {
		args []string
		code int
		sent bool
	}{
		{[]string{"check", template, "-r", list}, 1, false},
		{[]string{"check", template, "-r", list, "--json"}, 1, false},
		{[]string{"send", template, "-r", list, "--yes", "--dry-run"}, 1, false},
		{[]string{"send", template, "-r", list, "--yes", "--smtp", server}, 1, true},
		{[]string{"send", template, "-r", list, "--yes", "--smtp", server, "--json"}, 1, true},
		{[]string{"status"}, 1, false},
		{[]string{"status", "nothing", "--json"}, 2, false},
		{[]string{"help", "smtp"}, 1, false},
		{[]string{"--version"}, 1, false},
		{nil, 1, false},
	} {
		var said bytes.Buffer
		code := cli.Main(context.Background(), cli.Session{
			Args: test.args, Env: []string{"XDG_STATE_HOME=" + filepath.Join(d.dir, "state")},
			Stdin: strings.NewReader(""), Stdout: full{}, Stderr: &said, Now: time.Now,
		})
		if code != test.code || !strings.Contains(said.String(), "mailshot: the result could not be written\n") ||
			strings.Contains(said.String(), "the sending itself is done") != test.sent {
			t.Errorf("%q ends with %d:\n%s", test.args, code, said.String())
		}
	}
	if got := len(d.server.Accepted()); got != 3 {
		t.Errorf("%d were sent to", got)
	}
}

// changing is a person who takes their time, in which the file is changed.
type changing struct {
	change func()
	answer io.Reader
}

func (c *changing) Read(p []byte) (int, error) {
	c.change()
	return c.answer.Read(p)
}

// TestSendStale changes what was checked while the prompt is open.
func TestSendStale(t *testing.T) {
	for name, text := range map[string]string{
		"people.csv": people + "dora.ek@d.example,Dorotea\n",
		"news.txt":   news + "One line more.\n",
	} {
		d := newDesk(t)
		code, out := d.send(context.Background(), &changing{func() { d.write(t, name, text) }, strings.NewReader("3\n")})
		if code != 3 || !strings.Contains(out, "[stale]") || len(d.server.Transactions()) > 0 {
			t.Errorf("%s changed: ended with %d:\n%s", name, code, out)
		}
	}
}

// TestSendListChanges changes the list when some have got their message: the
// run stops, and it does not say that nothing was sent.
func TestSendListChanges(t *testing.T) {
	d := newDesk(t)
	var list strings.Builder
	list.WriteString("email,first_name,note\n")
	for i := range 2000 {
		fmt.Fprintf(&list, "person%d.some@a.example,Annette,%s\n", i, strings.Repeat("read in many pieces ", 50))
	}
	d.write(t, "people.csv", list.String())
	running, ended := context.WithCancel(context.Background())
	changed := make(chan bool)
	go func() {
		defer close(changed)
		for len(d.server.Accepted()) == 0 && running.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		d.write(t, "people.csv", people)
	}()
	code, out := d.send(context.Background(), strings.NewReader(""), "--yes", "--rate", "500/s")
	ended()
	<-changed
	if code != 1 || !strings.Contains(out, "[wire]") || strings.Contains(out, "nothing was sent") ||
		!strings.Contains(out, " accepted now\n") || !strings.Contains(out, "the run was stopped") {
		t.Errorf("ended with %d:\n%s", code, out)
	}
}

// TestSendInterruptedWhileChecking leaves no ledger and opens no connection.
func TestSendInterruptedWhileChecking(t *testing.T) {
	d := newDesk(t)
	ctx, stop := context.WithCancel(context.Background())
	stop()
	code, out := d.send(ctx, strings.NewReader(""), "--yes")
	if code != 130 || !strings.Contains(out, "nothing was sent") || d.server.Connections() > 0 {
		t.Errorf("ended with %d:\n%s", code, out)
	}
	if _, err := os.Stat(filepath.Join(d.dir, "state")); !os.IsNotExist(err) {
		t.Errorf("there is a ledger: %v", err)
	}
}
