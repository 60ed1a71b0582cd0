package recipient

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// TestRead reads one list in every encoding, with every separator and line end.
func TestRead(t *testing.T) {
	const list = "\"Vorname\"; \tNachname \t;E-Mail;Notiz;;\n" +
		"Jürgen;Groß; j@a.example ;\"one;\"\"two\"\"\nthree\";;\n" +
		"Zoë;Müller;z@a.example;;;\n" +
		";;;;;\n" +
		"\n"
	plain := func(s string) string { return s }
	encodings := map[string]func(string) string{
		"UTF-8":                  plain,
		"UTF-8 with a BOM":       func(s string) string { return "\xEF\xBB\xBF" + s },
		"UTF-16LE":               encodeWith(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)),
		"UTF-16BE":               encodeWith(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)),
		"UTF-16LE with a BOM":    encodeWith(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)),
		"UTF-16BE with a BOM":    encodeWith(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM)),
		"Windows-1252":           encodeWith(t, charmap.Windows1252),
		"Excel's sep= line":      plain,
		"blank lines at the top": plain,
	}
	before := map[string]string{"Excel's sep= line": "sep=;\n", "blank lines at the top": "\n\n"}
	for encoding, encode := range encodings {
		for _, separator := range []string{",", ";", "\t"} {
			for _, end := range []string{"\n", "\r\n", "\r"} {
				t.Run(fmt.Sprintf("%s %q %q", encoding, separator, end), func(t *testing.T) {
					text := strings.ReplaceAll(list, "\t", " ")
					if prefix, ok := before[encoding]; ok {
						text = prefix + text
					}
					text = strings.NewReplacer(";", separator, "\n", end).Replace(text)
					checkRead(t, encode(text), separator, encoding)
				})
			}
		}
	}
}

func encodeWith(t *testing.T, e encoding.Encoding) func(string) string {
	return func(s string) string {
		out, err := e.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

func checkRead(t *testing.T, text, separator, encoding string) {
	t.Helper()
	l := open(t, text, Options{})
	want := []Column{{"vorname", "Vorname"}, {"nachname", "Nachname"}, {"e_mail", "E-Mail"}, {"notiz", "Notiz"}}
	if !slices.Equal(l.Columns(), want) || l.AddressColumn() != 2 {
		t.Fatalf("got %q, the address in column %d", l.Columns(), l.AddressColumn())
	}
	j := judgeAll(t, l, Use{})
	if len(j.Refusals) > 0 || j.Rows != 2 {
		t.Fatalf("got %v, %d rows", j.Refusals, j.Rows)
	}
	if warned := len(j.Warnings) > 0; warned != (encoding == "Windows-1252") {
		t.Errorf("got %v", j.Warnings)
	}
	rows := collect(t, l)
	cells := []string{"Jürgen", "Groß", "j@a.example", "one" + separator + "\"two\"\nthree"}
	first := rows[0].Line
	if !slices.Equal(rows[0].Cells, cells) || rows[0].Address.String() != "j@a.example" {
		t.Errorf("got %q", rows[0].Cells)
	}
	if rows[1].Line != first+2 || rows[1].Number != 2 || rows[1].Ordinal != 1 {
		t.Errorf("got row %+v after line %d", rows[1], first)
	}
}

// TestLines cuts a carriage return from its line feed at every octet.
func TestLines(t *testing.T) {
	in := transform.NewReader(iotest.OneByteReader(strings.NewReader("a\rb\r\nc\r\r\n\nd\r")), lines{})
	got, err := io.ReadAll(in)
	if err != nil || string(got) != "a\nb\nc\n\n\nd\n" {
		t.Errorf("got %q, %v", got, err)
	}
}

// TestCarriageReturnInACell keeps what is no line end as it is.
func TestCarriageReturnInACell(t *testing.T) {
	l := open(t, "email,note\r\na@x.example,\"one\rtwo\"\r\n", Options{})
	judgeAll(t, l, Use{})
	if rows := collect(t, l); rows[0].Cells[1] != "one\rtwo" {
		t.Errorf("got %q", rows[0].Cells)
	}
}
