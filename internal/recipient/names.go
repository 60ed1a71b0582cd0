package recipient

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// part is which part of a person's name a heading speaks of.
type part int

const (
	noPart part = iota
	wholeName
	firstPart
	lastPart
)

// part gives which part of a name the heading speaks of, and the other words
// that it has: "Parent First" is a first name of a "parent".
func (h heading) part() (part, string) {
	if h.is(person) || h.endsIn(fullName) {
		return wholeName, ""
	}
	_, first := h.without(firstNameAlone)
	_, last := h.without(lastNameAlone)
	if first && last {
		return wholeName, ""
	}
	for _, lists := range []struct {
		part   part
		phrase []string
	}{{firstPart, firstName}, {lastPart, lastName}, {firstPart, firstNameAlone}, {lastPart, lastNameAlone}} {
		if rest, ok := h.without(lists.phrase); ok {
			return lists.part, strings.Join(rest, "_")
		}
	}
	return noPart, ""
}

// without gives the heading less the first phrase of list that stands in it,
// and less single letters, as in "Forename(s)".
func (h heading) without(list []string) (heading, bool) {
	for _, entry := range list {
		phrase := strings.Split(entry, "_")
		for i := range len(h) - len(phrase) + 1 {
			if slices.Equal(phrase, h[i:i+len(phrase)]) {
				rest := slices.Concat(h[:i], h[i+len(phrase):])
				return slices.DeleteFunc(rest, func(word string) bool { return len(word) == 1 }), true
			}
		}
	}
	return nil, false
}

// namesSomebody says whether the heading has a word for name and none for what
// else has one, or for a person other than the row's.
func (h heading) namesSomebody() bool {
	rest, ok := h.without(nameWords)
	return ok && !rest.countsOther() && !rest.has(nameless)
}

// fullNameColumns is where a person's whole name stands: in one column, or in
// two, and what is between them in a third.
type fullNameColumns struct {
	first   int
	last    int // -1 where the first column has all of it
	middle  int // -1 for none
	between int // the one column that the list has between first and last; -1 for none
}

// nameColumns finds the whole names among columns of names: first and last
// names under headings whose other words are the same, or else in the order of
// the columns. "Name" beside a first name alone is the last name.
func nameColumns(columns []ColumnKind) []fullNameColumns {
	var found []fullNameColumns
	taken := make([]bool, len(columns))
	match := func(agree func(first, other Column) bool) {
		for i, c := range columns {
			if p, _ := headingOf(c.Column).part(); taken[i] || c.Kind != KindName || p != firstPart {
				continue
			}
			for k, o := range columns {
				if k != i && !taken[k] && o.Kind == KindName && agree(c.Column, o.Column) {
					taken[i], taken[k] = true, true
					middle := middleOf(c.Column, columns)
					found = append(found, fullNameColumns{i, k, middle, betweenOf(i, k, middle, columns)})
					break
				}
			}
		}
	}
	match(completes)
	match(func(_, other Column) bool { p, _ := headingOf(other).part(); return p == lastPart })
	match(func(_, other Column) bool { return headingOf(other).is(nameWords) })
	for i, c := range columns {
		if c.Kind == KindName && !taken[i] {
			found = append(found, fullNameColumns{i, -1, -1, -1})
		}
	}
	return found
}

// middleOf gives the column of the middle names to the first names under first.
func middleOf(first Column, columns []ColumnKind) int {
	_, whose := headingOf(first).part()
	return slices.IndexFunc(columns, func(c ColumnKind) bool {
		rest, ok := headingOf(c.Column).without(middleName)
		return ok && strings.Join(rest, "_") == whose && (c.Kind == KindName || c.Kind == KindText)
	})
}

// betweenOf gives the one column, of text or of the middle names, that stands
// between those of first and last names.
func betweenOf(first, last, middle int, columns []ColumnKind) int {
	at := (first + last) / 2
	if max(first, last)-min(first, last) == 2 && (columns[at].Kind == KindText || at == middle) {
		return at
	}
	return -1
}

// completes says whether other is the heading of the last names to the first
// names under first.
func completes(first, other Column) bool {
	p, rest := headingOf(first).part()
	q, otherRest := headingOf(other).part()
	return p == firstPart && q == lastPart && rest == otherRest
}

// of gives the whole name that cells hold; the last name may be the whole one
// already. It is blank where a part is.
func (c fullNameColumns) of(cells []string) string {
	if c.first >= len(cells) || c.last >= len(cells) {
		return ""
	}
	first := strings.TrimSpace(cells[c.first])
	if c.last < 0 {
		return first
	}
	last := strings.TrimSpace(cells[c.last])
	switch {
	case first == "" || last == "":
		return ""
	case beginsOrEnds(last, first):
		return last
	}
	return first + " " + last
}

// beginsOrEnds says whether the first or the last words of name are those of part,
// which is less than all of it.
func beginsOrEnds(name, part string) bool {
	behind, begins := strings.CutPrefix(name, part)
	before, ends := strings.CutSuffix(name, part)
	return begins && strings.HasPrefix(behind, " ") || ends && strings.HasSuffix(before, " ")
}

// withMiddle gives the whole name with the middle names in it, and with the
// first letter of them; none where the cells have none.
func (c fullNameColumns) withMiddle(cells []string) []string {
	if c.middle < 0 || c.middle >= len(cells) || c.of(cells) == "" {
		return nil
	}
	middle := strings.TrimSpace(cells[c.middle])
	initial, size := utf8.DecodeRuneInString(middle)
	if !unicode.IsLetter(initial) {
		return nil
	}
	first, last := strings.TrimSpace(cells[c.first]), strings.TrimSpace(cells[c.last])
	return []string{first + " " + middle + " " + last, first + " " + middle[:size] + " " + last}
}

// maxBetween is how many words between the parts of a name are looked for: a
// town, a day, a title.
const maxBetween = 4

// asListed gives the whole name as the list has it, with what stands between its
// parts there; "" where nothing does, or withMiddle has it.
func (c fullNameColumns) asListed(cells []string) string {
	if c.between < 0 || c.of(cells) == "" || c.between == c.middle && c.first < c.last {
		return ""
	}
	if n := len(strings.FieldsFunc(cells[c.between], partsWords)); n == 0 || n > maxBetween {
		return ""
	}
	return strings.Join(cells[c.between-1:c.between+2], " ")
}

// otherOrder gives the whole name with its last word first, or as it is said
// where a comma parts it; "" where there is no other order. Where the last name
// has a column of its own, all of it goes first.
func (c fullNameColumns) otherOrder(whole string, cells []string) string {
	if last, first, ok := strings.Cut(whole, ","); ok {
		return strings.TrimSpace(first) + " " + strings.TrimSpace(last)
	}
	cut := strings.LastIndexByte(whole, ' ')
	if c.last >= 0 {
		if last := strings.TrimSpace(cells[c.last]); last != whole {
			cut = len(whole) - len(last) - 1
		}
	}
	if cut < 0 {
		return ""
	}
	return whole[cut+1:] + " " + strings.TrimSpace(whole[:cut])
}
