package pdftext

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"io"
)

// budget is what a file may still unpack and show, in bytes.
type budget struct{ left int }

func (b *budget) spend(n int) error {
	if b.left -= n; b.left < 0 {
		return tooMuch
	}
	return nil
}

// filters gives the names of the filters of a stream, the first to be undone
// first.
func (d *document) filters(s stream) []name {
	v := s.dict["Filter"]
	if v == nil {
		v = s.dict["F"] // in an inline image
	}
	var names []name
	for _, f := range d.list(v) {
		n, _ := d.resolve(f).(name)
		names = append(names, n)
	}
	return names
}

// decoded gives the content of a stream.
func (d *document) decoded(s stream) ([]byte, error) {
	content := s.raw
	if len(content) > 0 {
		d.used[&content[0]] = true
	}
	for _, f := range d.filters(s) {
		var err error
		if content, err = d.undo(f, content); err != nil {
			return nil, err
		}
	}
	for _, p := range d.list(s.dict["DecodeParms"]) {
		if d.number(d.dictOf(p)["Predictor"]) > 1 {
			return nil, Reason("packed in a way that is not read")
		}
	}
	return content, d.budget.spend(len(content))
}

func (d *document) undo(filter name, content []byte) ([]byte, error) {
	switch filter {
	case "FlateDecode":
		return d.inflate(content)
	case "ASCIIHexDecode":
		digits, _, _ := bytes.Cut(content, []byte(">"))
		if b, ok := unhex(digits); ok {
			return b, nil
		}
		return nil, damaged
	case "ASCII85Decode":
		return unASCII85(content)
	case "RunLengthDecode":
		return d.unRunLength(content)
	case "Crypt":
		return nil, Reason("encrypted")
	}
	return nil, Reason("packed in a way that is not read")
}

func (d *document) inflate(content []byte) ([]byte, error) {
	if len(content) == 0 {
		return nil, nil
	}
	z, err := zlib.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, damaged
	}
	b, err := io.ReadAll(io.LimitReader(z, int64(d.budget.left)+1))
	if err != nil {
		return nil, damaged
	}
	if len(b) > d.budget.left {
		return nil, tooMuch
	}
	return b, nil
}

func unASCII85(content []byte) ([]byte, error) {
	content, _, _ = bytes.Cut(bytes.TrimPrefix(bytes.TrimSpace(content), []byte("<~")), []byte("~"))
	b, err := io.ReadAll(ascii85.NewDecoder(bytes.NewReader(content)))
	if err != nil {
		return nil, damaged
	}
	return b, nil
}

// unRunLength undoes ISO 32000-1 section 7.4.5.
func (d *document) unRunLength(content []byte) ([]byte, error) {
	var b []byte
	for len(content) > 0 && content[0] != 128 {
		n := int(content[0]) + 1
		switch {
		case n <= 128 && len(content) > n:
			b = append(b, content[1:n+1]...)
			content = content[n+1:]
		case n > 129 && len(content) > 1:
			b = append(b, bytes.Repeat(content[1:2], 258-n)...)
			content = content[2:]
		default:
			return nil, damaged
		}
		if len(b) > d.budget.left {
			return nil, tooMuch
		}
	}
	return b, nil
}
