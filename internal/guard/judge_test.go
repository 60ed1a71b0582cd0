package guard

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"mailshot/internal/rule"
)

// leak is a message for Ann with something in it, and what becomes of it: the
// rule that refuses it and the other row's line, or "" where it is fine.
type leak struct {
	name  string
	plant func(*letter)
	rule  rule.ID
	line  int
}

const bob, maria, annaMaria, jack, zoe, staff, paul = firstLine + 1, firstLine + 2, firstLine + 3, firstLine + 4, firstLine + 5, firstLine + 6, firstLine + 7

func inText(s string) func(*letter)    { return func(l *letter) { l.text += s + "\r\n" } }
func inHTML(s string) func(*letter)    { return func(l *letter) { l.html += s + "\r\n" } }
func inSubject(s string) func(*letter) { return func(l *letter) { l.subject = s } }
func inExtra(s string) func(*letter)   { return func(l *letter) { l.extra = s } }
func inUnsub(s string) func(*letter)   { return inExtra("List-Unsubscribe: <" + s + ">\r\n") }

func encoded(encoding string, encode func(string) string, s string) func(*letter) {
	return func(l *letter) { l.text, l.textEncoding = encode(l.text+s+"\r\n"), encoding }
}

func b64(s string) string    { return base64.StdEncoding.EncodeToString([]byte(s)) }
func b64url(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func utf16be(s string) string {
	var b strings.Builder
	for _, c := range s {
		b.WriteByte(byte(c >> 8))
		b.WriteByte(byte(c))
	}
	return b.String()
}

var leaks = []leak{
	{"clean", func(*letter) {}, "", 0},

	// foreign-address
	{"address in text", inText("bob@b.example"), rule.ForeignAddress, bob},
	{"address in capitals", inText("BOB@B.EXAMPLE"), rule.ForeignAddress, bob},
	{"address in punctuation", inText("(see <bob@b.example>.)"), rule.ForeignAddress, bob},
	{"address after another's letters", inText("jimbob@b.example, bob@b.example.org"), "", 0},
	{"address that is nobody's", inText("info@b.example"), "", 0},
	{"own address", inText("ann@a.example, ANN@A.EXAMPLE"), "", 0},
	{"address in base64", encoded("base64", base64Lines, "bob@b.example"), rule.ForeignAddress, bob},
	{"address in quoted-printable", encoded("quoted-printable", quotedPrintable, "bob@b.example"), rule.ForeignAddress, bob},
	{"own data in quoted-printable", encoded("quoted-printable", quotedPrintable, "ann@a.example"), "", 0},
	{"soft line break", func(l *letter) {
		l.text, l.textEncoding = "see bob@b.exa=\r\nmple\r\n", "quoted-printable"
	}, rule.ForeignAddress, bob},
	{"UTF-16", func(l *letter) {
		l.text, l.textEncoding, l.charset = base64Lines(utf16be("see bob@b.example")), "base64", "utf-16be"
	}, rule.ForeignAddress, bob},
	{"full width", inText("ｂｏｂ＠ｂ．ｅｘａｍｐｌｅ"), rule.ForeignAddress, bob},
	{"zero width", inText("bo\u200bb@b.exam\u00adple"), rule.ForeignAddress, bob},
	{"NUL in quoted-printable", func(l *letter) {
		l.text, l.textEncoding = "bo=00b@b.example\r\n", "quoted-printable"
	}, rule.ForeignAddress, bob},
	{"spelled out", inText("bob (at) b (dot) example"), rule.ForeignAddress, bob},
	{"spelled in words", inText("write to bob AT b DOT example now"), rule.ForeignAddress, bob},
	{"spelled with spaces", inText("bob @ b.example"), rule.ForeignAddress, bob},
	{"right to left", inText("see \u202Eelpmaxe.b@bob\u202C there"), rule.ForeignAddress, bob},
	{"right to left to the end of a line", inHTML("<p>\u202Eelpmaxe.b@bob"), rule.ForeignAddress, bob},
	{"right to left in a long line", inText("\u202E" + strings.Repeat("llew si lla ", 60) + "elpmaxe.b@bob"), rule.ForeignAddress, bob},
	{"right to left, own", inText("\u202Eelpmaxe.a@nna\u202C"), "", 0},
	{"spelled in Italian", inText("bob chiocciola b punto example"), rule.ForeignAddress, bob},
	{"spelled in Spanish", inText("bob (arroba) b.example"), rule.ForeignAddress, bob},
	{"at in a sentence", inText("We meet at noon at the harbour."), "", 0},
	{"address in U-labels", inText("ZOË@müller.example"), rule.ForeignAddress, zoe},
	{"address in A-labels", inText("zoë@xn--mller-kva.example"), rule.ForeignAddress, zoe},
	{"MD5 of an address", inText("https://gravatar.example/" + md5Hex("bob@b.example")), rule.ForeignAddress, bob},
	{"SHA-256 of an address", inHTML(`<img src="https://i.example/` + sha256Hex("bob@b.example") + `.png">`), rule.ForeignAddress, bob},
	{"MD5 of the own address", inText(md5Hex("ann@a.example")), "", 0},
	{"entities", inHTML("&#98;&#x6f;b&commat;b.example"), rule.ForeignAddress, bob},
	{"entities twice", inHTML("&amp;#98;ob@b.example"), rule.ForeignAddress, bob},
	{"tags in an address", inHTML("bo<b></b>b@b.<i>example</i>"), rule.ForeignAddress, bob},
	{"comment in an address", inHTML("bob@<!-- x -->b.example"), rule.ForeignAddress, bob},
	{"attribute", inHTML(`<p title="bob@b.example">x</p>`), rule.ForeignAddress, bob},
	{"attribute in entities", inHTML(`<p title="&#98;ob&#64;b.example">x</p>`), rule.ForeignAddress, bob},
	{"attribute of an end tag", inHTML(`<p>x</p title="bob@b.example">`), rule.ForeignAddress, bob},
	{"attribute of an end tag in entities", inHTML(`<p>x</p title="&#98;ob&#64;b.example">`), rule.ForeignAddress, bob},
	{"raw bytes", func(l *letter) {
		l.text, l.textEncoding = "bob@b.example=41\r\n", "quoted-printable"
	}, rule.ForeignAddress, bob},
	{"comment", inHTML("<!-- bob@b.example -->"), rule.ForeignAddress, bob},
	{"conditional comment", inHTML("<!--[if mso]><td>bob<b>@</b>b.example</td><![endif]-->"), rule.ForeignAddress, bob},
	{"conditional comment, clean", inHTML("<!--[if mso]><table><tr><td>Ann</td></tr></table><![endif]-->"), "", 0},
	{"script", inHTML(`<script>var a = "\u0062ob\x40b.example"</script>`), rule.ForeignAddress, bob},
	{"style", inHTML(`<style>p::after { content: "\62 ob\40 b.example" }</style>`), rule.ForeignAddress, bob},
	{"frame", inHTML(`<iframe srcdoc="<p>bo<b>b@</b>b.example</p>"></iframe>`), rule.ForeignAddress, bob},
	{"tag that never ends", inHTML(`<a href="https://x.example/?e=&#98;ob%40b.example`), rule.ForeignAddress, bob},
	{"mailto", inHTML(`<a href="mailto:info@x.example?bcc=bob%40b.example&body=hi">x</a>`), rule.ForeignAddress, bob},
	{"query", inHTML(`<a href="https://x.example/?e=bob%40b.example&amp;f=1">x</a>`), rule.ForeignAddress, bob},
	{"query, percent twice", inText("https://x.example/?e=bob%2540b.example"), rule.ForeignAddress, bob},
	{"query with plus", inText("https://x.example/?q=write+bob@b.example"), rule.ForeignAddress, bob},
	{"VERP", inUnsub("mailto:leave+bob=b.example@lists.example"), rule.ForeignAddress, bob},
	{"VERP of one's own", inUnsub("mailto:leave+ann=a.example@lists.example"), "", 0},
	{"base64 in a link", inText("https://x.example/u/" + b64("bob@b.example") + "/now"), rule.ForeignAddress, bob},
	{"base64url in a link", inUnsub("https://x.example/u?t=" + b64url(`{"e":"bob@b.example"}`)), rule.ForeignAddress, bob},
	{"token of JSON in a link", inText("https://x.example/u?t=" + b64url(`{"alg":"none"}`) + "." + b64url(`{"e":"bob@b.example"}`) + "."), rule.ForeignAddress, bob},
	{"hex in a link", inText("https://x.example/u/" + hex.EncodeToString([]byte("bob@b.example"))), rule.ForeignAddress, bob},
	{"hex between two signs of base64", inText("https://x.example/u?t=" + hex.EncodeToString([]byte("bob@b.example")) + "/now"), rule.ForeignAddress, bob},
	{"base64url between signs of base64", inText("https://x.example/u?t=" + b64url("{\"e\":\"bob@b.example?>\"}") + "/now"), rule.ForeignAddress, bob},
	{"base64 of one's own in a link", inUnsub("https://x.example/u?t=" + b64url("ann@a.example")), "", 0},
	{"subject", inSubject("For bob@b.example"), rule.ForeignAddress, bob},
	{"subject, folded", inSubject("For\r\n bob@b.example"), rule.ForeignAddress, bob},
	{"subject, encoded words", inSubject("=?utf-8?q?bob=40?= =?utf-8?b?" + b64("b.example") + "?="), rule.ForeignAddress, bob},
	{"subject, encoded twice", inSubject("=?utf-8?b?" + b64("=?utf-8?q?bob=40b.example?=") + "?="), rule.ForeignAddress, bob},
	{"unsubscribe link", inUnsub("https://x.example/u?e=bob%40b.example"), rule.ForeignAddress, bob},
	{"flowed text", func(l *letter) {
		l.charset = "utf-8; format=flowed; delsp=yes"
		l.text += "bob@b. \r\nexample\r\n"
	}, rule.ForeignAddress, bob},

	{"strings added up", inHTML(`<script>var a = "bob" + '@b.' +` + "`example`" + `</script>`), rule.ForeignAddress, bob},
	{"strings added up in an attribute", inHTML(`<a onclick="go('bob'+'@b.example')">x</a>`), rule.ForeignAddress, bob},
	{"strings added up, own", inHTML(`<script>var a = "ann" + "@a.example", b = "bob" + c + "@b.example", d = 1 + 2</script>`), "", 0},
	{"quoted local part", inText(`"bob"@b.example`), rule.ForeignAddress, bob},
	{"local part in brackets", inText(`<bob>@b.example`), rule.ForeignAddress, bob},
	{"comment before the @", inText(`bob(the one)@b.example`), rule.ForeignAddress, bob},
	{"comment behind the @", inText(`bob@(the one)b.example`), rule.ForeignAddress, bob},
	{"quoted with another's letters", inText(`"jim.bob"@b.example "bob" @c.example, (bob)@b.exampl, )@ "@ >@( @`), "", 0},
	{"quoted, own", inText(`"ann"@a.example <ann>@a.example ann(x)@a.example`), "", 0},
	{"turned by HTML", inHTML(`<p>see <BDO dir="rtl">elpmaxe.b@bob</BDO> there</p>`), rule.ForeignAddress, bob},
	{"turned by HTML, own", inHTML(`<bdo dir=rtl>elpmaxe.a@nna</bdo> <bdo dir=ltr>elpmaxe.b@bob</bdo>`), "", 0},
	{"base64 behind one character", inText("https://x.example/u/x" + b64url("bob@b.example")), rule.ForeignAddress, bob},
	{"base64 behind two characters", inText("https://x.example/go/v1" + b64url("bob@b.example")), rule.ForeignAddress, bob},
	{"base64 behind three characters", inText("https://x.example/u/id7" + b64url("bob@b.example")), rule.ForeignAddress, bob},
	{"base64 among bytes", inText("https://x.example/u/" + b64url("\x01\x02bob@b.example\xff\x00")), rule.ForeignAddress, bob},
	{"base64 among letters", inText("https://x.example/u/" + b64url("xbob@b.exampleyy")), "", 0},
	{"base64 behind a character, own", inText("https://x.example/u/x" + b64url("ann@a.example")), "", 0},

	// foreign-identifier
	{"account", inText("account KX-7730951"), rule.ForeignIdentifier, bob},
	{"account in a longer word", inText("autumn-KX-7730951-x"), rule.ForeignIdentifier, bob},
	{"account with spaces", inText("KX 7730951"), rule.ForeignIdentifier, bob},
	{"account in a link", inHTML(`<a href="https://x.example/KX-7730951/">x</a>`), rule.ForeignIdentifier, bob},
	{"account in base64 in a link", inHTML(`<a href="https://x.example/?t=` + b64url("id=KX-7730951") + `">x</a>`), rule.ForeignIdentifier, bob},
	{"own account in a longer word", inText("autumn-KX-1000001"), "", 0},
	{"number", inText("number 48213377"), rule.ForeignIdentifier, annaMaria},
	{"short number in a style", inHTML(`<p style="z-index: 71993">x</p><style>p { z-index: 71993 }</style>`), "", 0},
	{"short number in text", inHTML(`<p>71993</p>`), rule.ForeignIdentifier, zoe},
	{"number in a longer number", inText("148213377"), "", 0},
	{"phone written otherwise", inText("call +49 170 555 66 67"), rule.ForeignIdentifier, staff},

	// foreign-name
	{"name", inText("Dear Bob Stone,"), rule.ForeignName, bob},
	{"name in two elements", inHTML("<td>Bob</td><td>Stone</td>"), rule.ForeignName, bob},
	{"name in capitals and entities", inHTML("Zo&euml; M&Uuml;LLER"), rule.ForeignName, zoe},
	{"name in a subject", inSubject("=?iso-8859-1?q?Zo=EB?= =?utf-8?q?_M=C3=BCller?="), rule.ForeignName, zoe},
	{"first name alone", inText("Bob says hello"), "", 0},
	{"other name with the same last name", inText("Fritz Schmidt"), "", 0},

	// header
	{"Cc", inExtra("Cc: bob@b.example\r\n"), rule.Header, 0},
	{"Bcc, empty", inExtra("Bcc:\r\n"), rule.Header, 0},
	{"CC in capitals", inExtra("CC: x@y.example\r\n"), rule.Header, 0},
	{"Resent-To", inExtra("Resent-To: x@y.example\r\n"), rule.Header, 0},
	{"X-SMTPAPI", inExtra("X-SMTPAPI: {}\r\n"), rule.Header, 0},
	{"undeclared X-", inExtra("X-Thing: 1\r\n"), rule.Header, 0},
	{"second To", inExtra("To: ann@a.example\r\n"), rule.Header, 0},
	{"second Subject", inExtra("Subject: x\r\n"), rule.Header, 0},
	{"space before the colon", inExtra("To : x@y.example\r\n"), rule.Header, 0},
	{"empty name", inExtra(": x@y.example\r\n"), rule.Header, 0},
	{"line that looks empty", inSubject("x\r\n \r\n y"), rule.Header, 0},

	// to
	{"two in To", func(l *letter) { l.to = "ann@a.example, x@y.example" }, rule.To, 0},
	{"another in To", func(l *letter) { l.to = "x@y.example" }, rule.To, 0},
	{"group in To", func(l *letter) { l.to = "all: ann@a.example;" }, rule.To, 0},
	{"comment in To", func(l *letter) { l.to = "ann@a.example (x)" }, rule.To, 0},
	{"address in the display name", func(l *letter) { l.to = `"x@y.example" <ann@a.example>` }, rule.To, 0},
	{"encoded address in the display name", func(l *letter) { l.to = "=?utf-8?q?x=40y.example?= <ann@a.example>" }, rule.To, 0},
	{"comma in a display name", func(l *letter) { l.to = `"Lee, Ann" <ann@a.example>` }, "", 0},
	{"encoded display name", func(l *letter) { l.to = "=?utf-8?q?Ann_L=C3=A9e?= <ann@a.example>" }, "", 0},
	{"no display name", func(l *letter) { l.to = "ann@a.example" }, "", 0},

	// sender
	{"another From", func(l *letter) { l.from = `"The Shop" <other@shop.example>` }, rule.Sender, 0},
	{"another name in From", func(l *letter) { l.from = `"A Shop" <news@shop.example>` }, rule.Sender, 0},
	{"two in From", func(l *letter) { l.from += ", x@y.example" }, rule.Sender, 0},
	{"From written otherwise", func(l *letter) { l.from = `=?utf-8?q?The_Shop?= <news@shop.example>` }, "", 0},

	// structure
	{"field that was not planned", inExtra("Precedence: bulk\r\n"), rule.Structure, 0},
	{"preamble", func(l *letter) { l.top = "hello\r\n" }, rule.Structure, 0},
	{"epilogue", func(l *letter) { l.end = "hello\r\n" }, rule.Structure, 0},
	{"another part", inText("\r\n--=_b1\r\n\r\nhello"), rule.Structure, 0},
	{"boundary with a space", inText("\r\n--=_b1 \r\n\r\nhello"), rule.Structure, 0},
	{"boundary with more", inText("\r\n--=_b1x\r\n"), rule.Structure, 0},
	{"unknown charset", func(l *letter) { l.charset = "utf-7" }, rule.Structure, 0},
	{"unknown encoding", func(l *letter) { l.textEncoding = "uuencode" }, rule.Structure, 0},
	{"8-bit in 7bit", func(l *letter) { l.textEncoding = "7bit"; l.text += "ü\r\n" }, rule.Structure, 0},
	{"unknown encoded word", inSubject("=?x-none?q?abc?="), rule.Structure, 0},
	{"encoded word that is almost one", inSubject("=?utf-8?b?@@?="), rule.Structure, 0},
	{"question marks in a subject", inSubject("really =? yes?"), "", 0},

	// line
	{"bare LF", inText("a\nb"), rule.Line, 0},
	{"bare CR", inText("a\rb"), rule.Line, 0},
	{"smuggled end", inText("\r\n.\n"), rule.Line, 0},
	{"NUL", inText("a\x00b"), rule.Line, 0},
	{"long line", inText(strings.Repeat("x", 999)), rule.Line, 0},
	{"line as long as may be", inText(strings.Repeat("x", 998)), "", 0},
	{"lines of one dot", inText(".\r\n.."), "", 0},
}

func TestJudge(t *testing.T) {
	for _, l := range leaks {
		t.Run(l.name, func(t *testing.T) {
			m := annsLetter()
			l.plant(&m)
			check(t, judge(t, policy(t), m), l.rule, l.line)
		})
	}
}

// check demands a refusal by id for the row at line, or none at all.
func check(t *testing.T, refusals []rule.Refusal, id rule.ID, line int) {
	t.Helper()
	if id == "" && len(refusals) > 0 {
		t.Fatalf("refused:%s", show(refusals))
	}
	for _, f := range refusals {
		if f.Rule == id && f.OtherLine == line {
			return
		}
	}
	if id != "" {
		t.Fatalf("no refusal by %s for line %d, but%s", id, line, show(refusals))
	}
}

func TestRefusalsPointAndDoNotShow(t *testing.T) {
	for _, l := range leaks {
		m := annsLetter()
		l.plant(&m)
		for _, f := range judge(t, policy(t), m) {
			said := f.Error() + f.Hint
			if f.File != "people.csv" || f.Line != firstLine || f.Row != 1 || f.Hint == "" || f.What == "" {
				t.Errorf("%s: %+v does not say where and what next", l.name, f)
			}
			for _, p := range people {
				for _, cell := range p {
					if len(cell) > 4 && strings.Contains(said, cell) {
						t.Errorf("%s: %q shows %q", l.name, said, cell)
					}
				}
			}
		}
	}
}

func TestMissingField(t *testing.T) {
	p := policy(t)
	p.Plan.Fields = append(p.Plan.Fields, "List-Id")
	check(t, judge(t, p, annsLetter()), rule.Structure, 0)
}

// What a Reader remembers to be clean must not hide a name of which one half
// was seen in one message and the other half in another.
func TestNameOfKnownHalves(t *testing.T) {
	const first, other = "here is what is new about the old house of Bob", "here is what is new about the old house of all"
	const last, end = "Stone is hard and lasts, so we built of it", "Wood is soft and burns, so we built without"
	for _, between := range []string{"\r\n", "\r\n" + strings.Repeat("- ", 200) + "\r\n", strings.Repeat("\r\n", 200),
		"\r\n" + strings.Repeat("\u00a0 ", 40) + "\r\n", "\r\n" + strings.Repeat("&nbsp; ", 20) + "\r\n", "\r\n" + strings.Repeat("%20 ", 40) + "\r\n"} {
		r, row := New(policy(t), indexOfPeople(t), len(people)).Reader(), person(t, 0)
		for _, c := range []struct {
			text string
			rule rule.ID
			line int
		}{
			{first + between + end, "", 0},
			{other + between + last, "", 0},
			{first + between + end, "", 0},
			{other + between + last, "", 0},
			{first + between + last, rule.ForeignName, bob},
			{other + between + last, "", 0},
		} {
			m := annsLetter()
			m.text = c.text + "\r\n"
			m.html = "<p>" + c.text + "</p>\r\n"
			refusals, _ := r.Judge(row, m.message(t, row))
			check(t, refusals, c.rule, c.line)
		}
	}
}

// What a Reader knows of the beginning of a line must not hide that the line
// is shown from right to left.
func TestRightToLeftBehindKnownWords(t *testing.T) {
	r, row := New(policy(t), indexOfPeople(t), len(people)).Reader(), person(t, 0)
	line := "\u202E" + strings.Join(paragraphs[:6], " ") + " "
	for _, end := range []string{"enod", "elpmaxe.b@bob"} {
		l := annsLetter()
		l.text += line + end + "\r\n"
		refusals, _ := r.Judge(row, l.message(t, row))
		if end == "enod" {
			check(t, refusals, "", 0)
			continue
		}
		check(t, refusals, rule.ForeignAddress, bob)
	}
}
