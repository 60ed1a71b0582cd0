package recipient

import (
	"fmt"
	"slices"
	"strings"

	"mailshot/internal/address"
	"mailshot/internal/identifier"
	"mailshot/internal/rule"
)

// foreign looks, on a second pass, for one row's identifier in the cells of
// another that the template uses.
type foreign struct {
	judge  *judge
	index  *identifier.Index
	allow  []string
	pasted []pasted // by column
	doubts []doubt
	out    []uint32 // numbers still to come of rows that are not to be mailed

	line   uint32 // of the row at hand
	number int    // of the row at hand
	cells  []string
	text   []byte // of the cell at hand
	hits   []hit
	keys   []uint64 // of the cell that is compared
}

// hit is an identifier.Hit in a cell.
type hit struct {
	identifier.Hit
	fine  bool // it may stand in the row's cells
	other int  // line of a row that it belongs to
}

func newForeign(j *judge, index *identifier.Index, use Use) *foreign {
	return &foreign{judge: j, index: index, allow: use.Allow, pasted: make([]pasted, len(j.list.columns)), out: j.out}
}

// row looks at one row that is to be mailed.
func (f *foreign) row(r record) {
	if len(f.out) > 0 && f.out[0] == uint32(r.number) {
		f.out = f.out[1:]
		return
	}
	plan, l := &f.judge.plan, f.judge.list
	cells, ok := l.fit(r)
	if !ok {
		return // it is another list by now, as its hash will show
	}
	f.line, f.number, f.cells = uint32(r.line), r.number, cells
	for i, cell := range cells {
		if !plan.used[i] || plan.relational[i] || i == l.address || cell == "" {
			continue
		}
		f.pasted[i].filled++
		if found, ok := f.foreignIn(cell, i); ok {
			f.refuse(f.find(found, i))
		}
	}
}

// find is another row's identifier in a cell.
type find struct {
	line, number, column int // of the cell
	kind                 identifier.Kind
	other                int // line of the first row that it belongs to
}

func (f *foreign) find(h hit, column int) find {
	return find{int(f.line), f.number, column, h.Kind, h.other}
}

func (f *foreign) refuse(in find) {
	f.judge.found.refuse(rule.Refusal{Rule: rule.ForeignInCell, Line: in.line, Row: in.number, OtherLine: in.other,
		Where: f.judge.list.where(in.column),
		What:  fmt.Sprintf("the cell holds the %s of the row at line %d", in.kind, in.other),
		Hint:  "mend the cell; a column that names another person on purpose belongs under relational"})
}

// foreignIn gives the first hit in a cell that belongs to another row alone.
func (f *foreign) foreignIn(cell string, column int) (hit, bool) {
	f.text = append(f.text[:0], cell...)
	f.hits = f.hits[:0]
	f.index.Scan(f.text, func(h identifier.Hit) bool {
		if f.index.IsParted(f.text, h, false) {
			return true
		}
		value := string(f.text[h.Start:h.End])
		f.hits = append(f.hits, hit{h, f.fine(h, value, column), f.other(h.Lines)})
		return true
	})
	for _, h := range f.hits {
		if h.fine {
			continue
		}
		own, inside := f.insideOwn(h)
		if !inside {
			return h, true
		}
		f.doubt(h, own, column)
	}
	return hit{}, false
}

// fine says whether a hit may stand in a cell of the row. An index names few of
// the rows that share a value, so what is the row's own is looked for in its
// cells too.
func (f *foreign) fine(h identifier.Hit, value string, column int) bool {
	kind := f.judge.plan.kinds[column].Kind
	if h.Kind == identifier.Token && h.ShortNumber() && kind == KindText && f.judge.list.guesses[column].counts {
		if !slices.Contains(h.Lines, f.line) {
			f.pasted[column].note(h.Key, f.number, int(f.line), f.other(h.Lines))
		}
		return true // an amount, a day or a place that happens to have the number
	}
	for _, l := range h.Lines {
		if l != f.line && f.judge.oneHousehold(l, f.line) {
			return true
		}
	}
	if slices.ContainsFunc(f.allow, func(allowed string) bool { return strings.EqualFold(allowed, value) }) {
		return true
	}
	_, listed := slices.BinarySearch(h.Lines, f.line)
	switch h.Kind {
	case identifier.Address:
		return f.isOwnAddress(value, listed)
	case identifier.Name:
		return listed || kind == KindName
	case identifier.Private:
		return listed || f.owns(KindPrivate, func(cell string) bool { return strings.EqualFold(cell, value) })
	}
	return listed
}

// isOwnAddress says whether an address is the row's: its mailbox, or one from
// another of its columns that is nobody else's mailbox.
func (f *foreign) isOwnAddress(value string, listed bool) bool {
	found, err := address.Parse(value)
	if err != nil {
		return listed
	}
	canonical := found.Canonical()
	isFound := func(cell string) bool {
		a, err := address.Parse(cell)
		return err == nil && a.Canonical() == canonical
	}
	if isFound(strings.TrimSpace(f.cells[f.judge.list.address])) {
		return true
	}
	return !f.judge.isMailbox(canonical) && (listed || f.owns(KindAddress, isFound))
}

// owns says whether a cell of the row in a column of a kind is the one.
func (f *foreign) owns(kind Kind, isTheOne func(cell string) bool) bool {
	for i, cell := range f.cells {
		if f.judge.plan.kinds[i].Kind == kind && isTheOne(strings.TrimSpace(cell)) {
			return true
		}
	}
	return false
}

// insideOwn gives the longer hit that is fine, if there is one, inside which h
// lies: "Maria Schmidt" in "Anna Maria Schmidt". An address never does, and a
// name in names alone.
func (f *foreign) insideOwn(h hit) (own hit, inside bool) {
	if h.Kind == identifier.Address || h.Kind == identifier.Digest {
		return hit{}, false
	}
	i := slices.IndexFunc(f.hits, func(o hit) bool {
		return o.fine && o.Start <= h.Start && h.End <= o.End && o.End-o.Start > h.End-h.Start &&
			(h.Kind != identifier.Name || o.Kind == identifier.Name)
	})
	if i < 0 {
		return hit{}, false
	}
	return f.hits[i], true
}

// other gives the first of lines that is not the row's.
func (f *foreign) other(lines []uint32) int {
	for _, l := range lines {
		if l != f.line {
			return int(l)
		}
	}
	return 0
}
