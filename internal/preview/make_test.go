package preview

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailshot/internal/campaign"
)

const people = `email,first_name,name,account,plan,note
ann.lee@a.example,Annette,Annette Leewood,KX-7730951,goldleaf,
bo.dahl@b.example,Bodil,Bodil Dahlgren,KX-7731022,copper,a note that goes on and on about what was said on the phone in March
cai.wu@c.example,,Caiyun Wuzhen,KX-7731103,goldleaf,
dalia@d.example,דליה,דליה כהנוב,KX-7731209,copper,
zoe@e.example,Zoë,Zoë Şahinler,KX-7731333,copper,grüße 🎉
finn@f.example,Finn,Finn Oakes,KX-7731444,goldleaf,
`

const news = `---
from: Index Desk <desk@sender.example>
to-name: "{{ .name }}"
subject: Your index update, {{ .first_name | default "customer" }}
---
<!DOCTYPE html><html><head><title>x</title></head><body>
<p>Hello {{ .first_name | default "customer" }},</p>
<p>your account {{ .account | lower }} is ready.</p>
{{ if eq .plan "copper" }}<p>It is cheap.</p>{{ end }}
{{ if .note }}<p>{{ .note }}</p>{{ end }}
</body></html>
`

// files writes a campaign into a new folder: news.html, people.csv and more.
func files(t testing.TB, more map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	all := map[string]string{"news.html": news, "people.csv": people}
	for name, content := range more {
		all[name] = content
	}
	for name, content := range all {
		keep(t, filepath.Join(dir, name), content)
	}
	return dir
}

func keep(t testing.TB, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func load(dir string) func(context.Context) (*campaign.Campaign, error) {
	return func(ctx context.Context) (*campaign.Campaign, error) {
		return campaign.Load(ctx, campaign.Input{
			Template: filepath.Join(dir, "news.html"), List: filepath.Join(dir, "people.csv"),
			Date: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC),
		})
	}
}

// opened reads the campaign in dir and waits for its check.
func opened(t testing.TB, dir string, o Options) *Book {
	t.Helper()
	c, err := load(dir)(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b, err := Open(t.Context(), c, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	if err := b.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b
}

// leaky is a campaign in which line 2 shows the data of line 3.
func leaky() map[string]string {
	return map[string]string{
		"people.csv": strings.Replace(people, "goldleaf,\n", "goldleaf,as Bodil Dahlgren said\n", 1),
	}
}
