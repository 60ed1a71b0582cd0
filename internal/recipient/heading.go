package recipient

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"mailshot/internal/nearest"
	"mailshot/internal/rule"
)

// headings makes the columns of the first row. Columns at the end that have no
// heading are none; cells in them make a ragged row.
func (l *List) headings(r record) ([]Column, error) {
	cells := r.cells
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) == 0 {
		return nil, &rule.Fault{File: l.source.name, Line: r.line, What: "the first line has no headings", Hint: "give each column a heading"}
	}
	columns := make([]Column, len(cells))
	for i, cell := range cells {
		heading := strings.Clone(strings.TrimSpace(cell))
		if strings.ContainsAny(heading, "@\uFF20") { // U+FF20 is the wide @
			return nil, &rule.Fault{File: l.source.name, Line: r.line, What: "the first line holds an address where headings should stand",
				Hint: "put a line of headings above the rows; no heading may hold an @"}
		}
		columns[i] = Column{Name: columnName(heading), Heading: heading}
	}
	return columns, l.sameNames(columns, r.line)
}

// sameNames refuses two headings that templates could not tell apart.
func (l *List) sameNames(columns []Column, line int) error {
	var refused rule.Refused
	first := map[string]int{}
	for i, c := range columns {
		if c.Name == "" {
			continue
		}
		if j, twice := first[c.Name]; twice {
			refused = append(refused, rule.Refusal{Rule: rule.DuplicateHeading, File: l.source.name, Line: line,
				What: fmt.Sprintf("the headings of columns %d and %d become the same name", j+1, i+1),
				Hint: "rename or remove one of them"})
			continue
		}
		first[c.Name] = i
	}
	if refused == nil {
		return nil
	}
	return refused
}

// columnName is the name that a heading gets in templates.
func columnName(heading string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(norm.NFC.String(strings.TrimSpace(heading))) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			gap = true
			continue
		}
		if gap {
			b.WriteByte('_')
			gap = false
		}
		b.WriteRune(r)
	}
	if gap {
		b.WriteByte('_')
	}
	return b.String()
}

// find gives the position of the column that name, as front matter or a flag
// has it, means; -1 for none.
func (l *List) find(name string) int {
	for i, c := range l.columns {
		if c.Name != "" && (c.Name == columnName(name) || c.Heading == name) {
			return i
		}
	}
	return -1
}

// meant is the hint for a name that no column has.
func (l *List) meant(name string) string {
	var names []string
	for _, c := range l.columns {
		names = append(names, c.Name)
	}
	if near := nearest.To(columnName(name), names); near != "" {
		return "did you mean " + near + "?"
	}
	return "write it as the list's first line has it"
}

// spoken gives for each column whether the template names it.
func (l *List) spoken(use Use) []bool {
	spoken := make([]bool, len(l.columns))
	named := slices.Concat(use.Columns, use.Relational, slices.Collect(maps.Keys(use.Kinds)), []string{use.SharedMailboxes})
	for _, name := range named {
		if i := l.find(name); i >= 0 {
			spoken[i] = true
		}
	}
	return spoken
}

// where names a column in refusals: by its name where the template has that
// too, otherwise by its place, since the first line of a list without headings
// is somebody's row.
func (l *List) where(column int) string {
	if l.named[column] {
		return "column " + l.columns[column].Name
	}
	return fmt.Sprintf("column %d", column+1)
}
