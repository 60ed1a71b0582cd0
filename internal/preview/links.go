package preview

import (
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// link is a place that a message leads to.
type link struct {
	Words, Target string
	Note          string // what is wrong with it; "" for nothing
}

// inspection is what a reader's program or a filter may take offence at.
type inspection struct {
	links      []link
	insecure   int // links without https
	withoutAlt int // images without alt
	remote     int // images that are fetched when the message is read
}

var plainLink = regexp.MustCompile(`\b(?:https?://|mailto:)[^\s<>"]+`)

// inspect looks through the message for links and images.
func (l *letter) inspect() inspection {
	var found inspection
	if l.html == "" {
		for _, target := range plainLink.FindAllString(l.text, -1) {
			found.link("", strings.TrimRight(target, ".,;:!?)'"))
		}
	} else if doc, err := html.ParseWithOptions(strings.NewReader(l.html), html.ParseOptionEnableScripting(false)); err == nil {
		found.walk(doc)
	}
	if leave := strings.Trim(l.field("List-Unsubscribe"), "<>"); leave != "" {
		found.link("List-Unsubscribe", leave)
	}
	return found
}

func (found *inspection) walk(n *html.Node) {
	switch n.DataAtom {
	case atom.A, atom.Area:
		if target := strings.TrimSpace(attribute(n, "href")); target != "" && !strings.HasPrefix(target, "#") {
			found.link(wordsOf(n), target)
		}
	case atom.Form:
		found.links = append(found.links, link{"form", attribute(n, "action"), "most mail programs drop forms"})
	case atom.Img:
		found.image(n)
	}
	for child := range n.ChildNodes() {
		found.walk(child)
	}
}

func (found *inspection) link(words, target string) {
	l := link{Words: words, Target: target}
	u, err := url.Parse(target)
	switch {
	case err != nil:
		l.Note = "not a link that can be read"
	case u.Scheme == "http":
		l.Note = "no https"
	case u.Scheme == "":
		l.Note = "leads nowhere: no https:// in front"
	case u.Scheme == "javascript", u.Scheme == "data", u.Scheme == "file":
		l.Note = "dropped by mail programs"
	}
	if l.Note != "" {
		found.insecure++
	}
	found.links = append(found.links, l)
}

func (found *inspection) image(n *html.Node) {
	described := false
	for _, a := range n.Attr {
		described = described || a.Key == "alt"
	}
	if !described {
		found.withoutAlt++
	}
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(attribute(n, "src"))), "http") {
		found.remote++
	}
}

// wordsOf gives the text of an element, images by their alt.
func wordsOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		switch {
		case d.Type == html.TextNode:
			b.WriteString(d.Data)
		case d.DataAtom == atom.Img:
			b.WriteString(" " + attribute(d, "alt") + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
