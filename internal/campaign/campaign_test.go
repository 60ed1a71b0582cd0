package campaign

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailshot/internal/madeup"
	"mailshot/internal/message"
	"mailshot/internal/rule"
)

const noticeText = `---
from: Desk <desk@sender.example>
subject: "About {{ .account }}"
%s---
Dear {{ .name }}, your account is {{ .account }}.
`

const list = "email,name,account,file,unit\n" +
	"ann@a.example,Ann Archer,KX-7730951,ann.txt,north\n" +
	"bob@b.example,Bob Baker,KX-1120877,bob.txt,north\n" +
	"cleo@c.example,Cleo Carver,KX-4098213,cleo.txt,south\n"

// write puts files into a new folder and gives it.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// load reads the campaign notice.txt and list.csv in dir.
func load(t *testing.T, dir string, change ...func(*Input)) *Campaign {
	t.Helper()
	in := Input{
		Template: filepath.Join(dir, "notice.txt"), List: filepath.Join(dir, "list.csv"),
		Date: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
	for _, f := range change {
		f(&in)
	}
	c, err := Load(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func judge(t *testing.T, c *Campaign) *Verdict {
	t.Helper()
	v, err := c.Check(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func clear(t *testing.T, c *Campaign) *Verdict {
	t.Helper()
	v := judge(t, c)
	if !v.Clear() {
		t.Fatalf("refused: %v", v.Refusals)
	}
	return v
}

func notice(keys string) string { return fmt.Sprintf(noticeText, keys) }

func TestDigest(t *testing.T) {
	digest := func(template, list string, change ...func(*Input)) string {
		dir := write(t, map[string]string{"notice.txt": template, "list.csv": list})
		return clear(t, load(t, dir, change...)).Digest
	}
	lines := strings.SplitAfter(list, "\n")
	want := digest(notice(""), list)
	if len(want) != len("sha256:")+64 {
		t.Fatalf("digest %q", want)
	}
	same := map[string]string{
		"again":     digest(notice(""), list),
		"shuffled":  digest(notice(""), lines[0]+lines[3]+lines[1]+lines[2]),
		"other day": digest(notice(""), list, func(in *Input) { in.Date = in.Date.Add(time.Hour) }),
	}
	for name, got := range same {
		if got != want {
			t.Errorf("%s: another digest", name)
		}
	}
	other := map[string]string{
		"template": digest(notice("")+"More.\n", list),
		"id":       digest(notice(""), list, func(in *Input) { in.ID = "second" }),
		"sender":   digest(notice(""), list, func(in *Input) { in.From = "else@sender.example" }),
		"a cell":   digest(notice(""), strings.Replace(list, "Ann Archer", "Ann Bowman", 1)),
		"a row":    digest(notice(""), lines[0]+lines[1]+lines[2]),
	}
	for name, got := range other {
		if got == want {
			t.Errorf("%s changed: the same digest", name)
		}
	}
}

func TestMessages(t *testing.T) {
	c := load(t, write(t, map[string]string{"notice.txt": notice(""), "list.csv": list}))
	if v := clear(t, c); v.Recipients != 3 || v.Octets == 0 {
		t.Errorf("verdict %+v", v)
	}
	var got []string
	want := func(r Recipient) bool { return r.Line != 3 }
	for cleared, err := range c.Messages(t.Context(), want) {
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		if _, err := cleared.WriteTo(&text); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(text.String(), "\r\nDate: Fri, 02 Jan 2026 03:04:05 +0000\r\n") &&
			!strings.HasPrefix(text.String(), "Date: Fri, 02 Jan 2026 03:04:05 +0000\r\n") {
			t.Errorf("no date in %q", text.String())
		}
		got = append(got, cleared.Envelope().To.String())
	}
	if fmt.Sprint(got) != "[ann@a.example cleo@c.example]" {
		t.Errorf("sent to %v", got)
	}
}

// rules gives the rules of what v refuses.
func rules(v *Verdict) string {
	var ids []string
	for _, r := range v.Refusals {
		ids = append(ids, fmt.Sprintf("%s:%d", r.Rule, r.Line))
	}
	return strings.Join(ids, " ")
}

func TestPairing(t *testing.T) {
	own := "attachments:\n  - \"{{ .file }}\"\n"
	shared := "attachments:\n  - {file: \"{{ .file }}\", must-contain: unit}\n"
	files := map[string]string{"ann.txt": "north: yours", "bob.txt": "north: his", "ben.txt": "north: whose", "cleo.txt": "south: hers"}
	tests := []struct {
		name, keys, list, want string
	}{
		{"each their own", own, list, ""},
		{"two rows, one file", own, strings.Replace(list, "bob.txt", "ann.txt", 1), "attachment-pairing:3"},
		{"two rows of one unit", shared, strings.Replace(list, "bob.txt", "ann.txt", 1), ""},
		{"another unit's file", shared, strings.Replace(list, "cleo.txt", "ben.txt", 1), "attachment-pairing:4"},
		{"a blank unit", shared, strings.Replace(list, "south", "", 1), "attachment-pairing:4"},
		{"two rows of two units", shared, strings.Replace(list, "cleo.txt", "ann.txt", 1), "attachment-pairing:4"},
		{"missing", own, strings.Replace(list, "bob.txt", "dan.txt", 1), "attachment-pairing:3"},
		{"outside", own, strings.Replace(list, "bob.txt", "../bob.txt", 1), "attachment-pairing:3"},
		{"by glob", own, strings.Replace(list, "bob.txt", "b*.txt", 1), "attachment-pairing:3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := write(t, files)
			for name, content := range map[string]string{"notice.txt": notice(test.keys), "list.csv": test.list} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			v := judge(t, load(t, dir))
			if test.want == "" && !v.Clear() {
				t.Errorf("refused: %v", v.Refusals)
			}
			if test.want != "" && !strings.Contains(rules(v), test.want) {
				t.Errorf("got %q, want %q", rules(v), test.want)
			}
		})
	}
}

func TestFresh(t *testing.T) {
	for _, name := range []string{"notice.txt", "list.csv", "leaflet.txt"} {
		t.Run(name, func(t *testing.T) {
			dir := write(t, map[string]string{
				"notice.txt": notice("attachments: [leaflet.txt]\n"), "list.csv": list, "leaflet.txt": "for all",
			})
			c := load(t, dir)
			clear(t, c)
			if err := c.Fresh(); err != nil {
				t.Fatalf("before the change: %v", err)
			}
			path := filepath.Join(dir, name)
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, append(content, "x@x.example,X Xu,KX-3,x.txt,east\n"...), 0o600); err != nil {
				t.Fatal(err)
			}
			refused, ok := errors.AsType[rule.Refused](c.Fresh())
			if !ok || refused[0].Rule != rule.Stale {
				t.Errorf("after the change: %v", refused)
			}
		})
	}
}

// What is made for sending must be what was cleared, whatever happened to the
// list in between.
func TestSwappedListIsNotSent(t *testing.T) {
	dir := write(t, map[string]string{"notice.txt": notice(""), "list.csv": list})
	c := load(t, dir)
	clear(t, c)
	swapped := strings.NewReplacer("Ann Archer", "Bob Baker", "Bob Baker", "Ann Archer").Replace(list)
	if err := os.WriteFile(filepath.Join(dir, "list.csv"), []byte(swapped), 0o600); err != nil {
		t.Fatal(err)
	}
	for cleared, err := range c.Messages(t.Context(), func(Recipient) bool { return true }) {
		if err == nil && cleared.Envelope().To.Local() != "cleo" {
			t.Errorf("a message for line %d was cleared", cleared.Line())
		}
		if refusal, ok := errors.AsType[rule.Refusal](err); err != nil && (!ok || refusal.Rule != rule.Wire) {
			t.Errorf("got %v, want a refusal by the wire gate", err)
		}
	}
}

// Whatever goes wrong when a message is made again is the wire gate's.
func TestMessageCannotBeMadeAgain(t *testing.T) {
	blank := func(dir string) error { // as long, and as old, as the list that was judged
		path := filepath.Join(dir, "list.csv")
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		content := strings.Replace(list, "Bob Baker", strings.Repeat(" ", len("Bob Baker")), 1)
		return errors.Join(os.WriteFile(path, []byte(content), 0o600), os.Chtimes(path, time.Time{}, info.ModTime()))
	}
	for name, change := range map[string]func(dir string) error{
		"a file is gone":   func(dir string) error { return os.Remove(filepath.Join(dir, "bob.txt")) },
		"a cell is gone":   blank,
		"the list is gone": func(dir string) error { return os.Remove(filepath.Join(dir, "list.csv")) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := write(t, map[string]string{
				"notice.txt": notice("attachments:\n  - \"{{ .file }}\"\n"), "list.csv": list,
				"ann.txt": "yours, Ann", "bob.txt": "yours, Bob", "cleo.txt": "yours, Cleo",
			})
			c := load(t, dir)
			clear(t, c)
			if err := change(dir); err != nil {
				t.Fatal(err)
			}
			var last error
			for _, err := range c.Messages(t.Context(), func(Recipient) bool { return true }) {
				last = err
			}
			if refusal, ok := errors.AsType[rule.Refusal](last); !ok || refusal.Rule != rule.Wire || refusal.Hint == "" {
				t.Errorf("got %v, want a refusal by the wire gate", last)
			}
		})
	}
}

func TestManyRefusals(t *testing.T) {
	dir := write(t, map[string]string{
		"notice.txt": "---\nfrom: desk@sender.example\nsubject: hi\n---\n{{ .note }}\n",
		"list.csv":   "email,note\nzoe@z.example,-\n",
	})
	f, err := os.OpenFile(filepath.Join(dir, "list.csv"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 300 {
		fmt.Fprintf(f, "p%d@a.example,write to zoe@z.example\n", n)
	}
	f.Close()
	v := judge(t, load(t, dir))
	if v.Total != 300 || len(v.Refusals) != maxListed || v.Refusals[0].Line != 3 || v.Digest != "" {
		t.Errorf("total %d, listed %d, digest %q", v.Total, len(v.Refusals), v.Digest)
	}
}

// Every row that is left out is named; what else is worth a look is cut short.
func TestManyWarnings(t *testing.T) {
	list := "email,name,account,file,unit\nann@a.example,Ann Archer,KX-7730951,,\n" + strings.Repeat(",Bob Baker,KX-1120877,,\n", 250)
	dir := write(t, map[string]string{"notice.txt": notice(""), "list.csv": list})
	v := clear(t, load(t, dir, func(in *Input) { in.SkipBadRows = true }))
	named := map[int]bool{}
	for _, w := range v.Warnings {
		named[w.Line] = true
	}
	if v.Skipped != 250 || !named[3] || !named[252] || len(named) < 250 {
		t.Errorf("%d left out, %d named", v.Skipped, len(named))
	}
	many := &Verdict{ofList: []rule.Warning{{Line: 400, What: "left out"}}}
	for n := range 300 {
		many.warn(rule.Warning{Line: 300 - n, What: "worth a look"})
	}
	all := many.settled().Warnings
	if len(all) != 102 || all[0].Line != 1 || all[100].Line != 400 || all[101].What != "and 200 more" {
		t.Errorf("%d warnings, the last ones %v", len(all), all[len(all)-2:])
	}
}

func TestEmptyCellIsAFault(t *testing.T) {
	dir := write(t, map[string]string{"notice.txt": notice(""), "list.csv": strings.Replace(list, "Bob Baker", "", 1)})
	_, err := load(t, dir).Check(t.Context(), nil)
	if _, ok := errors.AsType[*rule.Fault](err); !ok {
		t.Errorf("got %v, want a fault", err)
	}
}

// The fault is that of the first row, whichever worker meets its own first.
func TestFirstFault(t *testing.T) {
	const rows = 1000
	for _, test := range []struct {
		first, last int // rows without a name, by line
		want        string
	}{
		{2, rows + 1, "line 2 of the list; 999 rows after it fail too"},
		{700, rows + 1, "line 700 of the list; 301 rows after it fail too"},
		{700, 701, "line 700 of the list; one row after it fails too"},
		{rows + 1, rows + 1, "line 1001 of the list"},
	} {
		var list strings.Builder
		list.WriteString("email,name\n")
		for line := 2; line < rows+2; line++ {
			name := "you"
			if line >= test.first && line <= test.last {
				name = ""
			}
			fmt.Fprintf(&list, "p%d@a.example,%s\n", line, name)
		}
		dir := write(t, map[string]string{
			"notice.txt": "---\nfrom: desk@sender.example\nsubject: hi\n---\nDear {{ .name }}\n", "list.csv": list.String(),
		})
		for range 20 {
			_, err := load(t, dir).Check(t.Context(), nil)
			fault, ok := errors.AsType[*rule.Fault](err)
			if !ok || !strings.HasSuffix(fault.What, test.want) {
				t.Fatalf("got %v, want %s", err, test.want)
			}
		}
	}
}

func TestNoSender(t *testing.T) {
	dir := write(t, map[string]string{"notice.txt": "---\nsubject: hi\n---\nhi\n", "list.csv": list})
	_, err := Load(t.Context(), Input{Template: filepath.Join(dir, "notice.txt"), List: filepath.Join(dir, "list.csv")})
	if fault, ok := errors.AsType[*rule.Fault](err); !ok || !strings.Contains(fault.Hint, "--from") {
		t.Errorf("got %v", err)
	}
}

func TestCampaignID(t *testing.T) {
	long := strings.Repeat("é", 100)
	dir := write(t, map[string]string{"notice.txt": notice(""), "own.txt": notice("campaign: " + long + "x\n"), "list.csv": list})
	for _, test := range []struct{ template, id, file, what string }{
		{"notice.txt", long, "", ""},
		{"notice.txt", "Spring sale, 2026", "", ""},
		{"own.txt", "spring", "", ""},
		{"notice.txt", long + "x", "--campaign", "longer than 200 bytes"},
		{"notice.txt", " \u00a0", "--campaign", "blank"},
		{"notice.txt", "a\x1b[2Jb", "--campaign", "control"},
		{"notice.txt", "a\nb", "--campaign", "control"},
		{"notice.txt", "a\xffb", "--campaign", "not UTF-8"},
		{"own.txt", "", filepath.Join(dir, "own.txt"), "longer"},
	} {
		c, err := Load(t.Context(), Input{Template: filepath.Join(dir, test.template), List: filepath.Join(dir, "list.csv"), ID: test.id})
		fault, _ := errors.AsType[*rule.Fault](err)
		switch {
		case err == nil:
			c.Close()
			if test.what != "" {
				t.Errorf("%q: taken; want a fault: %s", test.id, test.what)
			}
		case test.what == "" || fault == nil || fault.File != test.file || !strings.Contains(fault.What, test.what) || fault.Hint == "":
			t.Errorf("%q: got %v, want a fault of %s: %s", test.id, err, test.file, test.what)
		}
	}
}

// A file that is attached to one campaign and shown inline by another makes
// two templates of them.
func TestTemplateDigest(t *testing.T) {
	dir := write(t, map[string]string{"notice.txt": notice(""), "list.csv": list})
	a, b := load(t, dir), load(t, dir)
	logo := []message.File{{Name: "logo.png", Content: []byte("logo")}}
	a.attach, b.inline = logo, logo
	if a.TemplateDigest() == b.TemplateDigest() {
		t.Error("attached and inline: the same digest")
	}
}

func TestProgressEndsAtAll(t *testing.T) {
	template, list := madeup.Campaign(t, 1000)
	c, err := Load(t.Context(), Input{Template: template, List: list, Date: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	done, total := 0, 0
	v, err := c.Check(t.Context(), func(d, n int) { done, total = d, n })
	if err != nil {
		t.Fatal(err)
	}
	if !v.Clear() || done != 1000 || total != 1000 {
		t.Errorf("done %d of %d, refused %v", done, total, v.Refusals)
	}
}

func BenchmarkCheck(b *testing.B) {
	template, list := madeup.Campaign(b, 20000)
	for b.Loop() {
		c, err := Load(b.Context(), Input{Template: template, List: list, Date: time.Now()})
		if err != nil {
			b.Fatal(err)
		}
		v, err := c.Check(b.Context(), nil)
		if err != nil || !v.Clear() {
			b.Fatal(err, v)
		}
		c.Close()
	}
	b.ReportMetric(20000*float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
