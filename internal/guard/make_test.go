package guard

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"mailshot/internal/address"
	"mailshot/internal/identifier"
	"mailshot/internal/message"
	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// The list of these tests. Messages are made for Ann; whose data must not
// stand in them is everyone else's.
var people = [][]string{ // first, last, address, account, city, referrer
	{"Ann", "Lee", "ann@a.example", "KX-1000001", "Berlin", "paul@p.example"},
	{"Bob", "Stone", "bob@b.example", "KX-7730951", "Paris", ""},
	{"Maria", "Schmidt", "maria.schmidt@c.example", "KX-2222222", "Berlin", ""},
	{"Anna Maria", "Schmidt", "amaria@c.example", "48213377", "Berlin", ""},
	{"Jack", "Friday", "jack@d.example", "90210777", "Rome", ""},
	{"Zoë", "Müller", "zoë@müller.example", "71993", "Bonn", ""},
	{"Staff", "Person", "staff@shop.example", "0170 5556667", "Bonn", ""},
	{"Paul", "Bell", "paul@p.example", "KX-3333333", "Bonn", ""},
}

const firstLine = 2 // of people in their list

func lineOfPerson(i int) int { return firstLine + i }

func parse(t testing.TB, s string) address.Address {
	t.Helper()
	a, err := address.Parse(s)
	if err != nil {
		t.Fatalf("address.Parse(%q): %v", s, err)
	}
	return a
}

func indexOfPeople(t testing.TB) *identifier.Index {
	b := identifier.NewBuilder(len(people))
	for i, p := range people {
		b.AddAddress(lineOfPerson(i), parse(t, p[2]).Canonical())
		b.Add(lineOfPerson(i), identifier.Name, p[0]+" "+p[1])
		b.Add(lineOfPerson(i), identifier.Token, p[3])
	}
	return b.Build()
}

func person(t testing.TB, i int) *recipient.Row {
	return &recipient.Row{Ordinal: i, Number: i + 1, Line: lineOfPerson(i), Address: parse(t, people[i][2]), Cells: people[i]}
}

func column(name string, k recipient.Kind) recipient.ColumnKind {
	return recipient.ColumnKind{Column: recipient.Column{Name: name, Heading: name}, Kind: k}
}

// policy is that of a campaign that sends text and HTML.
func policy(t testing.TB) Policy {
	return Policy{
		List:         "people.csv",
		Template:     "news.html",
		From:         address.Mailbox{Name: "The Shop", Address: parse(t, "news@shop.example")},
		EnvelopeFrom: parse(t, "news@shop.example"),
		Kinds: []recipient.ColumnKind{column("first", "name"), column("last", "name"), column("email", "address"),
			column("account", "identifier"), column("city", "text"), column("referrer", "address")},
		Plan: Plan{
			Fields: []string{"Date", "Message-ID", "From", "To", "Subject", "MIME-Version", "Content-Type"},
			Maybe:  []string{"List-Unsubscribe"},
			Parts: []PlannedPart{
				{Depth: 0, Type: "multipart/alternative"},
				{Depth: 1, Type: "text/plain"},
				{Depth: 1, Type: "text/html"},
			},
		},
	}
}

// letter is a message to be made into bytes, by hand.
type letter struct {
	id                string
	from, to, subject string
	extra             string // header lines
	text, html        string // bodies as they stand on the wire, with CRLF
	textEncoding      string
	htmlEncoding      string
	charset           string
	top               string // preamble
	end               string // epilogue
}

func annsLetter() letter {
	return letter{
		id:   "<x1@shop.example>",
		from: `"The Shop" <news@shop.example>`, to: `"Ann Lee" <ann@a.example>`, subject: "Hello Ann",
		text:         "Dear Ann Lee,\r\nyour account KX-1000001 is open.\r\n",
		html:         "<p>Dear <b>Ann</b> Lee,</p>\r\n<p>your account KX-1000001 is open.</p>\r\n",
		textEncoding: "8bit", htmlEncoding: "8bit", charset: "utf-8",
	}
}

const testDate = "Date: Mon, 23 Nov 2026 10:00:00 +0000\r\n"

func (l letter) bytes() string {
	return "Message-ID: " + l.id + "\r\nFrom: " + l.from + "\r\nTo: " + l.to + "\r\nSubject: " + l.subject + "\r\n" + l.extra +
		"MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary=\"=_b1\"\r\n\r\n" + l.top +
		"--=_b1\r\nContent-Type: text/plain; charset=" + l.charset + "\r\nContent-Transfer-Encoding: " + l.textEncoding + "\r\n\r\n" + l.text +
		"\r\n--=_b1\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: " + l.htmlEncoding + "\r\n\r\n" + l.html +
		"\r\n--=_b1--\r\n" + l.end
}

func (l letter) message(t testing.TB, row *recipient.Row) *message.Message {
	return finished(t, row, l.bytes())
}

// finished gives the message whose bytes are body, with a Message-ID of its own.
func finished(t testing.TB, row *recipient.Row, body string) *message.Message {
	body = strings.Replace(body, "<x1@", fmt.Sprintf("<x%d@", row.Line-firstLine+1), 1)
	return &message.Message{
		Ordinal: row.Ordinal, Line: row.Line,
		Envelope: message.Envelope{From: parse(t, "news@shop.example"), To: row.Address},
		Prefix:   []byte(testDate),
		Segments: []message.Segment{{Own: []byte(body)}},
	}
}

func judge(t testing.TB, p Policy, l letter) []rule.Refusal {
	t.Helper()
	g := New(p, indexOfPeople(t), len(people))
	row := person(t, 0)
	refusals, _ := g.Reader().Judge(row, l.message(t, row))
	return refusals
}

// base64Lines encodes s in lines of 76 characters.
func base64Lines(s string) string {
	code := base64.StdEncoding.EncodeToString([]byte(s))
	var b strings.Builder
	for len(code) > 76 {
		b.WriteString(code[:76] + "\r\n")
		code = code[76:]
	}
	return b.String() + code + "\r\n"
}

func quotedPrintable(s string) string {
	var b strings.Builder
	for i, c := range []byte(s) {
		fmt.Fprintf(&b, "=%02X", c)
		if i%20 == 19 {
			b.WriteString("=\r\n")
		}
	}
	return b.String()
}

func md5Hex(s string) string {
	sum := md5.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

func sha256Hex(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func show(refusals []rule.Refusal) string {
	var b strings.Builder
	for _, f := range refusals {
		fmt.Fprintf(&b, "\n\t%s", f.Error())
	}
	return b.String()
}
