package template

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"mailshot/internal/rule"
	"mailshot/templates"
)

// markdownHTML turns a Markdown body into HTML without a layout, its actions
// hidden behind the mask that it returns.
func markdownHTML(body unit) (string, *mask, error) {
	m := newMask(body.text + templates.Layout())
	var source strings.Builder
	for _, s := range segments(body.text) {
		if s.action {
			source.WriteString(m.hide(body.slice(s.start, s.end)))
		} else {
			source.WriteString(body.text[s.start:s.end])
		}
	}
	// Raw HTML is the author's own, as in an HTML template.
	md := goldmark.New(
		goldmark.WithExtensions(extension.Table, extension.Strikethrough),
		goldmark.WithRendererOptions(html.WithUnsafe()))
	var out bytes.Buffer
	if err := md.Convert([]byte(m.ownLines(source.String())), &out); err != nil {
		return "", nil, &rule.Fault{File: body.file, What: "the Markdown cannot be turned into HTML"}
	}
	return out.String(), m, nil
}

// ownLines makes comments of actions that steer and stand on a line of their
// own: to Markdown a comment is a block, so that an {{ if }} may stand around
// paragraphs and does not become one.
func (m *mask) ownLines(masked string) string {
	line := regexp.MustCompile(`(?m)^([ \t]*)((?:` + m.mark + `c\d+z[ \t]*)+)$`)
	return line.ReplaceAllString(masked, "$1<!--$2-->")
}

// bodyPlace is where the layout takes the message.
const bodyPlace = "<!-- body -->"

// laidOut puts HTML made of Markdown into the starter layout.
func laidOut(fragment string) string {
	return strings.Replace(templates.Layout(), bodyPlace, fragment, 1)
}
