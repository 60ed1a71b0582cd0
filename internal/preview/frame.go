package preview

import (
	"encoding/base64"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// look is how a message is shown.
type look struct{ dark, images bool }

// policy is what a frame may load: styles of its own and the images that the
// message brings along. Remote ones are never fetched: who looks at a preview
// must not be counted as a reader.
func (l look) policy() string {
	images := "'none'"
	if l.images {
		images = "data:"
	}
	return "default-src 'none'; style-src 'unsafe-inline'; font-src data:; form-action 'none'; base-uri 'none'; img-src " + images
}

// frame makes the document that shows a message. What keeps it from doing
// harm is the sandbox and the policy; what it is relieved of here are things
// that a policy does not reach, such as preconnect.
func (l *letter) frame(how look) string {
	if l.html == "" {
		return how.dress(textDocument(l.text))
	}
	doc, err := html.ParseWithOptions(strings.NewReader(l.html), html.ParseOptionEnableScripting(false))
	if err != nil {
		return how.dress(textDocument("The HTML is nested too deeply to be shown."))
	}
	l.adapt(doc, how)
	var b strings.Builder
	if html.Render(&b, doc) != nil {
		return how.dress(textDocument("The HTML cannot be shown."))
	}
	return how.dress(b.String())
}

// textDocument shows plain text as mail programs do.
func textDocument(text string) string {
	return `<!DOCTYPE html><html><head><meta charset="utf-8"><style>body{margin:16px;font:15px/1.5 system-ui,sans-serif}` +
		`pre{margin:0;font:inherit;white-space:pre-wrap;overflow-wrap:anywhere}</style></head><body><pre dir="auto">` +
		html.EscapeString(text) + `</pre></body></html>`
}

// dress puts our own words behind <head>, before any of the message's. A page
// without one is given none by html.Render.
func (how look) dress(document string) string {
	scheme := "light"
	if how.dark {
		scheme = "dark"
	}
	own := `<meta http-equiv="Content-Security-Policy" content="` + how.policy() + `">` +
		`<meta name="referrer" content="no-referrer"><base target="_blank"><style>:root{color-scheme:` + scheme + `}</style>`
	before, after, _ := strings.Cut(document, "<head>")
	return before + "<head>" + own + after
}

// adapt walks a document and makes it one that can be shown alone.
func (l *letter) adapt(n *html.Node, how look) {
	for child := n.FirstChild; child != nil; {
		next := child.NextSibling
		if isOutward(child) {
			n.RemoveChild(child)
		} else {
			l.adapt(child, how)
		}
		child = next
	}
	if n.Type == html.TextNode && n.Parent != nil && n.Parent.DataAtom == atom.Style {
		n.Data = how.settle(l.embed(n.Data))
	}
	for i, a := range n.Attr {
		n.Attr[i].Val = l.embed(a.Val)
	}
}

// isOutward says whether an element reaches out of the page by itself: link
// (preconnect and dns-prefetch are under no policy), base, and meta with
// http-equiv (refresh).
func isOutward(n *html.Node) bool {
	if n.Type != html.ElementNode {
		return false
	}
	switch n.DataAtom {
	case atom.Link, atom.Base:
		return true
	case atom.Meta:
		return attribute(n, "http-equiv") != ""
	}
	return false
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

var contentID = regexp.MustCompile(`(?i)\bcid:([A-Za-z0-9._-]+)`)

// embed puts the images that a message brings along where it names them (RFC
// 2392).
func (l *letter) embed(value string) string {
	if len(l.images) == 0 {
		return value
	}
	return contentID.ReplaceAllStringFunc(value, func(link string) string {
		i, ok := l.images[link[len("cid:"):]]
		if !ok {
			return link
		}
		return "data:" + i.mediaType + ";base64," + base64.StdEncoding.EncodeToString(i.content)
	})
}

var schemeQuery = regexp.MustCompile(`(?i)\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)`)

// settle answers the questions that a style asks about light and dark, instead
// of the browser that shows it.
func (how look) settle(style string) string {
	return schemeQuery.ReplaceAllStringFunc(style, func(query string) string {
		if strings.Contains(strings.ToLower(query), "dark") == how.dark {
			return "(min-width:0px)"
		}
		return "(max-width:0px)"
	})
}
