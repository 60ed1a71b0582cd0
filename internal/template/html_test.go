package template

import (
	"strings"
	"testing"
)

func TestRenderHTML(t *testing.T) {
	for _, c := range []struct{ name, body, cell, want string }{
		{"text", "<p>{{ .cell }}</p>", `<b>"a" & 'b'</b>`, "<p>&lt;b&gt;&#34;a&#34; &amp; &#39;b&#39;&lt;/b&gt;</p>"},
		{"attribute", `<p title="{{ .cell }}">x</p>`, `"><script>`, `<p title="&#34;&gt;&lt;script&gt;">x</p>`},
		{"link", `<a href="{{ .cell }}">x</a>`, "https://a.example/?a=b&c=d e", `<a href="https://a.example/?a=b&amp;c=d%20e">x</a>`},
		{"query", `<a href="https://a.example/?a={{ .cell }}">x</a>`, "b&c=d/e", `<a href="https://a.example/?a=b%26c%3dd%2fe">x</a>`},
		{"urlquery", `<a href="https://a.example/?a={{ .cell | urlquery }}">x</a>`, "b&c", `<a href="https://a.example/?a=b%26c">x</a>`},
		{"comment dropped", "<p>a<!-- {{ .cell }} -->b</p>", "x", "<p>ab</p>"},
		{"conditional comment", "<!--[if mso]><table><tr><td><![endif]--><p>{{ .cell }}</p><!--[if mso]></td></tr></table><![endif]-->", "x",
			"<!--[if mso]><table><tr><td><![endif]--><p>x</p><!--[if mso]></td></tr></table><![endif]-->"},
		{"revealed", "<!--[if !mso]><!--><p>{{ .cell }}</p><!--<![endif]-->", "x", "<!--[if !mso]><!--><p>x</p><!--<![endif]-->"},
		{"revealed in the other way", "<!--[if !mso]>--><p>{{ .cell }}</p><!-- <![endif]-->", "x", "<!--[if !mso]>--><p>x</p><!-- <![endif]-->"},
		{"revealed to all", "<![if !mso]><p>{{ .cell }}</p><![endif]>", "x", "<![if !mso]><p>x</p><![endif]>"},
		{"condition with an operator", "<!--[if (gte mso 9)|(IE)]><p>{{ .cell }}</p><![endif]--><p>y</p>", "x", "<!--[if (gte mso 9)|(IE)]><p>x</p><![endif]--><p>y</p>"},
		{"action in a conditional comment", `<!--[if mso]><v:roundrect href="https://a.example/?c={{ .cell }}"><center>{{ .cell }}</center></v:roundrect><![endif]--><p>x</p>`,
			`--><![endif]-->"`, `<!--[if mso]><v:roundrect href="https://a.example/?c=--%3e%3c%21%5bendif%5d--%3e%22"><center>--&gt;&lt;![endif]--&gt;&#34;</center></v:roundrect><![endif]--><p>x</p>`},
		{"conditional under if", "{{ if .cell }}<!--[if mso]><p><![endif]-->{{ end }}<p>x</p>", "x", "<!--[if mso]><p><![endif]--><p>x</p>"},
		{"conditional in a definition", "{{ define \"a\" }}<!--[if mso]><p>{{ . }}</p><![endif]-->{{ end }}<p>x</p>{{ template \"a\" .cell }}", "y", "<p>x</p><!--[if mso]><p>y</p><![endif]-->"},
		{"conditional in an action", "<p>{{ print \"<!--[if mso]>\" .cell }}</p>", "x", "<p>&lt;!--[if mso]&gt;x</p>"},
		{"look-alike of a mark", "<!--[if mso]><p>zq0x0z</p><![endif]--><p>{{ .cell }}</p>", "zq1x0z", "<!--[if mso]><p>zq0x0z</p><![endif]--><p>zq1x0z</p>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			made, err := render(t, "a.html", "subject: x", c.body, "cell", c.cell)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(made.HTML); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestHTMLFaults(t *testing.T) {
	for _, c := range []struct {
		name, body, cell, what string
		line                   int
	}{
		{"unsafe link", `<a href="{{ .cell }}">x</a>`, "javascript:alert(1)", "cannot stand safely", 0},
		{"unsafe style", `<p style="color: {{ .cell }}">x</p>`, "expression(1)", "cannot stand safely", 0},
		{"open attribute", "<p>{{ .cell }}</p>\n<p title=\"", "x", "ends in a non-text context", 4},
		{"branches that differ", "<p>x</p>\n{{ if .cell }}<a href=\"{{ end }}x", "x", "", 5},
		{"broken conditional", "<p>x</p>\n<!--[if {{ .cell }}]><p><![endif]-->", "x", "conditional comment", 5},
		{"empty cell", "<p>\n{{ .cell }}</p>", "", "the cell cell is empty", 5},
		{"no words", "<img src=\"https://a.example/a.png\"><p style=\"color: red\"></p>{{ if .cell }}{{ end }}", "x", "the text is empty", 4},
		{"block half in a tag", "<p {{ if .cell }}>x</p>{{ end }}>", "x", "", 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := render(t, "a.html", "subject: x", c.body, "cell", c.cell)
			fault := faultOf(t, err)
			if !strings.Contains(fault.What, c.what) || fault.Line != c.line {
				t.Errorf("got %v, want %q at line %d", fault, c.what, c.line)
			}
			if c.cell != "x" && c.cell != "" && strings.Contains(fault.Error()+fault.Hint, c.cell) {
				t.Errorf("the cell is shown: %v", fault)
			}
		})
	}
}

func TestPreheader(t *testing.T) {
	const front = "subject: x\npreheader: \"a < b & {{ .cell }}\""
	for body, before := range map[string]string{
		"<html><body bgcolor=\"#fff\"\n class='{{ if eq .cell \"<\" }}>{{ end }}'><p>x</p></body></html>": "'>",
		"<p>x</p>": "",
		"text":     "",
	} {
		made, err := render(t, "a.html", front, body, "cell", "<c>")
		if err != nil {
			t.Fatal(err)
		}
		html := string(made.HTML)
		at := strings.Index(html, "<div style=\"display:none")
		if at < 0 || !strings.HasSuffix(html[:at], before) || !strings.Contains(html, ">a &lt; b &amp; &lt;c&gt;</div>") {
			t.Errorf("got %q", html)
		}
		if strings.Contains(string(made.Text), "a < b") {
			t.Errorf("the text holds the preheader: %q", made.Text)
		}
	}
}

func TestDerivedText(t *testing.T) {
	for _, c := range []struct{ name, body, cell, want string }{
		{"paragraphs", "<h1>Head</h1>\n<p>one\n  two</p><p>three</p>", "", "Head\n\none two\n\nthree"},
		{"inline", "<p>Dear <b>{{ .name }}</b>, your <i>bill</i>.</p>", "", "Dear Ann, your bill."},
		{"breaks", "<p>a<br>b<br><br>c</p>", "", "a\nb\n\nc"},
		{"exact", "<p>{{ .cell }}</p>", "<b>&amp;</b> *x* [y](z)", "<b>&amp;</b> *x* [y](z)"},
		{"entities", "<p>a &amp; b&nbsp;&lt;c&gt;</p>", "", "a & b\u00a0<c>"},
		{"braces", "<p>&#123;&#123; .nothing }}</p>", "", "{{ .nothing }}"},
		{"link", `<p><a href="https://a.example/?a=1&amp;b={{ .cell }}">Go</a>.</p>`, "x", "Go (https://a.example/?a=1&b=x)."},
		{"link to its words", `<a href="https://a.example/{{ .name }}">https://a.example/{{ .name }}</a>`, "", "https://a.example/Ann (https://a.example/Ann)"},
		{"mail link", `<a href="mailto:desk@a.example">Write</a> <a href="mailto:desk@a.example">desk@a.example</a>`, "", "Write (desk@a.example) desk@a.example"},
		{"anchor", `<a href="#top">Up</a>`, "", "Up"},
		{"image", `<p>a <img src="x" alt="the logo"> b</p>`, "", "a the logo b"},
		{"lists", "<p>a</p><ul><li>b</li><li><p>c</p><ul><li>d</li></ul></li></ul><ol><li>e</li><li>f<br>g</li></ol><p>h</p>", "", "a\n\n- b\n- c\n\n  - d\n\n1. e\n2. f\n   g\n\nh"},
		{"list by range", "<ol>{{ range split \";\" .cell }}<li>{{ . }}</li>{{ end }}</ol><p>x</p>", "a;b", "- a\n- b\n\nx"},
		{"quote", "<p>a</p><blockquote><p>b</p><p>c<br>d</p></blockquote><p>e</p>", "", "a\n\n> b\n>\n> c\n> d\n\ne"},
		{"pre", "<p>a</p><pre>b  c\n  d\n</pre><p>e</p>", "", "a\n\nb  c\n  d\n\ne"},
		{"rule", "<p>a</p><hr><p>b</p>", "", "a\n\n----------\n\nb"},
		{"layout table", "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "", "a\nb\nc"},
		{"data table", "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>c</td><td>{{ .name }}</td></tr></tbody></table>", "", "a | b\nc | Ann"},
		{"rows by range", "<table>{{ range split \";\" .cell }}<tr><td>{{ . }}</td></tr>{{ end }}</table><p>x</p>", "a;b", "a\nb\n\nx"},
		{"head and style", "<html><head><title>{{ .name }}</title><style>p { color: red }</style></head><body>a</body></html>", "", "a"},
		{"comments", "<p>a<!-- {{ .name }} -->b</p><!--[if mso]><p>{{ .name }}</p><![endif]--><!--[if !mso]><!--><p>c</p><!--<![endif]-->", "", "ab\n\nc"},
		{"actions in comments", "<p>a</p><!-- {{ if .cell }} --><p>b</p><!-- {{ end }}--><p>c</p>", "", "a\n\nc"},
		{"if around a block", "<p>a</p>\n{{ if .cell }}\n<p>b</p>\n{{ end }}\n<p>c</p>", "x", "a\n\nb\n\nc"},
		{"if around no block", "<p>a</p>\n{{ if .cell }}\n<p>b</p>\n{{ end }}\n<p>c</p>", "", "a\n\nc"},
		{"if and else around blocks", "<p>a</p>{{ if .cell }}<p>b</p>{{ else }}<p>d</p>{{ end }}<p>c</p>", "", "a\n\nd\n\nc"},
		{"if at the end", "<p>a</p>{{ if .cell }}<p>b</p>{{ end }}", "", "a"},
		{"if inline", "<p>Dear {{ if .cell }}Dr {{ end }}{{ .name }}, hello</p>", "x", "Dear Dr Ann, hello"},
		{"if inline, not", "<p>Dear {{ if .cell }}Dr {{ end }}{{ .name }}, hello</p>", "", "Dear Ann, hello"},
		{"space before an inline if", "<p>a{{ if .cell }} b{{ end }} c</p>", "x", "a b c"},
		{"action in an attribute", "<p {{ if .cell }}class=\"a>b\"{{ end }}>a</p>", "x", "a"},
		{"variable", "{{ $x := .name | upper }}<p>{{ $x }}</p>", "", "ANN"},
	} {
		t.Run(c.name, func(t *testing.T) {
			made, err := render(t, "a.html", "subject: x", c.body, "name", "Ann", "cell", c.cell)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(made.Text); got != c.want+"\n" {
				t.Errorf("got  %q\nwant %q", got, c.want+"\n")
			}
		})
	}
}
