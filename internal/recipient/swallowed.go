package recipient

import (
	"strings"

	"mailshot/internal/address"
)

// holdsRows says whether a cell has eaten rows: a stray quote opened it, and
// the next one, rows below, closed it. Then the cell, or one line of it, has an
// address between as many separators as rows have.
func (l *List) holdsRows(cell string) bool {
	if !strings.Contains(cell, "\n") {
		return false
	}
	separator := string(l.format.separator)
	breaks := strings.Count(cell, "\n")
	if looksLikeRows(strings.ReplaceAll(cell, "\n", separator), separator, breaks*len(l.columns)) {
		return true
	}
	for text := range strings.SplitSeq(cell, "\n") {
		if looksLikeRows(text, separator, len(l.columns)-1) {
			return true
		}
	}
	return false
}

func looksLikeRows(text, separator string, separators int) bool {
	if strings.Count(text, separator) < separators {
		return false
	}
	for piece := range strings.SplitSeq(text, separator) {
		if _, err := address.Parse(strings.Trim(piece, " \r\"")); err == nil {
			return true
		}
	}
	return false
}
