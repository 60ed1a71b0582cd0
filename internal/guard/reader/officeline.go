package reader

import (
	"bytes"
	"encoding/xml"
	"regexp"
	"strconv"
	"unicode/utf8"
)

// A line is the text of a paragraph, of a string, or of an element beside them,
// in each way it may be shown.
type line struct {
	whole  bool   // it takes in the text of the elements within
	shown  []byte // as it is now
	before []byte // as it was before it was changed
	all    []byte // with what is deleted or hidden
	code   []byte // the instructions in it
}

// write adds text that stands in f.
func (l *line) write(text []byte, f *frame) {
	l.all = append(l.all, text...)
	if !f.inserted {
		l.before = append(l.before, text...)
	}
	if !f.deleted && !f.hidden {
		l.shown = append(l.shown, text...)
	}
}

// restore adds text that was deleted.
func (l *line) restore(text []byte) {
	l.all, l.before = append(l.all, text...), append(l.before, text...)
}

var escape = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// unescape undoes the escapes of ECMA-376 part 1 section 22.9.2.19.
func unescape(text []byte) []byte {
	if !bytes.Contains(text, []byte("_x")) {
		return text
	}
	return escape.ReplaceAllFunc(text, func(e []byte) []byte {
		c, err := strconv.ParseUint(string(e[2:6]), 16, 16)
		if err != nil || !utf8.ValidRune(rune(c)) {
			return e
		}
		return utf8.AppendRune(nil, rune(c))
	})
}

// symbol gives the character that a sym element of a text document names, in
// the font's own range (ECMA-376 part 1 section 17.3.3.30) or not.
func symbol(t xml.StartElement) []byte {
	c, err := strconv.ParseUint(attribute(t, "char"), 16, 16)
	if err != nil {
		return nil
	}
	if 0xF000 <= c && c <= 0xF0FF {
		c -= 0xF000
	}
	return utf8.AppendRune(nil, rune(c))
}
