package guard

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"mailshot/internal/rule"
)

// disguises are what a program that shows mail undoes. Those of links stand for
// themselves; the others keep a text a text of HTML.
var disguises = []func(*rapid.T, string) string{
	func(t *rapid.T, s string) string { // some characters as entities
		return each(t, s, func(c rune) string {
			return rapid.SampledFrom([]string{"&#%d;", "&#x%x;", "&#0%d;", "&#X%X;"}).Draw(t, "entity")
		})
	},
	func(t *rapid.T, s string) string { // percent encoding
		var b strings.Builder
		for _, c := range s {
			if !strings.ContainsRune(`\&%`, c) && rapid.IntRange(0, 2).Draw(t, "percent") > 0 {
				b.WriteRune(c)
				continue
			}
			for _, octet := range []byte(string(c)) {
				fmt.Fprintf(&b, "%%%02x", octet)
			}
		}
		return b.String()
	},
	func(t *rapid.T, s string) string { // what shows nothing, but not within an escape
		if strings.ContainsAny(s, `\&%`) {
			return s
		}
		i := rapid.IntRange(0, len(s)).Draw(t, "where")
		for i < len(s) && !utf8.RuneStart(s[i]) {
			i++
		}
		return s[:i] + rapid.SampledFrom([]string{"\u200b", "\u00ad", "\ufeff", "\u2060", "\U000E0041", "\ufe0f"}).Draw(t, "nothing") + s[i:]
	},
	func(t *rapid.T, s string) string {
		return each(t, s, func(c rune) string {
			if c > 0xFFFF {
				return "\\u{%x}"
			}
			return "\\u%04x"
		})
	},
	func(t *rapid.T, s string) string { return url.QueryEscape(s) },
}

// each writes some characters otherwise, and those that begin an escape always.
func each(t *rapid.T, s string, format func(rune) string) string {
	var b strings.Builder
	for _, c := range s {
		if strings.ContainsRune(`\&%`, c) || rapid.IntRange(0, 2).Draw(t, "replace") == 0 {
			fmt.Fprintf(&b, format(c), c)
		} else {
			b.WriteRune(c)
		}
	}
	return b.String()
}

// places are where a disguised text can stand in a letter, seps around it.
var places = []func(*rapid.T, *letter, string){
	func(_ *rapid.T, l *letter, s string) { l.html += "<p>" + s + "</p>\r\n" },
	func(t *rapid.T, l *letter, s string) {
		l.html += "<p " + rapid.SampledFrom([]string{"title", "data-x", "style", "href"}).Draw(t, "attribute") + "=\"" + s + "\">x</p>\r\n"
	},
	func(_ *rapid.T, l *letter, s string) {
		l.html += "<a href=\"https://x.example/?e=" + s + "&amp;f=g\">x</a>\r\n"
	},
	func(_ *rapid.T, l *letter, s string) { l.html += "<!-- " + s + " -->\r\n" },
	func(_ *rapid.T, l *letter, s string) { l.html += "<script>var a = \"" + s + "\"</script>\r\n" },
	func(_ *rapid.T, l *letter, s string) { l.text += "see " + s + " there\r\n" },
	func(_ *rapid.T, l *letter, s string) {
		l.extra = "List-Unsubscribe: <https://x.example/?t=" + base64.RawURLEncoding.EncodeToString([]byte(s)) + ">\r\n"
	},
	func(_ *rapid.T, l *letter, s string) {
		l.html += "<img src=\"https://x.example/" + hex.EncodeToString([]byte(s)) + "/a.png\">\r\n"
	},
	func(_ *rapid.T, l *letter, s string) {
		l.subject = "=?utf-8?b?" + b64(s[:len(s)/2]) + "?=\r\n =?utf-8?b?" + b64(s[len(s)/2:]) + "?="
	},
}

// TestHiddenAddress hides another row's address behind a chain of encodings,
// which a mail program undoes, and demands that it is found.
func TestHiddenAddress(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom([]string{"bob@b.example", "BOB@b.example", "amaria@c.example", "KX-7730951"}).Draw(t, "whose")
		for range rapid.IntRange(0, 3).Draw(t, "disguises") {
			s = rapid.SampledFrom(disguises).Draw(t, "disguise")(t, s)
		}
		l := annsLetter()
		filler := strings.Repeat("All is well and will be so, said the book.\r\n", rapid.IntRange(0, 30).Draw(t, "filler"))
		l.text, l.html = filler+l.text, filler+l.html
		rapid.SampledFrom(places).Draw(t, "place")(t, &l, s)
		switch rapid.IntRange(0, 2).Draw(t, "encoding") {
		case 1:
			l.text, l.textEncoding = base64Lines(l.text), "base64"
			l.html, l.htmlEncoding = base64Lines(l.html), "base64"
		case 2:
			l.text, l.textEncoding = quotedPrintable(l.text), "quoted-printable"
			l.html, l.htmlEncoding = quotedPrintable(l.html), "quoted-printable"
		}
		g := New(policyOf(), sharedIndex(), len(people))
		r := g.Reader()
		row := rowOf(0)
		clean := annsLetter()
		clean.text, clean.html = filler+clean.text, filler+clean.html
		if refusals, _ := r.Judge(row, messageOf(clean, row)); len(refusals) > 0 {
			t.Fatalf("the clean message was refused:%s", show(refusals))
		}
		refusals, _ := r.Judge(row, messageOf(l, row))
		for _, f := range refusals {
			if f.Rule == rule.ForeignAddress || f.Rule == rule.ForeignIdentifier {
				return
			}
		}
		t.Fatalf("not found in\n%s%s", l.bytes(), show(refusals))
	})
}
