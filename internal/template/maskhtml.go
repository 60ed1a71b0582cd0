package template

import "strings"

// maskHTML hides the actions of an HTML body from an HTML parser: in text as
// comments, which may stand anywhere, even between the rows of a table, and as
// words within tags and comments.
func maskHTML(body unit) (string, *mask) {
	m := newMask(body.text)
	var out strings.Builder
	var state tagState
	for _, s := range segments(body.text) {
		text := body.text[s.start:s.end]
		switch {
		case !s.action:
			state.read(text)
			out.WriteString(text)
		case state.inText() && isControl(text):
			out.WriteString("<!--" + m.hide(body.slice(s.start, s.end)) + "-->")
		default:
			out.WriteString(m.hide(body.slice(s.start, s.end)))
		}
	}
	return out.String(), m
}

// A tagState knows whether literal HTML has come to stand inside a tag or a
// comment.
type tagState struct {
	tag     bool
	quote   byte // of an attribute's value; 0 outside
	comment bool
}

func (s *tagState) inText() bool { return !s.tag && !s.comment }

func (s *tagState) read(text string) {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case s.comment:
			s.comment = !strings.HasPrefix(text[i:], "-->")
		case s.quote != 0:
			if c == s.quote {
				s.quote = 0
			}
		case s.tag:
			s.inTag(c)
		case strings.HasPrefix(text[i:], "<!--"):
			s.comment = true
			i++ // "<!-->" is a whole comment
		case c == '<' && i+1 < len(text) && (isLetter(text[i+1]) || text[i+1] == '/'):
			s.tag = true
		}
	}
}

func (s *tagState) inTag(c byte) {
	switch c {
	case '"', '\'':
		s.quote = c
	case '>':
		s.tag = false
	}
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
