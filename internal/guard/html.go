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
		r.search(p, s.tight, shown)
	}
	r.views.give(s.tight)
	r.views.give(s.loose)
}

// rendering is the text of an HTML document as it is shown.
type rendering struct {
	tight  []byte // tags removed
	loose  []byte // tags as spaces
	joined bool   // a tag stands between two characters: the two differ
	inWord bool   // the text so far ends within a word
	open   bool   // a tag came after it
}

func (s *rendering) text(t []byte) {
	if len(t) == 0 {
		return
	}
	s.joined = s.joined || s.open && s.inWord && t[0] > ' '
	s.inWord, s.open = t[len(t)-1] > ' ', false
	s.tight = append(s.tight, t...)
	s.loose = append(s.loose, t...)
}

// tag notes a tag or comment; its line ends are kept, so that lines count.
func (s *rendering) tag(raw []byte) {
	s.open = true
	s.loose = append(s.loose, ' ')
	s.loose = append(s.loose, overrideOf(raw)...)
	for range bytes.Count(raw, []byte("\n")) {
		s.loose = append(s.loose, '\n')
	}
}

// overrideOf gives the mark that stands for a tag of HTML's bdo element, which
// turns its text from right to left; "" for any other tag.
func overrideOf(raw []byte) string {
	switch tag := bytes.ToLower(raw); {
	case bytes.HasPrefix(tag, []byte("</bdo")):
		return popMark
	case bytes.HasPrefix(tag, []byte("<bdo")) && bytes.Contains(tag, []byte("rtl")):
		return override
	}
	return ""
}

// render walks through the tokens of text.
func (r *Reader) render(p place, text []byte, s *rendering, depth int) {
	z := html.NewTokenizer(bytes.NewReader(text))
	hidden := "" // the element whose raw text comes next
	for {
		kind := z.Next()
		raw := z.Raw()
		switch kind {
		case html.ErrorToken:
			r.readBroken(p, raw) // a tag that never ends
			return
		case html.TextToken:
			if hidden == "" {
				s.text(z.Text())
				continue
			}
			r.readRawText(p, hidden, z.Text(), depth)
		case html.StartTagToken, html.SelfClosingTagToken:
			s.tag(raw)
			hidden = r.readTag(p, z, raw, kind)
			continue
		case html.EndTagToken:
			s.tag(raw)
			r.readBroken(p, raw)
		default:
			s.tag(raw)
			r.readComment(p, z.Text(), depth)
		}
		hidden = ""
	}
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
