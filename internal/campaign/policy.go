package campaign

import (
	"fmt"
	"slices"

	"mailshot/internal/guard"
	"mailshot/internal/message"
	"mailshot/internal/recipient"
)

// use says which of the list's columns can reach a message, for the list gate.
func (c *Campaign) use() recipient.Use {
	front := c.template.Front()
	allow := make([]string, 0, len(front.Allow))
	for _, a := range front.Allow {
		allow = append(allow, a.Value)
	}
	return recipient.Use{
		Columns:         c.template.Columns(),
		Kinds:           front.Columns,
		SharedMailboxes: front.SharedMailboxes,
		Relational:      front.Relational,
		Allow:           allow,
	}
}

// policy puts what the template declares, and the shape its messages must
// have, into the guard's own words.
func (c *Campaign) policy(judged *recipient.Judgement) guard.Policy {
	front, use := c.template.Front(), c.use()
	p := guard.Policy{
		List:         c.list.Name(),
		Fingerprint:  c.list.Fingerprint(),
		Template:     c.template.Source().Path(),
		From:         front.From,
		ReplyTo:      front.ReplyTo,
		Sender:       front.Sender,
		EnvelopeFrom: front.From.Address,
		Identities:   front.Identities,
		Allow:        use.Allow,
		AllowFiles:   map[[32]byte]bool{},
		PDF:          c.pdf,
		Kinds:        judged.Kinds,
		Relational:   front.Relational,
		Plan:         plan(c.composer.Outline(), c.mustContainColumns()),
	}
	for _, f := range front.AllowFiles {
		p.AllowFiles[f.SHA256] = true
	}
	for _, h := range front.Headers {
		p.Headers = append(p.Headers, guard.Field(h))
	}
	for _, constant := range c.template.Constants() {
		p.Constants = append(p.Constants, guard.Constant(constant))
	}
	return p
}

// plan is an outline in the guard's words: it takes no type of the package
// that builds. mustContain has the column of each per-recipient part in order.
func plan(o message.Outline, mustContain []int) guard.Plan {
	p := guard.Plan{Fields: o.Fields, Maybe: o.Maybe}
	for _, part := range o.Parts {
		planned := guard.PlannedPart{
			Depth: part.Depth, Type: part.Type, Disposition: part.Disposition, File: part.File,
			Content: part.Content, PerRecipient: part.PerRecipient, MustContain: -1,
		}
		if part.PerRecipient {
			planned.MustContain, mustContain = mustContain[0], mustContain[1:]
		}
		p.Parts = append(p.Parts, planned)
	}
	return p
}

// mustContainColumns gives, for each per-recipient attachment in order, the
// position of its must-contain column; -1 for none.
func (c *Campaign) mustContainColumns() []int {
	var columns []int
	for _, a := range c.template.Front().Attachments {
		if a.PerRecipient() {
			columns = append(columns, c.column(a.MustContain))
		}
	}
	return columns
}

// column is the position of the column with this name; -1 for none.
func (c *Campaign) column(name string) int {
	return slices.IndexFunc(c.list.Columns(), func(column recipient.Column) bool { return column.Name == name })
}

// ownPart names the i-th attachment that each recipient has of their own.
func ownPart(i int) string { return fmt.Sprintf("per-recipient attachment %d", i+1) }
