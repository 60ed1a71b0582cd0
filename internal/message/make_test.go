package message

import (
	"bytes"
	"testing"
	"time"

	"mailshot/internal/address"
	"mailshot/internal/recipient"
	"mailshot/internal/template"
)

// campaign is what a test composes a message from.
type campaign struct {
	plan     plan
	options  Options
	row      recipient.Row
	rendered template.Rendered
	files    []File
}

// newCampaign gives a campaign of plain text, for tests to change.
func newCampaign(t testing.TB) *campaign {
	t.Helper()
	return &campaign{
		plan: plan{path: "news.txt", from: address.Mailbox{Name: "Autumn Sale", Address: parse(t, "news@shop.example")}},
		options: Options{
			Campaign: "autumn",
			Date:     time.Date(2026, 10, 1, 9, 30, 0, 0, time.FixedZone("", 2*60*60)),
		},
		row:      recipient.Row{Ordinal: 12, Number: 13, Line: 14, Address: parse(t, "ann@a.example"), Cells: []string{"ann@a.example", "Ann"}},
		rendered: template.Rendered{Subject: "Hello Ann", ToName: "Ann Example", Text: []byte("Hello Ann,\n\nall is well.\n")},
	}
}

// withHTML gives c an HTML alternative.
func (c *campaign) withHTML() *campaign {
	c.plan.html = true
	c.rendered.HTML = []byte("<!DOCTYPE html>\n<p style=\"color: #222\">Hello <b>Ann</b></p>\n")
	return c
}

func parse(t testing.TB, s string) address.Address {
	t.Helper()
	a, err := address.Parse(s)
	if err != nil {
		t.Fatalf("Parse(%q): %v", s, err)
	}
	return a
}

// compose makes c's message.
func (c *campaign) compose(t testing.TB) *Message {
	t.Helper()
	m, err := c.try()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (c *campaign) try() (*Message, error) {
	composer, err := newComposer(c.plan, c.options)
	if err != nil {
		return nil, err
	}
	return composer.Writer().Compose(&c.row, &c.rendered, c.files)
}

// written gives the message as it goes out.
func written(t testing.TB, m *Message) []byte {
	t.Helper()
	var b bytes.Buffer
	n, err := m.WriteTo(&b)
	if err != nil || n != int64(m.Size()) || b.Len() != m.Size() {
		t.Fatalf("WriteTo: %d octets, %v; Size says %d", n, err, m.Size())
	}
	return b.Bytes()
}
