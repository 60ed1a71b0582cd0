package preview

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// span is a stretch of text, marked where a refusal is about it.
type span struct {
	Text string
	Mark bool
}

// line is a line of text with its number.
type line struct {
	Number int
	Mark   bool // a refusal names the line
	Spans  []span
}

// spots are the places that a row's refusals are about: what of other rows was
// found, and where.
type spots struct {
	found  *regexp.Regexp // nil for nothing
	places []string       // Where of the refusals
}

// minSpot is how many letters a cell has that is worth marking.
const minSpot = 3

// newSpots gives the spots of what was found of others in the message of own.
func newSpots(refusals []rule.Refusal, own *recipient.Row, others []*recipient.Row) spots {
	var s spots
	for _, r := range refusals {
		s.places = append(s.places, r.Where)
	}
	var values []string
	for _, row := range others {
		for _, cell := range row.Cells {
			cell = strings.TrimSpace(cell)
			if utf8.RuneCountInString(cell) >= minSpot && !slices.Contains(own.Cells, cell) {
				values = append(values, regexp.QuoteMeta(cell))
			}
		}
	}
	if len(values) > 0 {
		slices.SortFunc(values, func(a, b string) int { return len(b) - len(a) })
		s.found = regexp.MustCompile(`(?i)` + strings.Join(values, "|"))
	}
	return s
}

// spans cuts text where something of another row begins or ends.
func (s spots) spans(text string) []span {
	if s.found == nil {
		return []span{{Text: text}}
	}
	var all []span
	at := 0
	for _, m := range s.found.FindAllStringIndex(text, -1) {
		if m[0] > at {
			all = append(all, span{Text: text[at:m[0]]})
		}
		all = append(all, span{text[m[0]:m[1]], true})
		at = m[1]
	}
	if at < len(text) || len(all) == 0 {
		all = append(all, span{Text: text[at:]})
	}
	return all
}

// at says whether a refusal names that place, or a place in it.
func (s spots) at(place string) bool {
	return slices.ContainsFunc(s.places, func(where string) bool {
		return strings.EqualFold(where, place) || strings.HasPrefix(where, place+", ") && !strings.Contains(where, ", line ")
	})
}

// lines cuts a part's text into lines, and marks what refusals name in it: the
// guard has "body, line 2".
func (s spots) lines(part, text string) []line {
	var all []line
	for i, text := range strings.Split(strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n"), "\n") {
		all = append(all, line{
			Number: i + 1,
			Mark:   slices.Contains(s.places, part+", line "+strconv.Itoa(i+1)),
			Spans:  s.spans(text),
		})
	}
	return all
}
