package guard

import (
	"bytes"
	"unicode/utf8"
)

// Right-to-left override, and the mark that ends it (UAX 9 section 2.2); so
// does the end of a paragraph.
const (
	override = "\u202E"
	popMark  = "\u202C"
)

// undoOverride puts what stands behind a right-to-left override into the order
// in which it is shown.
func undoOverride(dst, src []byte) ([]byte, bool) {
	if !bytes.Contains(src, []byte(override)) {
		return dst, false
	}
	for {
		before, after, found := bytes.Cut(src, []byte(override))
		dst = append(dst, before...)
		if !found {
			return dst, true
		}
		end := len(after)
		if i := bytes.IndexByte(after, '\n'); i >= 0 {
			end = i
		}
		if i := bytes.Index(after[:end], []byte(popMark)); i >= 0 {
			end = i
		}
		dst, src = appendReversed(dst, after[:end]), after[end:]
	}
}

func appendReversed(dst, text []byte) []byte {
	for len(text) > 0 {
		_, n := utf8.DecodeLastRune(text)
		dst = append(dst, text[len(text)-n:]...)
		text = text[:len(text)-n]
	}
	return dst
}
