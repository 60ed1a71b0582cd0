package template

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden holds got against a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		write(t, path, string(got))
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s: got\n%s", name, got)
	}
}

const markdown = "# Hello {{ .name }}\n" + `
Your **{{ .plan }}** plan, _{{ .name }}_, ends on {{ .due | date "2 January 2006" }}.\
[Renew it]({{ .url }}) or [read on](https://a.example/?c={{ .code | urlquery }} "for {{ .name }}").

{{ if eq .plan "pro" }}
- first
- second, with {{ .code }}
{{ else }}
1. third
2. fourth
{{ end }}

## Code
` + "`{{ .code }}` and\n\n```\nrun {{ .code }}\n{{ if .name }}\nindented\n{{ end }}\n```\n" + `
> quoted {{ .name }}

| a | b |
|---|--:|
| {{ .name }} | ~~{{ .code }}~~ |

<p align="center">raw {{ .name }}</p>

![a picture](https://a.example/p.png)
`

// markdownCells hold what would be markup if it were read as such.
var markdownCells = []string{
	"name", "*Ann* <b>[x](y)</b>", "plan", "pro", "due", "2026-03-02",
	"url", "https://a.example/a(b)?c=d&e=\"f\"", "code", "# `K`_1_|2",
}

func TestMarkdown(t *testing.T) {
	made, err := render(t, "a.md", "subject: x\npreheader: for {{ .name }}", markdown, markdownCells...)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "markdown.txt", made.Text)
	golden(t, "markdown.html", made.HTML)
}

func TestMarkdownEscapes(t *testing.T) {
	for _, c := range []struct{ name, body, cell, text, html string }{
		{"braces", `\{\{ .nothing }} {{ .cell }}`, "x", "{{ .nothing }} x\n", "<p>{{ .nothing }} x</p>"},
		{"a value is not Markdown", "{{ .cell }}", "# *a* [b](c)\n\n- d", "# *a* [b](c)\n\n- d\n", "<p># *a* [b](c)\n\n- d</p>"},
		{"a value is not HTML", "{{ .cell }}", "<b>a</b> &amp;", "<b>a</b> &amp;\n", "<p>&lt;b&gt;a&lt;/b&gt; &amp;amp;</p>"},
		{"quotes in an action", `{{ .cell | default "it's \"so\"" }}`, "", "it's \"so\"\n", "<p>it&#39;s &#34;so&#34;</p>"},
		{"look-alike of a mark", "zq0xv0z {{ .cell }}", "zq1xv0z", "zq0xv0z zq1xv0z\n", "<p>zq0xv0z zq1xv0z</p>"},
		{"within a word", "a{{ .cell }}b", "x", "axb\n", "<p>axb</p>"},
		{"nested list", "- a\n  {{ if .cell }}\n  b\n  {{ end }}\n- c", "x", "- a b \n- c\n", "<li>a\n\nb\n\n</li>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			made, err := render(t, "a.md", "subject: x", c.body, "cell", c.cell)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(made.Text); got != c.text {
				t.Errorf("text: got %q, want %q", got, c.text)
			}
			if got := string(made.HTML); !strings.Contains(got, c.html) {
				t.Errorf("HTML: no %q in %q", c.html, got[strings.Index(got, `class="words" a`):])
			}
		})
	}
}

// A fault in what was made of Markdown names the line of the Markdown.
func TestMarkdownPlaces(t *testing.T) {
	for _, c := range []struct {
		name, body, cell string
		line, column     int
	}{
		{"empty", "# a\n\nb\nc {{ .cell }}\n\nd", "", 7, 6},
		{"empty in a link", "a\n\n[b]({{ .cell }})", "", 6, 8},
		{"over two lines", "a {{ printf\n\"%s\"\n.cell }}", "", 6, 1},
		{"unsafe context", "a\n\n<p title=\"{{ if .cell }}\">{{ end }}b</p>", "x", 6, 0},
	} {
		_, err := render(t, "a.md", "subject: x", c.body, "cell", c.cell)
		if fault := faultOf(t, err); fault.Line != c.line || c.column > 0 && fault.Column != c.column {
			t.Errorf("%s: got %v, want %d:%d", c.name, fault, c.line, c.column)
		}
	}
}
