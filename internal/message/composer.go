package message

import (
	"slices"
	"time"

	"mailshot/internal/address"
	"mailshot/internal/recipient"
	"mailshot/internal/rule"
	"mailshot/internal/template"
)

// File is the content of an attachment or image, and what it is called.
type File struct {
	Name    string // file name as recipients see it
	Path    string // as the user named it
	Content []byte
}

// Options are what a campaign adds to a template.
type Options struct {
	Campaign string             // id
	Date     time.Time          // of every message
	Columns  []recipient.Column // of the list; needed where the template names shared-mailboxes
	Attach   []File             // shared attachments, `attachments` of the front matter first
	Inline   []File             // images for cid:
}

// Composer makes the messages of one campaign. It is immutable and safe for
// concurrent use.
type Composer struct {
	plan     plan
	campaign string
	apart    int    // position in Row.Cells of what tells the rows of a mailbox apart; -1 for none
	date     []byte // the Date field
	pieces   []piece
	shared   int // number of pieces that are a shared part
	outline  Outline
}

// plan is what a composer takes from a template.
type plan struct {
	path                  string // as the user named it
	from, sender, replyTo address.Mailbox
	headers               []template.Header
	attachments           []planned
	html                  bool
	unsubscribe           bool
	sharedMailboxes       string
}

// planned is one entry of the front matter's attachments.
type planned struct {
	mediaType    string
	perRecipient bool
}

// New composes the skeleton. Errors are *rule.Fault, or rule.Refusal for fixed
// header fields and file names that cannot stand in a message.
func New(t *template.Template, o Options) (*Composer, error) {
	f := t.Front()
	p := plan{
		path:            t.Source().Path(),
		from:            f.From,
		sender:          f.Sender,
		replyTo:         f.ReplyTo,
		headers:         f.Headers,
		html:            t.HasHTML(),
		unsubscribe:     f.ListUnsubscribe != "",
		sharedMailboxes: f.SharedMailboxes,
	}
	for _, a := range f.Attachments {
		p.attachments = append(p.attachments, planned{mediaType(a.File), a.PerRecipient()})
	}
	return newComposer(p, o)
}

func newComposer(p plan, o Options) (*Composer, error) {
	apart, err := p.telling(o.Columns)
	if err != nil {
		return nil, err
	}
	d, err := newDraft(p, o)
	if err != nil {
		return nil, err
	}
	root, err := d.compose()
	if err != nil {
		return nil, &rule.Fault{File: p.path, What: err.Error()}
	}
	date := []byte("Date: " + o.Date.Format(time.RFC1123Z) + "\r\n") // RFC 5322 section 3.3
	c := &Composer{plan: p, campaign: o.Campaign, apart: apart, date: date}
	c.lay(root, d)
	return c, nil
}

// telling gives the position of the column that tells the rows of a shared
// mailbox apart; -1 where the template names none.
func (p *plan) telling(columns []recipient.Column) (int, error) {
	if p.sharedMailboxes == "" {
		return -1, nil
	}
	for i, c := range columns {
		if c.Name == p.sharedMailboxes {
			return i, nil
		}
	}
	return 0, &rule.Fault{File: p.path, What: "shared-mailboxes names a column that the list does not have"}
}

// Outline is the shape that every message of the composer has.
type Outline struct {
	Fields []string      // names of the header fields in order, Date first; a field that some messages lack is not among them
	Maybe  []string      // names of the fields that some messages lack
	Parts  []OutlinePart // all MIME entities, depth first, the message itself first
}

// OutlinePart is one MIME entity of an Outline.
type OutlinePart struct {
	Depth        int      // 0 for the message itself
	Type         string   // media type, lower case, such as "multipart/alternative"
	Disposition  string   // "", "inline" or "attachment"
	File         string   // file name; "" for none or where each recipient has their own
	Content      [32]byte // SHA-256 of the decoded content of a shared part; zero otherwise
	PerRecipient bool     // an attachment of the recipient's own
}

// Outline gives the shape. The caller may keep and change what it gets.
func (c *Composer) Outline() Outline {
	return Outline{
		Fields: slices.Clone(c.outline.Fields),
		Maybe:  slices.Clone(c.outline.Maybe),
		Parts:  slices.Clone(c.outline.Parts),
	}
}
