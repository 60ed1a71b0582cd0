package pdftext

import (
	"bytes"
	"io"
	"math"
	"slices"
	"strings"
)

// matrix is [a b c d e f] (ISO 32000-1 section 8.3.4).
type matrix [6]float64

var identity = matrix{1, 0, 0, 1, 0, 0}

// mul gives the matrix that does m and then n.
func (m matrix) mul(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

// graphics is the state that q saves and Q restores.
type graphics struct {
	ctm                     matrix
	font                    *font
	size, char, word, scale float64
	leading, rise           float64
}

// A run is text that one string shows, in the coordinates of the page.
type run struct {
	text, drawn string
	from, to    [2]float64
	size        float64
}

// canvas collects what a page, or another content stream, shows.
type canvas struct {
	doc       *document
	resources []dict // of the stream and of those that show it, the innermost last
	state     graphics
	saved     []graphics
	text      matrix // of the next glyph
	line      matrix // of the line's beginning
	runs      []run
	strings   []literal // that stand in it and are not shown
	painted   bool      // it shows something that is no text
	depth     int
}

// Bounds of what a content stream may nest.
const (
	maxSaved = 4096
	maxForms = 12
)

func newCanvas(d *document) *canvas {
	return &canvas{doc: d, state: graphics{ctm: identity, scale: 1}, text: identity, line: identity}
}

// draw does what content says.
func (c *canvas) draw(content []byte, resources dict) error {
	if err := c.doc.budget.spend(len(content)); err != nil {
		return err
	}
	c.resources = append(c.resources, resources)
	defer func() { c.resources = c.resources[:len(c.resources)-1] }()
	l := &lexer{data: content}
	var operands array
	for {
		v, err := l.object()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		op, ok := v.(keyword)
		if !ok || op == "true" || op == "false" || op == "null" {
			operands = append(operands, v)
			continue
		}
		if op == "ID" {
			c.painted = true
			l.skipInlineImage()
		}
		if err := c.operate(op, operands); err != nil {
			return err
		}
		operands = operands[:0]
	}
}

// skipInlineImage passes the data of an image, up to an EI behind which no more
// data stand.
func (l *lexer) skipInlineImage() {
	for l.pos < len(l.data) {
		i := bytes.Index(l.data[l.pos:], []byte("EI"))
		if i < 0 {
			l.pos = len(l.data)
			return
		}
		before, after := l.pos+i-1, l.pos+i+2
		l.pos = after
		if isSpace(l.data[before]) && isProgram(l.data[after:min(after+12, len(l.data))]) {
			return
		}
	}
}

// isProgram says whether b may follow the data of an inline image.
func isProgram(b []byte) bool {
	for _, c := range b {
		if c > '~' || c < ' ' && !isSpace(c) {
			return false
		}
	}
	return len(b) == 0 || isSpace(b[0])
}

func (c *canvas) operate(op keyword, v array) error {
	switch op {
	case "f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh":
		c.painted = true
	case "Do":
		return c.show(c.resource("XObject", last(v)))
	case "Tf":
		if len(v) >= 2 {
			return c.setFont(c.resource("Font", v[0]), v[1])
		}
	case "gs":
		if f := c.doc.list(c.doc.dictOf(c.resource("ExtGState", last(v)))["Font"]); len(f) == 2 {
			return c.setFont(f[0], f[1])
		}
	case "Tj", "'", "\"", "TJ":
		return c.showText(op, v)
	case "BDC", "DP":
		c.collect(last(v))
		c.collect(c.doc.resolve(c.resource("Properties", last(v))))
	default:
		c.move(op, numbers(v))
	}
	return nil
}

func last[S ~[]E, E any](v S) (e E) {
	if len(v) == 0 {
		return e
	}
	return v[len(v)-1]
}

// numbers gives the six last operands as numbers, in front of them 0.
func numbers(v array) (n [6]float64) {
	v = v[max(0, len(v)-6):]
	for i, o := range v {
		switch o := o.(type) {
		case int:
			n[6-len(v)+i] = float64(o)
		case float64:
			n[6-len(v)+i] = o
		}
	}
	return n
}

// collect notes the strings in v.
func (c *canvas) collect(v any) {
	walk(v, func(v any) {
		if s, ok := v.(literal); ok {
			c.strings = append(c.strings, s)
		}
	})
}

// resource gives the resource of a kind that has that name.
func (c *canvas) resource(kind name, v any) any {
	n, ok := v.(name)
	if !ok {
		return nil
	}
	for _, r := range slices.Backward(c.resources) {
		if found, ok := c.doc.dictOf(r[kind])[n]; ok {
			return found
		}
	}
	return nil
}

// show draws a form, or notes an image.
func (c *canvas) show(v any) error {
	s, ok := c.doc.resolve(v).(stream)
	if !ok {
		return nil
	}
	if c.doc.resolve(s.dict["Subtype"]) != name("Form") {
		c.painted = true
		return nil
	}
	if c.depth++; c.depth > maxForms {
		return Reason("damaged: its forms show one another")
	}
	defer func() { c.depth-- }()
	return c.form(s)
}

// form draws a form XObject (ISO 32000-1 section 8.10).
func (c *canvas) form(s stream) error {
	content, err := c.doc.decoded(s)
	if err != nil {
		return err
	}
	saved := c.state
	defer func() { c.state = saved }()
	if m := c.doc.list(s.dict["Matrix"]); len(m) == 6 {
		c.state.ctm = matrix(numbers(m)).mul(c.state.ctm)
	}
	return c.draw(content, c.doc.dictOf(s.dict["Resources"]))
}

func (c *canvas) setFont(v, size any) error {
	c.state.size = c.doc.number(size)
	if c.doc.dictOf(v) == nil {
		c.state.font = nil
		return nil
	}
	f, err := c.doc.fontOf(v)
	c.state.font = f
	return err
}

// move does the operators that place text (ISO 32000-1 section 9.4.2) and set
// its state.
func (c *canvas) move(op keyword, n [6]float64) {
	s := &c.state
	switch op {
	case "q":
		if len(c.saved) < maxSaved {
			c.saved = append(c.saved, *s)
		}
	case "Q":
		if i := len(c.saved) - 1; i >= 0 {
			*s, c.saved = c.saved[i], c.saved[:i]
		}
	case "cm":
		s.ctm = matrix(n).mul(s.ctm)
	case "BT":
		c.line, c.text = identity, identity
	case "Tm":
		c.line, c.text = n, n
	case "Td":
		c.nextLine(n[4], n[5])
	case "TD":
		s.leading = -n[5]
		c.nextLine(n[4], n[5])
	case "T*":
		c.nextLine(0, -s.leading)
	case "TL":
		s.leading = n[5]
	case "Tc":
		s.char = n[5]
	case "Tw":
		s.word = n[5]
	case "Tz":
		s.scale = n[5] / 100
	case "Ts":
		s.rise = n[5]
	}
}

func (c *canvas) nextLine(x, y float64) {
	c.line = matrix{1, 0, 0, 1, x, y}.mul(c.line)
	c.text = c.line
}

// showText does the operators that show text (section 9.4.3).
func (c *canvas) showText(op keyword, v array) error {
	switch op {
	case "\"":
		if len(v) >= 3 {
			c.state.word, c.state.char = c.doc.number(v[0]), c.doc.number(v[1])
		}
		fallthrough
	case "'":
		c.nextLine(0, -c.state.leading)
	}
	for _, e := range c.doc.list(last(v)) {
		switch e := e.(type) {
		case literal:
			if err := c.showString(e); err != nil {
				return err
			}
		case int, float64:
			c.advance(-c.doc.number(e) / 1000 * c.state.size * c.state.scale)
		}
	}
	return nil
}

func (c *canvas) advance(x float64) { c.text = matrix{1, 0, 0, 1, x, 0}.mul(c.text) }

// showString adds what s shows as one run, or each glyph as one where they are
// set apart: some programs space words in no other way.
func (c *canvas) showString(s literal) error {
	if len(s) == 0 {
		return nil
	}
	if c.state.font == nil {
		return illegible
	}
	glyphs := c.state.font.glyphs(s)
	each := len(glyphs)
	if c.state.char > wordGap*math.Abs(c.state.size) {
		each = 1
	}
	for part := range slices.Chunk(glyphs, max(each, 1)) {
		if err := c.showGlyphs(part); err != nil {
			return err
		}
		c.advance(c.state.char * c.state.scale)
	}
	return nil
}

// showGlyphs adds a run.
func (c *canvas) showGlyphs(glyphs []glyph) error {
	r := run{from: c.at(), size: c.height()}
	var text, drawn strings.Builder
	for i, g := range glyphs {
		if isVoid(g.text) {
			return illegible
		}
		w := g.width * c.state.size
		if i+1 < len(glyphs) {
			w += c.state.char
		}
		if g.space {
			w += c.state.word
		}
		c.advance(w * c.state.scale)
		if g.space && g.width > 0 && w < wordGap*c.state.size {
			continue // pulled together until none is left
		}
		text.WriteString(g.text)
		drawn.WriteString(g.drawn)
	}
	r.to, r.text, r.drawn = c.at(), text.String(), drawn.String()
	c.runs = append(c.runs, r)
	return c.doc.budget.spend(len(r.text))
}

// at gives where the next glyph stands on the page.
func (c *canvas) at() [2]float64 {
	m := matrix{1, 0, 0, 1, 0, c.state.rise}.mul(c.text).mul(c.state.ctm)
	return [2]float64{m[4], m[5]}
}

// height gives the size of the font on the page.
func (c *canvas) height() float64 {
	m := c.text.mul(c.state.ctm)
	return math.Abs(c.state.size) * math.Hypot(m[2], m[3])
}
