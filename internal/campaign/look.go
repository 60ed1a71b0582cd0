package campaign

import (
	"context"
	"fmt"
	"iter"
	"path/filepath"
	"slices"

	"mailshot/internal/guard"
	"mailshot/internal/message"
	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// Look is a campaign to be looked at: its list and what its messages share have
// been judged, and its messages can be made one by one, whatever was refused. It
// is safe for concurrent use while the campaign is used for nothing else.
type Look struct {
	campaign *Campaign
	guard    *guard.Guard // nil where no message can be composed
	verdict  *Verdict
}

// Look judges the list, and once what all messages share. Errors are
// *rule.Fault or what ctx says.
func (c *Campaign) Look(ctx context.Context) (*Look, error) {
	judged, err := c.list.Judge(ctx, c.use())
	if err != nil {
		return nil, err
	}
	v := &Verdict{
		Recipients: judged.Rows, Skipped: judged.Skipped, Same: judged.Same, Kinds: judged.Kinds,
		Refusals: judged.Refusals, Total: judged.Total, ofList: judged.Warnings,
	}
	g, err := c.guard(judged, v)
	if err != nil {
		return nil, err
	}
	c.folders = c.ownFolders() // before messages are made and checked at the same time
	return &Look{campaign: c, guard: g, verdict: v}, nil
}

// Recipients is how many rows Rows yields.
func (l *Look) Recipients() int { return l.verdict.Recipients }

// Makes says whether messages can be made; only the verdict says why not.
func (l *Look) Makes() bool { return l.guard != nil }

// Rows yields the rows that messages are for, in the order of the list.
func (l *Look) Rows(ctx context.Context) iter.Seq2[*recipient.Row, error] {
	return l.campaign.list.Rows(ctx)
}

// Columns gives the list's columns in the order of Row.Cells.
func (l *Look) Columns() []recipient.Column { return l.campaign.list.Columns() }

// AddressColumn is the position of the address in Row.Cells.
func (l *Look) AddressColumn() int { return l.campaign.list.AddressColumn() }

// Used gives the positions of the columns that the template mentions.
func (l *Look) Used() []int {
	var used []int
	for _, name := range l.campaign.template.Columns() {
		used = append(used, l.campaign.column(name))
	}
	return used
}

// Words gives the template's own words, which are no one's data.
func (l *Look) Words() []string {
	var words []string
	for _, c := range l.campaign.template.Constants() {
		words = append(words, c.Text)
	}
	return words
}

// Make makes the message for row. Errors are rule.Refusal or *rule.Fault.
func (l *Look) Make(row *recipient.Row) (*message.Message, error) {
	return l.campaign.maker().make(row)
}

// Sketch makes the message for a row that the list does not have, such as one
// with its data masked. The files that it names are not read.
func (l *Look) Sketch(row *recipient.Row) (*message.Message, error) {
	m := l.campaign.maker()
	rendered, err := m.renderer.Render(row)
	if err != nil {
		return nil, err
	}
	files := make([]message.File, len(rendered.Files))
	for i, name := range rendered.Files {
		files[i] = message.File{Name: filepath.Base(filepath.FromSlash(name))}
	}
	return m.made(m.writer.Compose(row, rendered, files))
}

// NoRow says that a line was asked for at which no row begins that is written
// to.
func NoRow(line int) *rule.Fault {
	return &rule.Fault{What: fmt.Sprintf("no row that is written to begins at line %d of the list", line),
		Hint: "name the line on which the row begins; the headings are line 1"}
}

// Seen is what a Check makes of one row.
type Seen struct {
	Row      *recipient.Row
	Message  *message.Message // nil where none can be made
	Refusals []rule.Refusal   // of the message
	Err      error            // why no message can be made: rule.Refusal or *rule.Fault
}

// Check judges every message, even where the list was refused already; the
// Verdict then is the list's alone, as Campaign.Check has it. see, which may be
// nil, is told of each row from several goroutines, in no order; after one that
// no message can be made of, only of more such. All else is as with
// Campaign.Check.
func (l *Look) Check(ctx context.Context, progress func(done, total int), see func(Seen)) (*Verdict, error) {
	v, before := l.copied(), l.copied()
	if l.guard == nil {
		return before.settled(), nil
	}
	ck := &check{campaign: l.campaign, guard: l.guard, verdict: v, see: see}
	if err := l.campaign.judgeAll(ctx, ck, progress); err != nil {
		return nil, err
	}
	v.warn(unused(l.campaign.template.Source().Path(), l.campaign.folders)...)
	switch {
	case !before.Clear():
		return before.settled(), nil
	case !v.Clear():
		return v.settled(), nil
	}
	var err error
	if l.campaign.seal, err = l.guard.Seal(); err != nil {
		return nil, err
	}
	v.Digest, v.Parts = l.campaign.digest(), l.campaign.parts()
	return v.settled(), nil
}

func (l *Look) copied() *Verdict {
	v := *l.verdict
	v.Refusals, v.Warnings = slices.Clone(v.Refusals), slices.Clone(v.Warnings)
	return &v
}

// seen tells whoever watches.
func (ck *check) seen(s Seen) {
	if ck.see != nil {
		ck.see(s)
	}
}
