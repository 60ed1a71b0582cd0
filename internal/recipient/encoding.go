package recipient

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"mailshot/internal/rule"
)

// charset is how a list's bytes become text.
type charset struct {
	name     string
	skip     int               // octets of byte order mark
	encoding encoding.Encoding // nil for UTF-8
}

var (
	windows1252 = charset{name: "Windows-1252", encoding: charmap.Windows1252}

	utf16LE = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	utf16BE = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
)

// headSize is how much of a list is looked at to find out how to read it.
const headSize = 64 << 10

// findCharset reads the source to its end: one octet that is not UTF-8,
// wherever it stands, makes it Windows-1252.
func findCharset(s source) (charset, error) {
	t, err := s.play()
	if err != nil {
		return charset{}, err
	}
	defer t.close()
	head := make([]byte, headSize)
	n, err := io.ReadFull(t.in, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return charset{}, unreadable(s.name, err)
	}
	head = head[:n]
	found, ok := marked(head)
	if ok && found.encoding != nil {
		return found, nil
	}
	if firstLine, _, _ := bytes.Cut(head, []byte("\n")); bytes.IndexByte(firstLine, 0) >= 0 {
		return unmarked16(s, head)
	}
	rest := transform.NewReader(io.MultiReader(bytes.NewReader(head), t.in), encoding.UTF8Validator)
	_, err = io.Copy(io.Discard, rest)
	switch notUTF8 := errors.Is(err, encoding.ErrInvalidUTF8); {
	case notUTF8 && ok:
		return charset{}, &rule.Fault{File: s.name, What: "it begins as UTF-8 and does not go on so",
			Hint: "save the list again as CSV (UTF-8)"}
	case notUTF8:
		return windows1252, nil
	case err != nil:
		return charset{}, unreadable(s.name, err)
	}
	return charset{name: "UTF-8", skip: found.skip}, nil
}

// marked knows a list by its byte order mark (RFC 3629 section 6, RFC 2781
// section 3.2).
func marked(head []byte) (charset, bool) {
	switch {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		return charset{name: "UTF-8", skip: 3}, true
	case bytes.HasPrefix(head, []byte("\xFF\xFE")):
		return charset{name: "UTF-16LE", skip: 2, encoding: utf16LE}, true
	case bytes.HasPrefix(head, []byte("\xFE\xFF")):
		return charset{name: "UTF-16BE", skip: 2, encoding: utf16BE}, true
	}
	return charset{}, false
}

// unmarked16 tells UTF-16 from a binary file: every second octet of headings
// and separators is NUL, and no control stands in the first line.
func unmarked16(s source, head []byte) (charset, error) {
	found := charset{name: "UTF-16LE", encoding: utf16LE}
	if nulsAt(head, 0) > nulsAt(head, 1) {
		found = charset{name: "UTF-16BE", encoding: utf16BE}
	}
	text, err := found.encoding.NewDecoder().Bytes(head[:len(head)&^1])
	firstLine, _, _ := bytes.Cut(text, []byte("\n"))
	if err != nil || bytes.ContainsFunc(firstLine, isNoText) {
		return charset{}, &rule.Fault{File: s.name, What: "this is no text", Hint: "save the list as CSV (UTF-8)"}
	}
	return found, nil
}

// nulsAt counts the NULs among every second octet, from the one at start.
func nulsAt(head []byte, start int) int {
	n := 0
	for i := start; i < len(head); i += 2 {
		if head[i] == 0 {
			n++
		}
	}
	return n
}

func isNoText(r rune) bool { return isStrayControl(r) || r == utf8.RuneError }

// decode gives the text of r, which stands at the list's first octet.
func (c charset) decode(r io.Reader) (io.Reader, error) {
	if _, err := io.CopyN(io.Discard, r, int64(c.skip)); err != nil {
		return nil, err
	}
	if c.encoding == nil {
		return r, nil
	}
	return c.encoding.NewDecoder().Reader(r), nil
}
