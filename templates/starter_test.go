package templates_test

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"mailshot/templates"
)

// TestStarters holds what makes a message look good in every mail program.
func TestStarters(t *testing.T) {
	for _, kind := range templates.Starters() {
		names, files, err := templates.Starter(kind)
		if err != nil || len(names) < 2 {
			t.Fatal(kind, names, err)
		}
		page, source := templates.Layout(), read(t, files, kind+".*")
		if strings.Contains(source, "<html") {
			page = source
			if !strings.Contains(source, "\ntext: "+kind+".txt\n") {
				t.Errorf("%s has no plain text beside", kind)
			}
		}
		if strings.Count(source, "\nfrom: ") != 1 || !strings.Contains(source, "\npreheader: ") {
			t.Errorf("%s lacks a line for the sender, or a preheader", kind)
		}
		judgePage(t, kind, page)
	}
}

// read reads the only template among the files: the one with front matter.
func read(t *testing.T, files fs.FS, pattern string) string {
	found, err := fs.Glob(files, pattern)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range found {
		if data, err := fs.ReadFile(files, name); err == nil && strings.HasPrefix(string(data), "---\n") {
			return string(data)
		}
	}
	t.Fatalf("no template among %q", found)
	return ""
}

func judgePage(t *testing.T, kind, page string) {
	for what, want := range map[string]string{
		"a width that Outlook keeps":         `(?s)<!--\[if mso\]>.*width="600".*<!\[endif\]-->`,
		"a width for other programs":         `max-width:600px`,
		"colours for the dark":               `prefers-color-scheme: dark`,
		"the word that it has them":          `name="color-scheme" content="light dark"`,
		"a language":                         `<html lang="en"`,
		"a table that is read as a layout":   `<table role="presentation"`,
		"a width for a telephone":            `@media \(max-width: 640px\)`,
		"a colour behind what Outlook shows": `style="background-color:#`,
	} {
		if !regexp.MustCompile(want).MatchString(page) {
			t.Errorf("%s lacks %s", kind, what)
		}
	}
	z := html.NewTokenizer(strings.NewReader(page))
	for z.Next() != html.ErrorToken {
		judgeTag(t, kind, z.Token())
	}
}

func judgeTag(t *testing.T, kind string, tag html.Token) {
	if tag.Type != html.StartTagToken && tag.Type != html.SelfClosingTagToken {
		return
	}
	has := map[string]string{}
	for _, a := range tag.Attr {
		has[a.Key] = a.Val
	}
	switch tag.Data {
	case "script", "form", "iframe", "link", "object", "svg", "video":
		t.Errorf("%s holds <%s>, which mail programs take out", kind, tag.Data)
	case "img":
		if has["alt"] == "" || strings.HasPrefix(has["src"], "http") {
			t.Errorf("%s holds a picture without words for it, or from elsewhere", kind)
		}
	case "a":
		if !strings.HasPrefix(has["href"], "https://") || !strings.Contains(has["style"], "color:") {
			t.Errorf("%s holds a link without https or without a colour of its own", kind)
		}
	case "td", "p", "h1", "h2":
		if kind != templates.Notice && has["style"] == "" {
			t.Errorf("%s holds a <%s> without a style of its own, which some programs need", kind, tag.Data)
		}
	}
}
