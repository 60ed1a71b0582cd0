package template

import (
	"strings"
	"testing"

	"mailshot/internal/recipient"
)

// BenchmarkRender renders an HTML message of 5 KB with a derived text.
func BenchmarkRender(b *testing.B) {
	body := `<!DOCTYPE html><html><head><style>p { margin: 0 }</style></head><body>
<!--[if mso]><table><tr><td><![endif]-->
<p>Dear {{ .first_name | default "customer" }},</p>
<p>your {{ .plan }} contract {{ .code }} ends on {{ .due | date "2 January 2006" }}.
{{ if eq .plan "pro" }}Thank you, {{ .full_name }}.{{ end }}
<a href="https://a.example/renew?code={{ .code | urlquery }}">Renew it</a></p>
` + strings.Repeat("<p>Nothing else changes for you &amp; yours, whatever the weather may be.</p>\n", 60) + `
<!--[if mso]></td></tr></table><![endif]-->
</body></html>`
	source := sourceOf(b, "news.html", "subject: 'For {{ .first_name }}'\nto-name: '{{ .full_name }}'\npreheader: about {{ .code }}", body)
	made := compiled(b, source, "email", "first_name", "full_name", "plan", "code", "due")
	row := &recipient.Row{Line: 2, Cells: []string{"ann@a.example", "Ann", "Ann Lee", "pro", "KX-7730951", "2026-03-02"}}
	r := made.Renderer()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Render(row); err != nil {
			b.Fatal(err)
		}
	}
}
