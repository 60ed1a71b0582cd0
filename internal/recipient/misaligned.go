package recipient

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"mailshot/internal/rule"
)

const (
	reach     = 5           // how many rows up and down a name is looked for
	offsets   = 2*reach + 1 // of a name from its address, in rows
	elsewhere = 8           // addresses, net, that must fit the names at one offset before that is no chance
	setBack   = 2           // what an address that fits at another offset takes off
)

// alignment looks for names that belong to the addresses of other rows. For
// each address it finds the one offset, in rows, at which a name fits it best;
// none where several do as well, as in a family. A stretch of rows is
// misaligned where many more addresses fit at one offset than at all others
// together (a cumulative sum, Page 1954): chance spreads its fits over all
// offsets, and an aligned list has them at offset 0. So what shows no names
// says nothing.
//
// It looks at each column of names or salutations by itself, since one of them
// may be out of step, and at all of them together.
type alignment struct {
	address int
	columns []int          // of names, and behind them of salutations
	persons int            // how many of columns are of names
	rows    [offsets]badge // the last ones, in a ring
	n       int            // rows that came
	sums    []sums         // one for each of columns, and one for all
	found   []stretch
	apart   *displacement
}

// badge is what a row's people are called by.
type badge struct {
	line, number int
	local        spelling   // of the address
	names        []spelling // one for each column
}

// sums are the cumulative sums of one column, by offset.
type sums [offsets]struct {
	value int
	stretch
}

// stretch is a run of rows whose addresses fit the names at one offset.
type stretch struct {
	column       int // position in alignment.columns; their number for all
	offset       int // in rows; above 0 the names are further down
	line, number int // of the first row
	other        int // line of the row that has the first one's name
	last         int // line of the last row
	weight       int // addresses, net, that fit
	own          int // addresses that fit a name of their own row too, though less
}

// newAlignment gives nil where nothing of a row but its address can reach a
// message, or where there are no names: then nobody gets what is not theirs,
// or nobody can tell. If anything else is used it may belong to the name, so
// it matters little which column it is.
func newAlignment(l *List, p plan) *alignment {
	a := &alignment{address: l.address, apart: newDisplacement(p)}
	used := false
	for i, k := range p.kinds {
		used = used || p.used[i] && i != l.address
		if k.Kind == KindName && !p.relational[i] {
			a.columns = append(a.columns, i)
		}
	}
	a.persons = len(a.columns)
	for i, k := range p.kinds {
		if k.Kind == KindText && k.Why != "declared" && !p.relational[i] && headingOf(k.Column).greets() {
			a.columns = append(a.columns, i)
		}
	}
	if !used || len(a.columns) == 0 {
		return nil
	}
	for i := range a.rows {
		a.rows[i].names = make([]spelling, len(a.columns))
	}
	a.sums = make([]sums, len(a.columns)+1)
	return a
}

// add takes the next row, which may lack cells.
func (a *alignment) add(r record, cells []string) {
	b := &a.rows[a.n%offsets]
	b.line, b.number = r.line, r.number
	b.local.set("")
	if a.address < len(cells) {
		local, _, _ := strings.Cut(strings.TrimSpace(cells[a.address]), "@")
		b.local.set(local)
	}
	for i, column := range a.columns {
		b.names[i].set("")
		if column < len(cells) {
			b.names[i].set(cells[column])
		}
	}
	a.apart.add(b, b.names[:a.persons], cells)
	a.n++
	if a.n > reach {
		a.judge(a.n - 1 - reach)
	}
}

// end judges the last rows, and closes every stretch.
func (a *alignment) end() {
	for range reach {
		a.add(record{}, nil)
	}
	for column := range a.sums {
		for offset := range offsets {
			a.close(column, offset)
		}
	}
}

// at gives the row that came as the i-th; an empty one before the first.
func (a *alignment) at(i int) *badge { return &a.rows[(i+offsets)%offsets] }

// judge finds where the address of the i-th row fits.
func (a *alignment) judge(i int) {
	b := a.at(i)
	if len(b.local.words) == 0 {
		return
	}
	var all [offsets]int
	for column := range a.columns {
		var one [offsets]int
		for offset := range offsets {
			other := a.at(i + offset - reach)
			if other != b && bytes.Equal(other.local.text, b.local.text) {
				continue // one mailbox: it is the name of both
			}
			one[offset] = b.local.lettersOf(&other.names[column])
			all[offset] += one[offset]
		}
		a.weigh(column, i, one)
	}
	a.weigh(len(a.columns), i, all)
}

// weigh adds what fits the address of the i-th row best to the sums of a
// column, if one offset does.
func (a *alignment) weigh(column, i int, fits [offsets]int) {
	best, times := 0, 0
	for offset, fit := range fits {
		switch {
		case fit > fits[best]:
			best, times = offset, 1
		case fit == fits[best]:
			times++
		}
	}
	if fits[best] == 0 || times > 1 {
		return
	}
	for offset := range offsets {
		switch {
		case offset == reach:
		case offset == best:
			a.raise(column, offset, i, fits[reach] > 0)
		default:
			a.lower(column, offset)
		}
	}
}

func (a *alignment) raise(column, offset, i int, own bool) {
	s, b := &a.sums[column][offset], a.at(i)
	if s.value == 0 {
		s.stretch = stretch{column: column, offset: offset - reach, line: b.line, number: b.number, other: a.at(i + offset - reach).line}
	}
	s.value++
	if own {
		s.own++
	}
	if s.value > s.weight {
		s.weight, s.last = s.value, b.line
	}
}

func (a *alignment) lower(column, offset int) {
	s := &a.sums[column][offset]
	s.value = max(s.value-setBack, 0)
	if s.value == 0 || s.weight-s.value >= elsewhere {
		a.close(column, offset)
	}
}

// close ends a stretch and keeps it if it is no chance.
func (a *alignment) close(column, offset int) {
	s := &a.sums[column][offset]
	if s.weight >= elsewhere {
		a.found = append(a.found, s.stretch)
	}
	s.value, s.stretch = 0, stretch{}
}

// refuse refuses what was found, once all rows have come. Of stretches that
// overlap it names the one that most addresses speak for, and among equals that
// of all names together; but where part of a name is in its place, the column of
// the part that is not.
func (a *alignment) refuse(j *judge) {
	a.end()
	slices.SortFunc(a.found, func(x, y stretch) int {
		return cmp.Or(cmp.Compare(a.inPart(x), a.inPart(y)), cmp.Compare(y.weight, x.weight), cmp.Compare(y.column, x.column), cmp.Compare(x.line, y.line))
	})
	var named []stretch
	for _, s := range a.found {
		if slices.ContainsFunc(named, func(n stretch) bool { return s.line <= n.last && n.line <= s.last }) {
			continue
		}
		named = append(named, s)
		where := ""
		if s.column < len(a.columns) {
			where = j.list.where(a.columns[s.column])
		}
		j.found.refuse(rule.Refusal{Rule: rule.MisalignedColumns, Line: s.line, Row: s.number, OtherLine: s.other, Where: where,
			What: fmt.Sprintf("from here to line %d the addresses fit the names %s and not their own", s.last, s.away()),
			Hint: "look above this line for a cell that is missing or too many in the column of names or of addresses, below which everything moved"})
	}
	if named == nil {
		a.apart.refuse(j.found)
	}
}

// inPart is 1 for a stretch of all names together whose addresses mostly fit
// part of their own.
func (a *alignment) inPart(s stretch) int {
	if s.column == len(a.columns) && 2*s.own > s.weight {
		return 1
	}
	return 0
}

// away says where the names are.
func (s stretch) away() string {
	switch {
	case s.offset == 1:
		return "one row further down"
	case s.offset == -1:
		return "one row further up"
	case s.offset > 0:
		return fmt.Sprintf("%d rows further down", s.offset)
	}
	return fmt.Sprintf("%d rows further up", -s.offset)
}
