package template

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// inFile demands that err is a fault at a place that the file has.
func inFile(t *testing.T, err error, text string) {
	t.Helper()
	var fault *rule.Fault
	if !errors.As(err, &fault) {
		t.Fatalf("no fault: %v", err)
	}
	lines := strings.Split(text, "\n")
	if fault.Line < 0 || fault.Line > len(lines) {
		t.Fatalf("line %d of %d: %v", fault.Line, len(lines), fault)
	}
	if fault.Line > 0 && fault.Column > utf8.RuneCountInString(lines[fault.Line-1])+1 {
		t.Fatalf("column %d of line %d: %v", fault.Column, fault.Line, fault)
	}
	if strings.Contains(fault.What+fault.Hint, "\n") {
		t.Fatalf("more than one line: %q", fault.What+fault.Hint)
	}
}

// Front matter is refused at a place in the file, or makes a Front whose
// header values are each one line.
func FuzzFront(f *testing.F) {
	f.Add(fullFront)
	f.Add("subject: {{ .name }}\nattachments: [{fil: x}]")
	f.Add("subject: &a [*a, *a]")
	f.Add("subject: \"a\\r\\nBcc: b@b.example\"")
	f.Fuzz(func(t *testing.T, front string) {
		text := "---\n" + unixLines(front) + "\n---\nbody\n"
		if !utf8.ValidString(text) || strings.Contains(text, "\x00") {
			return
		}
		s := &Source{path: "a.txt", kind: ".txt"}
		if err := s.parse(text); err != nil {
			inFile(t, err, text)
			return
		}
		for _, v := range []string{s.Front.Campaign, s.Front.Subject, s.Front.ToName, s.Front.Preheader, s.Front.ListUnsubscribe, s.Front.From.Name} {
			if strings.ContainsFunc(v, unicode.IsControl) {
				t.Fatalf("a control character in %q", v)
			}
		}
		if strings.TrimSpace(s.Front.Subject) == "" || s.Front.Campaign == "" {
			t.Fatal("no subject or no campaign")
		}
		if _, err := s.Compile(columnsOf("name", "code", "referrer", "code_no")); err != nil {
			inFile(t, err, text)
		}
	})
}

// Whatever template and rows: a fault that shows no cell, or a message that
// depends on its own row alone.
func FuzzRender(f *testing.F) {
	for _, body := range []string{
		"Dear {{ .name }}, {{ .code | default \"x\" }}",
		"<p>{{ if .name }}<a href=\"{{ .code }}\">{{ .name }}</a>{{ end }}</p>",
		"<!--[if mso]><p>{{ .name }}</p><![endif]--><p title={{ .code }}>x</p>",
		"{{ range $i, $p := split \";\" .code }}{{ $i }}{{ $p }}{{ else }}{{ $.name }}{{ end }}",
		"# {{ .name }}\n\n{{ if .code }}\n- [a]({{ .code }})\n{{ end }}\n",
		"{{ define \"a\" }}{{ . }}{{ end }}{{ template \"a\" .name }}{{ printf \"%5s\" .code }}",
		"<table>{{ range split \",\" .code }}<tr><td>{{ . }}</td></tr>{{ end }}</table>",
		"<script>var a = {{ .code }}</script><style>p { color: {{ .name }} }</style>x",
	} {
		for kind := range 3 {
			f.Add(kind, body, "Ann <b>", "a;b")
		}
	}
	const other, third = "Qxjother", "Wvkthird"
	f.Fuzz(func(t *testing.T, kind int, body, name, code string) {
		s := &Source{path: "a", kind: []string{".txt", ".html", ".md"}[uint(kind)%3]}
		text := "---\nsubject: '{{ .name | default `none` }}'\n---\n" + unixLines(body)
		if !utf8.ValidString(text) || strings.Contains(text, "\x00") || len(text) > 1<<16 {
			return
		}
		if err := s.parse(text); err != nil {
			inFile(t, err, text)
			return
		}
		compiled, err := s.Compile(columnsOf("name", "code"))
		if err != nil {
			inFile(t, err, text)
			return
		}
		r := compiled.Renderer()
		first, failed := rendered(t, r, text, name, code)
		if _, err := r.Render(&recipient.Row{Line: 3, Cells: []string{other, third}}); err != nil && strings.Contains(err.Error(), other) && !strings.Contains(text, other) {
			t.Fatalf("a cell in %v", err)
		}
		again, failedAgain := rendered(t, r, text, name, code)
		if first != again || failed != failedAgain {
			t.Fatalf("not repeatable: %q, then %q", first, again)
		}
		for _, foreign := range []string{other, third} {
			if strings.Contains(again, foreign) && !strings.Contains(text+name+code, foreign) {
				t.Fatalf("another row in %q", again)
			}
		}
		if strings.Contains(again, "<no value>") && !strings.Contains(text+name+code, "no value") {
			t.Fatalf("a missing value in %q", again)
		}
	})
}

// rendered gives all that a row makes, as one text, or whether it fails.
func rendered(t *testing.T, r *Renderer, text, name, code string) (string, bool) {
	made, err := r.Render(&recipient.Row{Line: 2, Cells: []string{name, code}})
	if err != nil {
		inFile(t, err, text)
		return "", true
	}
	all := made.Subject + "\n" + string(made.Text) + "\n" + string(made.HTML)
	if strings.Contains(string(made.Text)+string(made.HTML), "\r") {
		t.Fatalf("a carriage return in %q", all)
	}
	return all, false
}

// The seeds are read by go test only where they lie under the right names.
func TestFuzzSeeds(t *testing.T) {
	for _, target := range []string{"FuzzFront", "FuzzRender", "FuzzDirect"} {
		seeds, err := os.ReadDir(filepath.Join("testdata", "fuzz", target))
		if err != nil || len(seeds) == 0 {
			t.Errorf("%s has no seeds: %v", target, err)
		}
	}
}
