package guard

import "bytes"

// A passage is some lines of an HTML document at both ends of which there is
// text: no tag, comment or script goes on there. So what it shows does not
// depend on what stands around it.
type passage struct {
	source []byte
	rendering
	shows bool // it has text
	first byte // of that text
	apart bool // a tag comes before it
}

func (p *passage) empty() {
	*p = passage{rendering: rendering{tight: p.tight[:0], loose: p.loose[:0]}}
}

func (p *passage) text(t []byte) {
	if len(t) == 0 {
		return
	}
	if !p.shows {
		p.shows, p.first, p.apart = true, t[0], p.open
	}
	p.joined = p.joined || p.open && p.inWord && t[0] > ' '
	p.inWord, p.open = t[len(t)-1] > ' ', false
	p.tight = append(p.tight, t...)
	p.loose = append(p.loose, t...)
}

// tag notes a tag or comment; its line ends are kept, so that lines count.
func (p *passage) tag(raw []byte) {
	p.open = true
	p.loose = append(p.loose, ' ')
	p.loose = append(p.loose, overrideOf(raw)...)
	for range bytes.Count(raw, []byte("\n")) {
		p.loose = append(p.loose, '\n')
	}
}

// overrideOf gives the mark that stands for a tag of HTML's bdo element, which
// turns its text from right to left; "" for any other tag.
func overrideOf(raw []byte) string {
	switch {
	case hasPrefixFold(raw, "</bdo"):
		return popMark
	case hasPrefixFold(raw, "<bdo") && bytes.Contains(bytes.ToLower(raw), []byte("rtl")):
		return override
	}
	return ""
}

func hasPrefixFold(s []byte, prefix string) bool {
	return len(s) >= len(prefix) && bytes.EqualFold(s[:len(prefix)], []byte(prefix))
}

// passages are those in which, besides, nobody was found. Most of a message is
// the same in every one, and need not be taken apart each time.
type passages map[opening]*passage

// opening is how a passage begins, and where it stands.
type opening struct {
	line   string
	depth  int
	markup bool
}

const (
	maxPassages = 1 << 10
	maxPassage  = 1 << 13 // bytes of one
)

// at gives the passage with which text begins, if it is known.
func (m passages) at(text []byte, p place, depth int) *passage {
	line := text[:bytes.IndexByte(text, '\n')+1]
	known := m[opening{string(line), depth, p.markup}]
	if known == nil || !bytes.HasPrefix(text, known.source) {
		return nil
	}
	return known
}

// learnPassage notes what source shows when it comes for the second time: what
// is in one message only is not worth its place.
func (r *Reader) learnPassage(p place, source []byte, as *passage, depth int) {
	if len(source) > maxPassage {
		return
	}
	s := &r.scanner
	key := s.key(source, chunk{0, len(source)}, wayOf(p, whole))
	if !s.memo.has(key) {
		s.memo.add(key)
		return
	}
	if len(r.passages) == maxPassages {
		clear(r.passages)
	}
	known := *as
	known.source, known.tight, known.loose = bytes.Clone(source), bytes.Clone(as.tight), bytes.Clone(as.loose)
	line := source[:bytes.IndexByte(source, '\n')+1]
	r.passages[opening{string(line), depth, p.markup}] = &known
}

// finds counts what was found so far that may be refused.
func (r *Reader) finds() int { return r.scanner.hits + len(r.refusals) + len(r.warnings) }
