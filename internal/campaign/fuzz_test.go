package campaign

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"mailshot/internal/address"
)

// FuzzCampaign gives the program any list and any template: it ends in an
// error or a refusal, or in messages in which, decoded by parsers that the
// program does not use for it, no other row's address stands.
func FuzzCampaign(f *testing.F) {
	const people = "email,name,note\nann@a.example,Ann Archer,likes tea\nbob@b.example,Bob Baker,\"two\nlines\"\n"
	for _, body := range []string{
		"Dear {{ .name }}, {{ .note }}.",
		"Write to bob@b.example.",
		"<p title=\"{{ .name }}\">{{ .note }}</p><a href=\"https://x.example/?to={{ .email }}\">x</a>",
		"<!-- bob&#64;b.example --><p>b&#111;b@b.exa<b>mple</b></p>",
		"# {{ .name }}\n\n[link](https://x.example/{{ .email | urlquery }})\n",
		"{{ range split .note \"@\" }}{{ . }}{{ end }}",
	} {
		for kind := range kinds {
			f.Add([]byte(people), "To {{ .name }}", body, byte(kind))
			f.Add([]byte(strings.Replace(people, "likes tea", "ask bob@b.example", 1)), "{{ .note }}", body, byte(kind))
			f.Add([]byte(strings.ReplaceAll(people, ",", ";")+"cleo@c.example;{{ .email }};=?utf-8?b?Ym9iQGIuZXhhbXBsZQ==?=\n"), "x", body, byte(kind))
		}
	}
	f.Fuzz(func(t *testing.T, list []byte, subject, body string, kind byte) {
		c := fuzzed(t, list, subject, body, kinds[int(kind)%len(kinds)])
		if c == nil {
			return
		}
		defer c.Close()
		v, err := c.Check(t.Context(), nil)
		if err != nil || !v.Clear() {
			return
		}
		all := map[string]bool{}
		for row, err := range c.list.Rows(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			all[row.Address.Canonical()] = true
		}
		for cleared, err := range c.Messages(t.Context(), func(Recipient) bool { return true }) {
			if err != nil {
				t.Fatal(err)
			}
			var raw bytes.Buffer
			if _, err := cleared.WriteTo(&raw); err != nil {
				t.Fatal(err)
			}
			if leaks := others(t, raw.Bytes(), cleared.Envelope().To, all); len(leaks) > 0 {
				t.Errorf("an address of another row stands in %q", leaks)
			}
		}
	})
}

var kinds = []string{"txt", "html", "md"}

// fuzzed loads a campaign, or gives nil where that is refused.
func fuzzed(t *testing.T, list []byte, subject, body, kind string) *Campaign {
	dir := t.TempDir()
	quoted, err := json.Marshal(subject) // JSON is YAML
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("---\nfrom: desk@sender.example\nsubject: %s\n---\n%s", quoted, body)
	in := Input{Template: filepath.Join(dir, "t."+kind), List: filepath.Join(dir, "list.csv"), Date: time.Unix(0, 0)}
	for path, content := range map[string][]byte{in.Template: []byte(text), in.List: list} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := Load(t.Context(), in)
	if err != nil {
		return nil
	}
	return c
}

var (
	mailboxes = regexp.MustCompile(`[\pL\pN.!#$%&'*+^_{|}~-]+@[\pL\pN.-]*[\pL\pN]`)
	tags      = regexp.MustCompile(`<[^>]*>`)
)

// TestOthers sees to it that the fuzz target can fail.
func TestOthers(t *testing.T) {
	to, err := address.Parse("ann@a.example")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{"ann@a.example": true, "bob@b.example": true}
	for body, leaks := range map[string]bool{
		"ann@a.example, joann@a.example": false,
		"see bob@b.example":              true,
		"bob=40b.example":                true,
		"bo=\r\nb@b.example":             true,
		"?to=3Dbob%40b.example":          true,
		"b&#111;b@b.example":             true,
		"bob@<b>b.example</b>":           true,
	} {
		raw := "To: ann@a.example\r\nContent-Type: text/html\r\n\r\n" + body + "\r\n"
		if got := others(t, []byte(raw), to, all); len(got) > 0 != leaks {
			t.Errorf("%q: found in %q", body, got)
		}
	}
}

// others gives each view of raw in which an address of all but to stands: of
// the bytes, and of what they decode to.
func others(t *testing.T, raw []byte, to address.Address, all map[string]bool) (leaks []string) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("net/mail cannot read it: %v", err)
	}
	texts := []string{string(raw)}
	for _, values := range m.Header {
		for _, value := range values {
			decoded, err := new(mime.WordDecoder).DecodeHeader(value)
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, decoded)
		}
	}
	texts = append(texts, bodies(t, m.Header.Get("Content-Type"), m.Body)...)
	for _, text := range texts {
		plain, err := url.QueryUnescape(text)
		if err != nil {
			plain = text
		}
		for _, view := range []string{text, html.UnescapeString(text), html.UnescapeString(tags.ReplaceAllString(text, "")), plain} {
			for _, found := range mailboxes.FindAllString(view, -1) {
				a, err := address.Parse(found)
				if err == nil && all[a.Canonical()] && a.Canonical() != to.Canonical() && a.String() != "desk@sender.example" {
					leaks = append(leaks, view)
				}
			}
		}
	}
	return leaks
}

// bodies gives the decoded text of all parts: in these campaigns there is no
// attachment, and every leaf is quoted-printable.
func bodies(t *testing.T, contentType string, body io.Reader) []string {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(kind, "multipart/") {
		text, err := io.ReadAll(quotedprintable.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		return []string{string(text)}
	}
	var texts []string
	parts := multipart.NewReader(body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return texts
		}
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, bodies(t, part.Header.Get("Content-Type"), part)...)
	}
}
