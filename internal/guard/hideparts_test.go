package guard

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"mailshot/internal/madeup"
)

var charsets = []struct {
	name string
	encoding.Encoding
}{
	{"utf-8", encoding.Nop}, {"us-ascii", encoding.Nop}, {"iso-8859-1", charmap.ISO8859_1}, {"windows-1252", charmap.Windows1252}, {"koi8-r", charmap.KOI8R},
	{"utf-16", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)}, {"utf-16be", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
	{"utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}, {"shift_jis", japanese.ShiftJIS}, {"iso-2022-jp", japanese.ISO2022JP},
}

// charset encodes s in some charset that has its characters.
func (h hiding) charset(s string) (encoded, name string) {
	c := madeup.Pick(h.Dice, charsets)
	if !isASCII(s) && c.name != "utf-8" {
		c = charsets[5+h.N(3)]
	}
	out, err := c.NewEncoder().String(s)
	if err != nil {
		return s, "utf-8"
	}
	return out, c.name
}

func isASCII(s string) bool { return !strings.ContainsFunc(s, func(c rune) bool { return c > 0x7E }) }

// transfer encodes body for its transfer.
func (h hiding) transfer(body string) (encoded, name string) {
	binary := strings.ContainsFunc(body, func(c rune) bool { return c < ' ' && c != '\r' && c != '\n' }) || !strings.HasSuffix(body, "\r\n")
	switch n := h.N(3); {
	case n == 0 && isASCII(body) && !binary:
		return body, "7bit"
	case n == 1:
		return h.quoted(body), "quoted-printable"
	}
	return base64Lines(body), "base64"
}

// quoted is body in quoted-printable, with line ends anywhere.
func (h hiding) quoted(body string) string {
	var b strings.Builder
	line := 0
	for i := 0; i < len(body); i++ {
		c := body[i]
		if strings.HasPrefix(body[i:], "\r\n") {
			b.WriteString("\r\n")
			i, line = i+1, 0
			continue
		}
		if line > 70 || line > 0 && h.OneIn(9) {
			b.WriteString("=\r\n")
			line = 0
		}
		if c == '=' || c < ' ' || c > '~' || c == ' ' && strings.HasPrefix(body[i+1:], "\r\n") || h.OneIn(6) {
			fmt.Fprintf(&b, "=%02X", c)
			line += 3
			continue
		}
		b.WriteByte(c)
		line++
	}
	return b.String() + "=\r\n"
}

// words is s in encoded words.
func (h hiding) words(s string) string {
	var all []string
	for s != "" {
		n := min(len(s), 1+h.N(14))
		for n < len(s) && s[n]&0xC0 == 0x80 {
			n++
		}
		chunk := s[:n]
		s = s[n:]
		code, name := chunk, "utf-8"
		if h.OneIn(3) {
			code, name = h.charset(chunk)
		}
		if name == "iso-2022-jp" || h.OneIn(2) || strings.HasPrefix(name, "utf-16") {
			all = append(all, "=?"+name+"?b?"+base64.StdEncoding.EncodeToString([]byte(code))+"?=")
			continue
		}
		var q strings.Builder
		for _, c := range []byte(code) {
			fmt.Fprintf(&q, "=%02X", c)
		}
		all = append(all, "=?"+strings.ToUpper(name)+"?Q?"+q.String()+"?=")
	}
	return strings.Join(all, "\r\n ")
}

// parameter is s as a parameter of a header field.
func (h hiding) parameter(name, s string) string {
	switch h.N(4) {
	case 0:
		return name + "*=utf-8''" + percentAll(s)
	case 1:
		half := len(s) / 2
		for half < len(s) && s[half]&0xC0 == 0x80 {
			half++
		}
		return name + "*0*=utf-8''" + percentAll(s[:half]) + ";\r\n " + name + "*1*=" + percentAll(s[half:])
	case 2:
		return name + "=\"" + h.words(s) + "\""
	}
	if isASCII(s) && !strings.ContainsAny(s, `"\`) {
		return name + "=\"" + s + "\""
	}
	return name + "*=utf-8''" + percentAll(s)
}

func percentAll(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

// mime is a MIME entity, header and body, in which s stands.
func (h hiding) mime(s string, depth int) string {
	if depth < 3 && h.OneIn(4) {
		boundary := fmt.Sprintf("=_x%d", h.N(1<<20))
		return "Content-Type: multipart/" + madeup.Pick(h.Dice, []string{"mixed", "alternative", "related"}) + "; boundary=\"" + boundary + "\"\r\n\r\n" +
			"--" + boundary + "\r\n\r\nhello\r\n--" + boundary + "\r\n" + h.mime(s, depth+1) + "\r\n--" + boundary + "--\r\n"
	}
	kind, body := "text/plain", ""
	if h.OneIn(2) {
		kind, body = "text/html", h.document(s)
	} else {
		body = h.prose(s)
	}
	encoded, charset := h.charset(body)
	encoded, transfer := h.transfer(encoded)
	return "Content-Type: " + kind + "; charset=" + charset + "\r\nContent-Transfer-Encoding: " + transfer + "\r\n\r\n" + encoded
}

// file is a file of some kind, depth times within others, with s in it.
func (h hiding) file(s string, depth int) (name, content string) {
	makers := []func(string) (string, string){h.text, h.table, h.page, h.data, h.calendar, h.card, h.letter, h.word, h.book, h.slide, h.open, h.picture}
	if depth < 2 && h.OneIn(3) {
		return h.archive(s, depth)
	}
	return madeup.Pick(h.Dice, makers)(s)
}

func (h hiding) text(s string) (string, string) {
	content, _ := h.charset(h.prose(s))
	if strings.Contains(content, "\x00") { // a text file says by a mark that it is UTF-16
		content, _ = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(h.prose(s))
	}
	return madeup.Pick(h.Dice, []string{"a.txt", "a.log", "readme", "a.md"}), content
}

func (h hiding) table(s string) (string, string) {
	return "a.csv", "id;to\r\n1;\"" + h.letters(s) + "\"\r\n2;x\r\n"
}

func (h hiding) page(s string) (string, string) {
	if h.OneIn(2) {
		return "a.html", h.document(s)
	}
	return madeup.Pick(h.Dice, []string{"a.xml", "a.svg"}), "<a><b>" + h.each(s, 3, func(c rune) string {
		return fmt.Sprintf(madeup.Pick(h.Dice, []string{"&#%d;", "&#x%x;", "<![CDATA[%c]]>", "<i/>%c", "<!-- x -->%c"}), c)
	}) + "</b></a>"
}

func (h hiding) data(s string) (string, string) {
	return "a.json", `{"a": [1, {"to": ` + h.script(s, false) + `}]}`
}

// folded breaks lines as calendars and cards do (RFC 5545 section 3.1).
func (h hiding) folded(s string) string { return h.between(s, 8, func() string { return "\r\n " }) }

func (h hiding) calendar(s string) (string, string) {
	line := madeup.Pick(h.Dice, []string{"ATTENDEE;CN=X:mailto:", "DESCRIPTION:see\\nto ", "ORGANIZER;SENT-BY=\"mailto:x@x.example\":MAILTO:", "SUMMARY:"})
	return "a.ics", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + h.folded(line+s) + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
}

func (h hiding) card(s string) (string, string) {
	line := h.folded(madeup.Pick(h.Dice, []string{"EMAIL:", "NOTE:see ", "item1.EMAIL;type=INTERNET:"}) + s)
	if h.OneIn(3) {
		line = "NOTE;ENCODING=QUOTED-PRINTABLE:" + strings.TrimSuffix(h.quoted(s), "=\r\n")
	}
	return "a.vcf", "BEGIN:VCARD\r\nVERSION:2.1\r\nFN:X\r\n" + line + "\r\nEND:VCARD\r\n"
}

func (h hiding) letter(s string) (string, string) {
	head := "From: x@x.example\r\nMIME-Version: 1.0\r\n"
	switch h.N(4) {
	case 0:
		return "a.eml", head + "Subject: " + h.words(s) + "\r\n\r\nhello\r\n"
	case 1:
		return "a.eml", head + "To: x\r\n <" + s + ">\r\n\r\nhello\r\n"
	}
	return "a.eml", head + h.mime(s, 0)
}

// runs cuts s into the runs of an office document.
func (h hiding) runs(s, open, end string) string {
	return open + h.between(s, 5, func() string { return end + open }) + end
}

func (h hiding) word(s string) (string, string) {
	run := h.runs(s, "<w:r><w:t>", "</w:t></w:r>")
	part := madeup.Pick(h.Dice, []string{"word/document.xml", "word/header1.xml", "word/comments.xml", "word/footnotes.xml"})
	body := func(p string) string {
		return `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p>` + p + `</w:p></w:body></w:document>`
	}
	if part == "word/document.xml" {
		return "a.docx", zipped("[Content_Types].xml", types, part, body(run))
	}
	return "a.docx", zipped("[Content_Types].xml", types, "word/document.xml", body("<w:r><w:t>hello</w:t></w:r>"), part, body(run))
}

const types = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`

func (h hiding) book(s string) (string, string) {
	const space = ` xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	cell, table := `<c t="inlineStr"><is>`+h.runs(s, "<r><t>", "</t></r>")+`</is></c>`, "<si><t>x</t></si>"
	if h.OneIn(2) {
		cell, table = `<c t="s"><v>0</v></c>`, "<si>"+h.runs(s, "<r><t>", "</t></r>")+"</si>"
	}
	state := madeup.Pick(h.Dice, []string{"", ` state="hidden"`, ` state="veryHidden"`})
	return "a.xlsx", zipped("[Content_Types].xml", types,
		"xl/workbook.xml", "<workbook"+space+`><sheets><sheet name="S" sheetId="1"`+state+"/></sheets></workbook>",
		"xl/sharedStrings.xml", "<sst"+space+">"+table+"</sst>",
		"xl/worksheets/sheet1.xml", "<worksheet"+space+"><sheetData><row>"+cell+"</row></sheetData></worksheet>")
}

func (h hiding) slide(s string) (string, string) {
	return "a.pptx", zipped("[Content_Types].xml", types, "ppt/slides/slide1.xml",
		`<p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><p:cSld><p:spTree><p:sp><p:txBody><a:p>`+
			h.runs(s, "<a:r><a:t>", "</a:t></a:r>")+`</a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>`)
}

func (h hiding) open(s string) (string, string) {
	ending := madeup.Pick(h.Dice, []string{"text", "spreadsheet", "presentation"})
	return "a.od" + ending[:1], zipped("mimetype", "application/vnd.oasis.opendocument."+ending, "content.xml",
		`<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><text:p>`+
			h.runs(s, "<text:span>", "</text:span>")+`</text:p></office:body></office:document-content>`)
}

// picture is a PNG of one pixel with a text in it (RFC 2083 section 4.2.3).
func (h hiding) picture(s string) (string, string) {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(kind, data string) {
		fmt.Fprintf(&b, "%s%s%s", be(len(data)), kind+data, be(int(crc32.ChecksumIEEE([]byte(kind+data)))))
	}
	chunk("IHDR", "\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00")
	chunk(madeup.Pick(h.Dice, []string{"tEXt", "iTXt"}), "Author\x00\x00\x00\x00\x00"+s)
	chunk("IDAT", "\x78\x9c\x62\x60\x00\x00\x00\x02\x00\x01")
	chunk("IEND", "")
	return "a.png", b.String()
}

func be(n int) string { return string([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}) }

// archive is one with a file in it that has s, or is called so.
func (h hiding) archive(s string, depth int) (name, content string) {
	inner, data := h.file(s, depth+1)
	if h.OneIn(5) {
		inner, data = s+".txt", "hello\r\n"
	}
	switch h.N(4) {
	case 0:
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write([]byte(data))
		if !strings.Contains(inner, "@") {
			z.Close()
			return inner + ".gz", b.String()
		}
		fallthrough
	case 1:
		var b bytes.Buffer
		t := tar.NewWriter(&b)
		t.WriteHeader(&tar.Header{Name: inner, Mode: 0o600, Size: int64(len(data)), Typeflag: tar.TypeReg})
		t.Write([]byte(data))
		t.Close()
		return "a.tar", b.String()
	}
	return "a.zip", zipped("x/y.txt", "hello", inner, data)
}

// zipped makes an archive of names and contents in turn.
func zipped(pairs ...string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		if err != nil {
			panic(err)
		}
		w.Write([]byte(pairs[i+1]))
	}
	z.Close()
	return b.String()
}
