package identifier

import (
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// class is what a character does to the word it stands in.
type class uint8

const (
	separator class = iota // ends a word
	letter                 // joins with the letters and digits beside it
	alone                  // is a word by itself, with the marks after it
	mark                   // belongs to the character before it
	ignored                // is not there
)

// wide stands in ascii for a byte of a longer character.
const wide = 0xFF

// ascii gives the normal form of a byte: its lower case, 0 for a separator.
var ascii = asciiTable()

func asciiTable() (t [256]uint8) {
	for c := range t {
		switch {
		case c >= utf8.RuneSelf:
			t[c] = wide
		case '0' <= c && c <= '9', 'a' <= c && c <= 'z':
			t[c] = uint8(c)
		case 'A' <= c && c <= 'Z':
			t[c] = uint8(c + 'a' - 'A')
		}
	}
	return t
}

// folded is the normal form of one character.
type folded struct {
	class class
	n     uint8    // bytes in base
	m     uint8    // marks in marks
	base  [36]byte // U+FDFA, the longest one, has 33
	marks [4]rune  // those that may change places (combining class above 0)
}

// lowEnd is where the scripts end whose characters are kept folded.
const lowEnd = 0x3100

// low holds the characters before lowEnd. It is made for the first one beyond
// ASCII: most texts need none.
var low = sync.OnceValue(func() *[lowEnd]folded {
	t := new([lowEnd]folded)
	for r := range t {
		t[r] = foldRune(rune(r))
	}
	return t
})

// A folder folds one character at a time.
type folder struct{ last folded }

// fold gives the normal form of r, good until the next call.
func (f *folder) fold(r rune) *folded {
	switch {
	case r < lowEnd:
		return &low()[r]
	case 0x4E00 <= r && r <= 0x9FFF: // Han that is nothing but itself
		f.last = folded{class: alone}
		f.last.n = uint8(utf8.EncodeRune(f.last.base[:], r))
	case hangulBase <= r && r <= hangulLast:
		f.last = foldSyllable(r)
	default:
		f.last = foldRune(r)
	}
	return &f.last
}

// foldRune gives the normal form of r: compatibility decomposition (UAX 15,
// NFKD), then case folding.
func foldRune(r rune) (f folded) {
	var buf [20]rune
	for i, d := range decompose(buf[:0], r) {
		c := classOf(d)
		if i == 0 {
			f.class = c
		}
		if c != separator && c != ignored {
			f.add(d, c)
		}
	}
	return f
}

func (f *folded) add(d rune, c class) {
	var enc [utf8.UTFMax]byte
	n := utf8.EncodeRune(enc[:], d)
	if c == mark && norm.NFKD.Properties(enc[:n]).CCC() > 0 {
		if int(f.m) < len(f.marks) {
			f.marks[f.m] = d
			f.m++
		}
		return
	}
	f.n += uint8(copy(f.base[f.n:], enc[:n]))
}

// Conjoining Hangul (Unicode 3.12): a syllable is its letters.
const (
	hangulBase, hangulLast = 0xAC00, 0xD7A3
	jamoL, jamoV, jamoT    = 0x1100, 0x1161, 0x11A7
	jamoVCount, jamoTCount = 21, 28
)

func foldSyllable(r rune) folded {
	f, s := folded{class: alone}, r-hangulBase
	b := utf8.AppendRune(f.base[:0], jamoL+s/(jamoVCount*jamoTCount))
	b = utf8.AppendRune(b, jamoV+s/jamoTCount%jamoVCount)
	if t := s % jamoTCount; t != 0 {
		b = utf8.AppendRune(b, jamoT+t)
	}
	f.n = uint8(len(b))
	return f
}

func decompose(dst []rune, r rune) []rune {
	if r == 'ß' || r == 'ẞ' {
		return append(dst, 's', 's')
	}
	var enc [utf8.UTFMax]byte
	n := utf8.EncodeRune(enc[:], r)
	d := norm.NFKD.Properties(enc[:n]).Decomposition()
	if d == nil {
		return append(dst, foldCase(r))
	}
	for len(d) > 0 {
		r, size := utf8.DecodeRune(d)
		dst = append(dst, foldCase(r))
		d = d[size:]
	}
	return dst
}

// foldCase goes by way of the upper case, so that final sigma, long s and
// dotless i become what their capitals become.
func foldCase(r rune) rune {
	if unicode.IsDigit(r) {
		return '0' + digit(r)
	}
	return unicode.ToLower(unicode.ToUpper(r))
}

// digit gives the value of a decimal digit of any script: they stand in tens,
// one ten after another.
func digit(r rune) rune {
	v := rune(0)
	for unicode.IsDigit(r - 1 - v) {
		v++
	}
	return v % 10
}

// Unspaced says whether r is a word by itself, since its script puts no space
// between words, or puts particles after names without one.
func Unspaced(r rune) bool {
	var f folder
	return r >= utf8.RuneSelf && f.fold(r).class == alone
}

func classOf(r rune) class {
	switch {
	case isIgnored(r):
		return ignored
	case jamoV-1 <= r && r <= 0x11FF, 0xD7B0 <= r && r <= 0xD7FB:
		return mark // vowels and finals of a Hangul syllable
	case unicode.IsLetter(r), unicode.IsNumber(r):
		if r >= 0x0E00 && unicode.In(r, unspaced...) {
			return alone
		}
		return letter
	case unicode.Is(unicode.Me, r):
		return ignored // a circle or key around a digit
	case unicode.IsMark(r):
		return mark
	}
	return separator
}

// unspaced are the scripts that put no space between words, and Hangul, which
// puts particles after names without one.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo,
	unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan,
	unicode.Javanese, unicode.Balinese, unicode.Tai_Le, unicode.New_Tai_Lue, unicode.Tai_Tham,
}

// isIgnored says whether r shows nothing: format characters, variation
// selectors and the grapheme joiner.
func isIgnored(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) || r == 0x034F
}
