package message

import (
	"fmt"

	"mailshot/internal/recipient"
	"mailshot/internal/rule"
	"mailshot/internal/template"
)

// Writer makes one message after another; it is used by one goroutine. All that
// it keeps from one message to the next is how long the last was, its own files
// apart, to allocate the next in one piece.
type Writer struct {
	composer *Composer
	last     int
}

// Writer gives a new Writer.
func (c *Composer) Writer() *Writer { return &Writer{composer: c} }

// filling is what the slots of one message are filled with.
type filling struct {
	plan      *plan
	row       *recipient.Row
	rendered  *template.Rendered
	files     []File
	messageID string
}

// slot appends what the recipient's message has in one place.
type slot func(dst []byte, f *filling) ([]byte, error)

// Compose makes the message for row out of what the template made of it, and
// files, the contents of its per-recipient attachments in the order of
// Rendered.Files. The Message and its bytes are new and belong to the caller.
// Errors are rule.Refusal (control-character; File is left to whoever knows the
// list's name) or *rule.Fault.
func (w *Writer) Compose(row *recipient.Row, r *template.Rendered, files []File) (*Message, error) {
	return w.write(row, r, files, "")
}

// write makes the message for row; id is its Message-ID, "" for the one that the
// campaign has for the row.
func (w *Writer) write(row *recipient.Row, r *template.Rendered, files []File, id string) (*Message, error) {
	c := w.composer
	if err := c.fits(row, r, files); err != nil {
		return nil, err
	}
	if id == "" {
		id = c.messageID(row)
	}
	f := &filling{plan: &c.plan, row: row, rendered: r, files: files, messageID: id}
	m := &Message{
		Ordinal:   row.Ordinal,
		Line:      row.Line,
		Envelope:  Envelope{From: c.plan.from.Address, To: row.Address},
		MessageID: f.messageID,
		NeedsUTF8: row.Address.NeedsUTF8() || c.plan.needsUTF8(),
	}
	own, cuts, err := w.fill(f)
	if err != nil {
		return nil, err
	}
	m.Prefix = own[:len(c.date):len(c.date)]
	m.Segments = c.cut(own, cuts)
	return m, nil
}

// fill makes all of a message that is its own, and says after how many of these
// bytes each shared part comes. The bytes are new: a buffer that is used again
// is how one recipient gets the message of another.
func (w *Writer) fill(f *filling) (own []byte, cuts []int, err error) {
	files := 0
	for _, file := range f.files {
		files += encodedLen(len(file.Content))
	}
	own = append(make([]byte, 0, w.last+w.last/8+files), w.composer.date...)
	for _, p := range w.composer.pieces {
		own = append(own, p.literal...)
		if p.slot != nil {
			own, err = p.slot(own, f)
		}
		if err != nil {
			return nil, nil, err
		}
		if p.shared != nil {
			cuts = append(cuts, len(own))
		}
	}
	w.last = len(own) - files
	return own, cuts, nil
}

// cut puts the shared parts between the bytes of a message.
func (c *Composer) cut(own []byte, cuts []int) []Segment {
	segments := make([]Segment, 0, 2*len(cuts)+1)
	start := len(c.date)
	for _, p := range c.pieces {
		if p.shared == nil {
			continue
		}
		segments = append(segments, Segment{Own: own[start:cuts[0]:cuts[0]]}, Segment{Shared: p.shared})
		start, cuts = cuts[0], cuts[1:]
	}
	return append(segments, Segment{Own: own[start:len(own):len(own)]})
}

// fits says whether what was rendered is of the composer's template.
func (c *Composer) fits(row *recipient.Row, r *template.Rendered, files []File) error {
	own := 0
	for _, a := range c.plan.attachments {
		if a.perRecipient {
			own++
		}
	}
	switch {
	case row.Address.IsZero():
		return c.plan.fault(row, "no address to write to")
	case (r.HTML != nil) != c.plan.html:
		return c.plan.fault(row, "an HTML alternative that only some messages have")
	case len(files) != own:
		return c.plan.fault(row, fmt.Sprintf("%d files for %d attachments of its own", len(files), own))
	case c.apart >= len(row.Cells):
		return c.plan.fault(row, "no cell for the column that shared-mailboxes names")
	}
	return nil
}

// needsUTF8 says whether a mailbox that all messages name leaves ASCII.
func (p *plan) needsUTF8() bool {
	return p.from.Address.NeedsUTF8() || p.sender.Address.NeedsUTF8() || p.replyTo.Address.NeedsUTF8()
}

// fault says what is wrong with what the template made of row.
func (p *plan) fault(row *recipient.Row, what string) *rule.Fault {
	return &rule.Fault{File: p.path, What: fmt.Sprintf("%s, for the row at line %d", what, row.Line)}
}

func fillMessageID(dst []byte, f *filling) ([]byte, error) {
	dst = append(dst, "Message-ID: <"...)
	dst = append(dst, f.messageID...)
	return append(dst, ">\r\n"...), nil
}

func fillTo(dst []byte, f *filling) ([]byte, error) {
	if hasControl(f.rendered.ToName) {
		return nil, controlInRow(f.row, "header To")
	}
	return appendMailbox(dst, "To", mailboxOf(f)), nil
}

func fillSubject(dst []byte, f *filling) ([]byte, error) {
	if hasControl(f.rendered.Subject) {
		return nil, controlInRow(f.row, "header Subject")
	}
	return appendUnstructured(dst, "Subject", f.rendered.Subject), nil
}

func fillText(dst []byte, f *filling) ([]byte, error) {
	return appendQuotedPrintable(dst, f.rendered.Text), nil
}

func fillHTML(dst []byte, f *filling) ([]byte, error) {
	return appendQuotedPrintable(dst, f.rendered.HTML), nil
}

// fillFileName makes the slot for the Content-Disposition of a recipient's nth
// own file.
func fillFileName(n int) slot {
	return func(dst []byte, f *filling) ([]byte, error) {
		if hasControl(f.files[n].Name) {
			return nil, controlInRow(f.row, fmt.Sprintf("file name of the row's attachment %d", n+1))
		}
		return appendDisposition(dst, "attachment", f.files[n].Name), nil
	}
}

// fillFile makes the slot for the content of a recipient's nth own file.
func fillFile(n int) slot {
	return func(dst []byte, f *filling) ([]byte, error) {
		return appendBase64(dst, f.files[n].Content), nil
	}
}
