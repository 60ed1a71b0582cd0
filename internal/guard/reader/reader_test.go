package reader

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	xunicode "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

var limits = Limits{Bytes: 1 << 20}

// String shows a view in a failing test.
func (v View) String() string { return strconv.Quote(string(v.Text)) }

// holds says whether one of the views has want.
func holds(views []View, want string) bool {
	return slices.ContainsFunc(views, func(v View) bool { return bytes.Contains(v.Text, []byte(want)) })
}

func encode(t *testing.T, enc encoding.Encoding, s string) []byte {
	t.Helper()
	b, err := enc.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCharsets(t *testing.T) {
	le := xunicode.UTF16(xunicode.LittleEndian, xunicode.IgnoreBOM)
	be := xunicode.UTF16(xunicode.BigEndian, xunicode.IgnoreBOM)
	tests := []struct {
		name      string
		enc       encoding.Encoding
		mark      string
		mediaType string
		text      string
	}{
		{"UTF-8", encoding.Nop, "", "text/plain", "José Müller, 王小明"},
		{"UTF-8 with a mark", encoding.Nop, "\xEF\xBB\xBF", "", "José Müller"},
		{"UTF-8 that claims to be Latin-1", encoding.Nop, "", "text/plain; charset=iso-8859-1", "José Müller"},
		{"UTF-16LE with a mark", le, "\xFF\xFE", "", "José Müller"},
		{"UTF-16BE with a mark", be, "\xFE\xFF", "text/csv", "José Müller"},
		{"UTF-16LE without", le, "", "", "Ann Lee\r\n"},
		{"UTF-16BE without", be, "", "", "Ann Lee\r\n"},
		{"UTF-16LE without, Cyrillic", le, "", "", "Анна Смирнова\r\n"},
		{"UTF-16LE without, Han", le, "", "", "王小明\r\n李雷\r\n"},
		{"UTF-16BE without, Han alone", be, "", "", "王小明"},
		{"UTF-16LE declared", le, "", "text/plain; charset=utf-16le", "José"},
		{"UTF-32LE with a mark", utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), "\xFF\xFE\x00\x00", "", "José Müller"},
		{"Windows-1252", charmap.Windows1252, "", "", "José Müller – “x”"},
		{"Windows-1251", charmap.Windows1251, "", "", "Анна Смирнова"},
		{"Windows-1251 declared", charmap.Windows1251, "", `text/csv; charset="windows-1251"`, "Анна Смирнова"},
		{"Latin-2 declared", charmap.ISO8859_2, "", "text/plain; charset=ISO-8859-2", "Łukasz Żak"},
		{"KOI8-R", charmap.KOI8R, "", "", "Анна Смирнова"},
		{"Code page 437", charmap.CodePage437, "", "", "Müller"},
		{"GB18030", simplifiedchinese.GB18030, "", "", "王小明"},
		{"Big5", traditionalchinese.Big5, "", "", "王小明"},
		{"Shift JIS", japanese.ShiftJIS, "", "", "佐藤花子"},
		{"EUC-JP", japanese.EUCJP, "", "", "佐藤花子"},
		{"ISO-2022-JP", japanese.ISO2022JP, "", "", "佐藤花子 <x>"},
		{"HZ", simplifiedchinese.HZGB2312, "", "", "王小明"},
		{"EUC-KR", korean.EUCKR, "", "", "김철수"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			content := append([]byte(test.mark), encode(t, test.enc, test.text)...)
			views, err := Text("people.csv", test.mediaType, content, limits)
			if err != nil || !holds(views, test.text) {
				t.Errorf("got %v, %v", views, err)
			}
		})
	}
}

func TestReadable(t *testing.T) {
	tests := []struct{ file, mediaType, content string }{
		{"notes.txt", "text/plain", "Hello\r\nyou\f\x1a"},
		{"README", "", "Hello"},
		{"NOTES.TXT", "text/plain; charset=us-ascii", "Hello"},
		{"a.csv", "application/vnd.ms-excel", "a;b\r\n1;2\r\n"},
		{"a.csv", "text/csv; header=present", "a,b\n"},
		{"a.tsv", "text/tab-separated-values", "a\tb\n"},
		{"a.md", "text/markdown", "# Title\n\n[a link](https://x.example) and a < b, a <b>bold</b> word\n"},
		{"a.txt", "", "[not JSON]"},
		{"a.txt", "", ""},
		{"a.txt", "", "J\ufffdrg Müller"},
		{"a.txt", "", "we begin 600 miles away"},
	}
	for _, test := range tests {
		views, err := Text(test.file, test.mediaType, []byte(test.content), limits)
		if err != nil || !holds(views, strings.TrimRight(test.content, "\x1a")) {
			t.Errorf("%s, %s, %q: got %v, %v", test.file, test.mediaType, test.content, views, err)
		}
	}
}

func TestUnreadable(t *testing.T) {
	tests := []struct{ file, mediaType, content string }{
		{"a.pdf", "application/pdf", "hello"},
		{"a.txt", "application/pdf", "hello"},
		{"a.pdf", "text/plain", "hello"},
		{"a.docx", "", "hello"},
		{"a.exe", "", "hello"},
		{"a.txt.zip", "", "hello"},
		{"a.rtf. ", "", "hello"},
		{"a.txt", "text/html", "hello"},
		{"a.html", "text/plain", "hello"},
		{"a.json", "application/xml", "{}"},
		{"", "application/x-unheard-of", "hello"},
		{"a.txt", "text/plain; charset=", "hello"},
		{"a.txt", "text/plain; charset=utf-7", "+AGEAbg-"},
		{"a.txt", "text/plain; charset=x-user-defined", "J\xF6rg"},
		{"a.txt", "text/plain; charset=hz-gb-2312", "~{VP~}"},
		{"a.txt", "text/plain; charset=utf-8", "J\xF6rg"},
		{"a.txt", "text", "hello"},

		{"notes.txt", "text/plain", "PK\x03\x04 and so on"},
		{"notes.txt", "text/plain", "%PDF-1.7\n"},
		{"notes.txt", "text/plain", "some text before\n%PDF-1.7\n"},
		{"notes.txt", "text/plain", "7z\xBC\xAF"},
		{"notes.txt", "text/plain", "\xFF\xD8\xFF\xE0 JFIF"},
		{"notes.txt", "text/plain", "GIF89a"},
		{"notes.txt", "text/plain", `{\rtf1 J\'f6rg}`},
		{"notes.txt", "text/plain", "%!PS-Adobe-3.0"},
		{"notes.txt", "text/plain", "Ann <ann@x.example>\x00"},
		{"notes.txt", "text/plain", "Ann <ann@x.example>\x00\x00!"},
		{"notes.txt", "text/plain", "Ann\x00Bob and others, all of them"},
		{"notes.txt", "text/plain", "\x00\x00\x00\x00"},
		{"notes.txt", "text/plain", "back\x08space"},
		{"notes.txt", "text/plain", "\x1b[31mred"},
		{"notes.txt", "text/plain", "\xFF\xFEodd"},

		{"notes.txt", "text/plain", "<!DOCTYPE html><p>J&ouml;rg"},
		{"notes.txt", "text/plain", "  <?xml version='1.0'?><a/>"},
		{"notes.txt", "text/plain", "x<HTML >"},
		{"notes.txt", "text/plain", "BEGIN:VCARD\r\nFN:A\r\n nn\r\nEND:VCARD\r\n"},
		{"notes.txt", "text/plain", "hello\r\nbegin:vcalendar\r\n"},
		{"notes.txt", "text/plain", "From: a\nMime-Version: 1.0\n\nx"},
		{"notes.txt", "text/plain", "-----BEGIN PGP MESSAGE-----\n\nabc"},
		{"notes.txt", "text/plain", "x\nbegin 644 list.csv\n"},
		{"notes.txt", "text/plain", `{"name": "J\u00f6rg"}`},
		{"notes.txt", "text/plain", "J\xF6rg, back\x08space"},
	}
	for _, test := range tests {
		views, err := Text(test.file, test.mediaType, []byte(test.content), limits)
		if !errors.Is(err, ErrUnreadable) {
			t.Errorf("%s, %s, %q: got %v, %v", test.file, test.mediaType, test.content, views, err)
		}
	}
}

func TestLimits(t *testing.T) {
	if _, err := Text("a.txt", "", []byte("hello"), Limits{Bytes: 5}); err != nil {
		t.Error(err)
	}
	if _, err := Text("a.txt", "", []byte("hello!"), Limits{Bytes: 5}); !errors.Is(err, ErrUnreadable) {
		t.Errorf("content over the limit: %v", err)
	}
	if _, err := Text("a.txt", "", []byte("J\xF6rg"), Limits{Bytes: 10}); !errors.Is(err, ErrUnreadable) {
		t.Errorf("views over the limit: %v", err)
	}
}
