package message

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/textproto"

	"github.com/jordan-wright/email"

	"mailshot/internal/address"
	"mailshot/internal/rule"
)

// insert is what comes in the place of a mark: constant bytes, a shared part, or
// what slot makes for each recipient.
type insert struct {
	constant []byte
	shared   *Part
	slot     slot
	part     OutlinePart // what is known of the MIME part whose body this is
}

// header is a field of the message's own header: its mark stands for the whole
// field, name and CRLF included.
type header struct {
	name, mark string
	maybe      bool // some messages lack it
}

// draft is the message that the library composes, and what its marks stand for.
type draft struct {
	email    email.Email
	fields   []header // in the order in which they shall stand
	inserts  map[string]insert
	secret   string // what marks begin with; no text of a campaign can hold it by accident or by intent
	campaign string
}

// newDraft plans every field and part of the message.
func newDraft(p plan, o Options) (*draft, error) {
	d := &draft{inserts: map[string]insert{}, secret: rand.Text()[:26], campaign: o.Campaign}
	d.email.Headers = textproto.MIMEHeader{}
	if err := d.addFields(p); err != nil {
		return nil, err
	}
	d.email.Text = []byte(d.mark(insert{slot: fillText}))
	if p.html {
		d.email.HTML = []byte(d.mark(insert{slot: fillHTML}))
	}
	if err := d.addImages(p, o.Inline); err != nil {
		return nil, err
	}
	return d, d.addAttachments(p, o.Attach)
}

// mark gives a new text to stand for i. It is 32 characters of the base64
// alphabet, so it passes unchanged through header fields, quoted-printable and,
// decoded first, base64.
func (d *draft) mark(i insert) string {
	m := fmt.Sprintf("%s%06d", d.secret, len(d.inserts))
	d.inserts[m] = i
	return m
}

// addFields plans the header in the order that all messages have.
func (d *draft) addFields(p plan) error {
	d.field("Date", insert{}) // Message.Prefix
	d.field("Message-ID", insert{slot: fillMessageID})
	if err := d.mailboxes(p); err != nil {
		return err
	}
	d.field("To", insert{slot: fillTo})
	d.field("Subject", insert{slot: fillSubject})
	if p.unsubscribe {
		d.field(listUnsubscribe, insert{slot: fillUnsubscribe})
		d.fields[len(d.fields)-1].maybe = true
	}
	return d.fixedFields(p)
}

// field plans one field.
func (d *draft) field(name string, i insert) {
	h := header{name: name, mark: d.mark(i)}
	d.fields = append(d.fields, h)
	d.email.Headers.Set(name, h.mark)
}

// mailboxes plans From, Sender and Reply-To.
func (d *draft) mailboxes(p plan) error {
	for _, f := range []struct {
		name    string
		mailbox address.Mailbox
	}{{"From", p.from}, {"Sender", p.sender}, {"Reply-To", p.replyTo}} {
		if f.mailbox.Address.IsZero() {
			continue
		}
		if hasControl(f.mailbox.Name) {
			return controlInTemplate(p.path, "header "+f.name)
		}
		d.field(f.name, insert{constant: appendMailbox(nil, f.name, f.mailbox)})
	}
	return nil
}

// fixedFields plans the front matter's own header fields.
func (d *draft) fixedFields(p plan) error {
	for i, h := range p.headers {
		if refusal := judgeFixed(h, p.headers[:i]); refusal != nil {
			refusal.File = p.path
			return *refusal
		}
		d.field(h.Name, insert{constant: appendUnstructured(nil, h.Name, h.Value)})
	}
	return nil
}

// addImages plans the images of the HTML alternative. HTML refers to them by
// "cid:" and the file name.
func (d *draft) addImages(p plan, images []File) error {
	if len(images) > 0 && !p.html {
		return &rule.Fault{File: p.path, What: "inline images in a message without HTML",
			Hint: "make the template .html or .md, or name the files under attachments"}
	}
	seen := map[string]bool{}
	for i, f := range images {
		if !isContentID(f.Name) || seen[f.Name] {
			return &rule.Fault{File: p.path, What: fmt.Sprintf("inline image %d cannot be named by cid:", i+1),
				Hint: "give each image a file name of its own, of letters, digits, '.', '_' and '-'"}
		}
		seen[f.Name] = true
		a := d.attach(mediaType(f.Name), insert{constant: appendDisposition(nil, "inline", f.Name)}, share("inline", f))
		a.HTMLRelated = true
		a.Header.Set("Content-ID", d.mark(insert{constant: []byte("Content-ID: <" + f.Name + ">\r\n")}))
	}
	return nil
}

// addAttachments plans the attachments in the order of the front matter, then
// the shared ones that it does not name.
func (d *draft) addAttachments(p plan, shared []File) error {
	own := 0
	for _, a := range p.attachments {
		switch {
		case a.perRecipient:
			d.attachOwn(a.mediaType, own)
			own++
		case len(shared) == 0:
			return &rule.Fault{File: p.path, What: "a shared attachment has no content"}
		default:
			if err := d.attachShared(p, shared[:1]); err != nil {
				return err
			}
			shared = shared[1:]
		}
	}
	return d.attachShared(p, shared)
}

// attachOwn plans the nth attachment that each recipient has their own of.
func (d *draft) attachOwn(mediaType string, n int) {
	d.attach(mediaType, insert{slot: fillFileName(n)},
		insert{slot: fillFile(n), part: OutlinePart{Disposition: "attachment", PerRecipient: true}})
}

// attachShared plans attachments that all messages carry.
func (d *draft) attachShared(p plan, files []File) error {
	for _, f := range files {
		if hasControl(f.Name) {
			return controlInTemplate(p.path, fmt.Sprintf("file name of attachment %d", len(d.email.Attachments)+1))
		}
		d.attach(mediaType(f.Name), insert{constant: appendDisposition(nil, "attachment", f.Name)}, share("attachment", f))
	}
	return nil
}

// attach plans one part that is a file. The library gets a mark for its content,
// so that nothing it does to a file name or a line end matters.
func (d *draft) attach(mediaType string, field, content insert) *email.Attachment {
	body, _ := base64.StdEncoding.DecodeString(d.mark(content)) // compose finds a mark that did not survive
	a := &email.Attachment{ContentType: mediaType, Header: textproto.MIMEHeader{}, Content: body}
	a.Header.Set("Content-Disposition", d.mark(field))
	d.email.Attachments = append(d.email.Attachments, a)
	return a
}

// share encodes a file that all messages carry.
func share(disposition string, f File) insert {
	encoded := appendBase64(nil, f.Content)
	return insert{
		shared: &Part{Encoded: encoded, SHA256: sha256.Sum256(encoded)},
		part:   OutlinePart{Disposition: disposition, File: f.Name, Content: sha256.Sum256(f.Content)},
	}
}
