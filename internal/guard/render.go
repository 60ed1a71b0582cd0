package guard

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// rendering is the text of an HTML document as it is shown.
type rendering struct {
	tight  []byte // tags removed
	loose  []byte // tags as spaces
	joined bool   // a tag stands between two characters: the two differ
	inWord bool   // the text so far ends within a word
	open   bool   // a tag came after it
}

// add puts p behind what is there.
func (s *rendering) add(p *passage) {
	s.tight = append(s.tight, p.tight...)
	s.loose = append(s.loose, p.loose...)
	if !p.shows {
		s.open = s.open || p.open
		return
	}
	s.joined = s.joined || p.joined || (s.open || p.apart) && s.inWord && p.first > ' '
	s.inWord, s.open = p.inWord, p.open
}

// render adds what text shows to s, and reads what it does not show.
func (r *Reader) render(p place, text []byte, s *rendering, depth int) {
	for len(text) > 0 {
		if known := r.passages.at(text, p, depth); known != nil {
			s.add(known)
			text = text[len(known.source):]
			continue
		}
		text = text[r.renderUnknown(p, text, s, depth):]
	}
}

// renderUnknown does so as far as no passage is known, and says how far that is.
func (r *Reader) renderUnknown(p place, text []byte, s *rendering, depth int) (n int) {
	w := r.walk(p, text, depth)
	defer r.walks.put(w)
	for from, finds := 0, r.finds(); ; {
		inside := w.literal
		kind := w.z.Next()
		n += len(w.z.Raw())
		w.token(kind)
		if kind == html.ErrorToken {
			s.add(&w.now)
			return len(text)
		}
		if kind != html.TextToken || inside || text[n-1] != '\n' || n == len(text) { // at its end a script may be open
			continue
		}
		s.add(&w.now)
		if r.finds() == finds {
			r.learnPassage(p, text[from:n], &w.now, depth)
		}
		if r.passages.at(text[n:], p, depth) != nil {
			return n
		}
		from, finds = n, r.finds()
		w.now.empty()
	}
}

// walk goes through the tokens of a text.
type walk struct {
	*Reader
	place  place
	depth  int
	source bytes.Reader
	z      html.Tokenizer
	fresh  html.Tokenizer // one that has read nothing; z is set back to it, which keeps its buffer
	hidden string         // the element whose raw text comes next
	now    passage

	literal bool // tags in what comes next are text
}

// walks are those that are at rest.
type walks struct{ free []*walk }

func (r *Reader) walk(p place, text []byte, depth int) *walk {
	w := r.walks.take()
	w.Reader, w.place, w.depth, w.hidden, w.literal = r, p, depth, "", false
	w.source.Reset(text)
	w.z = w.fresh
	w.now.empty()
	return w
}

func (s *walks) take() *walk {
	if n := len(s.free); n > 0 {
		w := s.free[n-1]
		s.free = s.free[:n-1]
		return w
	}
	w := new(walk)
	w.fresh = *html.NewTokenizer(&w.source)
	return w
}

func (s *walks) put(w *walk) { s.free = append(s.free, w) }

// token takes in the token that the tokenizer is at.
func (w *walk) token(kind html.TokenType) {
	hidden, raw := w.hidden, w.z.Raw()
	w.hidden, w.literal = "", false
	switch kind {
	case html.ErrorToken:
		w.readBroken(w.place, raw) // a tag that never ends
	case html.TextToken:
		if hidden == "" {
			w.now.text(w.z.Text())
			return
		}
		w.readRawText(w.place, hidden, w.z.Text(), w.depth)
	case html.StartTagToken, html.SelfClosingTagToken:
		w.now.tag(raw)
		w.hidden = w.readTag(w.place, &w.z, raw, kind)
		w.literal = isLiteral(raw)
	case html.EndTagToken:
		w.now.tag(raw)
		w.readBroken(w.place, raw)
	default:
		w.now.tag(raw)
		w.readComment(w.place, w.z.Text(), w.depth)
	}
}

// isLiteral says whether tags are text in the element that a tag begins (HTML
// section 13.2.5.1): a passage that ended there would depend on what comes before.
func isLiteral(raw []byte) bool {
	name := raw[1:]
	if end := bytes.IndexAny(name, " \t\r\n\f/>"); end >= 0 {
		name = name[:end]
	}
	return literalElements[strings.ToLower(string(name))]
}

var literalElements = setOf("script", "style", "iframe", "noembed", "noframes", "noscript", "xmp", "plaintext", "textarea", "title")
