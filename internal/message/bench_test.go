package message

import (
	"bytes"
	"io"
	"net/textproto"
	"testing"

	"github.com/jordan-wright/email"
)

// newsletter is a message of 5 KB with text and HTML, mostly ASCII, as
// newsletters are.
func newsletter(t testing.TB) *campaign {
	c := newCampaign(t).withHTML()
	c.rendered.Subject = "Schöne Grüße an Ann aus dem Herbst"
	c.rendered.Text = bytes.Repeat([]byte("This is what is new in the shop this autumn, and where; viele Grüße.\n"), 26)
	c.rendered.HTML = bytes.Repeat([]byte("<tr><td style=\"color: #222; padding: 4px\">What is new in the shop <a href=\"https://shop.example/\">here</a></td></tr>\n"), 27)
	return c
}

// withLeaflet gives c a shared attachment of 5 MB.
func (c *campaign) withLeaflet() *campaign {
	c.options.Attach = []File{{Name: "leaflet.pdf", Content: octets(5 << 20)}}
	return c
}

func benchmarkCompose(b *testing.B, c *campaign) {
	composer, err := newComposer(c.plan, c.options)
	if err != nil {
		b.Fatal(err)
	}
	w := composer.Writer()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.Compose(&c.row, &c.rendered, c.files); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompose(b *testing.B)        { benchmarkCompose(b, newsletter(b)) }
func BenchmarkComposeLeaflet(b *testing.B) { benchmarkCompose(b, newsletter(b).withLeaflet()) }

// benchmarkAnew composes each message from scratch, as the library is used
// elsewhere, for comparison.
func benchmarkAnew(b *testing.B, c *campaign) {
	b.ReportAllocs()
	for b.Loop() {
		e := email.Email{
			From: "Autumn Sale <news@shop.example>", To: []string{"Ann Example <ann@a.example>"},
			Subject: c.rendered.Subject, Text: c.rendered.Text, HTML: c.rendered.HTML,
			Headers: textproto.MIMEHeader{},
		}
		for _, f := range c.options.Attach {
			if _, err := e.Attach(bytes.NewReader(f.Content), f.Name, "application/pdf"); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := e.Bytes(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAnew(b *testing.B)        { benchmarkAnew(b, newsletter(b)) }
func BenchmarkAnewLeaflet(b *testing.B) { benchmarkAnew(b, newsletter(b).withLeaflet()) }

func BenchmarkWriteTo(b *testing.B) {
	m := newsletter(b).compose(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.WriteTo(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
