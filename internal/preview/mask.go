package preview

import (
	"regexp"
	"strings"
	"unicode"

	"mailshot/internal/address"
	"mailshot/internal/campaign"
	"mailshot/internal/recipient"
)

// mask hides the data of rows before a message is made of them, so that nothing
// of it can come out of the template in whatever form. What a template can ask
// of a cell stays: whether it is empty, how long it is, where its parts are
// separated, whether it is a date, a number or a link; and a cell that the
// template itself names, as in {{ if eq .plan "pro" }}, stays as it is.
type mask struct {
	address int // column
	words   map[string]bool
}

func newMask(l *campaign.Look) *mask {
	m := &mask{address: l.AddressColumn(), words: map[string]bool{}}
	for _, w := range l.Words() {
		m.words[strings.TrimSpace(w)] = true
	}
	return m
}

// row gives a row with other data in the place of r.
func (m *mask) row(r *recipient.Row) *recipient.Row {
	masked := *r
	masked.Cells = make([]string, len(r.Cells))
	for i, cell := range r.Cells {
		masked.Cells[i] = m.cell(cell)
	}
	masked.Address = maskedAddress(r.Address)
	masked.Cells[m.address] = masked.Address.String()
	return &masked
}

func (m *mask) cell(value string) string {
	if m.words[strings.TrimSpace(value)] {
		return value
	}
	return shape(value)
}

// maskedAddress hides an address. One whose shape is none is an A-label's.
func maskedAddress(a address.Address) address.Address {
	masked, err := address.Parse(shape(a.String()))
	if err != nil {
		masked, _ = address.Parse("xxxxx@xxxxx.xxxxxxx")
	}
	return masked
}

var (
	// scheme is what a link must begin with to be one.
	scheme = regexp.MustCompile(`^(?:https?://|mailto:)`)
	// moment is an ISO 8601 date or time, as the function date reads it.
	moment = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}[0-9TZ:.+ -]*$`)
)

// shape gives a value with every letter an x and every digit a 1.
func shape(value string) string {
	begin := scheme.FindString(value)
	keep := ""
	if moment.MatchString(value) {
		keep = "TZ"
	}
	return begin + strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(keep, r):
			return r
		case isRightToLeft(r):
			return 'א' // so that the line keeps its direction
		case unicode.IsUpper(r):
			return 'X'
		case unicode.IsDigit(r):
			return '1'
		case unicode.IsMark(r):
			return -1
		case r < 0x80 && !unicode.IsLetter(r), unicode.IsSpace(r):
			return r
		}
		return 'x'
	}, value[len(begin):])
}
