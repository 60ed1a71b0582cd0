package guard

import (
	"bytes"

	"golang.org/x/net/html"

	"mailshot/internal/rule"
)

// maxHTMLDepth is how deep HTML within comments and frames is read.
const maxHTMLDepth = 4

// readHTML looks for other people in HTML: as raw text, as it is shown (with
// tags removed, and with tags as spaces), and in every attribute, comment,
// script and style.
func (r *Reader) readHTML(p place, text []byte, depth int) {
	raw := p
	raw.markup = true
	r.scan(raw, text)
	if depth > maxHTMLDepth {
		r.refuse(rule.Structure, p.name, "comments within comments, more than the guard reads", "write the HTML plainly")
		return
	}
	s := rendering{tight: r.views.take(len(text)), loose: r.views.take(len(text))}
	r.render(p, text, &s, depth)
	r.read(p, s.loose)
	if s.joined {
		tight := p
		tight.coded = true // it joins what no reader sees joined: "Casa BlancoJosé Luis Ruiz"
		r.read(tight, s.tight)
	}
	r.views.give(s.tight)
	r.views.give(s.loose)
}

// readBroken looks at a tag that the tokenizer does not take apart.
func (r *Reader) readBroken(p place, raw []byte) {
	if bytes.IndexByte(raw, ' ') < 0 && bytes.HasPrefix(raw, []byte("</")) || len(raw) == 0 {
		return
	}
	p.line = 0
	r.read(p, raw)
}

// rawTextElements are those whose content is not HTML to a browser.
var rawTextElements = setOf("script", "style", "iframe", "noembed", "noframes", "noscript", "xmp", "plaintext")

// readTag looks at the attributes of a tag, which most messages share, and
// gives the name of an element whose content is no text.
func (r *Reader) readTag(p place, z *html.Tokenizer, raw []byte, kind html.TokenType) (hidden string) {
	s := &r.scanner
	key := s.key(raw, chunk{0, len(raw)}, tag)
	seen := s.memo.has(key)
	before := s.hits
	name, more := z.TagName()
	if kind == html.StartTagToken && rawTextElements[string(name)] {
		hidden = string(name)
	}
	if seen {
		return hidden
	}
	for more {
		var attr, value []byte
		attr, value, more = z.TagAttr()
		r.readAttribute(p, attr, value)
	}
	if s.hits == before {
		s.memo.add(key)
	}
	return hidden
}

// shownAttributes hold text or addresses; numbers in any other attribute are
// the page's own.
var shownAttributes = setOf(
	"href", "src", "alt", "title", "value", "placeholder", "content", "summary", "label",
	"action", "background", "cite", "srcset", "data", "poster", "aria-label", "srcdoc", "name",
)

func (r *Reader) readAttribute(p place, name, value []byte) {
	p.markup = !shownAttributes[string(name)]
	p.line = 0
	if string(name) == "srcdoc" {
		r.readHTML(p, value, maxHTMLDepth)
	}
	r.unfold(p, value)
}

// readComment looks at a comment, a declaration or a processing instruction.
// Outlook shows what conditional comments hold.
func (r *Reader) readComment(p place, text []byte, depth int) {
	p.line = 0
	if bytes.IndexByte(text, '<') >= 0 {
		r.readHTML(p, text, depth+1)
		return
	}
	p.markup = true
	r.read(p, text)
}

// readRawText looks at the content of an element that is not HTML; a program
// without frames or scripts shows some as if it were.
func (r *Reader) readRawText(p place, element string, text []byte, depth int) {
	p.line = 0
	if element == "script" || element == "style" {
		p.markup = true
		r.read(p, text)
		return
	}
	r.readHTML(p, text, depth+1)
}
