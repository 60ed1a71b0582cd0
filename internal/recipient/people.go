package recipient

import (
	"strings"

	"mailshot/internal/address"
	"mailshot/internal/identifier"
)

// people gathers what identifies the people of a list, of every row that the
// file has, mailed or not.
type people struct {
	builder *identifier.Builder
	columns []ColumnKind // Identifiers is filled in by index
	counts  []int        // by column: values that identify somebody
	names   []fullNameColumns
	crowds  []crowd
}

// crowd is a column of text whose few values very many rows have: doctors,
// teams, cities. Whoever is named there is named to very many, so that the name
// identifies nobody, even if it is a recipient's too.
type crowd struct {
	column int
	rows   map[string]int // by value
}

// maxCrowds is how many values of a column can have a crowd.
const maxCrowds = 1000

func newPeople(l *List, columns []ColumnKind) people {
	p := people{builder: identifier.NewBuilder(sampleRows), columns: columns, counts: make([]int, len(columns)), names: nameColumns(columns)}
	for i, c := range columns {
		if c.Kind == KindText && l.guesses[i].crowds {
			p.crowds = append(p.crowds, crowd{i, map[string]int{}})
		}
	}
	return p
}

// add adds the identifiers of one row.
func (p *people) add(line int, cells []string) {
	for i, cell := range cells {
		cell = strings.TrimSpace(cell)
		if cell == "" {
			continue
		}
		switch p.columns[i].Kind {
		case KindAddress:
			p.addresses(line, i, cell)
		case KindIdentifier:
			p.value(line, i, identifier.Token, cell)
		case KindPrivate:
			p.value(line, i, identifier.Private, cell)
		}
	}
	for _, columns := range p.names {
		p.name(line, columns, cells)
	}
	for _, c := range p.crowds {
		if c.column < len(cells) && c.more(cells[c.column]) {
			p.crowd(line, strings.Fields(cells[c.column]))
		}
	}
}

// more says whether the index needs one more row of a value to know it for that
// of a crowd.
func (c *crowd) more(value string) bool {
	n, known := c.rows[value]
	if n > identifier.MaxRows || !known && len(c.rows) == maxCrowds {
		return false
	}
	if !known {
		value = strings.Clone(value)
	}
	c.rows[value]++
	return true
}

// crowd adds the last two words of a value, less the titles before them, as a
// name in both its orders.
func (p *people) crowd(line int, words []string) {
	if n := len(words); n >= 2 {
		p.builder.Add(line, identifier.Name, words[n-2]+" "+words[n-1])
		p.builder.AddTurned(line, words[n-1]+" "+words[n-2])
	}
}

func (p *people) value(line, column int, kind identifier.Kind, value string) {
	if p.builder.Add(line, kind, value) {
		p.counts[column]++
	}
}

// addresses adds every address that stands in the cell, since all of them are
// people, however many there should have been.
func (p *people) addresses(line, column int, cell string) {
	if a, err := address.Parse(cell); err == nil {
		p.counts[column]++
		p.builder.AddAddress(line, a.Canonical())
		return
	}
	for piece := range strings.FieldsFuncSeq(cell, partsAddresses) {
		if a, err := address.Parse(piece); err == nil {
			p.counts[column]++
			p.builder.AddAddress(line, a.Canonical())
		}
	}
}

// name adds a full name in both its orders, and with the middle names. It is the
// one with a comma that is turned, if one has.
func (p *people) name(line int, columns fullNameColumns, cells []string) {
	whole := columns.of(cells)
	if whole == "" {
		return
	}
	other := columns.otherOrder(whole, cells)
	if strings.Contains(whole, ",") {
		whole, other = other, whole
	}
	p.value(line, columns.first, identifier.Name, whole)
	p.builder.AddTurned(line, other)
	for _, longer := range columns.withMiddle(cells) {
		p.builder.Add(line, identifier.Name, longer)
	}
}

func (p *people) index() *identifier.Index {
	for i, n := range p.counts {
		p.columns[i].Identifiers = n
	}
	return p.builder.Build()
}
