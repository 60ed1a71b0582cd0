package recipient

import (
	"strings"

	"mailshot/internal/address"
	"mailshot/internal/identifier"
)

// people gathers what identifies the people of a list, of every row that the
// file has, mailed or not. What columns hold by themselves and whole names are
// gathered beside each other.
type people struct {
	list    *List
	builder *identifier.Builder
	called  *identifier.Builder // of names, a fork of builder
	columns []ColumnKind        // Identifiers is filled in by index
	counts  []int               // by column: values that identify somebody
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
	p := people{list: l, builder: identifier.NewBuilder(sampleRows), columns: columns, names: nameColumns(columns)}
	p.called = p.builder.Fork()
	p.counts = make([]int, len(columns))
	for i, c := range columns {
		if c.Kind == KindText && l.guesses[i].crowds {
			p.crowds = append(p.crowds, crowd{i, map[string]int{}})
		}
	}
	return p
}

// values adds the identifiers of one row that are cells by themselves.
func (p *people) values(r record) {
	cells, _ := p.list.fit(r)
	for i, cell := range cells {
		switch p.columns[i].Kind {
		case KindAddress:
			p.addresses(r.line, i, strings.TrimSpace(cell))
		case KindIdentifier:
			p.value(r.line, i, identifier.Token, strings.TrimSpace(cell))
		case KindPrivate:
			p.value(r.line, i, identifier.Private, strings.TrimSpace(cell))
		}
	}
}

// persons adds the full names of one row.
func (p *people) persons(r record) {
	cells, _ := p.list.fit(r)
	for _, columns := range p.names {
		p.name(r.line, columns, cells)
	}
	for _, c := range p.crowds {
		if c.column < len(cells) && c.more(cells[c.column]) {
			p.crowd(r.line, strings.Fields(cells[c.column]))
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
		p.called.Add(line, identifier.Name, words[n-2]+" "+words[n-1])
		p.called.AddTurned(line, words[n-1]+" "+words[n-2])
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

// name adds a full name in both its orders, with the middle names, and with what
// the list has between. It is the one with a comma that is turned, if one has.
func (p *people) name(line int, columns fullNameColumns, cells []string) {
	whole := columns.of(cells)
	if whole == "" {
		return
	}
	other := columns.otherOrder(whole, cells)
	if strings.Contains(whole, ",") {
		whole, other = other, whole
	}
	if p.called.Add(line, identifier.Name, whole) {
		p.counts[columns.first]++
	}
	p.called.AddTurned(line, other)
	for _, longer := range columns.withMiddle(cells) {
		p.called.Add(line, identifier.Name, longer)
	}
	p.called.Add(line, identifier.Name, columns.asListed(cells))
}

func (p *people) index() *identifier.Index {
	for i, n := range p.counts {
		p.columns[i].Identifiers = n
	}
	return p.builder.Build()
}
