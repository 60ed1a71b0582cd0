package campaign

import (
	"context"
	"errors"
	"iter"
	"path/filepath"

	"mailshot/internal/address"
	"mailshot/internal/guard"
	"mailshot/internal/message"
	"mailshot/internal/recipient"
	"mailshot/internal/rule"
	"mailshot/internal/template"
)

// maker makes one message after another out of rows; it is used by one
// goroutine.
type maker struct {
	source   *template.Source
	list     string
	renderer *template.Renderer
	writer   *message.Writer
	folders  []ownFolder // of the recipients' own attachments
}

func (c *Campaign) maker() *maker {
	return &maker{
		source:   c.template.Source(),
		list:     c.list.Name(),
		renderer: c.template.Renderer(),
		writer:   c.composer.Writer(),
		folders:  c.folders,
	}
}

// make renders and composes the message for row. Errors are rule.Refusal or
// *rule.Fault.
func (m *maker) make(row *recipient.Row) (*message.Message, error) {
	rendered, files, err := m.parts(row)
	if err != nil {
		return nil, err
	}
	return m.made(m.writer.Compose(row, rendered, files))
}

// makeProof makes the proof of row's message that goes to one of the sender's
// own addresses.
func (m *maker) makeProof(row *recipient.Row, to address.Address) (*message.Message, error) {
	rendered, files, err := m.parts(row)
	if err != nil {
		return nil, err
	}
	return m.made(m.writer.ComposeProof(row, rendered, files, to))
}

// parts gives what the message for row is made of.
func (m *maker) parts(row *recipient.Row) (*template.Rendered, []message.File, error) {
	rendered, err := m.renderer.Render(row)
	if err != nil {
		return nil, nil, err
	}
	files := make([]message.File, 0, len(rendered.Files))
	for i, name := range rendered.Files {
		file, err := m.ownFile(row, i, name)
		if err != nil {
			return nil, nil, err
		}
		files = append(files, file)
	}
	return rendered, files, nil
}

// made says in a refusal which list it is about.
func (m *maker) made(made *message.Message, err error) (*message.Message, error) {
	if refusal, ok := errors.AsType[rule.Refusal](err); ok {
		refusal.File = m.list
		return nil, refusal
	}
	return made, err
}

// ownFile reads the i-th per-recipient attachment of row. Its path is made of
// the row's data, so no error may hold it.
func (m *maker) ownFile(row *recipient.Row, i int, name string) (message.File, error) {
	path, err := m.source.Resolve(name)
	if err != nil {
		return message.File{}, m.unpaired(row, i, err)
	}
	content, err := readFile(path)
	if err != nil {
		return message.File{}, m.unpaired(row, i, err)
	}
	for _, f := range m.folders {
		f.note(path)
	}
	return message.File{Name: filepath.Base(path), Path: path, Content: content}, nil
}

func (m *maker) unpaired(row *recipient.Row, i int, err error) rule.Refusal {
	what := "cannot be read"
	if fault, ok := errors.AsType[*rule.Fault](err); ok {
		what = fault.What
	}
	return rule.Refusal{
		Rule: rule.AttachmentPairing, File: m.list, Line: row.Line, Row: row.Number,
		Where: ownPart(i), What: what,
		Hint: "put the file there, or correct the cell that names it",
	}
}

// Recipient is whom a message is for.
type Recipient struct {
	Address address.Address
	Apart   string // value of the shared-mailboxes column; "" for none
	Line    int    // in the list
}

// Messages makes the messages again in the order of the list, after a Check
// that was clear. want is asked before one is made; those it does not want are
// left out. It may be called again while one that was called before goes on. The
// last pair holds an error: what ctx says, or a rule.Refusal with
// the rule wire where one cannot be made again or is not what was cleared.
func (c *Campaign) Messages(ctx context.Context, want func(Recipient) bool) iter.Seq2[guard.Cleared, error] {
	return func(yield func(guard.Cleared, error) bool) {
		m, apart := c.maker(), c.column(c.SharedMailboxes())
		for row, err := range c.list.Rows(ctx) {
			if err != nil {
				yield(guard.Cleared{}, again(c.changed(err, rule.Wire)))
				return
			}
			if !want(toRecipient(row, apart)) {
				continue
			}
			cleared, err := c.clear(m, row)
			if !yield(cleared, err) || err != nil {
				return
			}
		}
	}
}

// clear makes the message for row and has the seal compare it.
func (c *Campaign) clear(m *maker, row *recipient.Row) (guard.Cleared, error) {
	made, err := m.make(row)
	if err != nil {
		return guard.Cleared{}, again(err)
	}
	cleared, err := c.seal.Clear(made)
	return cleared, again(err)
}

// again makes one refusal of all that can go wrong when a message is made again
// after some were sent: a fault would say that none were.
func again(err error) error {
	refusal, ok := errors.AsType[rule.Refusal](err)
	switch {
	case err == nil, ok && refusal.Rule == rule.Wire, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return rule.Refusal{Rule: rule.Wire, What: "a message cannot be made again as it was checked",
		Hint: "the list, the template or an attachment has changed since: run the same command again"}
}

// changed turns the list's own word for a list that has changed into a
// refusal: stale before anything was sent, wire after.
func (c *Campaign) changed(err error, id rule.ID) error {
	if !errors.Is(err, recipient.ErrChanged) {
		return err
	}
	return rule.Refusal{Rule: id, File: c.list.Name(), What: "the list changed while it was read",
		Hint: "run the same command again when the list is complete"}
}

func toRecipient(row *recipient.Row, apart int) Recipient {
	r := Recipient{Address: row.Address, Line: row.Line}
	if apart >= 0 {
		r.Apart = row.Cells[apart]
	}
	return r
}
