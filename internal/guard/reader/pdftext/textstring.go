package pdftext

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// pdfDocOdd are the characters of PDFDocEncoding (ISO 32000-1 annex D.3) that
// are not those of Latin-1, from 0x18 and from 0x80 on.
var pdfDocOdd = map[byte][]rune{
	0x18: []rune("˘ˇˆ˙˝˛˚˜"),
	0x80: []rune("•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž\uFFFD€"),
}

// textStrings gives what the bytes of a text string may stand for (ISO 32000-2
// section 7.9.2.2), and what programs make of those who do it wrong.
func textStrings(s string) []string {
	switch {
	case strings.HasPrefix(s, "\xFE\xFF"):
		return []string{fromUTF16(s[2:], 0)}
	case strings.HasPrefix(s, "\xFF\xFE"):
		return []string{fromUTF16(s[2:], 1)}
	case strings.HasPrefix(s, "\xEF\xBB\xBF"):
		return []string{strings.ToValidUTF8(s[3:], "\uFFFD")}
	}
	all := []string{fromPDFDoc(s)}
	if all[0] != s && utf8.ValidString(s) {
		all = append(all, s)
	}
	if strings.IndexByte(s, 0) >= 0 {
		all = append(all, fromUTF16(s, 0), fromUTF16(s, 1))
	}
	return all
}

// fromUTF16 decodes UTF-16 whose higher bytes stand at odd or even places.
func fromUTF16(s string, higher int) string {
	units := make([]uint16, 0, len(s)/2)
	for i := 0; i+1 < len(s); i += 2 {
		units = append(units, uint16(s[i+higher])<<8|uint16(s[i+1-higher]))
	}
	return string(utf16.Decode(units))
}

func fromPDFDoc(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		b.WriteRune(pdfDoc(s[i]))
	}
	return b.String()
}

func pdfDoc(c byte) rune {
	for first, odd := range pdfDocOdd {
		if i := int(c) - int(first); 0 <= i && i < len(odd) {
			return odd[i]
		}
	}
	return rune(c)
}
