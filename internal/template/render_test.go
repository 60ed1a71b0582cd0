package template

import (
	"strings"
	"testing"

	"mailshot/internal/recipient"
)

// rendersTo says what a text body makes of a row with name "Ann", empty
// "title", blank "note" and the given cell.
func rendersTo(t *testing.T, body, cell string) (string, error) {
	t.Helper()
	made, err := render(t, "a.txt", "subject: x", body, "name", "Ann", "title", "", "note", " \t", "cell", cell)
	if err != nil {
		return "", err
	}
	return string(made.Text), nil
}

func TestRenderText(t *testing.T) {
	for _, c := range []struct{ name, body, cell, want string }{
		{"exact", "{{ .cell }}|", `<b>&amp; "x" 'y' {{ .name }} \n é`, `<b>&amp; "x" 'y' {{ .name }} \n é|`},
		{"line ends", "{{ .cell }}|", "a\r\nb\rc\nd", "a\nb\nc\nd|"},
		{"spaces kept", "{{ .cell }}|", "  a  ", "  a  |"},
		{"by $", "{{ $.cell }}", "a", "a"},
		{"variable", "{{ $x := .cell }}{{ $x }}{{ $x = .name }}{{ $x }}", "a", "aAnn"},
		{"empty under if", "a{{ if .title }}{{ .title }}{{ end }}b", "", "ab"},
		{"blank is empty", "a{{ if .note }}b{{ end }}", "", "a"},
		{"empty in else", "{{ if .title }}x{{ else }}y{{ end }}", "", "y"},
		{"empty in with", "a{{ with .title }}{{ . }}{{ else }}{{ .name }}{{ end }}", "", "aAnn"},
		{"with", "{{ with .cell }}{{ . }}{{ $.name }}{{ end }}", "a", "aAnn"},
		{"with a variable", "{{ with $c := .cell }}{{ $c }}{{ end }}", "a", "a"},
		{"default", "{{ .title | default \"customer\" }}", "", "customer"},
		{"default not needed", "{{ .name | default \"customer\" }}", "", "Ann"},
		{"default of blank", "{{ .note | default \"-\" }}", "", "-"},
		{"default before", "{{ .title | default \"customer\" | upper }}", "", "CUSTOMER"},
		{"default after", "{{ .title | upper | default \"customer\" }}", "", "customer"},
		{"default in parentheses", "{{ printf \"Dear %s\" (.title | default \"customer\") }}", "", "Dear customer"},
		{"default of nothing", "a{{ .title | default \"\" }}b", "", "ab"},
		{"default by another cell", "{{ default .name .title }}", "", "Ann"},
		{"or", "{{ or .title .note .name }}", "", "Ann"},
		{"comparison", "{{ if eq .title \"Dr\" }}x{{ else }}y{{ end }}{{ if ne .name .title }}z{{ end }}", "", "yz"},
		{"printed comparison", "{{ eq .title \"\" }}{{ len .title }}{{ not .title }}", "", "true0true"},
		{"and", "{{ if and .name .title }}x{{ else }}y{{ end }}", "", "y"},
		{"variable under if", "{{ $t := .title }}{{ if $t }}{{ $t }}{{ end }}a", "", "a"},
		{"variable with default", "{{ $t := .title }}{{ $t | default \"b\" }}", "", "b"},
		{"upper", "{{ upper .cell }} {{ .cell | upper }}", "aé", "AÉ AÉ"},
		{"lower", "{{ lower .cell }}", "AÉ", "aé"},
		{"title", "{{ title .cell }}", "ann o’hara McDonald élan", "Ann O’hara McDonald Élan"},
		{"trim", "{{ trim .cell }}|", "  a ", "a|"},
		{"date", "{{ .cell | date \"2 January 2006\" }}", "2026-03-02", "2 March 2026"},
		{"date and time", "{{ .cell | date \"2.1.2006 15:04\" }}", "2026-03-02T15:04:05+02:00", "2.3.2026 15:04"},
		{"date and time without zone", "{{ .cell | date \"15:04\" }}", "2026-03-02 15:04", "15:04"},
		{"date under default", "{{ .title | date \"2006\" | default \"soon\" }}", "", "soon"},
		{"number", "{{ .cell | number \"1,234.50\" }}", "1234567.891", "1,234,567.89"},
		{"number in German", "{{ .cell | number \"1.234,50\" }}", "-1234.5", "-1.234,50"},
		{"number with a space", "{{ .cell | number \"1 234\" }}", "1234567", "1 234 567"},
		{"number without marks", "{{ .cell | number \"1234.5\" }}", "+99.95", "100.0"},
		{"small number", "{{ .cell | number \"1,234.50\" }}", "7", "7.00"},
		{"long number", "{{ .cell | number \"1,234\" }}", "12345678901234567890", "12,345,678,901,234,567,890"},
		{"urlquery", "{{ .cell | urlquery }}", "a b&c=d/é", "a+b%26c%3Dd%2F%C3%A9"},
		{"replace", "{{ .cell | replace \"_\" \" \" }}", "a_b_c", "a b c"},
		{"split", "{{ range split \";\" .cell }}<{{ . }}>{{ end }}", "a; b;;c", "<a><b><c>"},
		{"split of nothing", "x{{ range split \";\" .title }}<{{ . }}>{{ end }}", "", "x"},
		{"range with else", "{{ range split \";\" .title }}{{ . }}{{ else }}none{{ end }}", "", "none"},
		{"range with index", "{{ range $i, $e := split \";\" .cell }}{{ $i }}{{ $e }}{{ end }}", "a;b", "0a1b"},
		{"range with break", "{{ range split \";\" .cell }}{{ if eq . \"b\" }}{{ break }}{{ end }}{{ . }}{{ end }}", "a;b;c", "a"},
		{"join", "{{ .cell | split \";\" | join \", \" }}", "a;b", "a, b"},
		{"index", "{{ index (split \" \" .cell) 1 }}", "a b", "b"},
		{"contains", "{{ if .cell | contains \"pro\" }}x{{ end }}", "a pro b", "x"},
		{"print", "{{ print .cell \", \" .name }}", "a", "a, Ann"},
		{"printf", "{{ printf \"%-4s|%5.1f|%q|%03d\" .cell 2.25 .name 7 }}", "a", "a   |  2.2|\"Ann\"|007"},
		{"percent in a cell", "{{ printf \"%s\" .cell }}", "100%!d(x)", "100%!d(x)"},
		{"template with the row", "{{ define \"a\" }}{{ .cell }}{{ end }}{{ template \"a\" . }}{{ template \"a\" $ }}", "a", "aa"},
		{"template with a value", "{{ define \"a\" }}[{{ . }}]{{ end }}{{ template \"a\" .cell }}", "a", "[a]"},
		{"block", "{{ block \"a\" . }}{{ .cell }}{{ end }}", "a", "a"},
		{"comment", "a{{/* }} {{ .nothing }} */}}b", "", "ab"},
		{"trimmed", "a  {{- .cell -}}  b", "x", "axb"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := rendersTo(t, c.body, c.cell); err != nil || got != c.want {
				t.Errorf("got %q, %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestRenderFaults(t *testing.T) {
	const secret = "Zyxwv-Secret"
	for _, c := range []struct {
		name, body, cell, what string
		column                 int
	}{
		{"empty", "a{{ .title }}b", "", "the cell title is empty", 5},
		{"blank", "a{{ .note }}b", "", "the cell note is empty", 5},
		{"by $", "{{ $.title }}", "", "the cell title is empty", 0},
		{"function", "{{ upper .title }}", "", "the cell title is empty", 10},
		{"piped", "{{ .title | upper | trim }}", "", "the cell title is empty", 4},
		{"printf", "{{ printf \"Dear %s\" .title }}", "", "the cell title is empty", 21},
		{"printf under default", "{{ printf \"Dear %s\" .title | default \"x\" }}", "", "the cell title is empty", 0},
		{"printf in a variable", "{{ $x := printf \"Dear %s\" .title }}{{ $x }}", "", "the cell title is empty", 0},
		{"print", "{{ print \"Dear \" .title }}", "", "the cell title is empty", 0},
		{"parentheses", "{{ upper (lower .title) }}", "", "the cell title is empty", 0},
		{"default's own", "{{ .note | default .title }}", "", "the cell title is empty", 0},
		{"last of or", "{{ or .note .title }}", "", "the cell title is empty", 0},
		{"variable", "{{ $x := .title }}{{ $x }}", "", "an empty value", 0},
		{"variable through a function", "{{ $x := upper .title }}{{ $x }}", "", "an empty value", 0},
		{"assigned under if", "{{ $x := .name }}{{ if .name }}{{ $x = .title }}{{ end }}{{ upper $x }}", "", "an empty value", 0},
		{"template with a value", "{{ define \"a\" }}{{ . }}{{ end }}{{ template \"a\" .title }}", "", "an empty value", 0},
		{"joined", "{{ .title | split \";\" | join \", \" }}", "", "the cell title is empty", 0},
		{"date", "{{ .cell | date \"2006\" }}", secret, "date: the cell is no ISO 8601 date", 12},
		{"impossible date", "{{ .cell | date \"2006\" }}", "2026-02-30", "no ISO 8601 date", 0},
		{"number", "{{ .cell | number \"1234\" }}", secret, "number: the cell is no plain number", 12},
		{"number with an exponent", "{{ .cell | number \"1234\" }}", "1e999999999", "no plain number", 0},
		{"number with a comma", "{{ .cell | number \"1234\" }}", "1,5", "no plain number", 0},
		{"number pattern", "{{ .cell | number \"9\" }}", "1", "the pattern must be", 0},
		{"index", "{{ index (split \" \" .cell) 3 }}", secret, "cannot be computed", 0},
		{"index of text", "{{ index .cell \"a\" }}", secret, "cannot be computed", 0},
		{"comparison", "{{ if eq .cell 3 }}x{{ end }}", secret, "cannot be computed", 0},
		{"wrong argument", "{{ upper 3 }}{{ .cell }}", secret, "cannot be computed", 0},
		{"printf verb", "{{ printf \"%d\" .cell }}", secret, "printf: format and values do not fit", 0},
		{"printf arguments", "{{ printf \"%s %s\" .cell }}", secret, "printf: format and values do not fit", 0},
		{"printf extra", "{{ printf \"%s\" .cell .name }}", secret, "printf: format and values do not fit", 0},
		{"printf width", "{{ printf \"%999999999d\" 1 }}{{ .cell }}", secret, "widths", 0},
		{"printf precision", "{{ printf \"%.1000f\" 1.5 }}{{ .cell }}", secret, "widths", 0},
		{"printf star", "{{ printf \"%*d\" 99999999 1 }}{{ .cell }}", secret, "widths", 0},
		{"printf indexed star", "{{ printf \"%[2]*[1]d\" 1 99999999 }}{{ .cell }}", secret, "widths", 0},
		{"range over a number", "{{ range 1000000000 }}{{ end }}{{ .cell }}", secret, "range goes over the parts of split only", 0},
		{"range over text", "{{ range .cell }}{{ . }}{{ end }}", secret, "range goes over the parts of split only", 0},
		{"too many parts", "{{ range split \",\" .cell }}x{{ end }}", strings.Repeat("a,", 1001), "more than 1000 parts", 0},
		{"carriage return", "{{ \"\\r\" }}{{ .cell }}", secret, "carriage return", 0},
		{"blank text", "{{ if .title }}x{{ end }}\n", "", "the text is empty", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := rendersTo(t, c.body, c.cell)
			if err == nil {
				t.Fatalf("got %q, want a fault", got)
			}
			fault := faultOf(t, err)
			if !strings.Contains(fault.What, c.what) || fault.Line != 4 || c.column > 0 && fault.Column != c.column {
				t.Errorf("got %v, want %q at 4:%d", fault, c.what, c.column)
			}
			if c.what != "carriage return" && !strings.Contains(fault.What, "the row at line 7 of the list") {
				t.Errorf("the row is not named: %v", fault)
			}
			if strings.Contains(fault.Error()+fault.Hint, secret) {
				t.Errorf("the cell is shown: %v", fault)
			}
		})
	}
}

// What grows on each turn meets a limit before it fills the memory.
func TestRenderLimits(t *testing.T) {
	many := strings.Repeat("a,", 999)
	for _, c := range []struct{ name, body, what string }{
		{"output", "{{ range split \",\" .cell }}" + strings.Repeat("x", 20_000) + "{{ end }}", "larger than 10 MiB"},
		{"print", "{{ $x := .cell }}{{ range split \",\" .cell }}{{ $x = print $x $x }}{{ end }}", "longer than 1 MiB"},
		{"printf", "{{ $x := .cell }}{{ range split \",\" .cell }}{{ $x = printf \"%s%s\" $x $x }}{{ end }}", "longer than 1 MiB"},
		{"replace", "{{ $x := .cell }}{{ range split \",\" .cell }}{{ $x = replace \"a\" $x $x }}{{ end }}", "longer than 1 MiB"},
		{"urlquery", "{{ $x := .cell }}{{ range split \",\" .cell }}{{ $x = urlquery $x }}{{ end }}", "longer than 1 MiB"},
		{"join", "{{ $x := .cell }}{{ range split \",\" .cell }}{{ $x = join $x (split \",\" $.cell) }}{{ end }}", "longer than 1 MiB"},
	} {
		_, err := rendersTo(t, c.body, many)
		if fault := faultOf(t, err); !strings.Contains(fault.What, c.what) {
			t.Errorf("%s: got %v, want %q", c.name, fault, c.what)
		}
	}
}

func TestRenderHeaders(t *testing.T) {
	made, err := render(t, "a.txt", `subject: "{{ .name }} & {{ .cell }}"
to-name: "{{ .title }}{{ .name }}"
list-unsubscribe: https://a.example/u?c={{ .cell | urlquery }}
attachments: [shared.txt, "bills/{{ .cell }}.txt", "{{ .name }}.txt"]`, "text",
		"name", "Lee, Ann", "title", "Dr ", "cell", "K 1&2")
	if err != nil {
		t.Fatal(err)
	}
	if made.Subject != "Lee, Ann & K 1&2" || made.ToName != "Dr Lee, Ann" {
		t.Errorf("got subject %q, name %q", made.Subject, made.ToName)
	}
	if made.ListUnsubscribe != "https://a.example/u?c=K+1%262" || !made.OneClick {
		t.Errorf("got %q, one click %v", made.ListUnsubscribe, made.OneClick)
	}
	if got := strings.Join(made.Files, "|"); got != "bills/K 1&2.txt|Lee, Ann.txt" {
		t.Errorf("got files %q", got)
	}
	if made.HTML != nil {
		t.Errorf("got HTML %q", made.HTML)
	}
}

func TestUnsubscribe(t *testing.T) {
	for _, c := range []struct {
		link, cell string
		oneClick   bool
		fails      bool
	}{
		{"https://a.example/u", "x", false, false},
		{"https://a.example/{{ .cell }}", "x", true, false},
		{"{{ .cell }}", "https://a.example/x", true, false},
		{"{{ .cell }}", "http://a.example/x", false, false},
		{"mailto:u@a.example?subject={{ .cell }}", "x", false, false},
		{"{{ .cell }}", "a.example/x", false, true},
		{"{{ .cell }}", "javascript:x", false, true},
		{"https://a.example/{{ .cell }}", "x>, <https://b.example", false, true},
		{"https://a.example/{{ .cell }}", "x\ny", true, false}, // for package message to refuse
		{"https://a.example/{{ .cell }}", "é", false, true},
		{"https://a.example/{{ .cell }}", "", false, true},
	} {
		made, err := render(t, "a.txt", "subject: x\nlist-unsubscribe: '"+c.link+"'", "text", "cell", c.cell)
		if (err != nil) != c.fails {
			t.Errorf("%s of %q: %v", c.link, c.cell, err)
		}
		if err == nil && made.OneClick != c.oneClick {
			t.Errorf("%s of %q: one click is %v", c.link, c.cell, made.OneClick)
		}
	}
}

func TestBlankSubjectAndFile(t *testing.T) {
	for _, front := range []string{
		"subject: '{{ if .a }}x{{ end }}'",
		"subject: x\nattachments: ['{{ if .a }}x{{ end }}']",
	} {
		if _, err := render(t, "a.txt", front, "text", "a", ""); err == nil {
			t.Errorf("%s: no fault", front)
		}
	}
}

// A cell that was filled in the row before is still an empty one.
func TestEmptyAfterFull(t *testing.T) {
	r := compiled(t, sourceOf(t, "a.txt", "subject: x", "{{ .a }}"), "a").Renderer()
	if _, err := r.Render(&recipient.Row{Line: 2, Cells: []string{"Ann"}}); err != nil {
		t.Fatal(err)
	}
	made, err := r.Render(&recipient.Row{Line: 3, Cells: []string{""}})
	if err == nil {
		t.Fatalf("got %q", made.Text)
	}
	if fault := faultOf(t, err); !strings.Contains(fault.What, "line 3 of the list") {
		t.Errorf("got %v", fault)
	}
}

// Nothing of a row stays for the next one, nor a row's missing cells.
func TestRowAfterRow(t *testing.T) {
	source := sourceOf(t, "a.html", "subject: '{{ .a | default \"-\" }}'", "<p>{{ .a | default \"-\" }}{{ if .b }}{{ .b }}{{ end }}</p>")
	r := compiled(t, source, "a", "b").Renderer()
	for _, c := range []struct {
		cells         []string
		subject, text string
	}{
		{[]string{"Ann", "Lee"}, "Ann", "AnnLee\n"},
		{[]string{"", ""}, "-", "-\n"},
		{[]string{"Bob"}, "Bob", "Bob\n"},
		{nil, "-", "-\n"},
	} {
		made, err := r.Render(&recipient.Row{Cells: c.cells})
		if err != nil {
			t.Fatal(err)
		}
		if made.Subject != c.subject || string(made.Text) != c.text {
			t.Errorf("%q: got %q, %q", c.cells, made.Subject, made.Text)
		}
	}
}

func TestFunctionTable(t *testing.T) {
	calls := functionMap()
	for i, f := range functionTable() {
		if f.Function != Functions()[i] {
			t.Errorf("%s: the help lists another", f.Name)
		}
		if _, ok := calls[f.Name]; ok != (f.call != nil) {
			t.Errorf("%s: not in the functions that templates get", f.Name)
		}
		delete(calls, f.Name)
		if f.Summary == "" || !strings.Contains(f.Usage, f.Name) {
			t.Errorf("%s: no help", f.Name)
		}
		body := f.Usage
		if strings.Contains(body, "{{ if") {
			body += "x{{ end }}"
		}
		columns := columnsOf("first_name", "code", "city", "note", "due", "amount", "name", "items", "plan", "street", "title", "nickname")
		if _, err := sourceOf(t, "a.txt", "subject: x", body).Compile(columns); err != nil {
			t.Errorf("%s: the usage does not compile: %v", f.Name, err)
		}
	}
	delete(calls, needName)
	delete(calls, eachName)
	for name := range calls {
		t.Errorf("%s: not in the help", name)
	}
}
