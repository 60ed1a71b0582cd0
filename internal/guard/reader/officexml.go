package reader

import (
	"bytes"
	"encoding/xml"
	"io"
	"regexp"
	"slices"
	"strings"
)

// A set holds local names of elements.
type set map[string]bool

func setOf(names string) set {
	s := make(set)
	for _, n := range strings.Fields(names) {
		s[n] = true
	}
	return s
}

// A vocabulary says what the elements of a format do to the text in them. They
// are known by their local names: each format has namespaces of several
// editions, in which they mean the same.
type vocabulary struct {
	lines      set               // the text in one is a line: paragraphs, strings
	runs       set               // the text of a line stands in these; nil: in any
	codes      set               // instructions and formulas: what is shown is their result
	asides     set               // within a line, but no part of it: notes
	rows       set               // the lines in one stand beside each other
	told       set               // elements whose attributes are text
	cells      set               // attributes that name cells
	measures   set               // numbers in these say nothing about anybody
	deletions  set               // what is shown no more
	insertions set               // what was not always there
	hiding     set               // elements that hide the run whose properties they are
	signs      map[string]string // elements that stand for text
}

// markup is one XML part of an office document as it is read.
type markup struct {
	*vocabulary
	book    *workbook // of Office Open XML; nil where there is none
	frames  []frame
	text    bytes.Buffer // the lines as they show
	rest    bytes.Buffer // what does not: deleted and hidden text, instructions, comments
	tags    bytes.Buffer // attributes and measures
	seen    map[string]bool
	row     int // how many rows are open
	cell    cell
	removed removals
	shared  func(string) bool // gets every shared string, and says whether it was seen in a cell
	files   [][]byte          // that stand in the part itself
}

// A frame is an element that is open.
type frame struct {
	name     string
	line     *line
	owns     bool // the line begins and ends with it
	deleted  bool
	inserted bool
	hidden   bool
}

// xmlText gives an XML part in UTF-8, as its mark says; its declaration says
// the rest.
func xmlText(content []byte) ([]byte, error) {
	for _, m := range marks {
		rest, ok := bytes.CutPrefix(content, []byte(m.mark))
		if !ok {
			continue
		}
		text, err := m.enc.NewDecoder().Bytes(rest)
		if err != nil {
			return nil, unreadable("damaged")
		}
		return text, nil
	}
	return content, nil
}

// newXMLDecoder reads text; one that had a mark is in UTF-8 by now, whatever it
// declares.
func newXMLDecoder(text []byte) *xml.Decoder {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if strings.HasPrefix(strings.ToLower(label), "utf-16") {
			return in, nil // it would hold NULs, which are no XML
		}
		enc, err := byName(label)
		if err != nil {
			return nil, err
		}
		return enc.NewDecoder().Reader(in), nil
	}
	return d
}

// officeNames are the beginnings of the namespaces that the vocabularies are of.
var officeNames = []string{
	"http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/", "http://schemas.microsoft.com/office/",
	"urn:oasis:names:tc:opendocument:", "http://openoffice.org/",
}

// isOfficeXML says whether the outermost element of an XML part is one of an
// office format's own.
func isOfficeXML(text []byte) bool {
	d := newXMLDecoder(text)
	for {
		t, err := d.Token()
		if err != nil {
			return false
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		return isOfficeName(start.Name.Space)
	}
}

func isOfficeName(space string) bool {
	return slices.ContainsFunc(officeNames, func(n string) bool { return strings.HasPrefix(space, n) })
}

// readMarkup adds the views of an XML part, whose text in UTF-8 is given, and
// reads the files that stand in it.
func (r *reading) readMarkup(f file, text []byte, m *markup) error {
	if err := m.parse(r, text); err != nil {
		return err
	}
	for _, v := range []struct {
		text   *bytes.Buffer
		markup bool
	}{{&m.text, false}, {&m.rest, false}, {&m.tags, true}} {
		if v.text.Len() == 0 {
			continue
		}
		if err := r.add(v.text.Bytes(), v.markup); err != nil {
			return err
		}
	}
	for _, content := range m.files {
		if err := r.readMember(f.within(nameFor(content), "", content)); err != nil {
			return err
		}
	}
	return nil
}

// nameFor gives a file that stands in a part the name of its kind.
func nameFor(content []byte) string {
	for _, s := range []struct{ start, name string }{
		{"\x89PNG", "picture.png"}, {"\xFF\xD8\xFF", "picture.jpg"}, {"PK\x03\x04", "shape.docx"},
	} {
		if bytes.HasPrefix(content, []byte(s.start)) {
			return s.name
		}
	}
	return "data.bin"
}

// maxOpen bounds how deep elements are nested.
const maxOpen = 1000

// parse takes the part apart.
func (m *markup) parse(r *reading, text []byte) error {
	m.frames, m.seen = []frame{{line: &line{}, owns: true}}, make(map[string]bool)
	d := newXMLDecoder(text)
	for n := 0; ; n++ {
		t, err := d.Token()
		if err == io.EOF {
			m.close()
			return nil
		}
		if err != nil {
			return unreadable("damaged")
		}
		if err := m.token(t); err != nil {
			return err
		}
		if m.text.Len()+m.rest.Len()+m.tags.Len() > r.left || len(m.frames) > maxOpen {
			return unreadable("more in it than is read of one attachment")
		}
		if n%1024 == 0 && r.spend(0) != nil {
			return r.spend(0)
		}
	}
}

func (m *markup) token(t xml.Token) error {
	switch t := t.(type) {
	case xml.StartElement:
		if strings.HasPrefix(t.Name.Local, "encryption-data") || t.Name.Local == "encrypted-package" {
			return unreadable("encrypted")
		}
		m.open(t)
	case xml.EndElement:
		m.close()
	case xml.CharData:
		m.data(t)
	case xml.Comment:
		put(&m.rest, t, "\n")
	case xml.ProcInst:
		if t.Target != "xml" {
			put(&m.rest, t.Inst, "\n")
		}
	case xml.Directive:
		return unreadable("a document type in it")
	}
	return nil
}

func (m *markup) top() *frame { return &m.frames[len(m.frames)-1] }

// open begins an element.
func (m *markup) open(t xml.StartElement) {
	name := t.Name.Local
	f := *m.top()
	f.name, f.owns = name, m.lines[name] || m.asides[name] || !f.line.whole
	if f.owns {
		f.line = &line{whole: m.lines[name]}
	}
	f.deleted = f.deleted || m.deletions[name]
	f.inserted = f.inserted || m.insertions[name]
	m.frames = append(m.frames, f)
	if m.rows[name] {
		m.row++
	}
	m.attributes(t)
	m.hide(t)
	m.sign(t)
	if m.book != nil {
		m.cell.open(t)
	}
	m.removed.open(t, f.line)
}

// hide hides the run that holds the properties that t is one of.
func (m *markup) hide(t xml.StartElement) {
	n := len(m.frames)
	if n < 3 || !m.hiding[t.Name.Local] || m.frames[n-2].name != "rPr" {
		return
	}
	switch attribute(t, "val") {
	case "0", "false", "off":
		return
	}
	m.frames[n-3].hidden = m.frames[n-3].name == "r"
}

// sign writes what an element stands for.
func (m *markup) sign(t xml.StartElement) {
	f := m.top()
	if !f.line.whole {
		return
	}
	if t.Name.Local == "sym" {
		f.line.write(symbol(t), f)
	}
	if s, ok := m.signs[t.Name.Local]; ok {
		f.line.write([]byte(s), f)
	}
}

// data takes the text between tags.
func (m *markup) data(t []byte) {
	f := m.top()
	switch {
	case !f.line.whole:
		f.line.write(t, f)
	case m.codes[f.name]:
		f.line.code = append(f.line.code, t...) // a field may be cut into runs
	case m.runs == nil || m.runs[f.name]:
		f.line.write(t, f)
	default:
		m.aside(f.name, t)
	}
}

// aside puts text that is no part of a line: what only measures says nothing
// about anybody.
func (m *markup) aside(element string, text []byte) {
	if m.measures[element] && !word.Match(text) {
		put(&m.tags, text, "\n")
		return
	}
	put(&m.rest, text, "\n")
}

// close ends an element.
func (m *markup) close() {
	f := m.top()
	if f.owns {
		m.show(f)
	}
	if m.rows[f.name] {
		m.row--
		if b := m.text.Bytes(); len(b) > 0 && b[len(b)-1] == '\t' {
			b[len(b)-1] = '\n'
		}
	}
	m.removed.close(f.name)
	m.frames = m.frames[:len(m.frames)-1]
}

// show puts a line that has ended where it belongs.
func (m *markup) show(f *frame) {
	l, after := f.line, "\n"
	if m.row > 0 {
		after = "\t"
	}
	switch {
	case f.name == "binary-data":
		m.files = append(m.files, undoBase64(l.all))
	case m.measures[f.name]:
		m.aside(f.name, l.all)
	case m.codes[f.name]:
		put(&m.rest, withoutReferences(l.all), "\n")
	case isMargin(f.name):
		put(&m.text, marginText(l.all), "\n")
		put(&m.rest, l.all, "\n")
	case f.name == "v" && m.book != nil:
		shown, held := m.book.value(m.cell, l.all)
		put(&m.text, shown, after)
		put(&m.rest, held, "\n")
	default:
		m.showLine(f, after)
	}
}

func (m *markup) showLine(f *frame, after string) {
	l := f.line
	shown := unescape(l.shown)
	if f.name != "si" || m.shared == nil || !m.shared(string(shown)) {
		put(&m.text, shown, after)
	}
	for i, other := range [][]byte{l.all, l.before, l.code} {
		if !bytes.Equal(other, shown) && (i != 1 || !bytes.Equal(other, l.all)) {
			put(&m.rest, other, "\n")
		}
	}
	if l.whole {
		m.removed.add(l.all)
	}
}

// put writes a text and what comes after it, if there is something to be seen.
func put(to *bytes.Buffer, text []byte, after string) {
	if len(bytes.TrimSpace(text)) == 0 {
		return
	}
	to.Write(text)
	to.WriteString(after)
}

// attributes writes the attributes of an element: those that are text, and
// unless they were met before, those that are measures and marks.
func (m *markup) attributes(t xml.StartElement) {
	var told, marks []byte
	for _, a := range t.Attr {
		text := m.attributeText(a)
		switch {
		case isOwnSpace(a):
		case a.Name.Local == "gfxdata" && a.Value != "": // a package for later editions, in base64
			m.files = append(m.files, undoBase64([]byte(a.Value)))
		case m.told[t.Name.Local] || isProse(a.Name.Local, text):
			told = append(append(told, text...), '\t')
		default:
			marks = append(append(marks, text...), '\t')
		}
	}
	if m.told[t.Name.Local] || m.isNew(told) {
		put(&m.rest, told, "\n")
	}
	if m.isNew(marks) {
		put(&m.tags, marks, "\n")
	}
}

// isNew says whether attributes were not met before.
func (m *markup) isNew(attributes []byte) bool {
	if m.seen[string(attributes)] {
		return false
	}
	m.seen[string(attributes)] = true
	return true
}

// attributeText gives what an attribute says.
func (m *markup) attributeText(a xml.Attr) []byte {
	text := unescape([]byte(a.Value))
	switch name := a.Name.Local; {
	case name == "v" || name == "value":
		return plainNumber(text)
	case m.cells[name] || strings.HasSuffix(name, "-address"):
		return withoutReferences(text)
	}
	return text
}

// isOwnSpace says whether an attribute declares a namespace of an office format.
func isOwnSpace(a xml.Attr) bool {
	return (a.Name.Space == "xmlns" || a.Name.Local == "xmlns") && isOfficeName(a.Value)
}

var (
	word = regexp.MustCompile(`\pL\pL`)
	guid = regexp.MustCompile(`^\{?[0-9A-Fa-f]{8}-[0-9A-Fa-f-]{27}\}?$`)
)

// isProse says whether an attribute may hold what people wrote: by its name, or
// for the words in it, unless they are styles or shapes.
func isProse(name string, text []byte) bool {
	switch name {
	case "name", "author", "userId", "displayName", "title", "descr", "label", "string-value":
		return true
	case "style", "path", "d", "points", "viewBox", "transform", "enhanced-path":
		return false
	}
	return word.Match(text) && !guid.Match(text)
}

// attribute gives the attribute of that local name, "" where there is none.
func attribute(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
