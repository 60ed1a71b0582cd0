package pdftext

import (
	"bytes"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
)

// An object of a file with the number it has there.
type object struct {
	number int
	value  any
}

// document is a file taken apart: every object in it, those too that a later
// revision replaced and those that nothing refers to.
type document struct {
	data    []byte
	objects []object      // in the order of the file
	numbers map[int][]int // where in objects the revisions of a number are
	root    any           // the catalog of the last revision
	lengths map[int]int   // of streams, where another object gives them
	fonts   map[ref]*font
	used    map[*byte]bool // the streams that were decoded, by their first byte
	budget  *budget
}

// maxObjects bounds the objects of a file.
const maxObjects = 1 << 20

// parse takes a file apart, from its beginning to its end: the table of where
// the objects stand is not believed.
func parse(data []byte, b *budget) (*document, error) {
	d := &document{data: data, numbers: map[int][]int{}, used: map[*byte]bool{}, fonts: map[ref]*font{}, budget: b}
	l := &lexer{data: data}
	for {
		v, err := l.object()
		if err == io.EOF {
			return d, nil
		}
		if err == nil {
			err = d.topLevel(l, v)
		}
		if err != nil {
			return nil, err
		}
	}
}

// topLevel reads on where v, not within an object, was read.
func (d *document) topLevel(l *lexer, v any) error {
	switch v {
	case keyword("xref"), keyword("f"), keyword("n"), keyword("startxref"):
		return nil
	case keyword("trailer"):
		t, err := l.object()
		if err != nil {
			return damaged
		}
		return d.trailer(t)
	}
	number, ok := v.(int)
	if !ok {
		return Reason("damaged: something stands between its objects")
	}
	return d.numbered(l, number)
}

// numbered reads an object that begins with number, if it is one: tables hold
// numbers too.
func (d *document) numbered(l *lexer, number int) error {
	ahead := lexer{l.data, l.pos}
	if g, err := ahead.token(); err != nil || !isInt(g) {
		return nil
	}
	if k, err := ahead.token(); err != nil || k != keyword("obj") {
		return nil
	}
	l.pos = ahead.pos
	v, err := l.object()
	if err != nil {
		return damaged
	}
	if v == keyword("endobj") { // an empty object
		return nil
	}
	end, err := l.token()
	if header, ok := v.(dict); ok && end == keyword("stream") {
		if v, err = d.stream(l, header); err != nil {
			return err
		}
		end, err = l.token()
	}
	if err != nil || end != keyword("endobj") {
		return damaged
	}
	return d.add(number, v)
}

// add notes an object, and those that it holds.
func (d *document) add(number int, v any) error {
	if len(d.objects) >= maxObjects {
		return tooMuch
	}
	d.numbers[number] = append(d.numbers[number], len(d.objects))
	d.objects = append(d.objects, object{number, v})
	s, ok := v.(stream)
	if !ok {
		return nil
	}
	switch s.dict["Type"] {
	case name("XRef"):
		return d.trailer(s.dict)
	case name("ObjStm"):
		return d.unpack(s)
	}
	return nil
}

func (d *document) trailer(v any) error {
	t, ok := v.(dict)
	if !ok {
		return damaged
	}
	if _, ok := t["Encrypt"]; ok {
		return Reason("encrypted")
	}
	if root, ok := t["Root"]; ok {
		d.root = root
	}
	d.objects = append(d.objects, object{-1, t})
	return nil
}

// stream reads the content of a stream, up to its endstream.
func (d *document) stream(l *lexer, header dict) (any, error) {
	if bytes.HasPrefix(l.data[l.pos:], []byte("\r\n")) {
		l.pos++
	}
	l.pos++ // the line end
	length, ok := header["Length"].(int)
	if at, indirect := header["Length"].(ref); indirect {
		length, ok = d.lengthIn(int(at))
	}
	if !ok || length < 0 || length > len(l.data)-l.pos {
		return nil, damaged
	}
	raw := l.data[l.pos : l.pos+length]
	l.pos += length
	if end, err := l.token(); err != nil || end != keyword("endstream") {
		return nil, damaged
	}
	return stream{header, raw}, nil
}

var lengthObject = regexp.MustCompile(`(\d{1,9})\s+\d{1,5}\s+obj\s+(\d{1,9})\s+endobj`)

// lengthIn gives the number that is the object of that number, which may stand
// behind the stream whose length it is.
func (d *document) lengthIn(number int) (int, bool) {
	if d.lengths == nil {
		d.lengths = map[int]int{}
		for _, m := range lengthObject.FindAllSubmatch(d.data, -1) {
			n, _ := strconv.Atoi(string(m[1]))
			d.lengths[n], _ = strconv.Atoi(string(m[2]))
		}
	}
	n, ok := d.lengths[number]
	return n, ok
}

// unpack adds the objects in an object stream (ISO 32000-1 section 7.5.7).
func (d *document) unpack(s stream) error {
	content, err := d.decoded(s)
	if err != nil {
		return err
	}
	first, ok := d.resolve(s.dict["First"]).(int)
	count, counted := d.resolve(s.dict["N"]).(int)
	if !ok || !counted || first < 0 || first > len(content) || count < 0 || count > len(content) {
		return damaged
	}
	heads := lexer{data: content[:first]}
	for range count {
		number, err1 := heads.token()
		offset, err2 := heads.token()
		if err1 != nil || err2 != nil || !isInt(number) || !isInt(offset) {
			return damaged
		}
		if err := d.packed(content[first:], number.(int), offset.(int)); err != nil {
			return err
		}
	}
	return nil
}

func (d *document) packed(content []byte, number, offset int) error {
	if offset < 0 || offset > len(content) {
		return damaged
	}
	l := lexer{data: content, pos: offset}
	v, err := l.object()
	if err != nil {
		return damaged
	}
	// Objects may overlap: each is paid for.
	if err := d.budget.spend(l.pos - offset); err != nil {
		return err
	}
	return d.add(number, v)
}

// maxHops is how many references may lead to one another.
const maxHops = 16

// resolve gives what v refers to, or v itself; nil for nothing.
func (d *document) resolve(v any) any {
	for range maxHops {
		r, ok := v.(ref)
		if !ok {
			return v
		}
		if v = nil; len(d.numbers[int(r)]) > 0 {
			v = d.objects[last(d.numbers[int(r)])].value
		}
	}
	return nil
}

// dictOf gives the dictionary that v is or refers to, that of a stream too.
func (d *document) dictOf(v any) dict {
	switch v := d.resolve(v).(type) {
	case dict:
		return v
	case stream:
		return v.dict
	}
	return nil
}

// number gives the number that v is or refers to, 0 for anything else.
func (d *document) number(v any) float64 {
	switch v := d.resolve(v).(type) {
	case int:
		return float64(v)
	case float64:
		return v
	}
	return 0
}

// list gives the elements of the array that v is or refers to, or v alone.
func (d *document) list(v any) array {
	switch v := d.resolve(v).(type) {
	case array:
		return v
	case nil:
		return nil
	}
	return array{v}
}

// walk visits v and all that stands in it, but for what it refers to.
func walk(v any, visit func(any)) {
	visit(v)
	switch v := v.(type) {
	case stream:
		walk(v.dict, visit)
	case array:
		for _, e := range v {
			walk(e, visit)
		}
	case dict:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			visit(k)
			walk(v[k], visit)
		}
	}
}
