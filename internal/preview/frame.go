package preview

import (
	"encoding/base64"
	"regexp"
	"slices"
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
	source := l.html
	if source == "" {
		source = textDocument(l.text)
	}
	document, err := l.dress(source, how)
	if err != nil {
		document, _ = l.dress(textDocument("The HTML is nested in a way that cannot be shown."), how)
	}
	return document
}

// textDocument shows plain text as mail programs do.
func textDocument(text string) string {
	return `<!DOCTYPE html><html><head><meta charset="utf-8"><style>body{margin:16px;font:15px/1.5 system-ui,sans-serif}` +
		`pre{margin:0;font:inherit;white-space:pre-wrap;overflow-wrap:anywhere}</style></head><body><pre dir="auto">` +
		html.EscapeString(text) + `</pre></body></html>`
}

// dress gives a document as a browser without scripts reads it, made to be
// shown alone, with our own words at the top of its head.
func (l *letter) dress(source string, how look) (string, error) {
	doc, err := html.ParseWithOptions(strings.NewReader(source), html.ParseOptionEnableScripting(false))
	if err != nil {
		return "", err
	}
	l.adapt(doc, how)
	head := headOf(doc)
	for _, own := range slices.Backward(how.own()) {
		head.InsertBefore(own, head.FirstChild)
	}
	var b strings.Builder
	err = html.Render(&b, doc)
	return b.String(), err
}

// headOf gives the head, which html.Parse gives every document.
func headOf(doc *html.Node) *html.Node {
	for n := range doc.Descendants() {
		if n.DataAtom == atom.Head {
			return n
		}
	}
	return doc
}

// own is what a frame's document begins with: its policy once more, for pages
// that no server sends; links that open nowhere, as the sandbox has it, rather
// than in the frame; and light or dark for what the message leaves open.
func (how look) own() []*html.Node {
	scheme := "light"
	if how.dark {
		scheme = "dark"
	}
	style := element(atom.Style)
	style.AppendChild(&html.Node{Type: html.TextNode, Data: ":root{color-scheme:" + scheme + "}"})
	return []*html.Node{
		element(atom.Meta, "http-equiv", "Content-Security-Policy", "content", how.policy()),
		element(atom.Meta, "name", "referrer", "content", "no-referrer"),
		element(atom.Base, "target", "_blank"),
		style,
	}
}

func element(a atom.Atom, attributes ...string) *html.Node {
	n := &html.Node{Type: html.ElementNode, DataAtom: a, Data: a.String()}
	for pair := range slices.Chunk(attributes, 2) {
		n.Attr = append(n.Attr, html.Attribute{Key: pair[0], Val: pair[1]})
	}
	return n
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
	n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return sends[a.Key] })
	for i, a := range n.Attr {
		n.Attr[i].Val = l.embed(a.Val)
	}
	if n.DataAtom == atom.A || n.DataAtom == atom.Area {
		lead(n)
	}
}

// sends are the attributes by which an element sends something where it is
// pressed.
var sends = map[string]bool{"ping": true, "action": true, "formaction": true, "attributionsrc": true}

// lead has a link lead nowhere and say where it led: pressed, a browser would
// connect to the place even if it must not go there.
func lead(n *html.Node) {
	target := ""
	for i, a := range n.Attr {
		if a.Key == "href" {
			target, n.Attr[i].Val = a.Val, "#"
		}
	}
	if target != "" && attribute(n, "title") == "" {
		n.Attr = append(n.Attr, html.Attribute{Key: "title", Val: target})
	}
}

// isOutward says whether an element is one that every mail program drops, or
// that reaches out of the page by itself: link (preconnect is under no policy),
// frames (they connect before the policy is asked), base, and meta with
// http-equiv (refresh).
func isOutward(n *html.Node) bool {
	if n.Type != html.ElementNode {
		return false
	}
	switch n.DataAtom {
	case atom.Script, atom.Link, atom.Base, atom.Iframe, atom.Frame, atom.Object, atom.Embed, atom.Applet:
		return true
	case atom.Meta:
		return attribute(n, "http-equiv") != ""
	}
	return n.Data == "portal" || n.Data == "fencedframe"
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
