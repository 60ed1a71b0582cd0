package message

import (
	"bytes"
	"io"
	"mime/quotedprintable"
	"strings"
	"testing"
)

func TestQuotedPrintable(t *testing.T) {
	x := strings.Repeat("x", 75)
	for in, want := range map[string]string{
		"":                  "",
		"a":                 "a\r\n",
		"a\n":               "a\r\n",
		"a\r\nb\rc\n\nd":    "a\r\nb\r\nc\r\n\r\nd\r\n",
		"\r\r\n\n":          "\r\n\r\n\r\n",
		"1 = 1\n":           "1 =3D 1\r\n",
		"ü\x00\x7f":         "=C3=BC=00=7F\r\n",
		"a \nb\t\n \n":      "a=20\r\nb=09\r\n=20\r\n",
		"end ":              "end=20\r\n",
		".\n..\n. x\nx.\n":  "=2E\r\n=2E.\r\n=2E x\r\nx.\r\n",
		"From \nFrom\nfrom": "=46rom=20\r\nFrom\r\nfrom\r\n",
		x[:73]:              x[:73] + "\r\n",
		x + ".":             x + "=\r\n=2E\r\n",
		x[:73] + "ü":        x[:73] + "=\r\n=C3=BC\r\n",
		x[:74] + " \nb":     x[:74] + "=\r\n=20\r\nb\r\n",
		x + "From ":         x + "=\r\n=46rom=20\r\n",
	} {
		got := string(appendQuotedPrintable(nil, []byte(in)))
		if got != want {
			t.Errorf("%q:\ngot  %q\nwant %q", in, got, want)
		}
		decoded, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(got)))
		if err != nil || string(decoded) != crlf([]byte(in)) {
			t.Errorf("%q reads back as %q, %v", in, decoded, err)
		}
	}
}

func TestBase64(t *testing.T) {
	for n := range 200 {
		got := appendBase64([]byte("before"), octets(n))
		if len(got) != len("before")+encodedLen(n) {
			t.Errorf("%d octets: %d, not %d", n, len(got), encodedLen(n))
		}
		for line := range bytes.SplitSeq(got[len("before"):], []byte("\r\n")) {
			if len(line) > 76 || len(line) == 0 && n > 0 {
				t.Errorf("%d octets: a line of %d", n, len(line))
			}
		}
	}
	if got := string(appendBase64(nil, octets(58))); got != "ACVKb5S53gMoTXKXvOEGK1B1mr/kCS5TeJ3C5wwxVnugxeoPNFl+o8jtEjdcgabL8BU6X4SpzvMY\r\nPQ==" {
		t.Errorf("%q", got)
	}
}

// Every octet, at every place among others of all kinds.
func TestLiterals(t *testing.T) {
	want := func(text []byte) (n int) {
		for n < len(text) && (text[n] == '\t' || text[n] >= ' ' && text[n] <= '~' && text[n] != '=') {
			n++
		}
		return n
	}
	for _, others := range []string{"a", " ", "~", "<", ">", "\t", "=", "\x00", "\x1f", "\x7f", "\x80", "\xff"} {
		for place := range 19 {
			for c := range 256 {
				text := []byte(strings.Repeat("x", place) + string([]byte{byte(c)}) + strings.Repeat(others, 19-place))
				for room := range len(text) + 9 {
					if got := literals(text, room); got != min(room, want(text)) {
						t.Fatalf("%q: %d of %d, not %d", text, got, room, want(text))
					}
				}
			}
		}
	}
}
