package recipient

import (
	"strings"

	"mailshot/internal/address"
	"mailshot/internal/identifier"
)

// people gathers what identifies the people of a list, of every row that the
// file has, mailed or not.
type people struct {
	builder     *identifier.Builder
	columns     []ColumnKind // Identifiers is counted here
	first, last int          // columns of names in two parts; -1 for none
}

func newPeople(l *List, columns []ColumnKind) people {
	p := people{builder: identifier.NewBuilder(sampleRows), columns: columns, first: -1, last: -1}
	for i, c := range columns {
		switch {
		case c.Kind != KindName:
		case p.first < 0 && headingOf(c.Column).isFirstName():
			p.first = i
		case p.last < 0 && headingOf(c.Column).isLastName():
			p.last = i
		}
	}
	if p.first < 0 || p.last < 0 {
		p.first, p.last = -1, -1
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
		case KindName:
			p.name(line, i, cell, cells)
		case KindIdentifier:
			p.value(line, i, identifier.Token, cell)
		case KindPrivate:
			p.value(line, i, identifier.Private, cell)
		}
	}
}

func (p *people) value(line, column int, kind identifier.Kind, value string) {
	if p.builder.Add(line, kind, value) {
		p.columns[column].Identifiers++
	}
}

// addresses adds every address that stands in the cell, since all of them are
// people, however many there should have been.
func (p *people) addresses(line, column int, cell string) {
	if a, err := address.Parse(cell); err == nil {
		p.columns[column].Identifiers++
		p.builder.AddAddress(line, a.Canonical())
		return
	}
	for piece := range strings.FieldsFuncSeq(cell, partsAddresses) {
		if a, err := address.Parse(piece); err == nil {
			p.columns[column].Identifiers++
			p.builder.AddAddress(line, a.Canonical())
		}
	}
}

// name adds a full name in both its orders: of the two columns that it stands
// in when the first of them is seen, or of the one.
func (p *people) name(line, column int, cell string, cells []string) {
	switch column {
	case p.last:
	case p.first:
		if p.last >= len(cells) {
			return
		}
		if last := strings.TrimSpace(cells[p.last]); last != "" {
			p.value(line, column, identifier.Name, cell+" "+last)
			p.builder.Add(line, identifier.Name, last+" "+cell)
		}
	default:
		p.value(line, column, identifier.Name, cell)
		if last, first, ok := strings.Cut(cell, ","); ok {
			p.builder.Add(line, identifier.Name, first+" "+last)
		}
	}
}

func (p *people) index() *identifier.Index { return p.builder.Build() }
