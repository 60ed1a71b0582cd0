package guard

import (
	"bytes"
	"regexp"
)

// Addresses as people write them to hide them from programs: "name (at) host
// (dot) tld", "name AT host DOT tld", "name @ host . tld".
var (
	spelledAt  = regexp.MustCompile(`(?i)\s*[(\[{<]\s*(?:at|@|ät|arroba)\s*[)\]}>]\s*|\s+(?:at|@)\s+|\s+@|@\s+`)
	spelledDot = regexp.MustCompile(`(?i)\s*[(\[{<]\s*(?:dot|\.|punkt|punto|point)\s*[)\]}>]\s*|\s+dot\s+|\s+\.\s*([a-z0-9])`)
)

// undoSpelled puts the @ and the dots back.
func undoSpelled(dst, src []byte) ([]byte, bool) {
	if !maySpell(src) {
		return dst, false
	}
	text := spelledDot.ReplaceAll(src, []byte(".$1"))
	text = spelledAt.ReplaceAll(text, []byte("@"))
	return append(dst, text...), !bytes.Equal(text, src)
}

// maySpell says whether src holds an "at" or "@" that could be one of those;
// it is the cheap question before the dear one.
func maySpell(src []byte) bool {
	for rest := src; ; {
		i := bytes.IndexAny(rest, "@tT")
		if i < 0 {
			return false
		}
		before, after := byteAt(rest, i-1), byteAt(rest, i+1)
		if rest[i] != '@' {
			if before|0x20 != 'a' && before != 0xA4 || isWordByte(after) {
				rest = rest[i+1:]
				continue
			}
			before = byteAt(rest, i-2)
		}
		if !isWordByte(before) || !isWordByte(after) {
			return true
		}
		rest = rest[i+1:]
	}
}

func byteAt(b []byte, i int) byte {
	if i < 0 || i >= len(b) {
		return ' '
	}
	return b[i]
}

func isWordByte(c byte) bool {
	return c >= 0x80 || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}
