package recipient

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"mailshot/internal/identifier"
)

// doubt is another row's number inside a longer one of the row's own. It may
// stand there where both are of one column, as a contract and its parts are.
// A link, the name of a file or an invoice that another's account is written
// into is that other's, though the cell is the row's: its column was moved.
type doubt struct {
	find
	key    uint64
	within int      // the column of the row's own number
	lines  []uint32 // of the rows that the other number belongs to
}

// doubt notes that h lies inside the row's own. A short number may do so by
// chance, and a phone number with an extension holds that of the house.
func (f *foreign) doubt(h, own hit, column int) {
	within := slices.IndexFunc(f.cells, func(cell string) bool { return f.hasKey(cell, own.Key) })
	switch {
	case h.Kind != identifier.Token || within < 0:
	case h.ShortNumber():
		f.pasted[column].note(h.Key, f.number, int(f.line), h.other)
	case strings.ContainsFunc(string(f.text[own.Start:own.End]), unicode.IsLetter):
		f.doubts = append(f.doubts, doubt{f.find(h, column), h.Key, within, h.Lines})
	}
}

// hasKey says whether the whole of a cell is found under key.
func (f *foreign) hasKey(cell string, key uint64) bool {
	f.keys = f.index.Keys(f.keys[:0], cell)
	return slices.Contains(f.keys, key)
}

// settle reads the list once more for the rows that are doubted, if there are
// any, and refuses what is of another column there.
func (f *foreign) settle(ctx context.Context) error {
	if len(f.doubts) == 0 {
		return nil
	}
	byLine := map[uint32][]int{}
	for i, d := range f.doubts {
		for _, line := range d.lines {
			byLine[line] = append(byLine[line], i)
		}
	}
	settled := make([]bool, len(f.doubts))
	_, err := f.judge.list.eachRow(ctx, func(r record) {
		for _, i := range byLine[uint32(r.line)] {
			d := &f.doubts[i]
			settled[i] = settled[i] || d.within < len(r.cells) && f.hasKey(r.cells[d.within], d.key)
		}
	})
	for i, d := range f.doubts {
		if !settled[i] && err == nil {
			f.refuse(d.find)
		}
	}
	return err
}
