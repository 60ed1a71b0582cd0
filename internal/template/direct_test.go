package template

import (
	"math/big"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// compare has a direct program and the library do the same; it says whether the
// program did it.
func compare(t *testing.T, p *program, row map[string]string) bool {
	t.Helper()
	if p.direct == nil {
		return false
	}
	got, ok := p.direct.render(nil, row)
	if !ok {
		return false
	}
	var want output
	if err := p.run.Execute(&want, row); err != nil {
		t.Fatalf("%q: rendered directly, where the library has %v", p.unit.text, err)
	}
	if string(got) != string(want.bytes) {
		t.Fatalf("%q: directly %q, by the library %q", p.unit.text, got, want.bytes)
	}
	return true
}

// rowOf is a row as a Renderer has it.
func rowOf(cells ...string) map[string]string {
	row := map[string]string{}
	for i := 0; i < len(cells); i += 2 {
		row[cells[i]] = cells[i+1]
		if cells[i+1] != "" {
			row[cells[i]+needed] = cells[i+1]
		}
	}
	return row
}

func compiledAs(t *testing.T, kind, body string) *program {
	t.Helper()
	compile := compileText
	if kind == ".html" {
		compile = compileHTML
	}
	p, err := compile(newUnit("a"+kind, body, 1, 1), []string{"name", "code", "title"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDirect(t *testing.T) {
	row := rowOf("name", "Zoë", "code", "12345.6", "title", "")
	for _, c := range []struct {
		kind, body string
		directly   bool
	}{
		{".txt", "", true},
		{".txt", "a{{ .name }}b", true},
		{".txt", "{{ $.name | upper | lower }}", true},
		{".txt", `{{ .title | default "you" }}, {{ default .name .title }}`, true},
		{".txt", `{{ .code | number "1,234.50" }}{{ replace "Z" "S" (.name | trim) }}`, true},
		{".txt", "{{ if .name }}a{{ .name }}{{ else }}b{{ end }}{{ if .title }}c{{ else if .code }}d{{ end }}", true},
		{".txt", "{{ .title }}", false},
		{".txt", `{{ .name | number "1,234.50" }}`, false},
		{".txt", `{{ printf "%s" .name }}`, false},
		{".txt", "{{ $n := .name }}{{ $n }}", false},
		{".txt", "{{ with .name }}{{ . }}{{ end }}", false},
		{".txt", `{{ range split "o" .name }}{{ . }}{{ end }}`, false},
		{".txt", "{{ if .title }}{{ else }}{{ .title }}{{ end }}", false},
		{".html", `<title>{{ .name }}</title><!--[if mso]><p class="{{ .name }}">{{ .name }}<![endif]-->`, true},
		{".html", `<a href="https://a.example/?n={{ .name | urlquery }}&c={{ .code }}">x</a>`, true},
		{".html", `<a href="https://a.example/?n={{ .name }}">x</a>`, false},
		{".html", `<a href="{{ .code }}">x</a>`, false},
		{".html", `<p class={{ .code }}>x</p>`, false},
		{".html", `<script>{{ .code }}</script>`, false},
	} {
		if directly := compare(t, compiledAs(t, c.kind, c.body), row); directly != c.directly {
			t.Errorf("%q: directly %t", c.body, directly)
		}
	}
}

// Each character, alone and between letters, in each place that has an escaper.
func TestDirectEscapers(t *testing.T) {
	const direct = 5
	for i, body := range []string{
		"<title>{{ .name }}</title>",
		"<p>{{ .name }}</p>",
		`<p class="{{ .name }}">x</p>`,
		`<a href="https://a.example/?n={{ .name }}">x</a>`,
		`<a href="https://a.example/{{ .name }}">x</a>`,
		`<p class={{ .name }}>x</p>`,
		`<p style="color: {{ .name }}">x</p>`,
		`<p onclick="a({{ .name }})">x</p>`,
	} {
		p := compiledAs(t, ".html", body)
		if (p.direct != nil) != (i < direct) {
			t.Errorf("%q: direct %t", body, p.direct != nil)
		}
		plain := 0
		for c := range rune(0x3000) {
			text := string(c)
			if c < 0x100 {
				text = string([]byte{byte(c)}) // what is no UTF-8, too
			}
			if compare(t, p, rowOf("name", text)) && compare(t, p, rowOf("name", "a"+text+"b")) {
				plain++
			}
		}
		if i < direct && plain < 26+26+10 {
			t.Errorf("%q: %d characters are rendered directly", body, plain)
		}
	}
}

// Whatever template and cells: what is rendered directly is what the library
// makes of it.
func FuzzDirect(f *testing.F) {
	for _, body := range []string{
		"{{ .name }}{{ if .title }}{{ .title }}{{ else }}{{ .code | default \"x\" | upper }}{{ end }}",
		"<title>{{ .name }}</title><p id=\"{{ .name }}\">{{ .code | number \"1,234.50\" }}</p>",
		"<a href=\"https://a.example/{{ .code }}?c={{ .code | urlquery }}&d={{ .name }}\">{{ .title | date \"2006\" }}</a>",
		"<p title='{{ .name }}'>{{ replace \"a\" .code (title .name) }}</p>{{ $.title }}",
	} {
		f.Add(true, body, "Ann <b>", "12.5", "2026-03-02")
		f.Add(false, body, "Zoë", "a+b", "")
	}
	f.Fuzz(func(t *testing.T, html bool, body, name, code, title string) {
		if !utf8.ValidString(body) || len(body) > 1<<12 {
			return
		}
		compile := compileText
		if html {
			compile = compileHTML
		}
		if p, err := compile(newUnit("a", unixLines(body), 1, 1), []string{"name", "code", "title"}); err == nil {
			compare(t, p, rowOf("name", name, "code", code, "title", title))
		}
	})
}

var (
	plainNumber   = regexp.MustCompile(`^[+-]?[0-9]{1,40}(\.[0-9]{1,40})?$`)
	numberPattern = regexp.MustCompile(`^1(\D?)234(?:(\D)(\d{1,9}))?$`)
)

// numberSlowly is number by its definition.
func numberSlowly(pattern, s string) (string, error) {
	form := numberPattern.FindStringSubmatch(pattern)
	switch {
	case s == "":
		return "", nil
	case form == nil:
		return "", errPattern
	case !plainNumber.MatchString(s):
		return "", errNumber
	}
	value, _ := new(big.Rat).SetString(s)
	whole, decimals, _ := strings.Cut(value.FloatString(len(form[3])), ".")
	return grouped(whole, form[1]) + form[2] + decimals, nil
}

func TestNumberByDefinition(t *testing.T) {
	patterns := []string{"1234", "1,234", "1,234.50", "1.234,5", "1 234", "1\u00a0234,50", "1\xff234", "1\n234\n5", "1234.123456789",
		"1234.1234567890", "1,,234", "15234", "1234550", "1234.", "1234.x", "234", "", "1", "1,234.5a", "1234234"}
	random := rand.New(rand.NewPCG(1, 2))
	texts := []string{"", "-", "+", ".", "1.", ".5", "-0", "-0.001", "+0.50", "007.1", "1e5", "1_000", "0x1", "1/2", " 1", "1.2.3",
		strings.Repeat("9", 40), strings.Repeat("9", 41), "1." + strings.Repeat("9", 40), "1." + strings.Repeat("9", 41)}
	for range 20000 {
		text := make([]byte, random.IntN(12))
		for i := range text {
			text[i] = "0123456789055.-+e"[random.IntN(17)]
		}
		texts = append(texts, string(text))
	}
	good := 0
	for i, text := range texts {
		for j, pattern := range patterns {
			if i > 100 && j != i%len(patterns) {
				continue
			}
			got, err := number(pattern, text)
			want, wanted := numberSlowly(pattern, text)
			if got != want || err != wanted {
				t.Fatalf("number %q %q: %q, %v; by definition %q, %v", pattern, text, got, err, want, wanted)
			}
			if err == nil {
				good++
			}
		}
	}
	if good < 1000 {
		t.Errorf("only %d of them are numbers", good)
	}
}
