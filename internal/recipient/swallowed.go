package recipient

import (
	"strings"

	"mailshot/internal/address"
)

// swallower gives the first cell that has eaten rows; -1 for none.
func (l *List) swallower(cells []string) int {
	for i, cell := range cells {
		if strings.Contains(cell, "\n") && l.holdsRows(cell, i) {
			return i
		}
	}
	return -1
}

// holdsRows says whether the cell of a column has eaten rows: a stray quote
// opened it, and the next one, rows below, closed it. Then the cell, or one line
// of it, has as many separators as rows have, and a line has an address where
// rows have it.
func (l *List) holdsRows(cell string, column int) bool {
	separator := string(l.format.separator)
	breaks := strings.Count(cell, "\n")
	rows := strings.Count(cell, separator) >= breaks*(len(l.columns)-1)
	for line := range strings.SplitSeq(cell, "\n") {
		row := rows || strings.Count(line, separator) >= len(l.columns)-1
		if row && l.hasAddress(line, separator, column) {
			return true
		}
		column = 0
	}
	return false
}

// hasAddress says whether a line that begins in a column has an address where
// rows have it.
func (l *List) hasAddress(line, separator string, column int) bool {
	for piece := range strings.SplitSeq(line, separator) {
		if column == l.address {
			_, err := address.Parse(strings.Trim(piece, " \r\""))
			return err == nil
		}
		column++
	}
	return false
}
