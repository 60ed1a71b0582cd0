package pdftext

import (
	"bytes"
	"io"
)

// programEncoding reads the encoding in the clear part of a Type 1 font program
// (Adobe Type 1 Font Format, section 2.3), nil where there is none to be read.
func (d *document) programEncoding(s stream) *encoding {
	content, err := d.decoded(s)
	if err != nil {
		return nil
	}
	clear, _, _ := bytes.Cut(content, []byte("eexec"))
	_, rest, found := bytes.Cut(clear, []byte("/Encoding"))
	if !found {
		return nil
	}
	l := &lexer{data: rest}
	if first, err := l.token(); err != nil || first == keyword("StandardEncoding") {
		return standardEncoding()
	}
	e := &encoding{}
	for {
		v, err := l.token()
		switch {
		case err == io.EOF || v == keyword("def"):
			return e
		case err != nil:
			return nil
		case v == keyword("dup"):
			code, _ := l.token()
			glyph, _ := l.token()
			e.differ(array{code, glyph})
		}
	}
}
