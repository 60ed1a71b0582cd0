package cli_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"mailshot/internal/cli"
)

// checked gives what check --json prints of the desk's campaign.
func (d *desk) checked(t *testing.T) string {
	t.Helper()
	var out, said bytes.Buffer
	code := cli.Main(context.Background(), cli.Session{
		Args: []string{"check", filepath.Join(d.dir, "news.txt"), "-r", filepath.Join(d.dir, "people.csv"), "--json"},
		Env:  []string{"XDG_STATE_HOME=" + filepath.Join(d.dir, "state")}, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &said, Now: time.Now,
	})
	if code != 0 {
		t.Fatalf("check ends with %d:\n%s", code, said.String())
	}
	return out.String()
}

var (
	ownDigest = regexp.MustCompile(`"digest":"sha256:....`) // the first of them is the campaign's
	allParts  = regexp.MustCompile(`,"parts":\[.*\]`)
	someParts = regexp.MustCompile(`"kind":"list","digest":"sha256:....`)
)

// replaceFirst puts by in the place of the first that matches.
func replaceFirst(form *regexp.Regexp, s, by string) string {
	at := form.FindStringIndex(s)
	return s[:at[0]] + by + s[at[1]:]
}

// TestSendApprovedFile has files that tell of another campaign than there is.
func TestSendApprovedFile(t *testing.T) {
	d := newDesk(t)
	printed := d.checked(t)
	other := replaceFirst(ownDigest, printed, `"digest":"sha256:0123`)
	for _, test := range []struct {
		name, text string
		code       int
		says       string
	}{
		{"another version", other, 3, "not what was approved: the version of mailshot is another; list, template, attachments and options are the same; the digest is sha256:"},
		{"no parts", allParts.ReplaceAllString(other, ""), 3, "list, template, attachments or options are not those that were approved; the digest is sha256:"},
		{"another list", someParts.ReplaceAllString(other, `"kind":"list","digest":"sha256:0123`), 3, "not what was approved: list changed; the digest"},
		{"a part of a later version", strings.Replace(other, `"kind":"template"`, `"kind":"sty\u001ble"`, 1), 3, "not what was approved: template added, sty?le gone; the digest"},
		{"a short digest", strings.Replace(printed, `"digest":"sha256:`, `"digest":"sha256:0`, 1), 2, "is not what `mailshot check --json` prints\n"},
		{"a short digest of a part", someParts.ReplaceAllString(other, `"kind":"list","digest":"sha256:`), 2, "is not what `mailshot check --json` prints\n"},
		{"twice", printed + printed, 2, "is not what `mailshot check --json` prints\n"},
		{"cut off", printed[:len(printed)/2], 2, "is not what `mailshot check --json` prints\n"},
		{"empty", "", 2, "is not what `mailshot check --json` prints\n"},
		{"null", "null", 2, "is not what `mailshot check --json` prints\n"},
		{"a list", "[" + printed + "]", 2, "is not what `mailshot check --json` prints\n"},
		{"parts of another kind", allParts.ReplaceAllString(printed, `,"parts":7`), 2, "is not what `mailshot check --json` prints\n"},
		{"null parts", allParts.ReplaceAllString(other, `,"parts":[null]`), 2, "is not what `mailshot check --json` prints\n"},
		{"deep", strings.Repeat("[", 1<<20), 2, "is not what `mailshot check --json` prints\n"},
		{"of a run", strings.NewReplacer(`"check"`, `"send"`, `"clear"`, `"sent"`).Replace(printed), 2, "its verdict is not clear\n"},
		{"as it is", printed, 0, "3 accepted now\n"},
	} {
		d.write(t, "verdict.json", test.text)
		code, out := d.send(context.Background(), strings.NewReader(""), "--approved", filepath.Join(d.dir, "verdict.json"))
		if code != test.code || !strings.Contains(out, test.says) || strings.Contains(out, "--approved with the file") {
			t.Errorf("%s: ended with %d:\n%s", test.name, code, out)
		}
		if test.code == 0 {
			continue
		}
		if _, err := os.Stat(filepath.Join(d.dir, "state")); !os.IsNotExist(err) || len(d.server.Transactions()) > 0 {
			t.Errorf("%s: something was sent, or there is a ledger: %v", test.name, err)
		}
	}
}

// TestSendApprovedHuge reads no more of a file than an approval can have.
func TestSendApprovedHuge(t *testing.T) {
	d := newDesk(t)
	d.write(t, "huge.json", d.checked(t))
	huge := filepath.Join(d.dir, "huge.json")
	if err := os.Truncate(huge, 64<<20+1); err != nil {
		t.Fatal(err)
	}
	code, out := d.send(context.Background(), strings.NewReader(""), "--approved", huge)
	if code != 2 || !strings.Contains(out, "the approval cannot be used: it is too large\n") {
		t.Errorf("ended with %d:\n%s", code, out)
	}
}
