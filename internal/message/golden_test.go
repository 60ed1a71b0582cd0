package message

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"mailshot/internal/address"
	"mailshot/internal/recipient"
	"mailshot/internal/template"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden are the messages that testdata keeps.
var golden = map[string]func(testing.TB) *campaign{
	"text": newCampaign,
	"html": func(t testing.TB) *campaign { return newCampaign(t).withHTML() },
	"markdown": func(t testing.TB) *campaign {
		c := newCampaign(t).withHTML()
		c.plan.path = "news.md"
		c.rendered.Text = []byte("Hello Ann,\n\n* one\n* two\n\nRead on: https://shop.example/autumn?from=mail&to=shop\n")
		c.rendered.HTML = []byte("<html><body><!--[if mso]><table><tr><td><![endif]-->\n<p>Hello Ann,</p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n" +
			"<p>Read on: <a href=\"https://shop.example/autumn?from=mail&amp;to=shop\">the whole range of this autumn, with all that is new</a></p>\n</body></html>")
		return c
	},
	"fields": func(t testing.TB) *campaign {
		c := newCampaign(t)
		c.plan.sender = address.Mailbox{Address: parse(t, "robot@shop.example")}
		c.plan.replyTo = address.Mailbox{Name: "Kundenservice Köln", Address: parse(t, "hilfe@shop.example")}
		c.plan.unsubscribe = true
		c.plan.headers = []template.Header{
			{Name: "Auto-Submitted", Value: "auto-generated"},
			{Name: "Precedence", Value: "bulk"},
			{Name: "X-Campaign", Value: "autumn 2026, the long one, with so many words that the line has to be folded"},
		}
		c.rendered.ListUnsubscribe = "https://shop.example/leave?token=" + strings.Repeat("0123456789abcdef", 8)
		c.rendered.OneClick = true
		return c
	},
	"attachments": func(t testing.TB) *campaign {
		c := newCampaign(t).withHTML()
		c.plan.attachments = []planned{{"application/pdf", true}, {"application/pdf", false}, {"application/octet-stream", true}}
		c.options.Attach = []File{
			{Name: "terms.pdf", Content: octets(1000)},
			{Name: "Geschäftsbedingungen.txt", Content: []byte("Alles ist erlaubt.")},
		}
		c.files = []File{
			{Name: "Rechnung für Ann, 10 %.pdf", Content: octets(57)},
			{Name: strings.Repeat("расчёт ", 9) + "\"1\".bin", Content: octets(58)},
		}
		return c
	},
	"inline": func(t testing.TB) *campaign {
		c := newCampaign(t).withHTML()
		c.rendered.HTML = []byte("<p><img src=\"cid:logo.png\" alt=\"\"> Hello Ann <img src=\"cid:foot_2.gif\" alt=\"\"></p>\n")
		c.options.Inline = []File{{Name: "logo.png", Content: octets(300)}, {Name: "foot_2.gif", Content: nil}}
		c.options.Attach = []File{{Name: "terms.pdf", Content: octets(10)}}
		return c
	},
	"scripts": func(t testing.TB) *campaign {
		c := newCampaign(t).withHTML()
		c.rendered.ToName = "山田 太郎, \"タロー\""
		c.rendered.Subject = "Ωραία νέα, नमस्ते, مرحبا يا آنا, 你好, и ещё раз: 👩‍👩‍👧 café"
		c.rendered.Text = []byte("你好，安。\nمرحبا\n.\nFrom here on\n a blank at the end \n\ttab\t\n" + strings.Repeat("длинное слово ", 20))
		c.row = recipient.Row{Ordinal: 0, Number: 1, Line: 2, Address: parse(t, "дана@a.example")}
		return c
	},
}

// octets gives n octets that are no text.
func octets(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 37)
	}
	return b
}

func TestGolden(t *testing.T) {
	for name, make := range golden {
		t.Run(name, func(t *testing.T) {
			got := written(t, make(t).compose(t))
			file := filepath.Join("testdata", name+".eml")
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("not %s:\n%s", file, got)
			}
		})
	}
}

func TestGoldenReadsBack(t *testing.T) {
	for name, make := range golden {
		for _, r := range readers {
			t.Run(name+" by "+r.name, func(t *testing.T) {
				c := make(t)
				m := c.compose(t)
				got, err := r.read(written(t, m))
				if err != nil {
					t.Fatal(err)
				}
				if want := c.expected(t, m); !reflect.DeepEqual(got, want) {
					t.Errorf("got  %+v\nwant %+v", got, want)
				}
			})
		}
	}
}
