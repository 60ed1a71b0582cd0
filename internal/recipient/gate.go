package recipient

import (
	"errors"
	"hash/maphash"
	"strings"
	"unicode"

	"mailshot/internal/address"
	"mailshot/internal/identifier"
	"mailshot/internal/rule"
)

// judge is the list gate at work on one pass over the rows. Of each row it
// keeps a mark, never a cell.
type judge struct {
	list    *List
	plan    plan
	people  people
	aligned *alignment // nil where names do not matter
	found   *findings
	seed    maphash.Seed
	marks   []mark       // rows that have an address, in the order of the file
	repeats [][]sighting // by column; nil where repeats do not matter
	order   []uint32     // positions of the marks, by mailbox
	out     []uint32     // numbers of the rows that are not to be mailed
	skipped int
	same    int
	roles   tally // addresses that look like lists
}

// mark is what stays of a row.
type mark struct {
	folded   uint64 // hash of the mailbox, less dots and plus tag
	used     uint64 // hash of the cells that the template uses
	spelling uint32 // hash of the mailbox
	apart    uint32 // hash of the cell that tells rows of one mailbox apart
	line     uint32
	number   uint32
}

func newJudge(l *List, p plan) *judge {
	j := &judge{list: l, plan: p, found: newFindings(l.source.name), seed: maphash.MakeSeed()}
	j.people = newPeople(l, p.kinds)
	j.aligned = newAlignment(l, p)
	j.repeats = make([][]sighting, len(p.kinds))
	for i, k := range p.kinds {
		if k.Kind == KindIdentifier && (k.Why == "declared" || l.guesses[i].tokens) {
			j.repeats[i] = []sighting{}
		}
	}
	if l.format.charset.name == windows1252.name {
		j.found.warn(0, "the list is not UTF-8 and was read as Windows-1252; look at the letters with accents")
	}
	return j
}

// row judges what one row shows by itself.
func (j *judge) row(r record) {
	if r.cells == nil {
		j.badAddress(r, address.ErrBlank)
		return
	}
	cells, ok := j.list.fit(r)
	if i := j.list.swallower(cells); i >= 0 {
		why := swallowedRows
		why.Where = j.list.where(i)
		j.leaveOut(r, why)
		return
	}
	if !ok {
		j.leaveOut(r, j.list.raggedBy(r))
		return
	}
	j.controls(r, cells)
	a, err := address.Parse(strings.TrimSpace(cells[j.list.address]))
	if err != nil {
		j.badAddress(r, err)
		return
	}
	if isRole(a.Local()) {
		j.roles.add(r.line)
	}
	j.mark(r, a, cells)
}

// align looks at whose name the row's address fits.
func (j *judge) align(r record) {
	if j.aligned == nil {
		return
	}
	cells, _ := j.list.fit(r)
	j.aligned.add(r, cells)
}

// fit gives as many cells as there are columns; false where the row is shorter,
// or longer by cells that are not blank, or has other keys.
func (l *List) fit(r record) ([]string, bool) {
	if r.ragged {
		return r.cells[:min(len(r.cells), len(l.columns))], false
	}
	if len(r.cells) <= len(l.columns) {
		return r.cells, len(r.cells) == len(l.columns)
	}
	extra := record{cells: r.cells[len(l.columns):]}
	return r.cells[:len(l.columns)], extra.blank()
}

var (
	raggedRow = rule.Refusal{Rule: rule.RaggedRow, What: "the row has another number of cells than the headings",
		Hint: "look for a separator too many or too few, or a quote in the wrong place"}
	otherKeys = rule.Refusal{Rule: rule.RaggedRow, What: "the object lacks a key that the first one has, or has another",
		Hint: "give every object the keys of the first; the value may be null"}
	swallowedRows = rule.Refusal{Rule: rule.SwallowedRows, What: "the cell holds lines that look like rows of the list",
		Hint: "look for a quote that is opened on this line and closed on another"}
)

// raggedBy says how a row differs from the headings.
func (l *List) raggedBy(r record) rule.Refusal {
	why := raggedRow
	switch {
	case r.ragged:
		why = otherKeys
	case len(l.columns) == 1:
		why.Hint = hintTitle
	}
	return why
}

// hintTitle is the next step where the first line has but one cell.
const hintTitle = "make the headings the first line: a title above them is taken for the only heading"

// leaveOut refuses a row and keeps it from being mailed.
func (j *judge) leaveOut(r record, why rule.Refusal) {
	why.Line, why.Row = r.line, r.number
	j.found.refuse(why)
	j.out = append(j.out, uint32(r.number))
}

// badAddress refuses a row for its address, or skips it where that is asked
// for and the cell names nobody.
func (j *judge) badAddress(r record, err error) {
	why := rule.Refusal{Rule: rule.BadAddress, What: "the address is not one plain local-part@domain",
		Hint: "mend it, or leave such rows out with --skip-bad-rows"}
	switch {
	case errors.Is(err, address.ErrBlank):
		why.Rule, why.What = rule.BlankAddress, "the row has no address"
	case errors.Is(err, address.ErrSeveral):
		why.Rule, why.What = rule.SeveralAddresses, "the cell holds more than one address"
		why.Hint = "give each recipient a row of their own"
	case errors.Is(err, address.ErrControl):
		why.Rule, why.What = rule.ControlCharacter, "the address holds a control character"
		why.Hint = "type the address anew"
	}
	skippable := why.Rule == rule.BadAddress || why.Rule == rule.BlankAddress
	if !skippable || !j.list.options.SkipBadRows {
		j.leaveOut(r, why)
		return
	}
	j.out = append(j.out, uint32(r.number))
	j.skipped++
	j.found.warn(r.line, "left out: "+why.What)
}

// controls refuses control characters in cells that can reach a message; line
// breaks and tabs belong to text.
func (j *judge) controls(r record, cells []string) {
	for i, cell := range cells {
		if j.plan.used[i] && i != j.list.address && strings.ContainsFunc(cell, isStrayControl) {
			j.found.refuse(rule.Refusal{Rule: rule.ControlCharacter, Line: r.line, Row: r.number, Where: j.list.where(i),
				What: "the cell holds a control character", Hint: "type the cell anew"})
		}
	}
}

func isStrayControl(r rune) bool {
	return unicode.IsControl(r) && r != '\t' && r != '\n' && r != '\r'
}

// mark keeps what the judging of rows against each other needs.
func (j *judge) mark(r record, a address.Address, cells []string) {
	canonical := a.Canonical()
	m := mark{
		folded:   maphash.String(j.seed, foldTag(canonical)),
		used:     j.usedHash(cells),
		spelling: uint32(maphash.String(j.seed, canonical)),
		line:     uint32(r.line),
		number:   uint32(r.number),
	}
	if j.plan.apart >= 0 {
		m.apart = uint32(maphash.String(j.seed, strings.TrimSpace(cells[j.plan.apart])))
	}
	for i, seen := range j.repeats {
		if seen == nil || !identifier.Identifies(identifier.Token, cells[i]) {
			continue
		}
		value := maphash.String(j.seed, strings.TrimSpace(cells[i]))
		j.repeats[i] = append(seen, sighting{value, uint32(len(j.marks))})
	}
	j.marks = append(j.marks, m)
}

// usedHash hashes the cells that the template uses, less the address, which
// may be spelt in two ways.
func (j *judge) usedHash(cells []string) uint64 {
	var h maphash.Hash
	h.SetSeed(j.seed)
	for i, cell := range cells {
		if j.plan.used[i] && i != j.list.address {
			h.WriteString(cell)
			h.WriteByte(0xFF) // stands in no UTF-8
		}
	}
	return h.Sum64()
}

// betweenRows judges the rows against each other.
func (j *judge) betweenRows() {
	j.roles.warn(j.found, "%d addresses look like lists that reach several people")
	if j.aligned != nil {
		j.aligned.refuse(j)
	}
	j.repeatedIdentifiers()
	j.sharedMailboxes()
	j.aligned, j.repeats = nil, nil // so that the index has the memory
}

func (j *judge) result() *Judgement {
	return &Judgement{
		Index:   j.people.index(),
		Kinds:   j.plan.kinds,
		Rows:    len(j.marks) - j.same,
		Skipped: j.skipped,
		Same:    j.same,
	}
}
