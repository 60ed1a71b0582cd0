package recipient

import (
	"fmt"

	"mailshot/internal/rule"
)

// pasted is what a column of amounts, days or places holds of other rows' short
// numbers. One that is met by chance may stand; but where nearly every row has
// one, and nearly each another, it is those numbers' column that was pasted
// there, or moved by some rows.
type pasted struct {
	filled      int
	hits        int
	keys        map[uint64]bool // of the hits
	row         int             // number of that with the first hit
	line, other int             // of that row, and of whom the number is
}

// minPasted is how many rows must have another's number: one or two may by chance.
const minPasted = 3

func (p *pasted) note(key uint64, row, line, other int) {
	if p.hits++; p.hits == 1 {
		p.keys, p.row, p.line, p.other = map[uint64]bool{}, row, line, other
	}
	p.keys[key] = true
}

// isPasted asks for four in five of each.
func (p *pasted) isPasted() bool {
	return p.hits >= minPasted && 5*p.hits >= 4*p.filled && 5*len(p.keys) >= 4*p.hits
}

// columns refuses the columns that were pasted, each once; call it when all rows
// were looked at.
func (f *foreign) columns() {
	for i := range f.pasted {
		p := &f.pasted[i]
		if !p.isPasted() {
			continue
		}
		f.judge.found.refuse(rule.Refusal{Rule: rule.ForeignInCell, Line: p.line, Row: p.row, OtherLine: p.other,
			Where: f.judge.list.where(i),
			What:  fmt.Sprintf("%d of the column's %d cells hold a number of another row, and nearly each another", p.hits, p.filled),
			Hint:  "see whether the column belongs to other rows; one that names another person on purpose belongs under relational"})
	}
}
