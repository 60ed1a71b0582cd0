package guard

import (
	"bytes"
	"fmt"
	"io"
	"mime/quotedprintable"
	"strings"
	"testing"

	gomessage "github.com/emersion/go-message"

	"mailshot/internal/identifier"
	"mailshot/internal/message"
	"mailshot/internal/recipient"
)

// A campaign as people send them: 5 KB of text and HTML a message, to a list
// of rows people of whom names, addresses, accounts and phone numbers are
// known.
type campaign struct {
	policy   Policy
	index    *identifier.Index
	rows     []*recipient.Row
	messages []*message.Message
}

var (
	firstNames = []string{"Ann", "Bob", "Carla", "Dmitri", "Élodie", "Farid", "Greta", "Håkon", "Ines", "Jürgen", "Kenji", "Lucía"}
	lastNames  = []string{"Lee", "Stone", "Rossi", "Ivanov", "Dupont", "Haddad", "Weiß", "Olsen", "Costa", "Müller", "Tanaka", "García"}
)

func newCampaign(tb testing.TB, listed, made int) *campaign {
	c := &campaign{policy: policy(tb)}
	b := identifier.NewBuilder(listed)
	for i := range listed {
		first, last := firstNames[i%len(firstNames)], lastNames[i/len(firstNames)%len(lastNames)]+fmt.Sprintf("son%c%c", 'a'+i/144%26, 'a'+i/3744%26)
		cells := []string{first, last, fmt.Sprintf("%s.%d@host%d.example", "person", i, i%977), fmt.Sprintf("KX-%07d", i*7919%10000000), fmt.Sprintf("+49 170 %07d", i*6131%10000000), "Berlin"}
		row := &recipient.Row{Ordinal: i, Number: i + 1, Line: i + 2, Address: parse(tb, cells[2]), Cells: cells}
		b.AddAddress(row.Line, row.Address.Canonical())
		b.Add(row.Line, identifier.Name, first+" "+last)
		b.Add(row.Line, identifier.Token, cells[3])
		b.Add(row.Line, identifier.Token, cells[4])
		if i < made {
			c.rows = append(c.rows, row)
			c.messages = append(c.messages, newsletter(tb, row))
		}
	}
	c.index = b.Build()
	return c
}

// newsletter makes the message of row.
func newsletter(tb testing.TB, row *recipient.Row) *message.Message {
	l := annsLetter()
	name := row.Cells[0] + " " + row.Cells[1]
	l.to = fmt.Sprintf("=?UTF-8?Q?%s?= <%s>", strings.ReplaceAll(strings.ReplaceAll(fmt.Sprintf("% X", name), " ", "="), "=20", "_"), row.Address)
	l.to = strings.Replace(l.to, "?Q?", "?Q?=", 1)
	l.subject = "Your account " + row.Cells[3] + " in autumn"
	l.extra = "List-Unsubscribe: <https://shop.example/leave?c=autumn&t=" + fmt.Sprintf("%x", row.Ordinal*2654435761) + ">\r\n"
	l.text, l.textEncoding = quoted(tb, newsText(row)), "quoted-printable"
	l.html, l.htmlEncoding = quoted(tb, newsHTML(row)), "quoted-printable"
	return l.message(tb, row)
}

func quoted(tb testing.TB, s string) string {
	var b bytes.Buffer
	w := quotedprintable.NewWriter(&b)
	if _, err := io.WriteString(w, strings.ReplaceAll(s, "\n", "\r\n")); err != nil {
		tb.Fatal(err)
	}
	w.Close()
	return b.String()
}

var paragraphs = []string{
	"The index of your account will be rebuilt on the first weekend of the month, between ten in the evening and four in the morning.",
	"While that goes on you can read everything, but what you write is kept back and only shows once the work is done. Nothing is lost.",
	"You need not do anything. If you use the interface for programs, version 3, please note that page sizes over 500 are no longer taken.",
	"Prices stay as they are: 49.90 a month for the small plan, 149.00 for the large one, and nothing for schools and libraries.",
	"We moved to a new house in spring; the old address is no longer served, and letters that go there come back to you after six weeks.",
	"There is a page that says how things stand at any hour, and a feed of it; both go on working while the rest does not, so look there.",
	"Our terms were made shorter. They now fit on two pages, in plain words, and the rights you had before them are the rights you have.",
	"If something looks wrong to you after the weekend, answer this mail or call us; we are there from Monday to Friday, nine to five.",
}

func newsText(row *recipient.Row) string {
	return "Dear " + row.Cells[0] + " " + row.Cells[1] + ",\n\n" + strings.Join(paragraphs, "\n\n") +
		"\n\nYour account: " + row.Cells[3] + "\nYour phone: " + row.Cells[4] +
		"\n\nKind regards\nThe Shop\n\nWritten to " + row.Cells[2] + ". To leave: https://shop.example/leave?c=autumn&t=" + fmt.Sprintf("%x", row.Ordinal*2654435761) + "\n"
}

func newsHTML(row *recipient.Row) string {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Autumn</title>\n<style>\nbody { font-family: sans-serif; color: #222 }\n.box { max-width: 600px; margin: 0 auto }\n@media (prefers-color-scheme: dark) { body { background: #111; color: #eee } }\n</style></head>\n<body><table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\"><tr><td class=\"box\">\n")
	b.WriteString("<p style=\"font-size: 18px\">Dear <b>" + row.Cells[0] + "</b> " + row.Cells[1] + ",</p>\n")
	for _, p := range paragraphs {
		b.WriteString("<p style=\"margin: 0 0 16px; line-height: 1.5\">" + strings.Replace(p, " and ", " &amp; ", 1) + "</p>\n")
	}
	b.WriteString("<table role=\"presentation\"><tr><td>Your account</td><td><b>" + row.Cells[3] + "</b></td></tr>\n<tr><td>Your phone</td><td>" + row.Cells[4] + "</td></tr></table>\n")
	b.WriteString("<p><a href=\"https://shop.example/account?id=" + row.Cells[3] + "&amp;from=mail\" style=\"color: #06c\">Open your account</a></p>\n")
	b.WriteString("<p style=\"font-size: 12px; color: #777\">Written to " + row.Cells[2] + ". <a href=\"https://shop.example/leave?c=autumn&amp;t=" + fmt.Sprintf("%x", row.Ordinal*2654435761) + "\">Leave</a></p>\n</td></tr></table></body></html>\n")
	return b.String()
}

func BenchmarkMessage(b *testing.B) {
	c := newCampaign(b, 100_000, 5_000)
	size := len(testDate) + len(c.messages[0].Segments[0].Own)
	b.Run("guard", func(b *testing.B) {
		g := New(c.policy, c.index, len(c.rows))
		r := g.Reader()
		b.SetBytes(int64(size))
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			n := i % len(c.rows)
			if refusals, _ := r.Judge(c.rows[n], c.messages[n]); len(refusals) > 0 {
				b.Fatal(refusals[0])
			}
		}
	})
	b.Run("go-message", func(b *testing.B) {
		var raw [][]byte
		for _, m := range c.messages {
			raw = append(raw, append(bytes.Clone(m.Prefix), m.Segments[0].Own...))
		}
		b.SetBytes(int64(size))
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			readAll(b, raw[i%len(raw)])
		}
	})
}

func readAll(b *testing.B, raw []byte) {
	e, err := gomessage.Read(bytes.NewReader(raw))
	if err != nil {
		b.Fatal(err)
	}
	err = e.Walk(func(_ []int, e *gomessage.Entity, err error) error {
		if err == nil && e.MultipartReader() == nil {
			_, err = io.Copy(io.Discard, e.Body)
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}
