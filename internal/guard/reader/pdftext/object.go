package pdftext

import (
	"bytes"
	"io"
	"strconv"
)

// The objects of a PDF (ISO 32000-1 section 7.3): name, literal, ref, dict,
// array, stream, int, float64, and keyword for all else.
type (
	name    string
	literal string // the bytes of a string
	keyword string
	ref     int // an object's number; its generation says nothing here
	dict    map[name]any
	array   []any
	stream  struct {
		dict
		raw []byte // as it stands in the file
	}
)

// maxNesting is how deep objects may stand in each other.
const maxNesting = 64

// lexer reads objects from data, one after another.
type lexer struct {
	data []byte
	pos  int
}

// object reads the next object or keyword; io.EOF says that there is none.
func (l *lexer) object() (any, error) { return l.nested(0) }

func (l *lexer) nested(depth int) (any, error) {
	if depth > maxNesting {
		return nil, damaged
	}
	t, err := l.token()
	if err != nil {
		return nil, err
	}
	switch t {
	case keyword("["):
		return l.array(depth)
	case keyword("<<"):
		return l.dict(depth)
	}
	if n, ok := t.(int); ok && l.isReference() {
		return ref(n), nil
	}
	return t, nil
}

// isReference reads "G R", what makes a reference of the number before it, if
// that is what follows.
func (l *lexer) isReference() bool {
	ahead := lexer{l.data, l.pos}
	if g, err := ahead.token(); err != nil || !isInt(g) {
		return false
	}
	if r, err := ahead.token(); err != nil || r != keyword("R") {
		return false
	}
	l.pos = ahead.pos
	return true
}

func isInt(v any) bool { _, ok := v.(int); return ok }

func (l *lexer) array(depth int) (any, error) {
	a := array{}
	for {
		v, err := l.nested(depth + 1)
		switch {
		case err != nil:
			return nil, damaged
		case v == keyword("]"):
			return a, nil
		case v == keyword(">>") || v == keyword("endobj"):
			return nil, damaged
		}
		a = append(a, v)
	}
}

func (l *lexer) dict(depth int) (any, error) {
	d := dict{}
	for {
		k, err := l.token()
		if err != nil {
			return nil, damaged
		}
		if k == keyword(">>") {
			return d, nil
		}
		key, ok := k.(name)
		if !ok {
			return nil, damaged
		}
		if d[key], err = l.nested(depth + 1); err != nil {
			return nil, damaged
		}
		if d[key] == keyword(">>") {
			return nil, damaged
		}
	}
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 }

func (l *lexer) skipSpace() {
	for l.pos < len(l.data) && isSpace(l.data[l.pos]) {
		l.pos++
	}
}

// skip passes white space and comments.
func (l *lexer) skip() {
	for l.skipSpace(); l.pos < len(l.data) && l.data[l.pos] == '%'; l.skipSpace() {
		if n := bytes.IndexAny(l.data[l.pos:], "\r\n"); n >= 0 {
			l.pos += n
		} else {
			l.pos = len(l.data)
		}
	}
}

func (l *lexer) token() (any, error) {
	l.skip()
	if l.pos >= len(l.data) {
		return nil, io.EOF
	}
	switch rest := l.data[l.pos:]; {
	case rest[0] == '/':
		l.pos++
		return unescapedName(l.regular()), nil
	case rest[0] == '(':
		return l.parenthesized()
	case bytes.HasPrefix(rest, []byte("<<")), bytes.HasPrefix(rest, []byte(">>")):
		l.pos += 2
		return keyword(rest[:2]), nil
	case rest[0] == '<':
		return l.hex()
	case isDelimiter(rest[0]):
		l.pos++
		return keyword(rest[:1]), nil
	}
	return number(l.regular()), nil
}

// regular reads characters up to white space or a delimiter.
func (l *lexer) regular() []byte {
	start := l.pos
	for l.pos < len(l.data) && !isSpace(l.data[l.pos]) && !isDelimiter(l.data[l.pos]) {
		l.pos++
	}
	return l.data[start:l.pos]
}

// number gives the number that word is, or else a keyword.
func number(word []byte) any {
	if c := word[0]; c != '+' && c != '-' && c != '.' && (c < '0' || c > '9') {
		return keyword(word)
	}
	if n, err := strconv.Atoi(string(word)); err == nil {
		return n
	}
	if f, err := strconv.ParseFloat(string(word), 64); err == nil && !bytes.ContainsAny(word, "eExXpP_") {
		return f
	}
	return keyword(word)
}

func unescapedName(word []byte) name {
	if bytes.IndexByte(word, '#') < 0 {
		return name(word)
	}
	var b []byte
	for i := 0; i < len(word); i++ {
		if word[i] == '#' && i+2 < len(word) {
			if c, err := strconv.ParseUint(string(word[i+1:i+3]), 16, 8); err == nil {
				b = append(b, byte(c))
				i += 2
				continue
			}
		}
		b = append(b, word[i])
	}
	return name(b)
}

// hex reads a string of hexadecimal digits; an odd one at the end has a 0 after it.
func (l *lexer) hex() (any, error) {
	n := bytes.IndexByte(l.data[l.pos:], '>')
	if n < 0 {
		return nil, damaged
	}
	b, ok := unhex(l.data[l.pos+1 : l.pos+n])
	if !ok {
		return nil, damaged
	}
	l.pos += n + 1
	return literal(b), nil
}

func unhex(digits []byte) ([]byte, bool) {
	b := make([]byte, 0, len(digits)/2+1)
	half := false
	for _, c := range digits {
		if isSpace(c) {
			continue
		}
		d, err := strconv.ParseUint(string(c), 16, 8)
		if err != nil {
			return nil, false
		}
		if half {
			b[len(b)-1] |= byte(d)
		} else {
			b = append(b, byte(d)<<4)
		}
		half = !half
	}
	return b, true
}

// parenthesized reads a string in parentheses, which may be nested.
func (l *lexer) parenthesized() (any, error) {
	var b []byte
	depth := 0
	for l.pos < len(l.data) {
		c := l.data[l.pos]
		l.pos++
		switch c {
		case '(':
			if depth++; depth == 1 {
				continue
			}
		case ')':
			if depth--; depth == 0 {
				return literal(b), nil
			}
		case '\\':
			b = l.escape(b)
			continue
		}
		b = append(b, c)
	}
	return nil, damaged
}

var escapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f'}

// escape adds to b what stands for the escape behind a backslash.
func (l *lexer) escape(b []byte) []byte {
	if l.pos >= len(l.data) {
		return b
	}
	c := l.data[l.pos]
	l.pos++
	switch {
	case c == '\r' && l.pos < len(l.data) && l.data[l.pos] == '\n':
		l.pos++
		return b
	case c == '\r' || c == '\n':
		return b
	case '0' <= c && c <= '7':
		code := c - '0'
		for i := 0; i < 2 && l.pos < len(l.data) && '0' <= l.data[l.pos] && l.data[l.pos] <= '7'; i++ {
			code = code<<3 | (l.data[l.pos] - '0')
			l.pos++
		}
		return append(b, code)
	}
	if e, ok := escapes[c]; ok {
		c = e
	}
	return append(b, c)
}
