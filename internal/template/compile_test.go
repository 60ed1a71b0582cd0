package template

import (
	"slices"
	"strings"
	"testing"
)

func TestCompileFaults(t *testing.T) {
	for _, c := range []struct {
		name, body   string
		line, column int
		what, hint   string
	}{
		{"missing field", "Dear\n{{ .first_nme }}", 5, 4, "no column first_nme", "did you mean first_name?"},
		{"missing field far off", "{{ .zzzzzzzzzz }}", 4, 4, "no column", "the first line of the list"},
		{"missing under if", "{{ if .cty }}x{{ end }}", 4, 7, "no column cty", "city"},
		{"missing in an argument", "{{ printf \"%s\" .cty }}", 4, 16, "no column cty", ""},
		{"missing by $", "{{ $.cty }}", 4, 0, "no column cty", ""},
		{"missing in a default", "{{ .cty | default \"x\" }}", 4, 4, "no column cty", ""},
		{"missing in an else", "{{ if .city }}{{ else }}{{ .cty }}{{ end }}", 4, 28, "no column cty", ""},
		{"missing in a definition", "{{ define \"a\" }}{{ .cty }}{{ end }}{{ template \"a\" . }}", 4, 20, "no column cty", ""},
		{"field of a field", "{{ .city.name }}", 4, 0, "no fields", ""},
		{"field of a variable", "{{ $c := .city }}{{ $c.name }}", 4, 0, "not to be had", ""},
		{"field of a call", "{{ (upper .city).name }}", 4, 0, "no fields", ""},
		{"the row", "{{ . }}", 4, 4, "the row as a whole", "{{ .first_name }}"},
		{"the row by $", "{{ $ }}", 4, 4, "the row as a whole", ""},
		{"the row in print", "{{ print . }}", 4, 0, "the row as a whole", ""},
		{"the row in a variable", "{{ $r := . }}{{ index $r \"city\" }}", 4, 0, "the row as a whole", ""},
		{"the row indexed", "{{ index . \"city\" }}", 4, 0, "the row as a whole", ""},
		{"the row in range", "{{ range . }}x{{ end }}", 4, 0, "the row as a whole", ""},
		{"the row in range with variables", "{{ range $k, $v := $ }}{{ $v }}{{ end }}", 4, 0, "the row as a whole", ""},
		{"the row in with", "{{ with . }}x{{ end }}", 4, 0, "the row as a whole", ""},
		{"field within with", "{{ with .city }}{{ .first_name }}{{ end }}", 4, 0, ".first_name is not to be had here", "$.first_name"},
		{"unknown function", "{{ uper .city }}", 4, 4, "no function uper", "did you mean upper?"},
		{"unknown function as an argument", "{{ upper now }}", 4, 10, "no function now", ""},
		{"call", "{{ call .city }}", 4, 4, "no function call", ""},
		{"html", "{{ html .city }}", 4, 4, "no function html", ""},
		{"js", "{{ js .city }}", 4, 4, "no function js", ""},
		{"slice", "{{ slice .city 1 }}", 4, 4, "no function slice", ""},
		{"our own name", "{{ _need .city }}", 4, 4, "no function _need", ""},
		{"pipe into a field", "{{ .city | .first_name }}", 4, 0, "no function", ""},
		{"arguments for a field", "{{ .city 1 }}", 4, 0, "no function", ""},
		{"unclosed action", "a\n{{ .city", 5, 0, "unclosed action", ""},
		{"unclosed if", "a\n{{ if .city }}\n", 6, 0, "unexpected EOF", ""},
		{"stray end", "a\n{{ end }}", 5, 0, "unexpected {{end}}", ""},
		{"unclosed action's beginning", "a\n{{ .city\n\n\n", 5, 0, "unclosed action", ""},
		{"unknown template", "{{ template \"x\" . }}", 4, 0, "no template \"x\"", ""},
		{"template without a value", "{{ define \"x\" }}y{{ end }}{{ template \"x\" }}", 4, 0, "without a value", ""},
		{"template that calls itself", "{{ define \"x\" }}{{ template \"x\" . }}{{ end }}{{ template \"x\" . }}", 4, 0, "calls itself", ""},
		{"unit that calls itself", "{{ template \"" + unitName + "\" . }}", 4, 0, "calls itself", ""},
		{"templates that call each other", "{{ define \"x\" }}{{ template \"y\" . }}{{ end }}{{ define \"y\" }}{{ template \"x\" . }}{{ end }}{{ template \"x\" . }}", 4, 0, "calls itself", ""},
		{"template with row and value", "{{ define \"x\" }}y{{ end }}{{ template \"x\" . }}{{ template \"x\" .city }}", 4, 0, "at one place", ""},
		{"nested ranges", "{{ range split \";\" .city }}{{ range split \";\" $.city }}{{ . }}{{ end }}{{ end }}{{ range split \";\" .city }}{{ range split \";\" $.city }}{{ range split \";\" $.city }}{{ end }}{{ end }}{{ end }}", 4, 0, "five million", ""},
		{"deep nesting", strings.Repeat("{{ if .city }}", 501) + strings.Repeat("{{ end }}", 501), 4, 0, "500 deep", ""},
		{"deep nesting, unclosed", strings.Repeat("{{ if .city }}", 4_000), 4, 0, "500 deep", ""},
		{"a long chain of else if", "{{ if .city }}" + strings.Repeat("{{ else if .city }}", 3_000) + "{{ end }}", 4, 0, "500 deep", ""},
		{"parentheses", "{{ " + strings.Repeat("(", 20_000) + ".city", 4, 0, "", ""},
	} {
		for _, ending := range []string{".txt", ".html", ".md"} {
			t.Run(c.name+ending, func(t *testing.T) {
				_, err := sourceOf(t, "a"+ending, "subject: x", c.body).Compile(columnsOf("first_name", "city"))
				fault := faultOf(t, err)
				if fault.Line != c.line || c.column > 0 && fault.Column != c.column {
					t.Errorf("got %d:%d, want %d:%d (%v)", fault.Line, fault.Column, c.line, c.column, fault)
				}
				if !strings.Contains(fault.What, c.what) || !strings.Contains(fault.Hint, c.hint) {
					t.Errorf("got %q, hint %q; want %q, %q", fault.What, fault.Hint, c.what, c.hint)
				}
			})
		}
	}
}

// Every place of the front matter that is a template is held against the list.
func TestFrontFields(t *testing.T) {
	for _, c := range []struct {
		front        string
		line, column int
	}{
		{"subject: a {{ .nme }}", 2, 15},
		{"subject: \"a {{ .nme }}\"", 2, 16},
		{"subject: x\nto-name: '{{ .nme }}'", 3, 14},
		{"subject: x\npreheader: '{{ .nme }}'", 3, 16},
		{"subject: x\nlist-unsubscribe: https://a.example/{{ .nme }}", 3, 40},
		{"subject: x\nattachments: ['{{ .nme }}.txt']", 3, 19},
		{"subject: x\nattachments: [{file: a.txt, must-contain: nme}]", 3, 43},
		{"subject: x\nshared-mailboxes: nme", 3, 19},
		{"subject: x\nrelational: [nme]", 3, 14},
		{"subject: x\ncolumns: {nme: name}", 3, 11},
	} {
		_, err := sourceOf(t, "a.html", c.front, "<p>x</p>").Compile(columnsOf("name", "city"))
		fault := faultOf(t, err)
		if fault.Line != c.line || fault.Column != c.column || fault.What != "the list has no column nme" || fault.Hint != "did you mean name?" {
			t.Errorf("%s: got %v, hint %q; want %d:%d", c.front, fault, fault.Hint, c.line, c.column)
		}
	}
}

// A side file has its own name and its own lines.
func TestSideFile(t *testing.T) {
	path := written(t, "a.md", "---\nsubject: x\ntext: a.txt\n---\nbody {{ .city }}")
	side := strings.TrimSuffix(path, "md") + "txt"
	write(t, side, "one\n{{ .nme }}\n")
	source, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := source.Files(); !slices.Equal(got, []string{path, side}) {
		t.Errorf("files: %q", got)
	}
	_, err = source.Compile(columnsOf("name", "city"))
	if fault := faultOf(t, err); fault.File != side || fault.Line != 2 || fault.Column != 4 {
		t.Errorf("got %v", fault)
	}
	made := compiled(t, source, "nme", "city")
	if !slices.Contains(made.Constants(), Constant{File: side, Line: 1, Text: "one\n"}) {
		t.Errorf("the side file's words are no constants: %+v", made.Constants())
	}
}

func TestPreheaderWithoutHTML(t *testing.T) {
	_, err := sourceOf(t, "a.txt", "subject: x\npreheader: y", "z").Compile(nil)
	if fault := faultOf(t, err); fault.Line != 3 {
		t.Errorf("got %v", fault)
	}
}

func TestColumns(t *testing.T) {
	source := sourceOf(t, "a.html", `subject: '{{ .a }}'
to-name: '{{ .b }}'
preheader: '{{ .c }}'
list-unsubscribe: https://a.example/{{ .d }}
attachments: ['{{ .e }}.txt', {file: x.txt, must-contain: F}]
shared-mailboxes: unused_1
relational: [unused_2]
columns: {UNUSED_3: text}`, `<p>{{ if .g }}{{ with .h }}{{ $.i }}{{ end }}{{ end }}</p>`)
	made := compiled(t, source, "unused_1", "i", "h", "g", "f", "e", "d", "c", "b", "a", "unused_2", "unused_3")
	if got := strings.Join(made.Columns(), ""); got != "ihgfedcba" {
		t.Errorf("got %s", got)
	}
	f := made.Front()
	if f.Attachments[1].MustContain != "f" || f.Columns["unused_3"] != "text" {
		t.Errorf("a column given by its heading is not found under its name: %+v", f)
	}
	if source.Front.Attachments[1].MustContain != "F" {
		t.Error("compiling changed the source")
	}
}

func TestConstants(t *testing.T) {
	source := sourceOf(t, "a.md", `subject: "Re: {{ .a }} again"
from: Ann Lee <ann@a.example>
reply-to: desk@a.example
headers: {X-Campaign: spring}
attachments: [leaf.txt]
inline: [logo.png]`, "# Head\n\n[Go]({{ .a }}) Maria Schmidt\n{{ if eq .a \"KX-1\" }}x{{ end }}{{ define \"never\" }}said{{ end }}")
	made := compiled(t, source, "a")
	for _, want := range []Constant{
		{Line: 2, Text: "Re: "}, {Line: 2, Text: " again"},
		{Line: 3, Text: "Ann Lee <ann@a.example>"}, {Line: 4, Text: "<desk@a.example>"},
		{Line: 5, Text: "spring"}, {Line: 6, Text: "leaf.txt"}, {Line: 7, Text: "logo.png"},
		{Line: 9, Text: "# Head\n\n[Go]("}, {Line: 11, Text: ") Maria Schmidt\n"},
		{Line: 12, Text: "KX-1"}, {Line: 12, Text: "x"}, {Line: 12, Text: "said"},
	} {
		want.File = source.Path()
		if !slices.Contains(made.Constants(), want) {
			t.Errorf("no constant %q at line %d", want.Text, want.Line)
		}
	}
	if t.Failed() {
		t.Logf("%+v", made.Constants())
	}
}
