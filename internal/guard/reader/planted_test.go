package reader

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

const bob = "bob@b.example"

// planted are files in which Bob's address stands, by the place where it does.
var planted = []struct{ name, file, mediaType, content string }{
	{"plain", "a.txt", "", "x " + bob},
	{"CSV", "a.csv", "text/csv; charset=utf-8", "id;to\r\n1;\"" + bob + "\"\r\n"},
	{"CSV in Windows-1252", "a.csv", "text/csv; charset=windows-1252", "J\xF6rg;" + bob + "\r\n"},
	{"CSV in UTF-16", "a.csv", "", "\xFE\xFF" + utf16Of("1;"+bob)},
	{"text in ISO-2022-JP", "a.log", "text/plain; charset=iso-2022-jp", "\x1b$B:4F#\x1b(B " + bob},
	{"YAML, continued", "a.yaml", "", "to: \"bo\\\n    b@b.example\"\n"},
	{"INI", "a.ini", "", "[x]\nto=" + bob + "\n"},
	{"undeclared UTF-7", "a.txt", "", "x bob+AEA-b.example"},
	{"undeclared quoted-printable", "a.txt", "", "x bo=\r\nb=40b.exa=\r\nmple"},
	{"Markdown with HTML", "a.md", "", "bob<b>@</b>b.example"},

	{"HTML, text", "a.html", "", "<p>" + bob},
	{"HTML, no name", "", "text/html; charset=utf-8", "<p>bob&#64;b.example"},
	{"HTML, entities", "a.htm", "", "<p>b&#x6f;b&commat;b&period;example</p>"},
	{"HTML, tags within", "a.html", "", "<p>bo<b>b</b>@<!-- x -->b.example</p>"},
	{"HTML, attribute", "a.html", "", "<a href='mailto:bob&#64;b.example'>x</a>"},
	{"HTML, comment", "a.html", "", "<!-- " + bob + " -->"},
	{"HTML, conditional comment", "a.html", "", "<!--[if mso]><p>bob<b>@</b>b.example</p><![endif]-->"},
	{"HTML, script", "a.html", "", "<script>var a = '" + bob + "'</script>"},
	{"HTML, style", "a.html", "", "<style>p:after { content: '" + bob + "' }</style>"},
	{"HTML, noscript", "a.html", "", "<noscript>bob<i>@</i>b.example</noscript>"},
	{"HTML, srcdoc", "a.html", "", "<iframe srcdoc='bob&lt;b>@&lt;/b>b.example'></iframe>"},
	{"HTML, title", "a.html", "", "<title>bob&#64;b.example</title>"},
	{"HTML, broken tag", "a.html", "", "<p><a title=" + bob},
	{"HTML, data URL", "a.html", "", "<a href='data:text/html;base64," + base64Of("<p>bob<b>@</b>b.example") + "'>x</a>"},
	{"HTML, data URL in percent", "a.html", "", "<a href=\"data:text/html,%3Cp%3Ebob%3Cb%3E@%3C/b%3Eb.example\">x</a>"},
	{"HTML, data URL in a style", "a.html", "", "<style>p { background: url('data:image/svg+xml;base64," + base64Of("<svg><text>bob<tspan>@</tspan>b.example</text></svg>") + "') }</style>"},
	{"HTML in UTF-16", "a.html", "", "\xFE\xFF" + utf16Of("<p>"+bob)},
	{"HTML, charset of its own", "a.html", "", "<meta charset=iso-2022-jp><p>\x1b$B:4F#\x1b(B " + bob},

	{"XML, text", "a.xml", "", "<?xml version='1.0'?><a>bob&#64;b.example</a>"},
	{"XML, tags within", "a.xml", "", "<a>bob<b/>@<b>b.example</b></a>"},
	{"XML, attribute", "a.xml", "application/xml", "<a b='bob&#x40;b.example'/>"},
	{"XML, CDATA", "a.xml", "", "<a>bob@<![CDATA[b.example]]></a>"},
	{"XML, comment", "a.xml", "", "<a><!-- " + bob + " --></a>"},
	{"XML, instruction", "a.xml", "", "<a><?x " + bob + "?></a>"},
	{"XML, entities", "a.xml", "", "<!DOCTYPE a [<!ENTITY b 'bob&#64;'> <!ENTITY c \"b.example\">]><a>&b;&c;</a>"},
	{"XML in Latin-1", "a.xml", "", "<?xml version='1.0' encoding='ISO-8859-1'?><a b='J\xF6rg'>" + bob + "</a>"},
	{"SVG, text", "a.svg", "image/svg+xml", "<svg><text>bob<tspan>@b.example</tspan></text></svg>"},
	{"SVG, title", "a.svg", "", "<svg><title>" + bob + "</title></svg>"},

	{"JSON, string", "a.json", "", `{"a": ["b\u006fb@b.\u0065xample"]}`},
	{"JSON, name", "a.json", "", `{"a": 1, "bob\u0040b.example": [1, {"b": 2}]}`},
	{"JSON, lines", "a.jsonl", "", "{\"a\": 1}\n{\"a\": \"bob\\u0040b.example\"}\n"},

	{"calendar, folded", "a.ics", "text/calendar", "BEGIN:VCALENDAR\r\nATTENDEE;CN=Bob:mailto:bo\r\n b@b.exam\r\n ple\r\nEND:VCALENDAR\r\n"},
	{"calendar, folded within a damaged line", "a.ics", "", "BEGIN:VCALENDAR\r\nATTENDEE bo\r\n b@b.example\r\nEND:VCALENDAR\r\n"},
	{"calendar, parameter", "a.ics", "", "BEGIN:VCALENDAR\nORGANIZER;CN=\"Bob\";SENT-BY=\"mailto:bob@b.example\":mailto:x@x.example\nEND:VCALENDAR\n"},
	{"calendar, escapes", "a.ics", "", "BEGIN:VCALENDAR\nDESCRIPTION:see\\nbob@b.example\\, or call\nEND:VCALENDAR\n"},
	{"calendar, attached", "a.ics", "", "BEGIN:VCALENDAR\nATTACH;ENCODING=BASE64;VALUE=BINARY:" + base64Of("dear "+bob) + "\nEND:VCALENDAR\n"},
	{"calendar, attached and packed", "a.ics", "", "BEGIN:VCALENDAR\nATTACH;ENCODING=BASE64;VALUE=BINARY:" + base64Of(zipOf("a.txt", bob)) + "\nEND:VCALENDAR\n"},
	{"card", "a.vcf", "text/vcard", "BEGIN:VCARD\r\nEMAIL:bob@b.\r\n example\r\nEND:VCARD\r\n"},
	{"card, quoted-printable", "a.vcf", "", "BEGIN:VCARD\r\nVERSION:2.1\r\nNOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:b=6Fb=40b=\r\n.example\r\nEND:VCARD\r\n"},
	{"card, group", "a.vcf", "", "BEGIN:VCARD\nitem1.EMAIL;type=INTERNET:bob@b.exam\n ple\nEND:VCARD\n"},
	{"card, data URL", "a.vcf", "", "BEGIN:VCARD\nPHOTO:data:text/html;base64\\," + base64Of("bob<b>@</b>b.example") + "\nEND:VCARD\n"},

	{"mail, header", "a.eml", "message/rfc822", mailOf("To: "+bob, "x")},
	{"mail, encoded words", "a.eml", "", mailOf("Subject: =?utf-8?q?bob=40b?= =?utf-8?b?"+base64Of(".example")+"?=", "x")},
	{"mail, encoded file name", "a.eml", "", mailOf("Content-Disposition: attachment; filename*0*=utf-8''bob%40b;\r\n filename*1=.example;\r\n filename*2=.txt", "x")},
	{"mail, parameter in pieces", "a.eml", "", mailOf("Content-Type: text/plain; x*0=\"bob@\"; x*1=\"b.example\"", "x")},
	{"mail, body", "a.eml", "", mailOf("Subject: x", bob)},
	{"mail, quoted-printable", "a.eml", "", mailOf("Content-Transfer-Encoding: quoted-printable", "bob=\r\n=40b.example")},
	{"mail, base64", "a.eml", "", mailOf("Content-Transfer-Encoding: base64", base64Of("x " + bob)[:7]+"\r\n"+base64Of("x " + bob)[7:])},
	{"mail, flowed", "a.eml", "", mailOf("Content-Type: text/plain; format=flowed; delsp=yes", "bob@b. \r\nexample")},
	{"mail, preamble", "a.eml", "", mailOf("Content-Type: multipart/mixed; boundary=b", bob+"\r\n--b\r\n\r\nx\r\n--b--\r\n")},
	{"mail, epilogue", "a.eml", "", mailOf("Content-Type: multipart/mixed; boundary=b", "--b\r\n\r\nx\r\n--b--\r\n"+bob)},
	{"mail, nested parts", "a.eml", "", mailOf("Content-Type: multipart/mixed; boundary=b", "--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\nContent-Type: text/html\r\n\r\nbob<b>@</b>b.example\r\n--c--\r\n--b--\r\n")},
	{"mail, message within", "a.eml", "", mailOf("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64", base64Of(mailOf("To: bob@b.example", "x")))},
	{"mail, attachment", "a.eml", "", mailOf("Content-Type: multipart/mixed; boundary=b", "--b\r\nContent-Type: application/zip; name=x.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"+base64Of(zipOf("a.csv", bob))+"\r\n--b--\r\n")},

	{"ZIP", "a.zip", "application/zip", zipOf("x.txt", "x", "a/b.csv", "1;"+bob)},
	{"ZIP, name", "a.zip", "", zipOf("for "+bob+"/list.txt", "x")},
	{"ZIP, folder", "a.zip", "", zipOf(bob+"/", "")},
	{"ZIP, comment", "a.zip", "", zipWith("x", func(z *zip.Writer, _ *zip.FileHeader) { must(z.SetComment("for " + bob)) })},
	{"ZIP, comment of a file", "a.zip", "", zipWith("x", func(_ *zip.Writer, h *zip.FileHeader) { h.Comment = bob })},
	{"ZIP, extra field", "a.zip", "", zipWith("x", func(_ *zip.Writer, h *zip.FileHeader) { h.Extra = []byte("up\x12\x00\x01\x00\x00\x00\x00" + bob) })},
	{"ZIP in a ZIP", "a.zip", "", zipOf("b.zip", zipOf("c.zip", zipOf("a.html", "bob<b>@</b>b.example")))},
	{"ZIP, sidecar", "a.zip", "", zipOf("a.txt", "x", "__MACOSX/._a.txt", doubleOf(9, "where: "+bob))},
	{"ZIP, settings of a folder", "a.zip", "", zipOf("a.txt", "x", ".DS_Store", settingsMark+"x"+utf16Of(bob)+"\x00")},
	{"gzip", "a.csv.gz", "application/gzip", gzipOf("1;"+bob, gzip.Header{})},
	{"gzip, name", "a.csv.gz", "", gzipOf("1", gzip.Header{Name: bob + ".csv"})},
	{"gzip, comment", "a.csv.gz", "", gzipOf("1", gzip.Header{Comment: bob})},
	{"gzip, two pieces", "a.txt.gz", "", gzipOf("bob@", gzip.Header{}) + gzipOf("b.example", gzip.Header{})},
	{"gzip, type alone", "", "application/gzip", gzipOf("bob<b>@</b>b.example", gzip.Header{Name: "a.html"})},
	{"tar", "a.tar", "application/x-tar", tarOf(bob, tar.Header{Name: "a.txt"})},
	{"tar, name", "a.tar", "", tarOf("x", tar.Header{Name: bob + ".txt"})},
	{"tar, owner", "a.tar", "", tarOf("x", tar.Header{Name: "a.txt", Uname: bob})},
	{"tar, link", "a.tar", "", tarOf("", tar.Header{Name: "a.txt", Typeflag: tar.TypeSymlink, Linkname: bob})},
	{"tar, record", "a.tar", "", tarOf("x", tar.Header{Name: "a.txt", PAXRecords: map[string]string{"X.note": bob}})},
	{"tar in gzip", "a.tgz", "", gzipOf(tarOf("bob<b>@</b>b.example", tar.Header{Name: "a.html"}), gzip.Header{})},
	{"tar in gzip, which has the archive's name", "a.tgz", "", gzipOf(tarOf(bob, tar.Header{Name: "a"}), gzip.Header{Name: "b.tgz"})},
	{"tar in gzip, both endings", "a.tar.gz", "", gzipOf(tarOf(bob, tar.Header{Name: "a"}), gzip.Header{})},
}

func utf16Of(s string) string {
	var b strings.Builder
	for _, c := range s {
		b.WriteByte(0)
		b.WriteRune(c)
	}
	return b.String()
}

// doubleOf makes an AppleDouble file of one entry.
func doubleOf(id byte, data string) string {
	return doubleMark + "\x00\x02\x00\x00" + strings.Repeat("\x00", 16) + "\x00\x01" +
		string([]byte{0, 0, 0, id, 0, 0, 0, 38, 0, 0, byte(len(data) >> 8), byte(len(data))}) + data
}

func TestPlanted(t *testing.T) {
	for _, p := range planted {
		t.Run(p.name, func(t *testing.T) {
			if views := text(t, p.file, p.mediaType, p.content); !holds(views, bob) {
				t.Errorf("not found in %v", views)
			}
		})
	}
}

func TestJoinedBase64(t *testing.T) {
	line := strings.Repeat("QUJD", 19)
	views := text(t, "a.txt", "", "dear all,\n> see "+line+"\n> "+line+"\n> "+"QUJDRA== or\n\nbye")
	if !holds(views, line+line+"\n") || !holds(views, line+line+"QUJDRA==\n") {
		t.Errorf("not joined in %v", views)
	}
}

func TestNamesOfCards(t *testing.T) {
	if views := text(t, "a.vcf", "", "BEGIN:VCARD\nN:Stone;Bob;;;\nEND:VCARD\n"); !holds(views, "Bob Stone") {
		t.Errorf("not turned round in %v", views)
	}
}

func TestInnerCharsets(t *testing.T) {
	cyrillic := string(encode(t, charmap.ISO8859_5, "Анна"))
	for _, test := range []struct{ file, content, want string }{
		{"a.html", "<meta charset=iso-8859-5>" + cyrillic, "Анна"},
		{"a.html", "<meta http-equiv='Content-Type' content='text/html; charset=ISO-8859-5'>" + cyrillic, "Анна"},
		{"a.xml", "<?xml version='1.0' encoding='iso-8859-5'?><a>" + cyrillic + "</a>", "Анна"},
		{"a.eml", mailOf("Content-Type: text/plain; charset=iso-8859-5", cyrillic), "Анна"},
		{"a.eml", mailOf("Subject: =?iso-8859-5?b?"+base64Of(cyrillic)+"?=", "x"), "Анна"},
		{"a.vcf", "FN;CHARSET=iso-8859-5;ENCODING=QUOTED-PRINTABLE:" + fmt.Sprintf("=%X=%X=%X=%X", cyrillic[0], cyrillic[1], cyrillic[2], cyrillic[3]), "Анна"},
		{"a.ics", "BEGIN:VCALENDAR\r\nSUMMARY:J\xC3\r\n \xB6rg\r\n", "Jörg"},
	} {
		if views := text(t, test.file, "", test.content); !holds(views, test.want) {
			t.Errorf("%s: not found in %v", test.file, views)
		}
	}
}

// Files that can be read in one way only by some programs, or not at all.
func TestRefused(t *testing.T) {
	deep := zipOf("a.txt", "x")
	for range 3 {
		deep = zipOf("b.zip", deep)
	}
	plainZip := zipOf("a.txt", "hello")
	tests := []struct{ name, file, mediaType, content string }{
		{"damaged JSON", "a.json", "", `{"a": `},
		{"no JSON", "a.json", "", "hello"},
		{"damaged XML", "a.xml", "", "<a>"},
		{"empty XML", "a.xml", "", ""},
		{"entity in an entity", "a.xml", "", "<!DOCTYPE a [<!ENTITY b 'bob'><!ENTITY c '&b;@b.example'>]><a>&c;</a>"},
		{"entity from elsewhere", "a.xml", "", "<!DOCTYPE a [<!ENTITY b SYSTEM 'x.txt'>]><a>&b;</a>"},
		{"many large entities", "a.xml", "", "<!DOCTYPE a [<!ENTITY b '" + strings.Repeat("x", 10000) + "'>]><a>" + strings.Repeat("&b;", 1000) + "</a>"},
		{"XML of another charset", "a.xml", "", "<?xml version='1.0' encoding='utf-8'?><a>J\xF6rg</a>"},
		{"HTML in HTML, deeper than is read", "a.html", "", strings.Repeat("<!-- ", 10) + "<p>"},
		{"unread file in a data URL", "a.html", "", "<img src='data:image/x-new;base64,AAAA'>"},
		{"damaged data URL", "a.html", "", "<img src='data:text/plain;base64,A'>"},
		{"damaged base64 in a card", "a.vcf", "", "PHOTO;ENCODING=b:A"},
		{"mail without a header", "a.eml", "", "hello\r\n\r\n"},
		{"mail, unknown encoding", "a.eml", "", mailOf("Content-Transfer-Encoding: x-uuencode", "x")},
		{"mail, encrypted", "a.eml", "", mailOf("Content-Type: multipart/encrypted; boundary=b", "--b\r\n\r\nx\r\n--b--\r\n")},
		{"mail, signed and sealed", "a.eml", "", mailOf("Content-Type: application/pkcs7-mime", "x")},
		{"mail, external body", "a.eml", "", mailOf("Content-Type: message/external-body; access-type=url", "x")},
		{"mail, cut off", "a.eml", "", mailOf("Content-Type: multipart/mixed; boundary=b", "--b\r\n\r\nx")},
		{"mail, two types", "a.eml", "", mailOf("Content-Type: text/plain\r\nContent-Type: text/html", "x")},
		{"mail, two names", "a.eml", "", mailOf("Content-Type: text/plain; name=a.html\r\nContent-Disposition: attachment; filename=a.txt", "x")},
		{"mail, damaged base64", "a.eml", "", mailOf("Content-Transfer-Encoding: base64", "AA=A")},
		{"mail, word in an unknown charset", "a.eml", "", mailOf("Subject: =?x-none?q?a?=", "x")},
		{"ZIP under another name", "a.txt", "", plainZip},
		{"text under the name of a ZIP", "a.zip", "", "hello"},
		{"empty ZIP", "a.zip", "", zipOf()},
		{"ZIP with an unknown file", "a.zip", "", zipOf("a.txt", "x", "b.bin", "x")},
		{"ZIP with a disguised file", "a.zip", "", zipOf("a.txt", "%PDF-1.4")},
		{"ZIP, encrypted", "a.zip", "", zipWith("x", func(_ *zip.Writer, h *zip.FileHeader) { h.Flags |= 1 })},
		{"ZIP with a link", "a.zip", "", zipWith("x", func(_ *zip.Writer, h *zip.FileHeader) { h.SetMode(0o777 | fs.ModeSymlink) })},
		{"ZIP, two files of one name", "a.zip", "", zipOf("a.txt", "x", "./A.txt", "y")},
		{"ZIP, something before", "a.zip", "", "PK\x03\x04 " + bob + plainZip},
		{"ZIP, something behind", "a.zip", "", plainZip + bob},
		{"ZIP, something between", "a.zip", "", plainZip[:strings.Index(plainZip, "PK\x01\x02")] + bob + plainZip[strings.Index(plainZip, "PK\x01\x02"):]},
		{"ZIP, a file its directory does not name", "a.zip", "", hidingZip()},
		{"ZIP, other name in its directory", "a.zip", "", strings.Replace(plainZip, "a.txt", "b.txt", 1)},
		{"ZIP in ZIPs, deeper than is read", "a.zip", "", deep},
		{"ZIP, sidecar with a content of its own", "a.zip", "", zipOf("._a.txt", doubleOf(forkID, strings.Repeat("x", 300)))},
		{"ZIP, damaged sidecar", "a.zip", "", zipOf("._a.txt", doubleOf(9, "x")[:30])},
		{"ZIP, something else for a sidecar", "a.zip", "", zipOf("._a.txt", "\x00\x00\x01\x02\x03")},
		{"bomb", "a.zip", "", zipOf("a.txt", strings.Repeat("0", 2<<20))},
		{"bomb in gzip", "a.txt.gz", "", gzipOf(strings.Repeat("0", 2<<20), gzip.Header{})},
		{"gzip, cut off", "a.txt.gz", "", gzipOf("hello", gzip.Header{})[:20]},
		{"gzip, something behind", "a.txt.gz", "", gzipOf("hello", gzip.Header{}) + bob},
		{"gzip, another name within", "a.txt.gz", "", gzipOf("hello", gzip.Header{Name: "a.html"})},
		{"tar, something behind", "a.tar", "", tarOf("x", tar.Header{Name: "a.txt"}) + bob},
		{"tar, damaged", "a.tar", "", "hello"},
		{"tar with a device", "a.tar", "", tarOf("", tar.Header{Name: "a.txt", Typeflag: tar.TypeFifo})},
		{"empty tar", "a.tar", "", strings.Repeat("\x00", 1024)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			views, err := Text(test.file, test.mediaType, []byte(test.content), limits)
			if !errors.Is(err, ErrUnreadable) || views != nil {
				t.Errorf("got %v, %v", views, err)
			}
		})
	}
}

// hidingZip makes an archive of two files whose directory names the first.
func hidingZip() string {
	one, two := zipOf("a.txt", "hello"), zipOf("a.txt", "hello", "b.txt", bob)
	files := two[:strings.Index(two, "PK\x01\x02")]
	directory := one[strings.Index(one, "PK\x01\x02"):]
	end := strings.Index(directory, "PK\x05\x06")
	at := len(files)
	return files + directory[:end+16] + string([]byte{byte(at), byte(at >> 8), 0, 0}) + directory[end+20:]
}

// Look-alikes: files that look odd and hide nothing.
func TestLookAlikes(t *testing.T) {
	tests := []struct{ name, file, mediaType, content string }{
		{"ZIP with folders", "a.zip", "application/x-zip-compressed", zipOf("a/", "", "a/b.txt", "hello", "a/c.txt", "")},
		{"ZIP of what came through a pipe", "a.zip", "", zipWith("hello", func(_ *zip.Writer, h *zip.FileHeader) { h.Name = "-"; h.SetMode(0o600 | fs.ModeNamedPipe) })},
		{"ZIP, unpacked", "a.zip", "", zipWith("hello", func(_ *zip.Writer, h *zip.FileHeader) { h.Method = zip.Store })},
		{"hidden by its name", ".gitignore", "", "hello"},
		{"style sheet with a URL in a URL", "a.html", "", "<style>p { a: " + strings.Repeat("url(", 100) + "data:) }</style>hello"},
		{"JSON at its simplest", "a.json", "", `"hello"`},
		{"HTML with an image elsewhere", "a.html", "", "<p>hello<img src='https://x.example/a.png'>"},
		{"HTML that talks of data", "a.html", "", "<p title='the data: one, two'>hello"},
		{"XML with entities of its own", "a.svg", "", "<!DOCTYPE svg [<!ENTITY ns 'http://x.example/'>]><svg xmlns='&ns;'>hello</svg>"},
		{"calendar with empty lines", "a.ics", "", "BEGIN:VCALENDAR\r\n\r\nSUMMARY:hello\r\nEND:VCALENDAR"},
		{"mail with a picture elsewhere", "a.eml", "", mailOf("Content-Type: text/html", "hello<img src=https://x.example/a.gif>")},
		{"mail with a usual preamble", "a.eml", "", mailOf("Content-Type: multipart/mixed; boundary=b", "This is a message in several parts.\r\n--b\r\n\r\nhello\r\n--b--\r\n")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if views := text(t, test.file, test.mediaType, test.content); !holds(views, "hello") {
				t.Errorf("got %v", views)
			}
		})
	}
}
