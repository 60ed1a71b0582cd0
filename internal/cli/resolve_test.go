package cli_test

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailshot/internal/cli"
	"mailshot/internal/smtptest"
)

// at runs a command at a terminal at which somebody types.
func (d *desk) at(typed string, args ...string) (code int, out string) {
	var written bytes.Buffer
	code = cli.Main(context.Background(), cli.Session{
		Args: args, Env: []string{"XDG_STATE_HOME=" + filepath.Join(d.dir, "state")},
		Stdin: strings.NewReader(typed), Stdout: &written, Stderr: &written, Screen: true, Asks: true, Now: time.Now,
	})
	return code, written.String()
}

// TestResolveAsks changes nothing unless the number is typed.
func TestResolveAsks(t *testing.T) {
	d := newDesk(t, smtptest.Fault{At: smtptest.Message, Nth: 2, Do: smtptest.Drop})
	if code, out := d.send(context.Background(), strings.NewReader(""), "--yes", "--connections", "1"); code != 5 {
		t.Fatalf("send ends with %d:\n%s", code, out)
	}
	for _, test := range []struct {
		typed string
		code  int
		says  string
	}{
		{"", 130, "nothing was settled"},
		{"y\n", 130, "nothing was settled"},
		{"2\n", 130, "nothing was settled"},
		{"1\n", 0, "0 settled as sent, 1 as unsent, 0 unknown still"},
	} {
		code, out := d.at(test.typed, "resolve", "news", "--as", "unsent")
		if code != test.code || !strings.Contains(out, test.says) || !strings.Contains(out, "Type the number of recipients, 1, to settle them: ") {
			t.Errorf("%q ends with %d:\n%s", test.typed, code, out)
		}
	}
}

// TestHardBouncesAsks suppresses nobody unless the number is typed.
func TestHardBouncesAsks(t *testing.T) {
	d := newDesk(t, smtptest.Fault{At: smtptest.Rcpt, Nth: 2, Do: smtptest.Reply("550 5.1.1 no such user")})
	if code, out := d.send(context.Background(), strings.NewReader(""), "--yes", "--connections", "1", "--max-rejected", "100%"); code != 4 {
		t.Fatalf("send ends with %d:\n%s", code, out)
	}
	for _, test := range []struct {
		typed string
		code  int
		says  string
	}{
		{"", 130, "nobody was suppressed"},
		{"2\n", 130, "nobody was suppressed"},
		{"1\n", 0, "1 recipient added for all campaigns"},
	} {
		code, out := d.at(test.typed, "suppress", "add", "--hard-bounces")
		if code != test.code || !strings.Contains(out, test.says) {
			t.Errorf("%q ends with %d:\n%s", test.typed, code, out)
		}
	}
}
