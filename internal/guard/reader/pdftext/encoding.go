package pdftext

import (
	"strconv"
	"strings"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// encoding says which text the codes of a font stand for, by their byte; "" for
// what is not known.
type encoding [256]string

// standardOdd are the characters of StandardEncoding (ISO 32000-1 annex D.2)
// that are not those of ASCII.
const standardOdd = "\x27’\x60‘" +
	"\xA1¡\xA2¢\xA3£\xA4⁄\xA5¥\xA6ƒ\xA7§\xA8¤\xA9'\xAA“\xAB«\xAC‹\xAD›\xAEﬁ\xAFﬂ\xB1–\xB2†\xB3‡\xB4·\xB6¶\xB7•" +
	"\xB8‚\xB9„\xBA”\xBB»\xBC…\xBD‰\xBF¿\xC1`\xC2´\xC3ˆ\xC4˜\xC5¯\xC6˘\xC7˙\xC8¨\xCA˚\xCB¸\xCD˝\xCE˛\xCFˇ\xD0—" +
	"\xE1Æ\xE3ª\xE8Ł\xE9Ø\xEAŒ\xEBº\xF1æ\xF5ı\xF8ł\xF9ø\xFAœ\xFBß"

// spaces gives an encoding in which control characters, of which nothing shows,
// are spaces.
func spaces() *encoding {
	e := &encoding{}
	for c := range ' ' {
		e[c] = " "
	}
	return e
}

func standardEncoding() *encoding {
	e := spaces()
	for c := byte(' '); c <= '~'; c++ {
		e[c] = string(rune(c))
	}
	for s := standardOdd; s != ""; {
		code := s[0]
		r := []rune(s[1:])[0]
		e[code] = string(r)
		s = s[1+len(string(r)):]
	}
	return e
}

func charmapEncoding(m *charmap.Charmap) *encoding {
	e := spaces()
	for c := ' '; c <= 0xFF; c++ {
		if r := m.DecodeByte(byte(c)); r != '\uFFFD' {
			e[c] = string(r)
		}
	}
	return e
}

// namedEncoding gives a copy of the encoding of that name, nil for one that is
// not known.
func namedEncoding(n name) *encoding {
	switch n {
	case "WinAnsiEncoding":
		e := charmapEncoding(charmap.Windows1252)
		for _, c := range []byte{0x7F, 0x81, 0x8D, 0x8F, 0x90, 0x9D} { // annex D.2, note 3
			e[c] = "•"
		}
		return e
	case "MacRomanEncoding":
		return charmapEncoding(charmap.Macintosh)
	case "StandardEncoding":
		return standardEncoding()
	}
	return nil
}

// differ puts what a Differences array names into e.
func (e *encoding) differ(differences array) {
	code := 0
	for _, v := range differences {
		switch v := v.(type) {
		case int:
			code = v
		case name:
			if 0 <= code && code < len(e) {
				e[code] = glyphText(string(v))
			}
			code++
		}
	}
}

// glyphText gives the text that a glyph of that name shows, "" where the name
// does not say, by the rules of the Adobe Glyph List.
func glyphText(glyph string) string {
	glyph, _, _ = strings.Cut(glyph, ".")
	var b strings.Builder
	for _, part := range strings.Split(glyph, "_") {
		t := componentText(part)
		if t == "" {
			return ""
		}
		b.WriteString(t)
	}
	return b.String()
}

func componentText(glyph string) string {
	if len(glyph) == 1 {
		return glyph
	}
	if t, ok := glyphs[glyph]; ok {
		return t
	}
	if t := accented(glyph); t != "" {
		return t
	}
	if t := cyrillic(glyph); t != "" {
		return t
	}
	return numbered(glyph)
}

// numbered reads uni20AC00E9, u20AC.
func numbered(glyph string) string {
	if digits, ok := strings.CutPrefix(glyph, "uni"); ok && len(digits)%4 == 0 {
		if b, ok := unhex([]byte(digits)); ok {
			return fromUTF16(string(b), 0)
		}
	}
	digits, ok := strings.CutPrefix(glyph, "u")
	if !ok || len(digits) < 4 || len(digits) > 6 {
		return ""
	}
	r, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || r > 0x10FFFF {
		return ""
	}
	return string(rune(r))
}

var accents = map[string]string{
	"acute": "\u0301", "grave": "\u0300", "circumflex": "\u0302", "dieresis": "\u0308", "tilde": "\u0303",
	"ring": "\u030A", "caron": "\u030C", "cedilla": "\u0327", "commaaccent": "\u0327", "ogonek": "\u0328",
	"macron": "\u0304", "breve": "\u0306", "dotaccent": "\u0307", "hungarumlaut": "\u030B",
}

// accented reads Eacute and its like.
func accented(glyph string) string {
	if len(glyph) < 2 {
		return ""
	}
	mark, ok := accents[glyph[1:]]
	letter := glyph[0] | 0x20
	if !ok || letter < 'a' || letter > 'z' {
		return ""
	}
	return norm.NFC.String(glyph[:1] + mark)
}

// cyrillic reads afii10017 to afii10097, the letters of Russian.
func cyrillic(glyph string) string {
	digits, ok := strings.CutPrefix(glyph, "afii100")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil {
		return ""
	}
	first, yo := 'А', "Ё"
	if n >= 65 {
		n, first, yo = n-48, 'а', "ё"
	}
	switch {
	case n == 23:
		return yo
	case 17 <= n && n < 23:
		return string(first + rune(n-17))
	case 23 < n && n <= 49:
		return string(first + rune(n-18))
	}
	return ""
}

// glyphs are names that no rule tells.
var glyphs = parseGlyphs(`space=20 nbspace=20 nonbreakingspace=20 exclam=21 quotedbl=22 numbersign=23 dollar=24 percent=25
ampersand=26 quotesingle=27 parenleft=28 parenright=29 asterisk=2A plus=2B comma=2C hyphen=2D period=2E slash=2F zero=30
one=31 two=32 three=33 four=34 five=35 six=36 seven=37 eight=38 nine=39 colon=3A semicolon=3B less=3C equal=3D greater=3E
question=3F at=40 bracketleft=5B backslash=5C bracketright=5D asciicircum=5E underscore=5F grave=60 braceleft=7B bar=7C
braceright=7D asciitilde=7E exclamdown=A1 cent=A2 sterling=A3 currency=A4 yen=A5 brokenbar=A6 section=A7 dieresis=A8
copyright=A9 ordfeminine=AA guillemotleft=AB logicalnot=AC sfthyphen=AD softhyphen=AD registered=AE macron=AF degree=B0
plusminus=B1 twosuperior=B2 threesuperior=B3 acute=B4 mu=B5 mu1=B5 paragraph=B6 periodcentered=B7 middot=B7 cedilla=B8
onesuperior=B9 ordmasculine=BA guillemotright=BB onequarter=BC onehalf=BD threequarters=BE questiondown=BF AE=C6 Eth=D0
multiply=D7 Oslash=D8 Thorn=DE germandbls=DF ae=E6 eth=F0 divide=F7 oslash=F8 thorn=FE Dcroat=110 dcroat=111 Hbar=126
hbar=127 dotlessi=131 IJ=132 ij=133 kgreenlandic=138 Lslash=141 lslash=142 Eng=14A eng=14B OE=152 oe=153 Tbar=166 tbar=167
longs=17F florin=192 circumflex=2C6 caron=2C7 breve=2D8 dotaccent=2D9 ring=2DA ogonek=2DB tilde=2DC hungarumlaut=2DD
Alpha=391 Beta=392 Gamma=393 Delta=394 Epsilon=395 Zeta=396 Eta=397 Theta=398 Iota=399 Kappa=39A Lambda=39B Mu=39C Nu=39D
Xi=39E Omicron=39F Pi=3A0 Rho=3A1 Sigma=3A3 Tau=3A4 Upsilon=3A5 Phi=3A6 Chi=3A7 Psi=3A8 Omega=3A9 alpha=3B1 beta=3B2
gamma=3B3 delta=3B4 epsilon=3B5 zeta=3B6 eta=3B7 theta=3B8 iota=3B9 kappa=3BA lambda=3BB nu=3BD xi=3BE omicron=3BF pi=3C0
rho=3C1 sigma1=3C2 sigma=3C3 tau=3C4 upsilon=3C5 phi=3C6 chi=3C7 psi=3C8 omega=3C9 endash=2013 emdash=2014 quoteleft=2018
quoteright=2019 quotesinglbase=201A quotedblleft=201C quotedblright=201D quotedblbase=201E dagger=2020 daggerdbl=2021
bullet=2022 ellipsis=2026 perthousand=2030 guilsinglleft=2039 guilsinglright=203A fraction=2044 Euro=20AC trademark=2122
arrowleft=2190 arrowup=2191 arrowright=2192 arrowdown=2193 minus=2212 radical=221A infinity=221E approxequal=2248
notequal=2260 lessequal=2264 greaterequal=2265 lozenge=25CA ff=FB00 fi=FB01 fl=FB02 ffi=FB03 ffl=FB04 commaaccent=2C`)

func parseGlyphs(list string) map[string]string {
	m := map[string]string{}
	for _, entry := range strings.Fields(list) {
		glyph, digits, _ := strings.Cut(entry, "=")
		r, _ := strconv.ParseUint(digits, 16, 32)
		m[glyph] = string(rune(r))
	}
	return m
}
