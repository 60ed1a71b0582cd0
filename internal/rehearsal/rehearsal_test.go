package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"mailshot/internal/address"
	"mailshot/internal/recipient"
	"mailshot/internal/sink"
)

// people are rows of address, name, account and remark.
type people [][]string

func (p people) Rows(context.Context) iter.Seq2[*recipient.Row, error] {
	return func(yield func(*recipient.Row, error) bool) {
		for i, cells := range p {
			a, err := address.Parse(cells[0])
			if !yield(&recipient.Row{Ordinal: i, Number: i + 1, Line: i + 2, Address: a, Cells: cells}, err) {
				return
			}
		}
	}
}

func (p people) Common() []string { return []string{"desk@sender.example", "HOTLINE-4711"} }

var three = people{
	{"ann@a.example", "Ann Lee", "KX-7730951", "brought by bo@b.example"},
	{"bo@b.example", "Bo Dahl", "KX-7731022", ""},
	{"cai@c.example", "Cai Wu", "KX-7731103", "HOTLINE-4711"},
}

func audit(t *testing.T, p people) *Audit {
	a, err := New(t.Context(), p, "desk@sender.example")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// received is a message as a campaign makes it, after change.
func received(to, change, with string) sink.Received {
	data := "From: Desk <desk@sender.example>\r\nTo: <" + to + ">\r\nSubject: News\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nHello\r\n" +
		"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Hello</p>\r\n" +
		"--b\r\nContent-Type: application/pdf; name=leaflet.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n"
	data = strings.Replace(data, change, with, 1)
	return sink.Received{From: "desk@sender.example", To: []string{to}, Size: int64(len(data)), Data: []byte(data)}
}

func TestAudit(t *testing.T) {
	a := audit(t, three)
	for i, cells := range three {
		a.Add(received(cells[0], "Hello", "Your account is "+strings.ToLower(cells[2])+", line "+fmt.Sprint(i)))
	}
	r := a.Report(3)
	if r.Total != 0 || r.Messages != 3 || r.Unread != 3 || r.LargestLine == 0 || r.Large != 0 {
		t.Errorf("%+v", r)
	}
}

// TestFindings feeds the audit what it is there to find, and beside each what it
// must let through.
func TestFindings(t *testing.T) {
	ann := "ann@a.example"
	for name, c := range map[string]struct {
		got  sink.Received
		want string // of what is found; "" for nothing
	}{
		"own account":            {received(ann, "Hello", "KX-7730951"), ""},
		"quoted in her own row":  {received(ann, "Hello", "bo@b.example"), ""},
		"allowed":                {received(ann, "Hello", "hotline-4711, desk@sender.example"), ""},
		"an address in text":     {received(ann, "Hello", "Hello,cai=40c.example!"), "text/plain"},
		"an account in text":     {received(ann, "Hello", "(kx-7731022)"), "text/plain"},
		"an address in HTML":     {received(ann, "<p>Hello", "<p>cai&#64;c.example"), "HTML"},
		"an account in a link":   {received(ann, "<p>Hello", `<a href="https://a.example/KX-7731022?x">`), "text/html"},
		"percent-encoded":        {received(ann, "<p>Hello", `<a href="mailto:cai%40c.example">`), "text/html"},
		"in the subject":         {received(ann, "News", "=?utf-8?q?KX-7731022?="), "field Subject"},
		"in the name of a file":  {received(ann, "leaflet.pdf", "KX-7731022.pdf"), "name of a file"},
		"another To":             {received(ann, "To: <ann@a.example>", "To: <bo@b.example>"), "To is not"},
		"two in To":              {received(ann, "To: <ann@a.example>", "To: <ann@a.example>, <x@x.example>"), "To is not"},
		"Bcc":                    {received(ann, "Subject", "Bcc: <x@x.example>\r\nSubject"), "a field Bcc"},
		"Resent-To":              {received(ann, "Subject", "Resent-To: <x@x.example>\r\nSubject"), "a field Resent-To"},
		"a stranger":             {received("dan@d.example", "", ""), "on no row"},
		"not a message":          {sink.Received{From: "desk@sender.example", To: []string{ann}, Data: []byte("no")}, "cannot be read"},
		"a part that is cut off": {received(ann, "--b--", "--c"), "cannot be read"},
		"several recipients":     {sink.Received{From: "desk@sender.example", To: []string{ann, "bo@b.example"}}, "several recipients"},
		"another sender":         {sink.Received{From: "x@x.example", To: []string{ann}, Data: received(ann, "", "").Data}, "another sender"},
	} {
		a := audit(t, three)
		a.Add(c.got)
		r := a.Report(1)
		var all []string
		for _, f := range r.Findings {
			all = append(all, f.What)
		}
		found := strings.Join(all, "\n")
		if c.want == "" && found != "" || !strings.Contains(found, c.want) {
			t.Errorf("%s: found %q", name, found)
		}
		for _, cell := range []string{"@", "KX", "Lee", "Dahl"} {
			if strings.Contains(found, cell) {
				t.Errorf("%s: data in %q", name, found)
			}
		}
	}
}

// TestMissing wants everyone to have got theirs once, whatever the server says.
func TestMissing(t *testing.T) {
	a := audit(t, three)
	a.Add(received("ann@a.example", "", ""))
	a.Add(received("ann@a.example", "", ""))
	a.Add(received("bo@b.example", "", ""))
	r := a.Report(3)
	if r.Total != 2 || r.Findings[0].Line != 2 || r.Findings[1].Line != 4 {
		t.Errorf("%+v", r)
	}
	if r := audit(t, three).Report(1); r.Total != 1 {
		t.Errorf("%+v", r)
	}
}

// A household's mailbox gets as many messages as it has rows.
func TestSharedMailbox(t *testing.T) {
	a := audit(t, people{{"home@a.example", "KX-7730951"}, {"home@a.example", "KX-7731022"}})
	a.Add(received("home@a.example", "Hello", "KX-7730951"))
	a.Add(received("home@a.example", "Hello", "KX-7731022"))
	if r := a.Report(2); r.Total != 0 {
		t.Errorf("%+v", r)
	}
}

type broken struct{ people }

func (broken) Rows(context.Context) iter.Seq2[*recipient.Row, error] {
	return func(yield func(*recipient.Row, error) bool) { yield(nil, recipient.ErrChanged) }
}

func TestListChanges(t *testing.T) {
	if _, err := New(t.Context(), broken{three}, ""); !errors.Is(err, recipient.ErrChanged) {
		t.Error(err)
	}
}
