package message

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
	"testing"

	gomessage "github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"
	gomail "github.com/emersion/go-message/mail"
)

// reading is what a reader's program makes of a message.
type reading struct {
	From, To, ReplyTo string // "Name <address>"
	Subject           string
	Fields            []string // the others that hold plain text, "Name: value"
	Text, HTML        string   // CRLF line ends
	Files             []readFile
}

// readFile is an attachment or image.
type readFile struct {
	Disposition, Name, Type, ContentID string
	Content                            string
}

// plainFields are those that a reading lists as they stand.
var plainFields = []string{"Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted", "Precedence", "X-Campaign", "MIME-Version"}

// part files one leaf under what it is.
func (r *reading) part(contentType, disposition, id string, content []byte) error {
	mediaType, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return err
	}
	if disposition != "" {
		kind, params, err := mime.ParseMediaType(disposition)
		r.Files = append(r.Files, readFile{kind, params["filename"], mediaType, id, string(content)})
		return err
	}
	switch mediaType {
	case "text/plain":
		r.Text += string(content)
	case "text/html":
		r.HTML += string(content)
	default:
		return errors.New("a part that is neither text nor file: " + mediaType)
	}
	return nil
}

// readStandard reads raw with net/mail and mime/multipart.
func readStandard(raw []byte) (*reading, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	r := &reading{}
	if r.Subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		return nil, err
	}
	for name, to := range map[string]*string{"From": &r.From, "To": &r.To, "Reply-To": &r.ReplyTo} {
		if m.Header.Get(name) == "" {
			continue
		}
		a, err := m.Header.AddressList(name)
		if err != nil || len(a) != 1 {
			return nil, errors.Join(errors.New("not one mailbox in "+name), err)
		}
		*to = a[0].Name + " <" + a[0].Address + ">"
	}
	for _, name := range plainFields {
		if v := m.Header.Get(name); v != "" {
			r.Fields = append(r.Fields, name+": "+v)
		}
	}
	return r, r.readStandardPart(textproto.MIMEHeader(m.Header), m.Body)
}

func (r *reading) readStandardPart(h textproto.MIMEHeader, body io.Reader) error {
	mediaType, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		return err
	}
	if strings.HasPrefix(mediaType, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if err := r.readStandardPart(p.Header, p); err != nil {
				return err
			}
		}
	}
	switch h.Get("Content-Transfer-Encoding") {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	default:
		return errors.New("another transfer encoding")
	}
	content, err := io.ReadAll(body)
	return errors.Join(err, r.part(h.Get("Content-Type"), h.Get("Content-Disposition"), h.Get("Content-ID"), content))
}

// readGoMessage reads raw with emersion/go-message.
func readGoMessage(raw []byte) (*reading, error) {
	e, err := gomessage.Read(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	r, h := &reading{}, gomail.Header{Header: e.Header}
	if r.Subject, err = h.Subject(); err != nil {
		return nil, err
	}
	for name, to := range map[string]*string{"From": &r.From, "To": &r.To, "Reply-To": &r.ReplyTo} {
		if !h.Has(name) {
			continue
		}
		a, err := h.AddressList(name)
		if err != nil || len(a) != 1 {
			return nil, errors.Join(errors.New("not one mailbox in "+name), err)
		}
		*to = a[0].Name + " <" + a[0].Address + ">"
	}
	for _, name := range plainFields {
		if v := h.Get(name); v != "" {
			r.Fields = append(r.Fields, name+": "+v)
		}
	}
	return r, e.Walk(func(_ []int, p *gomessage.Entity, err error) error {
		if err != nil || p.MultipartReader() != nil {
			return err
		}
		content, err := io.ReadAll(p.Body)
		return errors.Join(err, r.part(p.Header.Get("Content-Type"), p.Header.Get("Content-Disposition"), p.Header.Get("Content-ID"), content))
	})
}

// readers are the parsers that must agree.
var readers = []struct {
	name string
	read func([]byte) (*reading, error)
}{{"net/mail", readStandard}, {"go-message", readGoMessage}}

// expected is what c's message must read as.
func (c *campaign) expected(t testing.TB, m *Message) *reading {
	t.Helper()
	r := &reading{
		From:    readMailbox(c.plan.from.Name, c.plan.from.Address.String()),
		To:      readMailbox(c.rendered.ToName, c.row.Address.String()),
		Subject: strings.Trim(c.rendered.Subject, " "),
		Text:    crlf(c.rendered.Text),
		HTML:    crlf(c.rendered.HTML),
	}
	if !c.plan.replyTo.Address.IsZero() {
		r.ReplyTo = readMailbox(c.plan.replyTo.Name, c.plan.replyTo.Address.String())
	}
	r.Fields = c.expectedFields(m)
	for _, f := range c.options.Inline {
		r.Files = append(r.Files, readFile{"inline", f.Name, mediaType(f.Name), "<" + f.Name + ">", string(f.Content)})
	}
	own, shared := c.files, c.options.Attach
	for _, a := range c.plan.attachments {
		from := &shared
		if a.perRecipient {
			from = &own
		}
		r.Files = append(r.Files, readFile{"attachment", (*from)[0].Name, a.mediaType, "", string((*from)[0].Content)})
		*from = (*from)[1:]
	}
	for _, f := range shared {
		r.Files = append(r.Files, readFile{"attachment", f.Name, mediaType(f.Name), "", string(f.Content)})
	}
	return r
}

func (c *campaign) expectedFields(m *Message) []string {
	f := []string{"Date: Thu, 01 Oct 2026 09:30:00 +0200", "Message-ID: <" + m.MessageID + ">"}
	if c.rendered.ListUnsubscribe != "" {
		f = append(f, "List-Unsubscribe: <"+c.rendered.ListUnsubscribe+">")
	}
	if c.rendered.OneClick {
		f = append(f, "List-Unsubscribe-Post: List-Unsubscribe=One-Click")
	}
	for _, h := range c.plan.headers {
		f = append(f, h.Name+": "+h.Value)
	}
	return append(f, "MIME-Version: 1.0")
}

func readMailbox(name, address string) string { return strings.Trim(name, " ") + " <" + address + ">" }

// crlf gives text as it must be read: CRLF line ends, one at the end.
func crlf(text []byte) string {
	s := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(text))
	if s != "" && !strings.HasSuffix(s, "\n") {
		s += "\n"
	}
	return strings.ReplaceAll(s, "\n", "\r\n")
}
