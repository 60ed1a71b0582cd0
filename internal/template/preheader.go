package template

import (
	"html"
	"regexp"
)

var bodyTag = regexp.MustCompile(`(?is)<body\b(?:\{\{.*?\}\}|"[^"]*"|'[^']*'|[^>"'{])*>`)

// withPreheader puts the preheader at the top of an HTML body, where mail
// programs take the line from that they show beside the subject.
func withPreheader(u, preheader unit) unit {
	if preheader.text == "" {
		return u
	}
	at := 0
	if tag := bodyTag.FindStringIndex(u.text); tag != nil {
		at = tag[1]
	}
	line, _ := preheader.position(0)
	return joined(u.file,
		u.slice(0, at),
		made(preheader.file, `<div style="display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden;mso-hide:all">`, line),
		inHTML(preheader),
		made(preheader.file, "</div>\n", line),
		u.slice(at, len(u.text)))
}

// inHTML is a plain text template as part of an HTML one.
func inHTML(u unit) unit {
	var parts []unit
	for _, s := range segments(u.text) {
		part := u.slice(s.start, s.end)
		if !s.action {
			line, _ := part.position(0)
			part = made(u.file, html.EscapeString(part.text), line)
		}
		parts = append(parts, part)
	}
	return joined(u.file, parts...)
}
