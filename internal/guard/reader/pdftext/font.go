package pdftext

import (
	"strings"
	"unicode"
)

// font says which text the codes of a font stand for, and how wide they are.
type font struct {
	toUnicode cmap
	encoding  *encoding // of codes of one byte
	wide      bool      // codes have two bytes
	unicode   bool      // and are UTF-16
	widths    map[int]float64
	usual     float64 // width of what is not in widths
	scale     float64 // of widths, to the size of the font
}

// A glyph is what one code shows.
type glyph struct {
	text  string  // "" where nobody can tell
	drawn string  // by the encoding, where the font says two things
	width float64 // 1 is the size of the font
	space bool    // the code 32, by which words are spaced
}

// fontOf reads the font that v is or refers to.
func (d *document) fontOf(v any) (*font, error) {
	at, indirect := v.(ref)
	if f, ok := d.fonts[at]; ok && indirect {
		return f, nil
	}
	f := &font{widths: map[int]float64{}, usual: 500, scale: 0.001}
	if err := f.read(d, d.dictOf(v)); err != nil {
		return nil, err
	}
	if indirect {
		d.fonts[at] = f
	}
	return f, nil
}

func (f *font) read(d *document, font dict) error {
	if s, ok := d.resolve(font["ToUnicode"]).(stream); ok {
		content, err := d.decoded(s)
		if err != nil {
			return err
		}
		if f.toUnicode, err = parseCMap(content); err != nil {
			return err
		}
	}
	if d.resolve(font["Subtype"]) == name("Type0") {
		f.readComposite(d, font)
		return nil
	}
	f.encoding = d.encodingOf(font)
	f.readWidths(d, font)
	return nil
}

// readComposite reads a font with codes of two bytes (ISO 32000-1 section 9.7).
func (f *font) readComposite(d *document, font dict) {
	f.wide, f.usual = true, 1000
	coding, _ := d.resolve(font["Encoding"]).(name)
	f.unicode = strings.Contains(string(coding), "UCS2") || strings.Contains(string(coding), "UTF16")
	if !f.unicode && !strings.HasPrefix(string(coding), "Identity-") {
		f.toUnicode = nil // the codes' length is not known
	}
	for _, v := range d.list(font["DescendantFonts"]) {
		descendant := d.dictOf(v)
		if w, ok := descendant["DW"]; ok {
			f.usual = d.number(w)
		}
		f.readCompositeWidths(d, d.list(descendant["W"]))
	}
}

// readCompositeWidths reads "c [w …]" and "first last w".
func (f *font) readCompositeWidths(d *document, w array) {
	for len(w) >= 2 {
		first := int(d.number(w[0]))
		if each, ok := d.resolve(w[1]).(array); ok {
			for i, v := range each {
				f.widths[first+i] = d.number(v)
			}
			w = w[2:]
			continue
		}
		if len(w) < 3 {
			return
		}
		for code := max(first, 0); code <= int(d.number(w[1])) && code < maxCodes; code++ {
			f.widths[code] = d.number(w[2])
		}
		w = w[3:]
	}
}

func (f *font) readWidths(d *document, font dict) {
	if base, _ := d.resolve(font["BaseFont"]).(name); strings.Contains(string(base), "Courier") {
		f.usual = 600
	}
	first := int(d.number(font["FirstChar"]))
	for i, v := range d.list(font["Widths"]) {
		f.widths[first+i] = d.number(v)
	}
	if m := d.list(font["FontMatrix"]); len(m) == 6 { // of a Type 3 font
		f.scale = d.number(m[0])
	}
}

// encodingOf gives the encoding of a font with codes of one byte (ISO 32000-1
// section 9.6.6), nil where it is in the font alone.
func (d *document) encodingOf(font dict) *encoding {
	own := d.ownEncoding(font)
	switch e := d.resolve(font["Encoding"]).(type) {
	case name:
		return namedEncoding(e)
	case dict:
		base := own
		if n, ok := d.resolve(e["BaseEncoding"]).(name); ok {
			base = namedEncoding(n)
		}
		if base == nil {
			base = &encoding{}
		}
		base.differ(d.list(e["Differences"]))
		return base
	}
	return own
}

// ownEncoding gives the encoding that a font has without saying.
func (d *document) ownEncoding(font dict) *encoding {
	descriptor := d.dictOf(font["FontDescriptor"])
	if s, ok := d.resolve(descriptor["FontFile"]).(stream); ok {
		return d.programEncoding(s)
	}
	const nonsymbolic = 1 << 5
	embedded := descriptor["FontFile2"] != nil || descriptor["FontFile3"] != nil
	if embedded && int(d.number(descriptor["Flags"]))&nonsymbolic == 0 || d.resolve(font["Subtype"]) == name("Type3") {
		return nil
	}
	return standardEncoding()
}

// glyphs gives what the codes in s show.
func (f *font) glyphs(s literal) []glyph {
	all := make([]glyph, 0, len(s))
	for i := 0; i < len(s); i++ {
		code := int(s[i])
		if f.wide {
			if i++; i < len(s) {
				code = code<<8 | int(s[i])
			}
		}
		all = append(all, f.glyph(code))
	}
	return all
}

func (f *font) glyph(code int) glyph {
	g := glyph{width: f.usual * f.scale, space: !f.wide && code == ' '}
	if w, ok := f.widths[code]; ok {
		g.width = w * f.scale
	}
	switch {
	case f.unicode:
		g.text = string(rune(code))
	case !f.wide && f.encoding != nil:
		g.text = apart(f.encoding[code])
	}
	g.drawn = g.text
	if t, ok := f.toUnicode[code]; ok && !isVoid(t) {
		g.text = apart(plainSymbols(t))
	}
	if g.drawn == "" {
		g.drawn = g.text
	}
	return g
}

// apart takes a ligature apart: no name is spelled with them.
func apart(t string) string {
	if len(t) == len("ﬁ") && t[0] == "ﬁ"[0] {
		return ligatures.Replace(t)
	}
	return t
}

var ligatures = strings.NewReplacer("ﬀ", "ff", "ﬁ", "fi", "ﬂ", "fl", "ﬃ", "ffi", "ﬄ", "ffl", "ﬅ", "st", "ﬆ", "st")

// isVoid says whether t tells nothing of what is shown.
func isVoid(t string) bool {
	for _, r := range t {
		if r == 0 || r == unicode.ReplacementChar || unicode.Is(unicode.Co, r) && (r < 0xF020 || r > 0xF0FF) {
			return true
		}
	}
	return t == ""
}

// plainSymbols undoes how symbol fonts map their codes, 0x20 to 0xFF, into the
// private use area.
func plainSymbols(t string) string {
	return strings.Map(func(r rune) rune {
		if 0xF020 <= r && r <= 0xF0FF {
			return r - 0xF000
		}
		return r
	}, t)
}
