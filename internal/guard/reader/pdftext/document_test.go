package pdftext

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"
)

const (
	most   = 1 << 20
	bob    = "bob.brown@b.example"
	bobHex = "<626F622E62726F776E40622E6578616D706C65>"
)

// wide gives s as a string of UTF-16 with its mark, in hexadecimal.
func wide(s string) string {
	b := []byte{0xFE, 0xFF}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return "<" + hex.EncodeToString(b) + ">"
}

// holds says whether want stands in one of the pieces as a whole word.
func holds(pieces []Piece, want string) bool {
	for _, p := range pieces {
		for _, w := range strings.FieldsFunc(string(p.Data), func(r rune) bool { return strings.ContainsRune(" \n<>\"':;,()", r) }) {
			if w == want {
				return true
			}
		}
	}
	return false
}

func annotated(annotation string) *writer {
	return newPDF(hello).inPage("/Annots[6 0 R]", "").with(6, "<</Type/Annot/Rect[0 0 9 9]"+annotation+">>")
}

const identityFont = "<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/ToUnicode 6 0 R" +
	"/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/A/DW 600/W[1[500 500]3 9 550]>>]>>"

// toUnicode maps 0x0101 to a, and so on.
const toUnicode = "/CIDInit /ProcSet findresource begin begincmap\n1 begincodespacerange <0000> <FFFF> endcodespacerange\n" +
	"2 beginbfrange <0121> <0126> [<0041> <0042> <0043> <0044> <0045> <0046>] <0100> <011A> <0060> endbfrange\n" +
	"2 beginbfchar <0001> <0040> <0002> <002E> endbfchar endcmap end"

// inCodes writes s in the codes of toUnicode.
func inCodes(s string) string {
	codes := ""
	for _, c := range s {
		switch c {
		case '@':
			codes += "0001"
		case '.':
			codes += "0002"
		default:
			codes += fmt.Sprintf("%04X", c-0x60+0x100)
		}
	}
	return "<" + codes + ">"
}

func TestFound(t *testing.T) {
	xmp := `<?xpacket begin="" id="x"?><x:xmpmeta><dc:creator>` + bob + `</dc:creator></x:xmpmeta>`
	tests := []struct {
		name string
		file []byte
	}{
		{"a page", newPDF("BT /F1 12 Tf (" + bob + ") Tj ET").bytes()},
		{"a page, in hexadecimal", newPDF("BT /F1 12 Tf " + bobHex + " Tj ET").bytes()},
		{"a page, with escapes", newPDF(`BT /F1 12 Tf (bob\056br\157wn\` + "\n" + `@b.example) Tj ET`).bytes()},
		{"a page, stored", newPDF("").with(4, stored("", "BT /F1 12 Tf ("+bob+") Tj ET")).bytes()},
		{"a page, in ASCII85", newPDF("").with(4, stored("/Filter/ASCII85Decode", ascii85Of("BT /F1 12 Tf ("+bob+") Tj ET"))).bytes()},
		{"a page, in hexadecimal as a whole", newPDF("").with(4, stored("/Filter[/ASCIIHexDecode]", hex.EncodeToString([]byte("BT /F1 12 Tf ("+bob+") Tj ET"))+">")).bytes()},
		{"a page in two parts", newPDF("").inPage("", "").with(4, "[7 0 R 8 0 R]").with(7, packed("", "BT /F1 12 Tf (bob.brown")).with(8, packed("", ") Tj (@b.example) Tj ET")).bytes()},
		{"the length elsewhere", newPDF("").with(4, strings.Replace(stored("", "BT /F1 12 Tf ("+bob+") Tj ET"), "/Length 44", "/Length 9 0 R", 1)).with(9, "44").bytes()},
		{"kerned", newPDF("BT /F1 12 Tf [(bob) 20 (.b) -30 (ro) 15 (wn@b) 10 (.example)] TJ ET").bytes()},
		{"spaced by kerning", newPDF("BT /F1 12 Tf [(write) -300 (to) -300 (" + bob + ") -300 (today)] TJ ET").bytes()},
		{"glyph by glyph", newPDF(glyphByGlyph(bob)).with(5, withWidths).bytes()},
		{"glyph by glyph, in a wrong order", newPDF(backwards(bob)).with(5, withWidths).bytes()},
		{"glyph by glyph, far apart", newPDF("BT /F1 10 Tf [" + strings.Join(each(bob, "(%c)"), "-800") + "] TJ ET").bytes()},
		{"broken over two lines", newPDF("BT /F1 12 Tf 14 TL (write to bob.br) Tj T* (own@b.example today) Tj ET").bytes()},
		{"broken by a hyphen", newPDF("BT /F1 12 Tf 14 TL (write to bob.br-) Tj T* (own@b.example today) Tj ET").bytes()},
		{"spaced by the letters' distance", newPDF("BT /F1 10 Tf 2.5 Tc (xb) Tj 0 Tc [250 (ob.brown@b.example)] TJ ET").with(5, withWidths).bytes()},
		{"a space of no width", newPDF("BT /F1 10 Tf -5 Tw (bob.br own@b.example) Tj ET").with(5, withWidths).bytes()},
		{"letters apart", newPDF("BT /F1 10 Tf 3 Tc (" + bob + ") Tj ET").bytes()},
		{"the next line's operator", newPDF("BT /F1 12 Tf 14 TL (write to) ' 1 1 (" + bob + ") \" ET").bytes()},
		{"two bytes a code", newPDF("BT /F1 12 Tf "+inCodes(bob)+" Tj ET").with(5, identityFont).with(6, packed("", toUnicode)).bytes()},
		{"an encoding of its own", newPDF(`BT /F1 12 Tf (\001\002\001.brown\003b.example) Tj ET`).with(5, "<</Type/Font/Subtype/Type1/BaseFont/A/Encoding<</Differences[1/b/o/at]>>>>").bytes()},
		{"an encoding that the text belies", unopened(newPDF("BT /F1 12 Tf ("+bob+") Tj ET").with(5, strings.Replace(plainly, ">>", "/ToUnicode 6 0 R>>", 1)).with(6, packed("", "1 beginbfrange <00><FF><0000> endbfrange 1 beginbfchar <62><0078> endbfchar")))},
		{"a Type 1 font's own encoding", newPDF("BT /F1 12 Tf (\x01\x02\x01.brown@b.example) Tj ET").with(5, "<</Type/Font/Subtype/Type1/BaseFont/A/FontDescriptor<</FontFile 6 0 R>>>>").with(6, packed("/Length1 9", type1)).bytes()},
		{"a form", newPDF("/X1 Do").inPage("", "/XObject<</X1 6 0 R>>").with(6, packed("/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</Font<</F1 5 0 R>>>>", "BT /F1 12 Tf ("+bob+") Tj ET")).bytes()},
		{"a form without resources", newPDF("/X1 Do").inPage("", "/XObject<</X1 6 0 R>>").with(6, packed("/Subtype/Form", "BT /F1 12 Tf ("+bob+") Tj ET")).bytes()},
		{"how an annotation looks", annotated("/AP<</N 7 0 R>>").with(7, packed("/Subtype/Form/Resources<</Font<</F1 5 0 R>>>>", "BT /F1 12 Tf [(bob.bro) 3 (wn@b.example)] TJ ET")).bytes()},
		{"what a note says", annotated("/Subtype/Text/Contents(" + bob + ")").bytes()},
		{"what a note says, in UTF-16", annotated("/Subtype/Text/Contents " + wide(bob)).bytes()},
		{"a note with markup", annotated("/Subtype/Text/RC(<p>" + bob + "</p>)").bytes()},
		{"a link", annotated("/Subtype/Link/A<</S/URI/URI(mailto:" + bob + ")>>").bytes()},
		{"a form's field", newPDF(hello).inCatalog("/AcroForm<</Fields[6 0 R]>>").with(6, "<</FT/Tx/T(mail)/V("+bob+")>>").bytes()},
		{"a form in XML", newPDF(hello).inCatalog("/AcroForm<</Fields[]/XFA[(datasets)6 0 R]>>").with(6, packed("", "<xfa><mail>"+bob+"</mail></xfa>")).bytes()},
		{"a form's choice", newPDF(hello).inCatalog("/AcroForm<</Fields[6 0 R]>>").with(6, "<</FT/Btn/V/bob#2Ebrown#40b#2Eexample>>").bytes()},
		{"a bookmark", newPDF(hello).inCatalog("/Outlines 6 0 R").with(6, "<</First 7 0 R>>").with(7, "<</Title "+wide(bob)+">>").bytes()},
		{"a script", newPDF(hello).inCatalog("/OpenAction<</S/JavaScript/JS(app.alert\\('" + bob + "'\\))>>").bytes()},
		{"a script in a stream", newPDF(hello).inCatalog("/OpenAction<</S/JavaScript/JS 6 0 R>>").with(6, packed("", "app.alert('"+bob+"')")).bytes()},
		{"who made it", withTrailer(newPDF(hello), "/Info<</Author("+bob+")>>")},
		{"metadata", newPDF(hello).inCatalog("/Metadata 6 0 R").with(6, stored("/Type/Metadata/Subtype/XML", xmp)).bytes()},
		{"what a reader aloud says", newPDF("/Span<</ActualText(" + bob + ")>>BDC " + hello + " EMC").bytes()},
		{"an attached file", newPDF(hello).inCatalog("/Names<</EmbeddedFiles<</Names[(x)6 0 R]>>>>").with(6, "<</Type/Filespec/F(list.csv)/EF<</F 7 0 R>>>>").with(7, packed("/Type/EmbeddedFile", bob)).bytes()},
		{"an object stream", newPDF(hello).with(8, objectStream(map[int]string{20: "<</Nothing(x)>>", 21: "<</V(" + bob + ")>>"})).bytes()},
		{"an object that nothing refers to", newPDF(hello).with(8, "("+bob+")").bytes()},
		{"a page that nothing refers to", newPDF(hello).with(8, strings.ReplaceAll(fmt.Sprintf(onePage, "", ""), "4 0 R", "9 0 R")).with(9, packed("", "BT /F1 12 Tf [(bob.b) 1 (rown@b.example)] TJ ET")).bytes()},
		{"a page's replaced content", newPDF("BT /F1 12 Tf [(bob.b) 1 (rown@b.example)] TJ ET").revised(map[int]string{4: packed("", hello)})},
		{"a replaced field", newPDF(hello).with(6, "<</V("+bob+")>>").revised(map[int]string{6: "<</V()>>"})},
		{"behind an inline image", newPDF("BI /W 2/H 2/BPC 8/CS/G ID \x00EI\xFF\x01 EI BT /F1 12 Tf (" + bob + ") Tj ET").bytes()},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pieces, err := take(test.file, most)
			if err != nil || !holds(pieces, bob) {
				t.Errorf("%v\n%s", err, shown(pieces))
			}
		})
	}
}

func shown(pieces []Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		fmt.Fprintf(&b, "%c %q %q\n", p.Kind, p.Name, p.Data)
	}
	return b.String()
}

// unopened gives the file in a version that the library does not open.
func unopened(w *writer) []byte {
	return []byte(strings.Replace(string(w.bytes()), "%PDF-1.7", "%PDF-2.0", 1))
}

func withTrailer(w *writer, entries string) []byte {
	w.trailer = entries
	return w.bytes()
}

const type1 = "%!PS-AdobeFont-1.0: A\n/Encoding 256 array\n0 1 255 {1 index exch /.notdef put} for\n" +
	"dup 1 /b put\ndup 2 /o put\n" +
	"dup 46 /period put dup 98 /b put dup 114 /r put dup 111 /o put dup 119 /w put dup 110 /n put dup 64 /at put\n" +
	"dup 101 /e put dup 120 /x put dup 97 /a put dup 109 /m put dup 112 /p put dup 108 /l put\n" +
	"readonly def\ncurrentfile eexec \xF2\x91"

var withWidths = strings.Replace(plainly, ">>", "/FirstChar 0/Widths["+strings.Repeat("500 ", 256)+"]>>", 1)

func each(s, format string) []string {
	var all []string
	for _, c := range s {
		all = append(all, fmt.Sprintf(format, c))
	}
	return all
}

// placed gives the operators that show each letter of s by itself.
func placed(s string) []string {
	var all []string
	for i, c := range s {
		all = append(all, fmt.Sprintf("1 0 0 1 %d 700 Tm (%c) Tj", 200+6*i, c))
	}
	return append(all, "1 0 0 1 20 700 Tm (write to) Tj", "1 0 0 1 500 700 Tm (today) Tj")
}

func glyphByGlyph(s string) string {
	return "BT /F1 12 Tf " + strings.Join(placed(s), " ") + " ET"
}

func backwards(s string) string {
	p := placed(s)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(p), func(i, j int) { p[i], p[j] = p[j], p[i] })
	return "BT /F1 12 Tf " + strings.Join(p, " ") + " ET"
}

func TestUnreadable(t *testing.T) {
	secret := "BT /F1 12 Tf (\x01\x02) Tj ET"
	tests := []struct {
		name string
		file []byte
		want Reason
	}{
		{"nothing", []byte("%PDF-1.4\n"), damaged},
		{"cut off", newPDF(hello).bytes()[:300], damaged},
		{"encrypted", withTrailer(newPDF(hello), "/Encrypt<</Filter/Standard>>"), "encrypted"},
		{"encrypted, in a cross-reference stream", newPDF(hello).with(9, packed("/Type/XRef/Encrypt 8 0 R", "x")).bytes(), "encrypted"},
		{"a scan", newPDF("q 600 0 0 800 0 0 cm /X1 Do Q").inPage("", "/XObject<</X1 6 0 R>>").with(6, stored("/Subtype/Image/Filter/CCITTFaxDecode", "x")).bytes(), noText},
		{"an inline image", newPDF("BI /W 1/H 1/BPC 8/CS/G ID x EI").bytes(), noText},
		{"outlines", newPDF("1 1 m 2 2 l 3 3 l f").bytes(), noText},
		{"a font without ToUnicode", newPDF("BT /F1 12 Tf <00010002> Tj ET").with(5, strings.Replace(identityFont, "/ToUnicode 6 0 R", "", 1)).bytes(), illegible},
		{"a code without ToUnicode", newPDF("BT /F1 12 Tf <00010999> Tj ET").with(5, identityFont).with(6, packed("", toUnicode)).bytes(), illegible},
		{"ToUnicode of U+FFFD", newPDF("BT /F1 12 Tf <0001> Tj ET").with(5, identityFont).with(6, packed("", "1 beginbfchar <0001> <FFFD> endbfchar")).bytes(), illegible},
		{"ToUnicode of private use", newPDF("BT /F1 12 Tf <0001> Tj ET").with(5, identityFont).with(6, packed("", "1 beginbfchar <0001> <E001> endbfchar")).bytes(), illegible},
		{"glyphs without names", newPDF(secret).with(5, "<</Type/Font/Subtype/Type1/Encoding<</Differences[1/g1/g2]>>>>").bytes(), illegible},
		{"a Type 3 font", newPDF(secret).with(5, "<</Type/Font/Subtype/Type3/Encoding<</Differences[1/a1/a2]>>>>").bytes(), illegible},
		{"an embedded font's own encoding", newPDF(secret).with(5, "<</Type/Font/Subtype/TrueType/FontDescriptor<</Flags 4/FontFile2 6 0 R>>>>").with(6, stored("", "x")).bytes(), illegible},
		{"no such font", newPDF("BT /F9 12 Tf (Hello) Tj ET").bytes(), illegible},
		{"no font", newPDF("BT (Hello) Tj ET").bytes(), illegible},
		{"an unknown filter", newPDF("").with(4, stored("/Filter/LZWDecode", "x")).bytes(), "packed in a way that is not read"},
		{"kids in a circle", newPDF(hello).with(2, "<</Type/Pages/Kids[2 0 R]/Count 1>>").bytes(), damaged},
		{"parents in a circle", newPDF(hello).with(2, "<</Type/Pages/Kids[3 0 R]/Count 1/Parent 2 0 R>>").bytes(), damaged},
		{"a page as its own parent", newPDF(hello).with(3, strings.Replace(fmt.Sprintf(onePage, "", ""), "/Parent 2", "/Parent 3", 1)).bytes(), damaged},
		{"a huge count", newPDF(hello).with(2, "<</Type/Pages/Kids[3 0 R]/Count 2000000000>>").bytes(), damaged},
		{"forms in a circle", newPDF("/X1 Do").inPage("", "/XObject<</X1 6 0 R>>").with(6, stored("/Subtype/Form", "/X1 Do /X1 Do")).bytes(), "damaged: its forms show one another"},
		{"content that is none", newPDF("").with(4, "6 0 R").with(6, "(x)").bytes(), damaged},
		{"a wrong length", newPDF("").with(4, "<</Length 9>>\nstream\nBT (x) Tj ET\nendstream").bytes(), damaged},
		{"a bomb", newPDF("").with(4, packed("", strings.Repeat(" ", 2<<20))).bytes(), tooMuch},
		{"deep", newPDF("").with(4, strings.Repeat("[", 1e5)).bytes(), damaged},
		{"something behind it", append(newPDF(hello).bytes(), "PK and so on"...), "damaged: something stands between its objects"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pieces, err := take(test.file, most)
			if err != test.want || pieces != nil {
				t.Errorf("got %v\n%s", err, shown(pieces))
			}
		})
	}
}

func TestReadable(t *testing.T) {
	tests := []struct {
		name string
		file []byte
	}{
		{"an empty page", newPDF("").bytes()},
		{"a page without content", newPDF("").with(3, "<</Type/Page/Parent 2 0 R>>").bytes()},
		{"references in a circle", newPDF("").with(4, "6 0 R").with(6, "4 0 R").bytes()},
		{"a tab", newPDF("BT /F1 12 Tf (a\tb) Tj ET").bytes()},
		{"text beside a picture", newPDF(hello+" /X1 Do").inPage("", "/XObject<</X1 6 0 R>>").with(6, stored("/Subtype/Image/Filter/CCITTFaxDecode", "x")).bytes()},
		{"a symbol", newPDF("BT /F1 12 Tf (\x6C) Tj ET").with(5, "<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>").bytes()},
		{"a bullet of a symbol font", newPDF("BT /F1 12 Tf <0001> Tj ET").with(5, identityFont).with(6, packed("", "1 beginbfchar <0001> <F0B7> endbfchar")).bytes()},
		{"PDF 2.0", unopened(newPDF(hello))},
	}
	for _, test := range tests {
		if _, err := take(test.file, most); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// A file and a picture within the document are handed on as they are.
func TestWithin(t *testing.T) {
	file := newPDF(hello).
		with(6, "<</Type/Filespec/F(old.csv)/UF "+wide("größe.csv")+"/EF<</F 7 0 R>>>>").with(7, packed("", "a,b\n")).
		with(8, stored("/Subtype/Image/Filter[/DCTDecode]", "\xFF\xD8\xFF")).bytes()
	pieces, err := take(file, most)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, p := range pieces {
		if p.Kind == File || p.Kind == Picture {
			got += fmt.Sprintf("%c %s %q\n", p.Kind, p.Name, p.Data)
		}
	}
	if want := "f größe.csv \"a,b\\n\"\np  \"\\xff\\xd8\\xff\"\n"; got != want {
		t.Errorf("got %s", got)
	}
}

func TestMutations(t *testing.T) {
	file := newPDF(hello).inCatalog("/AcroForm<</Fields[6 0 R]>>").with(6, "<</V(x)>>").
		with(8, objectStream(map[int]string{20: "<</Nothing(x)>>"})).with(9, stored("/Subtype/Form", hello)).bytes()
	r := rand.New(rand.NewPCG(3, 4))
	read := 0
	for range 1000 {
		pieces, err := take(mutated(r, file), most)
		var reason Reason
		if err != nil && (!errors.As(err, &reason) || pieces != nil) {
			t.Fatalf("%v", err)
		}
		if err == nil {
			read++
		}
	}
	if read == 0 || read == 1000 {
		t.Errorf("%d were readable", read)
	}
}

// mutated gives file with a few bytes changed, removed or doubled.
func mutated(r *rand.Rand, file []byte) []byte {
	b := append([]byte(nil), file...)
	for range 1 + r.IntN(4) {
		i := r.IntN(len(b))
		j := min(len(b), i+r.IntN(40))
		switch r.IntN(4) {
		case 0:
			b[i] ^= 1 << r.IntN(8)
		case 1:
			b[i] = byte(r.IntN(256))
		case 2:
			b = append(b[:i], b[j:]...)
		default:
			b = append(b[:j:j], b[i:]...)
		}
		if len(b) == 0 {
			return b
		}
	}
	return b
}
