package guard

import (
	"bytes"
	"html"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// An undoing appends to dst what a program makes of src, and says whether that
// is anything else. Where it is not, dst is given back unchanged.
type undoing func(dst, src []byte) ([]byte, bool)

// undoings are the ways in which text is written so that a program shows it
// otherwise. Each is tried on what each other one makes.
var undoings = [...]struct {
	needs mark // one of these must stand in the text
	run   undoing
}{
	{hidden, dropHidden}, {hidden, undoOverride}, {ampersand, undoEntities}, {percent, undoPercent},
	{backslash, undoScript}, {backslash, undoStyle}, {backslash, dropBackslashes},
	{sign | letterT, undoSpelled}, {sign, undoEnclosed}, {plus, undoConcatenation},
}

// mark is a kind of character without which there is nothing to undo.
type mark uint8

const (
	hidden mark = 1 << iota // not printable ASCII nor white space
	ampersand
	percent
	backslash
	sign // @
	letterT
	plus
	equals
)

var marks = marksOfBytes()

func marksOfBytes() (t [256]mark) {
	for c := range t {
		if c >= 0x7F || c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			t[c] = hidden
		}
	}
	t['&'], t['%'], t['\\'], t['@'], t['t'], t['T'] = ampersand, percent, backslash, sign, letterT, letterT
	t['+'], t['='] = plus, equals
	return t
}

// marksIn says which marks stand in text.
func marksIn(text []byte) (m mark) {
	for _, c := range text {
		m |= marks[c]
	}
	return m
}

// dropHidden drops what shows nothing (format characters, soft hyphens,
// variation selectors, controls but for white space) and puts compatibility
// forms, such as full-width letters, into their plain form.
func dropHidden(dst, src []byte) ([]byte, bool) {
	from := len(dst)
	for i := 0; i < len(src); {
		n := 0
		for i+n < len(src) && marks[src[i+n]]&hidden == 0 {
			n++
		}
		dst = append(dst, src[i:i+n]...)
		i += n
		if i == len(src) {
			break
		}
		c, n := utf8.DecodeRune(src[i:])
		if !isHidden(c) {
			dst = append(dst, src[i:i+n]...)
		}
		i += n
	}
	if !norm.NFKC.IsNormal(dst[from:]) {
		dst = append(dst[:from], norm.NFKC.Bytes(dst[from:])...)
	}
	return dst, !bytes.Equal(dst[from:], src)
}

func isHidden(c rune) bool {
	switch {
	case c == '\n' || c == '\r' || c == '\t':
		return false
	case c < ' ' || c == 0x7F:
		return true
	case c < 0xAD:
		return false
	case c == 0x034F, c == 0x115F, c == 0x1160, c == 0x17B4, c == 0x17B5, c == 0x3164, c == 0xFFA0:
		return true // grapheme joiner, fillers, inherent vowels
	}
	return unicode.Is(unicode.Cf, c) || unicode.Is(unicode.Variation_Selector, c) || unicode.Is(unicode.Co, c)
}

// maxEntity is the longest entity that is looked at, "&" and ";" included:
// that of HTML with the longest name, and numbers with many zeros.
const maxEntity = 40

// undoEntities undoes HTML's character references, also those without ";".
func undoEntities(dst, src []byte) ([]byte, bool) {
	return replace(dst, src, '&', func(dst, s []byte) ([]byte, int) {
		n := 1
		for n < len(s) && n < maxEntity && isEntityByte(s[n]) {
			n++
		}
		if n < len(s) && s[n] == ';' {
			n++
		}
		text := html.UnescapeString(string(s[:n]))
		if text == string(s[:n]) {
			return dst, 0
		}
		return append(dst, text...), n
	})
}

func isEntityByte(c byte) bool {
	return c == '#' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// undoPercent undoes the percent encoding of URLs (RFC 3986 section 2.1).
func undoPercent(dst, src []byte) ([]byte, bool) {
	return replace(dst, src, '%', func(dst, s []byte) ([]byte, int) {
		v, n := hexDigits(s[1:], 2)
		if n < 2 {
			return dst, 0
		}
		return append(dst, byte(v)), 3
	})
}

// undoScript undoes the escapes of JavaScript, JSON and C: \xHH, \uHHHH,
// \u{H…}, \OOO, \n.
func undoScript(dst, src []byte) ([]byte, bool) {
	return replace(dst, src, '\\', func(dst, s []byte) ([]byte, int) {
		if len(s) < 2 {
			return dst, 0
		}
		switch s[1] {
		case 'x':
			if v, n := hexDigits(s[2:], 2); n == 2 {
				return utf8.AppendRune(dst, v), 4
			}
		case 'u', 'U':
			return undoUnicode(dst, s)
		case 'n', 'r', 't', 'b', 'f', 'v':
			return append(dst, ' '), 2
		case '0', '1', '2', '3', '4', '5', '6', '7':
			return undoOctal(dst, s)
		}
		return append(dst, s[1]), 2
	})
}

// undoUnicode undoes \uHHHH, a pair of them that is a surrogate pair, \u{H…}
// and \UHHHHHHHH at the beginning of s.
func undoUnicode(dst, s []byte) ([]byte, int) {
	if len(s) > 2 && s[2] == '{' {
		if v, n := hexDigits(s[3:], 6); n > 0 && 3+n < len(s) && s[3+n] == '}' {
			return utf8.AppendRune(dst, v), 4 + n
		}
	}
	if v, n := hexDigits(s[2:], 8); s[1] == 'U' && n == 8 {
		return utf8.AppendRune(dst, v), 10
	}
	v, n := hexDigits(s[2:], 4)
	if n < 4 {
		return append(dst, s[1]), 2
	}
	if v >= 0xD800 && v < 0xDC00 && len(s) >= 12 && s[6] == '\\' && s[7] == 'u' {
		if low, n := hexDigits(s[8:], 4); n == 4 && low >= 0xDC00 && low < 0xE000 {
			return utf8.AppendRune(dst, 0x10000+(v-0xD800)<<10+low-0xDC00), 12
		}
	}
	return utf8.AppendRune(dst, v), 6
}

func undoOctal(dst, s []byte) ([]byte, int) {
	v, n := 0, 1
	for n < len(s) && n < 4 && s[n] >= '0' && s[n] <= '7' {
		v, n = v*8+int(s[n]-'0'), n+1
	}
	return utf8.AppendRune(dst, rune(v&0xFF)), n
}

// undoStyle undoes the escapes of CSS (CSS Syntax Level 3, section 4.3.7): up
// to six digits and one space.
func undoStyle(dst, src []byte) ([]byte, bool) {
	return replace(dst, src, '\\', func(dst, s []byte) ([]byte, int) {
		v, n := hexDigits(s[1:], 6)
		switch {
		case n == 0 && len(s) > 1 && s[1] == '\n':
			return dst, 2
		case n == 0:
			return dst, 1
		}
		n++
		if n < len(s) && (s[n] == ' ' || s[n] == '\n' || s[n] == '\t') {
			n++
		}
		return utf8.AppendRune(dst, v), n
	})
}

// dropBackslashes undoes quoted pairs (RFC 5322 section 3.2.1) and the escapes
// of calendars, cards and Markdown.
func dropBackslashes(dst, src []byte) ([]byte, bool) {
	return replace(dst, src, '\\', func(dst, s []byte) ([]byte, int) {
		if len(s) > 1 {
			dst = append(dst, s[1])
		}
		return dst, min(2, len(s))
	})
}

// replace copies src to dst, with what one makes of each place that begins
// with mark; one gives how many bytes it took, 0 for none.
func replace(dst, src []byte, mark byte, one func(dst, s []byte) ([]byte, int)) ([]byte, bool) {
	changed := false
	for {
		i := bytes.IndexByte(src, mark)
		if i < 0 {
			break
		}
		if !changed && len(dst) > 0 && cap(dst)-len(dst) < len(src) {
			dst = append(make([]byte, 0, len(dst)+len(src)), dst...)
		}
		dst = append(dst, src[:i]...)
		var n int
		dst, n = one(dst, src[i:])
		if n == 0 {
			dst, n = append(dst, mark), 1
		} else {
			changed = true
		}
		src = src[i+n:]
	}
	return append(dst, src...), changed
}

// hexDigits reads up to limit hexadecimal digits.
func hexDigits(s []byte, limit int) (v rune, n int) {
	for n < len(s) && n < limit {
		d := hexValue(s[n])
		if d < 0 {
			break
		}
		v, n = v<<4|rune(d), n+1
	}
	return v, n
}

func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
