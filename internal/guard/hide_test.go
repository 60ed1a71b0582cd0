package guard

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"

	"mailshot/internal/madeup"
)

// hiding writes an address so that a program shows it and a search in the bytes
// does not find it. What it does with one input depends on nothing else, so that
// an address of the same length is hidden alike.
type hiding struct{ *madeup.Dice }

// nothing are characters that show nothing.
var nothing = []string{"\u200b", "\u00ad", "\ufeff", "\u2060", "\u200d", "\u200c", "\u034f", "\ufe0f", "\u180e", "\U000E0041"}

// between puts what one of those gives between some characters of s.
func (h hiding) between(s string, odds int, something func() string) string {
	var b strings.Builder
	for i, c := range s {
		if i > 0 && h.OneIn(odds) {
			b.WriteString(something())
		}
		b.WriteRune(c)
	}
	return b.String()
}

// each writes some characters of s otherwise.
func (h hiding) each(s string, odds int, other func(c rune) string) string {
	var b strings.Builder
	for _, c := range s {
		if h.OneIn(odds) {
			b.WriteString(other(c))
		} else {
			b.WriteRune(c)
		}
	}
	return b.String()
}

// letters writes s with other characters that look or read alike.
func (h hiding) letters(s string) string {
	for range h.N(3) {
		switch h.N(5) {
		case 0:
			s = h.each(s, 2, func(c rune) string { return strings.ToUpper(string(c)) })
		case 1:
			s = h.between(s, 4, func() string { return madeup.Pick(h.Dice, nothing) })
		case 2:
			s = h.each(s, 3, func(c rune) string {
				if c > ' ' && c < 0x7F {
					return string(c + 0xFEE0) // its full-width form
				}
				return string(c)
			})
		case 3:
			s = h.spelled(s)
		case 4:
			if strings.Contains(s, "@") && !strings.ContainsAny(s, "\u202E ") {
				s = "\u202E" + reversed(s) + "\u202C"
			}
		}
	}
	return s
}

func (h hiding) spelled(s string) string {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || strings.ContainsAny(s, "\u202E ()[]{}<>") {
		return s // it was spelled before, or is turned
	}
	if h.OneIn(2) {
		domain = strings.ReplaceAll(domain, ".", madeup.Pick(h.Dice, []string{" (dot) ", " dot ", "[.]", " . ", " DOT "}))
	}
	return local + madeup.Pick(h.Dice, []string{" (at) ", "(at)", " [at] ", " @ ", " AT ", "{at}", " at ", " <at> "}) + domain
}

func reversed(s string) string {
	var b strings.Builder
	for s != "" {
		c, n := utf8.DecodeLastRuneInString(s)
		b.WriteRune(c)
		s = s[:len(s)-n]
	}
	return b.String()
}

// entity writes c as HTML may.
func (h hiding) entity(c rune) string {
	named := map[rune]string{'@': "&commat;", '.': "&period;", '_': "&lowbar;", '-': "&#45;", 'a': "&#97;"}
	if name := named[c]; name != "" && h.OneIn(3) {
		return name
	}
	return fmt.Sprintf(madeup.Pick(h.Dice, []string{"&#%d;", "&#x%x;", "&#X%X;", "&#%04d;", "&#x%06x;"}), c)
}

// html writes s as the text of an HTML document.
func (h hiding) html(s string) string {
	if strings.ContainsAny(s, "<>&") {
		s = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
		return s
	}
	tags := h.OneIn(2) && !strings.Contains(s, "\u202E")
	var b strings.Builder
	for i, c := range s {
		if i > 0 && tags && h.OneIn(4) {
			b.WriteString(madeup.Pick(h.Dice, []string{"<b>", "</b>", "<!-- x -->", "<wbr>", "<span style=\"color:red\">", "</span>", "<i></i>", "&shy;", "&zwj;", "&#8203;", "<font\nface=x>"}))
		}
		if h.OneIn(3) {
			b.WriteString(h.entity(c))
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}

// percent writes some octets of s as in a URL.
func (h hiding) percent(s string) string {
	var b strings.Builder
	for _, c := range s {
		if c > ' ' && c < 0x7F && !strings.ContainsRune(`"<>%&#+?`, c) && !h.OneIn(3) {
			b.WriteRune(c)
			continue
		}
		for _, octet := range []byte(string(c)) {
			fmt.Fprintf(&b, madeup.Pick(h.Dice, []string{"%%%02x", "%%%02X"}), octet)
		}
	}
	return b.String()
}

// link writes a URL that has s in it.
func (h hiding) link(s string) string {
	piece := s
	switch h.N(8) {
	case 0:
		piece = base64.StdEncoding.EncodeToString([]byte(s))
	case 1:
		piece = base64.RawURLEncoding.EncodeToString([]byte(`{"e":"` + s + `","n":` + fmt.Sprint(h.N(1<<20)) + `}`))
	case 2:
		piece = hex.EncodeToString([]byte(s))
	case 3:
		piece = base64.RawURLEncoding.EncodeToString([]byte("e=" + h.percent(s) + "&n=1"))
	case 4:
		piece = strings.ToUpper(hex.EncodeToString([]byte("id:" + s)))
	case 5:
		piece = base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte(s))))
	case 6:
		return "mailto:" + madeup.Pick(h.Dice, []string{"", "x@x.example?cc=", "?bcc=", "x@x.example?body=write%20to%20"}) + h.percent(s)
	}
	if h.OneIn(2) || piece == s {
		piece = h.percent(piece)
	}
	if h.OneIn(4) {
		piece = strings.ReplaceAll(piece, "%", "%25")
	}
	return "https://x.example" + madeup.Pick(h.Dice, []string{"/u/", "/?e=", "/a/b?x=1&t=", "/#", "/?r=https%3A%2F%2Fy.example%2F%3Fe%3D"}) + piece + madeup.Pick(h.Dice, []string{"", "/now", "&x=y", ".png"})
}

// script writes s as a string in JavaScript or JSON.
func (h hiding) script(s string, joined bool) string {
	s = h.each(s, 3, func(c rune) string {
		if c > 0xFFFF {
			return string(c)
		}
		if c > 0xFF || !joined || h.OneIn(2) {
			return fmt.Sprintf(`\u%04x`, c)
		}
		return fmt.Sprintf(`\x%02x`, c)
	})
	if i := strings.IndexByte(s, '@'); joined && i > 0 && h.OneIn(2) {
		return `"` + s[:i] + `" + "` + s[i:] + `"`
	}
	return `"` + s + `"`
}

// style writes s as a string in CSS.
func (h hiding) style(s string) string {
	return "'" + h.each(s, 3, func(c rune) string { return fmt.Sprintf(madeup.Pick(h.Dice, []string{`\%x `, `\%06x`}), c) }) + "'"
}

// attribute writes s as the value of an attribute.
func (h hiding) attribute(s string) string {
	return `"` + h.each(strings.NewReplacer("&", "&amp;", `"`, "&quot;", "<", "&lt;").Replace(s), 5, func(c rune) string {
		if strings.ContainsRune("&;#", c) || c > ' ' && c < 0x7F && strings.ContainsRune("ampquotltx0123456789", c) {
			return string(c) // it may be part of an escape
		}
		return h.entity(c)
	}) + `"`
}

// document is an HTML document in which s is shown, or stands somewhere else.
func (h hiding) document(s string) string {
	open, end := "<html><body><p>Dear reader,</p>\r\n", "\r\n<p>bye</p></body></html>\r\n"
	switch h.N(9) {
	case 0, 1:
		return open + madeup.Pick(h.Dice, []string{"<p>", "<table><tr><td>", "<div style=\"display:none\">", "see "}) + h.html(h.letters(s)) + " and" + end
	case 2:
		return open + "<a href=" + h.attribute(h.link(s)) + ">x</a>" + end
	case 3:
		return open + "<img alt=" + h.attribute(h.letters(s)) + " src=x.png>" + end
	case 4:
		return open + "<script>var a = " + h.script(s, true) + "</script>" + end
	case 5:
		return open + "<style>p:after { content: " + h.style(s) + " }</style>" + end
	case 6:
		return open + "<!--[if mso]><p>" + strings.ReplaceAll(h.html(s), "<!-- x -->", "") + "</p><![endif]-->" + end
	case 7:
		return open + "<iframe srcdoc=" + h.attribute("<p>"+h.html(s)+"</p>") + "></iframe>" + end
	}
	return open + "<p " + madeup.Pick(h.Dice, []string{"title", "data-x", "aria-label", "value"}) + "=" + h.attribute(h.letters(s)) + ">x</p>" + end
}

// prose is plain text in which s stands.
func (h hiding) prose(s string) string {
	if h.OneIn(3) {
		return "Dear reader,\r\nsee " + h.link(s) + " for more.\r\n"
	}
	return "Dear reader,\r\n" + madeup.Pick(h.Dice, []string{"", "see ", "to:", "<", "(", "\"", "x, "}) + h.letters(s) + madeup.Pick(h.Dice, []string{"\r\n", ">\r\n", ") is it.\r\n", ".\r\n", ", y\r\n"})
}
