package rehearsal

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"path"
	"strings"

	"golang.org/x/net/html"

	"mailshot/internal/sink"
)

// maxDepth is how deep parts may stand in parts; what mailshot makes has four
// floors.
const maxDepth = 10

// read reads the message to m.
func (a *Audit) read(r sink.Received, m mailbox) {
	parsed, err := mail.ReadMessage(bytes.NewReader(r.Data))
	if err != nil {
		a.find(Finding{Line: a.rows[m].line, What: "the message cannot be read"})
		return
	}
	a.addressed(parsed.Header, m)
	var words mime.WordDecoder
	for name, values := range parsed.Header {
		for _, v := range values {
			if plain, err := words.DecodeHeader(v); err == nil {
				v = plain
			}
			a.scan(v, "field "+name, m)
		}
	}
	if err := a.part(textproto.MIMEHeader(parsed.Header), parsed.Body, m, 0); err != nil {
		a.find(Finding{Line: a.rows[m].line, What: "a part of the message cannot be read"})
	}
}

// addressed wants To to name the mailbox, and no other field anybody.
func (a *Audit) addressed(h mail.Header, m mailbox) {
	to, err := h.AddressList("To")
	if err != nil || len(to) != 1 || len(h["To"]) != 1 || a.mailbox(to[0].Address) != m {
		a.find(Finding{Line: a.rows[m].line, What: "To is not the one mailbox that the envelope names"})
	}
	for name := range h {
		if other := strings.TrimPrefix(strings.ToLower(name), "resent-"); other == "cc" || other == "bcc" || other == "to" && name != "To" {
			a.find(Finding{Line: a.rows[m].line, What: "it has a field " + name})
		}
	}
}

// part reads one part and what stands in it.
func (a *Audit) part(h textproto.MIMEHeader, body io.Reader, m mailbox, depth int) error {
	for _, field := range []string{"Content-Type", "Content-Disposition"} {
		a.fileName(h.Get(field), m)
	}
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		return err
	}
	switch {
	case strings.HasPrefix(kind, "multipart/") && depth < maxDepth:
		return a.parts(multipart.NewReader(body, params["boundary"]), m, depth)
	case kind != "text/plain" && kind != "text/html" || !readable(params["charset"]):
		a.report.Unread++
		return nil
	}
	text, err := io.ReadAll(decoded(h.Get("Content-Transfer-Encoding"), body))
	if err != nil {
		return err
	}
	a.scan(string(text), kind+" part", m)
	if kind == "text/html" {
		a.markup(text, m)
	}
	return nil
}

func (a *Audit) parts(r *multipart.Reader, m mailbox, depth int) error {
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := a.part(p.Header, p, m, depth+1); err != nil {
			return err
		}
	}
}

func (a *Audit) fileName(field string, m mailbox) {
	_, params, err := mime.ParseMediaType(field)
	if err != nil {
		return
	}
	for _, name := range []string{params["name"], params["filename"]} {
		a.scan(name+" "+strings.TrimSuffix(name, path.Ext(name)), "name of a file", m)
	}
}

// markup reads HTML as a reader sees it, and the attributes, which hold links.
func (a *Audit) markup(page []byte, m mailbox) {
	var seen strings.Builder
	z := html.NewTokenizer(bytes.NewReader(page))
	for z.Next() != html.ErrorToken {
		t := z.Token()
		seen.WriteString(t.Data + " ")
		for _, attr := range t.Attr {
			seen.WriteString(attr.Val + " ")
		}
	}
	a.scan(seen.String(), "HTML", m)
}

func readable(charset string) bool {
	switch strings.ToLower(charset) {
	case "", "utf-8", "us-ascii":
		return true
	}
	return false
}

// decoded undoes a transfer encoding (RFC 2045 section 6).
func decoded(encoding string, r io.Reader) io.Reader {
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		return quotedprintable.NewReader(r)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, r)
	}
	return r
}
