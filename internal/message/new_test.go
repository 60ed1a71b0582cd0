package message

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mailshot/internal/recipient"
	"mailshot/internal/template"
)

const everything = `---
campaign: autumn
from: '"Sale, Autumn" <news@shop.example>'
reply-to: help@shop.example
sender: robot@shop.example
to-name: '{{ .name }}'
subject: 'Hello {{ .name }}'
list-unsubscribe: 'https://shop.example/leave?code={{ .code }}'
attachments:
  - 'bill-{{ .code }}.PDF'
  - terms.txt
inline:
  - logo.png
headers:
  Auto-Submitted: auto-generated
  X-Campaign: autumn
shared-mailboxes: name
---
<p><img src="cid:logo.png" alt=""> Hello {{ .name }}</p>
`

// compiled compiles text as a template for a list with columns.
func compiled(t *testing.T, text string, columns []recipient.Column) *template.Template {
	t.Helper()
	file := filepath.Join(t.TempDir(), "autumn.html")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	source, err := template.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	tmpl, err := source.Compile(columns)
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

// TestNewTakesAllOfTheFrontMatter goes the whole way from a template file.
func TestNewTakesAllOfTheFrontMatter(t *testing.T) {
	columns := []recipient.Column{{Name: "email"}, {Name: "name"}, {Name: "code"}}
	tmpl := compiled(t, everything, columns)
	composer, err := New(tmpl, Options{
		Campaign: "autumn", Date: time.Unix(0, 0).UTC(), Columns: columns,
		Attach: []File{{Name: "terms.txt", Content: []byte("terms")}, {Name: "more.zip"}}, Inline: []File{{Name: "logo.png"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	row := &recipient.Row{Line: 2, Address: parse(t, "ann@a.example"), Cells: []string{"ann@a.example", "Ann", "KX-7730951"}}
	rendered, err := tmpl.Renderer().Render(row)
	if err != nil {
		t.Fatal(err)
	}
	m, err := composer.Writer().Compose(row, rendered, []File{{Name: "bill.PDF", Content: []byte("bill")}})
	if err != nil {
		t.Fatal(err)
	}
	raw := written(t, m)
	for _, line := range []string{
		"Date: Thu, 01 Jan 1970 00:00:00 +0000", `From: "Sale, Autumn" <news@shop.example>`, "Sender: robot@shop.example", "Reply-To: help@shop.example",
		`To: "Ann" <ann@a.example>`, "Subject: Hello Ann", "List-Unsubscribe: <https://shop.example/leave?code=KX-7730951>",
		"List-Unsubscribe-Post: List-Unsubscribe=One-Click", "Auto-Submitted: auto-generated", "X-Campaign: autumn",
		"Content-ID: <logo.png>", "Content-Type: application/pdf",
	} {
		if strings.Count(string(raw), "\r\n"+line+"\r\n") != 1 && !strings.HasPrefix(string(raw), line+"\r\n") {
			t.Errorf("no %q in\n%s", line, raw)
		}
	}
	r, err := readStandard(raw)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range r.Files {
		names = append(names, f.Name+":"+f.Content)
	}
	if want := []string{"logo.png:", "bill.PDF:bill", "terms.txt:terms", "more.zip:"}; !slices.Equal(names, want) {
		t.Errorf("files %q, not %q", names, want)
	}
	row.Cells[1] = "Bob" // of the same household
	other, err := composer.Writer().Compose(row, rendered, []File{{Name: "bill.PDF"}})
	if err != nil || other.MessageID == m.MessageID {
		t.Errorf("one Message-ID for two of a household, %v", err)
	}
}
