package recipient

import (
	"cmp"
	"fmt"
	"slices"

	"mailshot/internal/identifier"
	"mailshot/internal/rule"
)

// sighting is one cell of a column whose values belong to one person each.
type sighting struct {
	value uint64 // hash
	mark  uint32 // position of the row's mark
}

// repeatedIdentifiers refuses values that stand on rows of two mailboxes, in
// columns where they should not.
func (j *judge) repeatedIdentifiers() {
	for column, seen := range j.repeats {
		slices.SortFunc(seen, func(a, b sighting) int {
			return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(a.mark, b.mark))
		})
		runs := sameValue(seen)
		if j.plan.kinds[column].Why != "declared" && j.list.meansSeveral(column, len(runs), len(seen)) {
			continue
		}
		for _, run := range runs {
			if len(run) <= identifier.MaxRows {
				j.repeated(column, run)
			}
		}
	}
}

// isGroups says whether so few values on so many rows are meant for groups, as
// a voucher for everyone is.
func isGroups(values, rows int) bool {
	return values <= 5 && (rows >= 20 || rows >= 4*values) || values == 1 && rows > 1
}

// meansSeveral says whether so many values on so many rows of a column are each
// meant for several people. What opens something for one person is meant for
// groups or for nobody else.
func (l *List) meansSeveral(column, values, rows int) bool {
	if headingOf(l.columns[column]).has(openers) {
		return isGroups(values, rows)
	}
	return 2*values <= rows
}

// sameValue cuts sorted sightings into runs of one value.
func sameValue(seen []sighting) [][]sighting {
	var runs [][]sighting
	for start := 0; start < len(seen); {
		end := start + 1
		for end < len(seen) && seen[end].value == seen[start].value {
			end++
		}
		runs = append(runs, seen[start:end])
		start = end
	}
	return runs
}

func (j *judge) repeated(column int, run []sighting) {
	first := j.marks[run[0].mark]
	for _, s := range run[1:] {
		m := j.marks[s.mark]
		if m.spelling == first.spelling {
			continue
		}
		j.found.refuse(rule.Refusal{Rule: rule.RepeatedIdentifier, Line: int(m.line), Row: int(m.number), OtherLine: int(first.line),
			Where: j.list.where(column),
			What:  fmt.Sprintf("the same value as on line %d, in a column of values that belong to one person each", first.line),
			Hint:  "mend the row, or declare the column as text under columns"})
	}
}
