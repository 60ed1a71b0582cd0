package message

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"

	"mailshot/internal/address"
	"mailshot/internal/recipient"
	"mailshot/internal/rule"
	"mailshot/internal/template"
)

// secretive is a campaign in which every value of the row holds the same word.
func secretive(t testing.TB) *campaign {
	c := newCampaign(t).withHTML()
	c.row.Address = parse(t, "sesame@a.example")
	c.row.Cells = []string{"sesame@a.example", "sesame"}
	c.rendered = template.Rendered{Subject: "sesame", ToName: "sesame", Text: []byte("sesame"), HTML: []byte("sesame"),
		ListUnsubscribe: "https://shop.example/?sesame"}
	c.plan.unsubscribe = true
	c.plan.attachments = []planned{{"text/plain", true}}
	c.files = []File{{Name: "sesame.txt", Path: "sesame/sesame.txt", Content: []byte("sesame")}}
	return c
}

func TestControlCharactersAreRefused(t *testing.T) {
	for _, control := range []string{"\r", "\n", "\r\n", "\x00", "\t", "\x1b", "\x7f", "\u0085"} {
		injected := "sesame" + control + "Bcc: b@b.example"
		for where, plant := range map[string]func(*campaign){
			"header To":                           func(c *campaign) { c.rendered.ToName = injected },
			"header Subject":                      func(c *campaign) { c.rendered.Subject = injected },
			"header List-Unsubscribe":             func(c *campaign) { c.rendered.ListUnsubscribe = "https://a.example/" + injected },
			"file name of the row's attachment 1": func(c *campaign) { c.files[0].Name = injected },
			"template: header From":               func(c *campaign) { c.plan.from.Name = injected },
			"template: header X-Campaign":         func(c *campaign) { c.plan.headers = []template.Header{{Name: "X-Campaign", Value: injected}} },
			"template: file name of attachment 2": func(c *campaign) { c.options.Attach = []File{{Name: injected}} },
			"template: header Reply-To":           func(c *campaign) { c.plan.replyTo = address.Mailbox{Name: injected, Address: c.row.Address} },
			"template: header Sender":             func(c *campaign) { c.plan.sender = address.Mailbox{Name: injected, Address: c.row.Address} },
		} {
			c := secretive(t)
			plant(c)
			_, err := c.try()
			refusal, ok := errors.AsType[rule.Refusal](err)
			if !ok || refusal.Rule != rule.ControlCharacter {
				t.Errorf("%s with %q: %v", where, control, err)
				continue
			}
			place := refusal.Where
			if refusal.File != "" {
				place = "template: " + place
			} else if refusal.Line != c.row.Line || refusal.Row != c.row.Number {
				t.Errorf("%s with %q: row %d, line %d", where, control, refusal.Row, refusal.Line)
			}
			if place != where || strings.Contains(refusal.Error()+refusal.Hint, "sesame") {
				t.Errorf("%s with %q: %v", where, control, refusal)
			}
		}
	}
}

func TestWhatIsAtFault(t *testing.T) {
	for name, plant := range map[string]func(*campaign){
		"no address":               func(c *campaign) { c.row.Address = address.Address{} },
		"HTML is missing":          func(c *campaign) { c.rendered.HTML = nil },
		"a file is missing":        func(c *campaign) { c.files = nil },
		"a file too many":          func(c *campaign) { c.files = append(c.files, c.files...) },
		"a shared file is missing": func(c *campaign) { c.plan.attachments = append(c.plan.attachments, planned{}) },
		"inline without HTML":      func(c *campaign) { c.plan.html, c.options.Inline = false, []File{{Name: "a.png"}} },
		"inline with a space":      func(c *campaign) { c.options.Inline = []File{{Name: "a b.png"}} },
		"inline twice":             func(c *campaign) { c.options.Inline = []File{{Name: "a.png"}, {Name: "a.png"}} },
		"unknown telling column":   func(c *campaign) { c.plan.sharedMailboxes = "household" },
		"row without telling cell": func(c *campaign) {
			c.options.Columns, c.plan.sharedMailboxes = []recipient.Column{{}, {}, {Name: "h"}}, "h"
		},
		"link: relative":            func(c *campaign) { c.rendered.ListUnsubscribe = "/leave?sesame" },
		"link: no host":             func(c *campaign) { c.rendered.ListUnsubscribe = "https:///sesame" },
		"link: no address":          func(c *campaign) { c.rendered.ListUnsubscribe = "mailto:?subject=sesame" },
		"link: script":              func(c *campaign) { c.rendered.ListUnsubscribe = "javascript:sesame" },
		"link: space":               func(c *campaign) { c.rendered.ListUnsubscribe = "https://a.example/se same" },
		"link: two":                 func(c *campaign) { c.rendered.ListUnsubscribe = "https://a.example/>,<https://b.example/sesame" },
		"link: not percent-encoded": func(c *campaign) { c.rendered.ListUnsubscribe = "https://a.example/sesäme" },
		"link: bad escape":          func(c *campaign) { c.rendered.ListUnsubscribe = "https://a.example/%zz" },
		"link: too long":            func(c *campaign) { c.rendered.ListUnsubscribe = "https://a.example/" + strings.Repeat("s", 1000) },
	} {
		c := secretive(t)
		plant(c)
		_, err := c.try()
		fault, ok := errors.AsType[*rule.Fault](err)
		if !ok || fault.File != c.plan.path || strings.Contains(fault.Error()+fault.Hint, "same") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFixedFieldsThatCannotStand(t *testing.T) {
	fine := template.Header{Name: "X-Campaign", Value: "autumn"}
	for _, name := range []string{"Cc", "bcc", "To", "FROM", "Subject", "Date", "Message-ID", "Sender", "Reply-To", "MIME-Version",
		"Content-Type", "content-foo", "Resent-To", "List-Unsubscribe", "List-Unsubscribe-Post",
		"", "X Y", "To ", "X:Y", "X\r\nBcc", "Ü", "x-campaign", strings.Repeat("x", 51)} {
		c := newCampaign(t)
		c.plan.headers = []template.Header{fine, {Name: name, Value: "b@b.example"}}
		_, err := c.try()
		refusal, ok := errors.AsType[rule.Refusal](err)
		if !ok || refusal.Rule != rule.Header || refusal.File != c.plan.path || strings.Contains(refusal.Error(), "b@b") {
			t.Errorf("%q: %v", name, err)
		}
	}
	c := newCampaign(t)
	c.plan.headers = []template.Header{fine, {Name: "Auto-Submitted", Value: "auto-generated"}}
	c.compose(t)
}

func TestLinksThatStand(t *testing.T) {
	for _, link := range []string{"https://a.example/u?x=1&y=%20", "http://a.example:8080/", "https://[2001:db8::1]/u",
		"mailto:leave@a.example?subject=leave", "https://a.example/" + strings.Repeat("s", 950)} {
		c := secretive(t)
		c.rendered.ListUnsubscribe = link
		raw := written(t, c.compose(t))
		if strings.Count(string(raw), "\r\nList-Unsubscribe: <"+link+">\r\n") != 1 || strings.Contains(string(raw), "Post") {
			t.Errorf("%q in\n%s", link, raw)
		}
		c.rendered.OneClick = true
		raw = written(t, c.compose(t))
		if strings.Count(string(raw), ">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n") != 1 {
			t.Errorf("%q in\n%s", link, raw)
		}
	}
	c := secretive(t)
	c.rendered.ListUnsubscribe = ""
	if raw := written(t, c.compose(t)); strings.Contains(string(raw), "Unsubscribe") {
		t.Errorf("a link for a row that has none in\n%s", raw)
	}
}

// other is another row of c's list, and what the template made of it.
func (c *campaign) other(t testing.TB) *campaign {
	o := *c
	o.row = recipient.Row{Ordinal: 13, Number: 14, Line: 15, Address: parse(t, "berta@b.example"), Cells: []string{"berta@b.example", "Berta"}}
	o.rendered.ToName, o.rendered.Subject = "Berta Beispiel-Öhler", "Hello Berta, this is another subject and a longer one"
	o.rendered.Text = bytes.Repeat([]byte("Hello Berta\n"), 50)
	o.files = []File{{Name: "berta.txt", Content: []byte("of Berta")}}
	return &o
}

// TestSameInputSameBytes makes two rows' messages by two composers, in either
// order, by one writer and by two.
func TestSameInputSameBytes(t *testing.T) {
	a := secretive(t)
	a.options.Attach = []File{{Name: "terms.pdf", Content: octets(100)}}
	b := a.other(t)
	wantA, wantB := written(t, a.compose(t)), written(t, b.compose(t))
	one, err := newComposer(a.plan, a.options)
	if err != nil {
		t.Fatal(err)
	}
	w, v := one.Writer(), one.Writer()
	for i := range 4 {
		for _, x := range []struct {
			c    *campaign
			want []byte
			w    *Writer
		}{{b, wantB, w}, {a, wantA, v}, {a, wantA, w}, {b, wantB, v}, {b, wantB, w}} {
			m, err := x.w.Compose(&x.c.row, &x.c.rendered, x.c.files)
			if err != nil || !bytes.Equal(written(t, m), x.want) {
				t.Errorf("round %d: another message than alone: %v", i, err)
			}
		}
	}
}

// TestWritersAtTheSameTime is for the race detector, too.
func TestWritersAtTheSameTime(t *testing.T) {
	a := secretive(t)
	a.options.Attach = []File{{Name: "terms.pdf", Content: octets(100)}}
	composer, err := newComposer(a.plan, a.options)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for _, c := range []*campaign{a, a.other(t), a, a.other(t)} {
		want := written(t, c.compose(t))
		all.Go(func() {
			w := composer.Writer()
			for range 50 {
				m, err := w.Compose(&c.row, &c.rendered, c.files)
				if err != nil {
					t.Error(err)
					return
				}
				var got bytes.Buffer
				if _, err := m.WriteTo(&got); err != nil || !bytes.Equal(got.Bytes(), want) {
					t.Errorf("another message than alone: %v", err)
					return
				}
			}
		})
	}
	all.Wait()
}

// TestMessageBelongsToTheCaller overwrites a message, and what it was made
// from, and looks at the others.
func TestMessageBelongsToTheCaller(t *testing.T) {
	a := secretive(t)
	a.options.Attach = []File{{Name: "terms.pdf", Content: octets(100)}, {Name: "more.pdf", Content: octets(100)}}
	b := a.other(t)
	want := written(t, b.compose(t))
	composer, err := newComposer(a.plan, a.options)
	if err != nil {
		t.Fatal(err)
	}
	w := composer.Writer()
	first, err1 := w.Compose(&a.row, &a.rendered, a.files)
	second, err2 := w.Compose(&b.row, &b.rendered, b.files)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	_ = append(first.Prefix, "overwritten"...)
	for _, s := range first.Segments {
		_ = append(s.Own, "overwritten"...)
	}
	if !bytes.Equal(written(t, first), written(t, a.compose(t))) {
		t.Error("one segment of a message reaches into another")
	}
	clear(first.Prefix)
	for _, s := range first.Segments {
		clear(s.Own)
	}
	clear(a.rendered.Text)
	clear(b.rendered.Text)
	clear(b.files[0].Content)
	if !bytes.Equal(written(t, second), want) {
		t.Error("the second message changed with the first")
	}
	b.rendered.Text, b.files[0].Content = bytes.Repeat([]byte("Hello Berta\n"), 50), []byte("of Berta")
	if third, err := w.Compose(&b.row, &b.rendered, b.files); err != nil || !bytes.Equal(written(t, third), want) {
		t.Errorf("a later message changed with the first: %v", err)
	}
}

func TestSharedPartsAreShared(t *testing.T) {
	a := secretive(t)
	a.options.Attach = []File{{Name: "terms.pdf", Content: octets(1 << 20)}}
	composer, err := newComposer(a.plan, a.options)
	if err != nil {
		t.Fatal(err)
	}
	b := a.other(t)
	m, err1 := composer.Writer().Compose(&a.row, &a.rendered, a.files)
	n, err2 := composer.Writer().Compose(&b.row, &b.rendered, b.files)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if len(m.Segments) != 3 || m.Segments[1].Shared == nil || m.Segments[1].Shared != n.Segments[1].Shared {
		t.Fatal("no part that both messages refer to")
	}
	if own := m.Size() - len(m.Segments[1].Shared.Encoded); own > 4096 {
		t.Errorf("%d octets of its own", own)
	}
}

func TestMessageSaysWhoItIsFor(t *testing.T) {
	m := newCampaign(t).compose(t)
	if m.Ordinal != 12 || m.Line != 14 || m.Envelope != (Envelope{parse(t, "news@shop.example"), parse(t, "ann@a.example")}) {
		t.Errorf("%d, line %d, %v", m.Ordinal, m.Line, m.Envelope)
	}
	if got := string(m.Prefix); got != "Date: Thu, 01 Oct 2026 09:30:00 +0200\r\n" {
		t.Errorf("prefix %q", got)
	}
}

func TestNeedsUTF8(t *testing.T) {
	utf8 := parse(t, "дана@a.example")
	for name, x := range map[string]struct {
		plant func(*campaign)
		want  bool
	}{
		"ASCII":                     {func(c *campaign) {}, false},
		"names and IDN":             {func(c *campaign) { c.rendered.ToName, c.row.Address = "Дана", parse(t, "d@bücher.example") }, false},
		"recipient's local part":    {func(c *campaign) { c.row.Address = utf8 }, true},
		"sender's local part":       {func(c *campaign) { c.plan.from.Address = utf8 }, true},
		"Sender's local part":       {func(c *campaign) { c.plan.sender.Address = utf8 }, true},
		"local part to reply to":    {func(c *campaign) { c.plan.replyTo.Address = utf8 }, true},
		"subject in another script": {func(c *campaign) { c.rendered.Subject = "Дана" }, false},
	} {
		c := newCampaign(t)
		x.plant(c)
		m := c.compose(t)
		ascii := !bytes.ContainsFunc(written(t, m), func(r rune) bool { return r > 0x7f })
		if m.NeedsUTF8 != x.want || ascii == x.want {
			t.Errorf("%s: NeedsUTF8 %t, all ASCII %t", name, m.NeedsUTF8, ascii)
		}
	}
}

func TestMessageIDTellsRecipientsApart(t *testing.T) {
	id := func(change func(*campaign)) string {
		c := newCampaign(t)
		c.options.Columns = []recipient.Column{{Name: "email"}, {Name: "first_name"}}
		change(c)
		m := c.compose(t)
		if !strings.Contains(string(written(t, m)), "\r\nMessage-ID: <"+m.MessageID+">\r\n") {
			t.Errorf("not the one in the header: %s", m.MessageID)
		}
		return m.MessageID
	}
	base := id(func(*campaign) {})
	if !strings.HasSuffix(base, "@shop.example") || len(base) != 26+len("@shop.example") {
		t.Errorf("%s", base)
	}
	for name, x := range map[string]struct {
		change func(*campaign)
		same   bool
	}{
		"the address in other letters": {func(c *campaign) { c.row.Address = parse(t, "ANN@A.example") }, true},
		"another line":                 {func(c *campaign) { c.row.Ordinal, c.row.Number, c.row.Line = 1, 2, 3 }, true},
		"another text":                 {func(c *campaign) { c.rendered.Text = []byte("x") }, true},
		"another cell":                 {func(c *campaign) { c.row.Cells[1] = "Anna" }, true},
		"another address":              {func(c *campaign) { c.row.Address = parse(t, "ann@b.example") }, false},
		"another campaign":             {func(c *campaign) { c.options.Campaign = "autumn2" }, false},
		"a household":                  {func(c *campaign) { c.plan.sharedMailboxes = "first_name" }, false},
	} {
		if got := id(x.change); (got == base) != x.same {
			t.Errorf("%s: %s, was %s", name, got, base)
		}
	}
	household := func(who string) string {
		return id(func(c *campaign) { c.plan.sharedMailboxes, c.row.Cells[1] = "first_name", who })
	}
	if household("Ann") == household("Bob") {
		t.Error("two of a household have one Message-ID")
	}
}
