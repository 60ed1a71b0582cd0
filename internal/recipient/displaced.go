package recipient

import (
	"fmt"
	"hash/maphash"

	"mailshot/internal/rule"
)

const (
	fewDisplaced   = 4  // addresses, below which it may be chance
	displacedShare = 50 // one address in so many of those that are in their place
)

// displacement looks for addresses that spell, first and last, the name of some
// other row however far away, as they do after one column was sorted without
// the rest. Where an address has a word of its own row's name it is in its
// place; so whoever is written to at the address of a partner or an assistant
// who is on the list too, with an address of their own, says nothing.
type displacement struct {
	columns []fullNameColumns
	seed    maphash.Seed
	own     int // addresses in their place
	rows    []namedRow
	strays  []stray
	local   []byte
	name    spelling
}

// namedRow is what stays of a row with a name.
type namedRow struct {
	keys [2]uint64 // of the name in both orders
	line uint32
	own  bool // the address is in its place
}

// stray is an address that is not.
type stray struct {
	key          uint64
	line, number uint32
}

func newDisplacement(p plan) *displacement {
	d := &displacement{seed: maphash.MakeSeed()}
	for _, names := range nameColumns(p.kinds) {
		if !p.relational[names.first] && (names.last < 0 || !p.relational[names.last]) {
			d.columns = append(d.columns, names)
		}
	}
	return d
}

// add takes the next row, whose local part b has.
func (d *displacement) add(b *badge, names []spelling, cells []string) {
	if len(b.local.words) == 0 {
		return
	}
	own := false
	for i := range names {
		own = own || b.local.lettersOf(&names[i]) > 0
	}
	if own {
		d.own++
	} else if key := d.key(b.local.text); key != 0 {
		d.strays = append(d.strays, stray{key, uint32(b.line), uint32(b.number)})
	}
	for _, columns := range d.columns {
		d.name.set(columns.of(cells))
		if n := len(d.name.words); n >= 2 {
			first, last := d.name.word(0), d.name.word(n-1)
			d.rows = append(d.rows, namedRow{[2]uint64{d.key(first, last), d.key(last, first)}, uint32(b.line), own})
		}
	}
}

// key is the hash of parts without their spaces; 0 where nothing is left.
func (d *displacement) key(parts ...[]byte) uint64 {
	d.local = d.local[:0]
	for _, part := range parts {
		for _, c := range part {
			if c != ' ' {
				d.local = append(d.local, c)
			}
		}
	}
	if len(d.local) == 0 {
		return 0
	}
	return maphash.Bytes(d.seed, d.local)
}

// inPlace is the line of a name whose own address spells it.
const inPlace = ^uint32(0)

// lines gives for each stray's key the line of the name that it spells: 0 for
// none, inPlace where that row has its own address.
func (d *displacement) lines() map[uint64]uint32 {
	lines := make(map[uint64]uint32, len(d.strays))
	for _, s := range d.strays {
		lines[s.key] = 0
	}
	for i := range d.rows {
		row := &d.rows[i]
		for _, key := range row.keys {
			line, wanted := lines[key]
			switch {
			case !wanted:
			case row.own:
				lines[key] = inPlace
			case line == 0:
				lines[key] = row.line
			}
		}
	}
	return lines
}

// refuse refuses the list where too many addresses are displaced.
func (d *displacement) refuse(found *findings) {
	if len(d.strays) < fewDisplaced {
		return
	}
	lines := d.lines()
	var first stray
	other, displaced := uint32(0), 0
	for _, s := range d.strays {
		line := lines[s.key]
		if line == 0 || line == inPlace {
			continue
		}
		lines[s.key] = 0 // one mailbox counts once
		if displaced++; displaced == 1 {
			first, other = s, line
		}
	}
	if displaced < fewDisplaced || displaced*displacedShare < d.own {
		return
	}
	found.refuse(rule.Refusal{Rule: rule.MisalignedColumns, Line: int(first.line), Row: int(first.number), OtherLine: int(other),
		What: fmt.Sprintf("%d addresses fit the names of other rows and not their own: this one that of line %d", displaced, other),
		Hint: "look whether one column was sorted or moved without the others, and sort all of them together"})
}
