package template

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailshot/internal/recipient"
)

const fullFront = `campaign: spring
from: Ann Lee <ann@a.example>
reply-to: desk@a.example
sender: post@a.example
to-name: "{{ .name }}"
subject: >
  News for
  {{ .name }}
preheader: Short
attachments:
  - leaflet.txt
  - {file: "bills/{{ .code }}.txt", must-contain: Code No}
headers:
  X-Campaign: spring
  Precedence: bulk
list-unsubscribe: https://a.example/u?c={{ .code }}
identities: [ann@a.example, desk@a.example]
columns: {code: identifier, note: text}
shared-mailboxes: code
relational: [referrer]
allow:
  - {value: Ann Lee, reason: she signs}
allow-files:
  - sha256: 0000000000000000000000000000000000000000000000000000000000000001
    reason: a scan`

func TestFront(t *testing.T) {
	source := sourceOf(t, "spring.txt", fullFront, "Hello")
	f := source.Front
	for _, c := range []struct{ what, got, want string }{
		{"campaign", f.Campaign, "spring"},
		{"from", f.From.Name + "/" + f.From.Address.String(), "Ann Lee/ann@a.example"},
		{"reply-to", f.ReplyTo.Address.String(), "desk@a.example"},
		{"sender", f.Sender.Address.String(), "post@a.example"},
		{"to-name", f.ToName, "{{ .name }}"},
		{"subject", f.Subject, "News for {{ .name }}"},
		{"preheader", f.Preheader, "Short"},
		{"shared", f.Attachments[0].File, "leaflet.txt"},
		{"own", f.Attachments[1].File + "/" + f.Attachments[1].MustContain, "bills/{{ .code }}.txt/Code No"},
		{"headers", f.Headers[0].Name + ":" + f.Headers[0].Value + ";" + f.Headers[1].Name, "X-Campaign:spring;Precedence"},
		{"list-unsubscribe", f.ListUnsubscribe, "https://a.example/u?c={{ .code }}"},
		{"identities", f.Identities[1].String(), "desk@a.example"},
		{"columns", string(f.Columns["code"]), string(recipient.KindIdentifier)},
		{"shared-mailboxes", f.SharedMailboxes, "code"},
		{"relational", f.Relational[0], "referrer"},
		{"allow", f.Allow[0].Value + "/" + f.Allow[0].Reason, "Ann Lee/she signs"},
		{"allow-files", f.AllowFiles[0].Reason, "a scan"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, c.got, c.want)
		}
	}
	if f.AllowFiles[0].SHA256[31] != 1 {
		t.Error("allow-files: the sum is not the one in the file")
	}
	if f.Attachments[0].PerRecipient() || !f.Attachments[1].PerRecipient() {
		t.Error("which attachment is per recipient?")
	}
}

func TestDefaultCampaign(t *testing.T) {
	if got := sourceOf(t, "May news.txt", "subject: x", "y").Front.Campaign; got != "May news" {
		t.Errorf("got %q", got)
	}
}

func TestFrontFaults(t *testing.T) {
	for _, c := range []struct {
		name, front  string
		line, column int
		what, hint   string
	}{
		{"unknown key", "subject: x\nsubjet: y", 3, 1, "unknown key subjet", "did you mean subject?"},
		{"far-off key", "subject: x\nzzzzzzzzzz: y", 3, 1, "unknown key zzzzzzzzzz", "see mailshot help template"},
		{"nested key", "subject: x\nattachments:\n  - {fil: a.txt}", 4, 6, "unknown key fil", "did you mean file?"},
		{"list for a value", "subject: [a, b]", 2, 10, "one value is wanted", "quotes"},
		{"bare braces", "subject: {{ .name }}", 2, 11, "", ""},
		{"value for a list", "subject: x\nidentities: 3", 3, 13, "another kind of value", ""},
		{"value for a mapping", "subject: x\nheaders: bulk", 3, 10, "a mapping is wanted", ""},
		{"twice", "subject: x\nsubject: y", 3, 1, "already defined", ""},
		{"no YAML", "subject: x\ninline: [", 3, 0, "front matter: ", ""},
		{"open brackets", "subject: x\ninline: " + strings.Repeat("[", 50_000), 3, 9 + maxOpen, "nested too deeply", "quotes"},
		{"open braces", "subject: x\ninline: [a,\n" + strings.Repeat("{a: ", maxOpen), 4, 1 + 4*(maxOpen-1), "nested too deeply", "quotes"},
		{"alias", "subject: &a x\nto-name: *a", 2, 10, "anchors, aliases", ""},
		{"no subject", "from: ann@a.example", 1, 0, "no subject", ""},
		{"two lines", "subject: |\n  a\n  b", 3, 1, "subject holds a line break", ""},
		{"escaped line break", `subject: "a\r\nBcc: b@b.example"`, 2, 11, "subject holds a line break", ""},
		{"header line break", "subject: x\nheaders:\n  X-Campaign: \"a\\nb\"", 4, 16, "headers holds a line break", ""},
		{"two senders", "subject: x\nfrom: a@a.example, b@b.example", 3, 7, "more than one address", ""},
		{"no address", "subject: x\nfrom: Ann", 3, 7, "not a plain address", ""},
		{"rendered sender", "subject: x\nfrom: '{{ .email }}'", 3, 8, "the same in every message", ""},
		{"rendered header", "subject: x\nheaders: {X-Campaign: 'a {{ .b }}'}", 3, 24, "the same in every message", ""},
		{"identity", "subject: x\nidentities: [ann]", 3, 14, "not a plain address", ""},
		{"kind", "subject: x\ncolumns: {code: number}", 3, 17, "unknown kind of column", "one of address"},
		{"no reason", "subject: x\nallow:\n  - value: Ann", 4, 12, "no reason", ""},
		{"no sum", "subject: x\nallow-files:\n  - {sha256: 12ab, reason: scan}", 4, 14, "64 hexadecimal digits", ""},
		{"empty attachment", "subject: x\nattachments: ['']", 3, 16, "without a file", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(written(t, "a.txt", "---\n"+c.front+"\n---\nbody"))
			fault := faultOf(t, err)
			if fault.Line != c.line || c.column > 0 && fault.Column != c.column {
				t.Errorf("got %d:%d, want %d:%d (%v)", fault.Line, fault.Column, c.line, c.column, fault)
			}
			if !strings.Contains(fault.What, c.what) || !strings.Contains(fault.Hint, c.hint) {
				t.Errorf("got %q, hint %q; want %q, %q", fault.What, fault.Hint, c.what, c.hint)
			}
			if strings.Contains(fault.What+fault.Hint, "\n") {
				t.Errorf("more than one line: %q", fault.What+fault.Hint)
			}
		})
	}
}

// Brackets in a text open nothing, and those that are closed again nest nothing.
func TestManyBrackets(t *testing.T) {
	many := strings.Repeat("[{", maxOpen)
	for name, front := range map[string]string{
		"double quotes": "subject: \"x " + many + "\"",
		"single quotes": "subject: '" + many + "'",
		"plain":         "subject: x " + many,
		"block":         "subject: |\n  " + many,
		"folded":        "subject: >-\n  x\n  " + many,
		"comment":       "subject: x # " + many,
		"key":           "subject: x\nheaders:\n  X-Campaign: a" + many,
		"closed":        "subject: x\nattachments: [" + strings.Repeat("{file: 'a.txt'}, ", 2*maxOpen) + "]",
	} {
		if _, err := Read(written(t, "a.txt", "---\n"+front+"\n---\nbody")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFileFaults(t *testing.T) {
	for _, c := range []struct{ name, content, what string }{
		{"people.csv", "email\nann@a.example\n", "a template is a"},
		{"people.txt", "email\nann@a.example\n", "does not begin with front matter"},
		{"open.txt", "---\nsubject: x\n", "does not end"},
		{"empty.txt", "", "does not begin"},
		{"bodyless.txt", "---\nsubject: x\n---\n \n", "no body"},
		{"latin.txt", "---\nsubject: x\n---\n\xe9", "not UTF-8"},
		{"big.txt", "---\nsubject: x\n---\n" + strings.Repeat("x", maxBody+1), "larger than 10 MiB"},
		{"huge.txt", "---\nsubject: x\n---\n" + strings.Repeat("x", maxMatter+maxBody), "too large"},
		{"bigmatter.txt", "---\nsubject: " + strings.Repeat("x", maxMatter) + "\n---\nx", "larger than 64 KiB"},
		{"big.md", "---\nsubject: x\n---\n" + strings.Repeat("x", maxMarkdown+1), "larger than 64 KiB"},
		{"two.html", "---\nsubject: x\nhtml: a.html\n---\nx", "second HTML"},
		{"two.txt", "---\nsubject: x\ntext: a.txt\n---\nx", "second text"},
		{"side.txt", "---\nsubject: x\nhtml: a.doc\n---\nx", "must be a .html file"},
		{"missing.txt", "---\nsubject: x\nhtml: a.html\n---\nx", "a.html: no such file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(written(t, c.name, c.content))
			if fault := faultOf(t, err); !strings.Contains(fault.What, c.what) {
				t.Errorf("got %q, want %q", fault.What, c.what)
			}
		})
	}
	_, err := Read(filepath.Join(t.TempDir(), "none.txt"))
	if fault := faultOf(t, err); fault.What != "no such file" {
		t.Errorf("got %q", fault.What)
	}
}

// A file written on Windows is read as any other, and its lines count the same.
func TestWindowsFile(t *testing.T) {
	source, err := Read(written(t, "a.txt", "\uFEFF---\r\nsubject: x\r\n---\r\none\r\n{{ .nme }}\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = source.Compile(columnsOf("name"))
	if fault := faultOf(t, err); fault.Line != 5 || fault.Column != 4 {
		t.Errorf("got %v", fault)
	}
}

func TestSourceDigest(t *testing.T) {
	first := sourceOf(t, "a.txt", "subject: x\nfrom: ann@a.example", "body")
	moved := sourceOf(t, "a.txt", "subject: x\nfrom: ann@a.example", "body")
	if first.Digest() != moved.Digest() {
		t.Error("another folder makes another digest")
	}
	for _, other := range []*Source{
		sourceOf(t, "a.txt", "subject: x\nfrom: ann@a.example", "body "),
		sourceOf(t, "a.txt", "subject: x\nfrom: bob@a.example", "body"),
		sourceOf(t, "a.txt", "subject: x\nfrom: ann@a.example\nidentities: [bob@a.example]", "body"),
		sourceOf(t, "a.md", "campaign: a\nsubject: x\nfrom: ann@a.example", "body"),
	} {
		if other.Digest() == first.Digest() {
			t.Errorf("the digest does not cover a difference in %s", other.Path())
		}
	}
	one := sourceOf(t, "a.txt", "subject: x\nidentities: [bob@a.example]", "body")
	two := sourceOf(t, "a.txt", "subject: x\nidentities: [eve@a.example]", "body")
	if one.Digest() == two.Digest() {
		t.Error("the digest does not cover identities")
	}
	moved.Front.Campaign = "other"
	if first.Digest() == moved.Digest() {
		t.Error("the digest does not follow the front matter as it stands now")
	}
}

func TestResolve(t *testing.T) {
	source := sourceOf(t, "a.txt", "subject: x\nattachments: [in.txt, gone.txt]", "body")
	dir := source.Dir()
	outside := written(t, "secret.txt", "x")
	for name, content := range map[string]string{"in.txt": "x", "sub/in.txt": "x"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{"out.txt": outside, "outdir": filepath.Dir(outside), "near.txt": "in.txt"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"in.txt", "sub/in.txt", "near.txt"} {
		if got, err := source.Resolve(name); err != nil || got != filepath.Join(dir, name) {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	for _, name := range []string{"", "../a.txt", "sub/../in.txt", outside, "out.txt", "outdir/secret.txt", "*.txt", "sub", "ann-lee.txt", "a\x00b"} {
		got, err := source.Resolve(name)
		if err == nil {
			t.Errorf("%q: got %q", name, got)
			continue
		}
		if fault := faultOf(t, err); name != "" && strings.Contains(fault.Error()+fault.Hint, name) {
			t.Errorf("%q: shown in %v", name, fault)
		}
	}
	if _, err := source.Resolve("gone.txt"); !strings.Contains(faultOf(t, err).What, "gone.txt") {
		t.Errorf("a name that stands in the front matter is not shown: %v", err)
	}
}
