package recipient

import (
	"strings"

	"mailshot/internal/address"
	"mailshot/internal/rule"
)

// swallowed refuses a cell that has eaten rows: a stray quote opened it, and
// the next one, rows below, closed it.
func (j *judge) swallowed(line int, cells []string) {
	for i, cell := range cells {
		if strings.Contains(cell, "\n") && j.list.holdsRows(cell) {
			j.found.refuse(rule.Refusal{Rule: rule.SwallowedRows, Line: line, Where: j.list.where(i),
				What: "the cell holds lines that look like rows of the list",
				Hint: "look for a quote that is opened on this line and closed on another"})
		}
	}
}

// holdsRows says whether the cell, or one line of it, has an address between
// as many separators as a row has.
func (l *List) holdsRows(cell string) bool {
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
