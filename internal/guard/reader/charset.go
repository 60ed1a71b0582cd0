package reader

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	xunicode "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// marks are the byte order marks, the longer ones first: that of UTF-32
// begins with that of UTF-16.
var marks = []struct {
	mark string
	enc  encoding.Encoding
}{
	{"\xFF\xFE\x00\x00", utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)},
	{"\x00\x00\xFE\xFF", utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)},
	{"\xEF\xBB\xBF", encoding.Nop},
	{"\xFF\xFE", utf16LE},
	{"\xFE\xFF", utf16BE},
}

var (
	utf16LE = xunicode.UTF16(xunicode.LittleEndian, xunicode.IgnoreBOM)
	utf16BE = xunicode.UTF16(xunicode.BigEndian, xunicode.IgnoreBOM)
)

// legacy are the charsets that programs take a text for that is not UTF-8,
// by the country they are set up for.
var legacy = []encoding.Encoding{
	charmap.Windows1252, charmap.Windows1250, charmap.Windows1251, charmap.Windows1253,
	charmap.Windows1254, charmap.Windows1255, charmap.Windows1256, charmap.Windows1257,
	charmap.Windows1258, charmap.Windows874, charmap.KOI8R, charmap.CodePage437, charmap.CodePage850, charmap.Macintosh,
	simplifiedchinese.GB18030, traditionalchinese.Big5, japanese.ShiftJIS, japanese.EUCJP, korean.EUCKR,
}

// decode gives content in UTF-8, in each charset it may be in, as far as they
// differ; most bytes are allowed for all of them. What charsets name ("" for
// none) it is in, and may be in others besides.
func decode(content []byte, most int, charsets ...string) ([][]byte, error) {
	texts := texts{most: most}
	for _, m := range marks {
		if rest, ok := bytes.CutPrefix(content, []byte(m.mark)); ok {
			texts.add(m.enc, rest)
			return texts.result()
		}
	}
	for _, name := range charsets {
		if name == "" {
			continue
		}
		enc, err := byName(name)
		if err != nil {
			return nil, err
		}
		if !texts.add(enc, content) {
			return nil, unreadable("not in the charset that it claims")
		}
	}
	switch {
	case bytes.IndexByte(content, 0) >= 0:
		if mayBeUTF16(content) {
			texts.add(utf16LE, content)
			texts.add(utf16BE, content)
		}
	case bytes.IndexByte(content, 0x1B) >= 0:
		texts.add(japanese.ISO2022JP, content)
	case texts.add(encoding.Nop, content):
		if bytes.Contains(content, []byte("~{")) {
			texts.add(simplifiedchinese.HZGB2312, content)
		}
	default:
		for _, enc := range legacy {
			texts.add(enc, content)
		}
		if !isMostlyASCII(content) {
			texts.add(utf16LE, content)
			texts.add(utf16BE, content)
		}
	}
	return texts.result()
}

// mayBeUTF16 says whether content, which holds NULs, can be UTF-16 and nothing
// else: every second byte is one, or there would be no text without them.
func mayBeUTF16(content []byte) bool {
	if len(content)%2 != 0 {
		return false
	}
	nuls := [2]int{}
	for i, c := range content {
		if c == 0 {
			nuls[i%2]++
		}
	}
	if half := len(content) / 2; nuls == [2]int{half, 0} || nuls == [2]int{0, half} {
		return true
	}
	return !isText(bytes.ReplaceAll(content, []byte{0}, nil))
}

// isMostlyASCII says whether more than three in four bytes are ASCII that shows,
// as in no UTF-16 without NULs.
func isMostlyASCII(content []byte) bool {
	n := 0
	for _, c := range content {
		if ' ' <= c && c <= '~' {
			n++
		}
	}
	return n > len(content)/4*3
}

// byName gives the charset of that name, by the Encoding Standard's labels or
// IANA's.
func byName(name string) (encoding.Encoding, error) {
	if enc, err := htmlindex.Get(name); err == nil {
		return enc, nil
	}
	if enc, err := ianaindex.MIME.Encoding(name); err == nil && enc != nil {
		return enc, nil
	}
	return nil, unreadable("in an unknown charset")
}

// texts collects the readings of one content.
type texts struct {
	all  [][]byte
	most int // bytes that are left
	over bool
}

// add adds content as enc reads it, if that is text.
func (t *texts) add(enc encoding.Encoding, content []byte) bool {
	text, err := enc.NewDecoder().Bytes(content)
	if err != nil || !isText(text) || enc != encoding.Nop && bytes.ContainsRune(text, utf8.RuneError) {
		return false // decoders put U+FFFD in place of what is not in the charset
	}
	for _, other := range t.all {
		if bytes.Equal(other, text) {
			return true
		}
	}
	if t.most -= len(text); t.most < 0 {
		t.over = true
		return true
	}
	t.all = append(t.all, text)
	return true
}

func (t *texts) result() ([][]byte, error) {
	switch {
	case t.over:
		return nil, unreadable("too large to be read in every charset it may be in: save it as UTF-8")
	case len(t.all) == 0:
		return nil, unreadable("no text in any charset")
	}
	return t.all, nil
}

// isText says whether s is valid and holds nothing but characters that show,
// spaces, line and page breaks, and the end-of-file mark of old programs at its
// end.
func isText(s []byte) bool {
	s = bytes.TrimRight(s, "\x1A")
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRune(s[i:])
		i += size
		switch {
		case r == utf8.RuneError && size == 1:
			return false
		case '\t' <= r && r <= '\r', ' ' <= r && r <= '~':
		case r < utf8.RuneSelf, unicode.IsControl(r):
			return false
		case !isAssigned(r):
			return false
		}
	}
	return true
}

func isAssigned(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cf)
}
