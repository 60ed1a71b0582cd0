package recipient

import (
	"slices"
	"strings"
)

// guess is what a column was taken for.
type guess struct {
	kind   Kind
	why    string
	tokens bool // its cells are long, random and nearly all different
}

// guessKinds says what each column holds, by its heading and by a sample of
// its cells.
func guessKinds(columns []Column, profiles []profile) []guess {
	guesses := make([]guess, len(columns))
	for i, c := range columns {
		guesses[i] = guessKind(headingOf(c), &profiles[i])
	}
	return guesses
}

func guessKind(h heading, p *profile) guess {
	tokens := p.most(p.tokens) && p.most(len(p.different))
	switch {
	case p.most(p.addresses):
		return guess{kind: KindAddress, why: "data"}
	case tokens:
		return guess{kind: KindIdentifier, why: "data", tokens: true}
	case p.most(p.numbers) && !p.shared() && h.numbersPeople():
		return guess{kind: KindIdentifier, why: "heading and data"}
	case p.most(p.single) && h.namesKeys() && p.most(len(p.different)):
		return guess{kind: KindIdentifier, why: "heading and data"}
	case p.nearlyAll(p.codes) && p.nearlyAll(len(p.different)) && !h.countsOther():
		return guess{kind: KindIdentifier, why: "data"}
	case !p.most(p.numbers) && h.isName():
		return guess{kind: KindName, why: "heading"}
	}
	return guess{kind: KindText, why: "no sign of a person"}
}

// heading is a column's heading in the words it is made of, lower case and
// without diacritics; "customerNo" has two.
type heading []string

// is says whether list has the heading as a whole, with "_" between its words.
func (h heading) is(list []string) bool { return slices.Contains(list, strings.Join(h, "_")) }

// endsIn says whether the heading ends in one that list has, as
// "billing_first_name" does.
func (h heading) endsIn(list []string) bool {
	whole := "_" + strings.Join(h, "_")
	return slices.ContainsFunc(list, func(entry string) bool { return strings.HasSuffix(whole, "_"+entry) })
}

// has says whether list has one of the heading's words.
func (h heading) has(list []string) bool {
	return slices.ContainsFunc(h, func(word string) bool { return slices.Contains(list, word) })
}

// hasSuffix says whether one of the heading's words ends in one that list has:
// "kundennummer".
func (h heading) hasSuffix(list []string) bool {
	return slices.ContainsFunc(h, func(word string) bool {
		return slices.ContainsFunc(list, func(end string) bool { return strings.HasSuffix(word, end) })
	})
}

func (h heading) isFirstName() bool { return h.is(firstNameAlone) || h.endsIn(firstName) }

func (h heading) isLastName() bool { return h.is(lastNameAlone) || h.endsIn(lastName) }

func (h heading) isName() bool {
	return h.isFirstName() || h.isLastName() || h.is(person) || h.endsIn(fullName)
}

// numbersPeople says whether the heading is one under which people are counted
// off: account, order, phone and their like. A postal code counts places.
func (h heading) numbersPeople() bool {
	return !h.countsOther() && (h.has(numbers) || h.hasSuffix(numberEndings))
}

// countsOther says whether the heading is one under which places, goods, money
// or days are counted.
func (h heading) countsOther() bool { return h.has(others) || h.hasSuffix(otherEndings) }

// namesKeys says whether what stands under the heading opens or marks what is
// one person's, however it is spelt.
func (h heading) namesKeys() bool { return h.has(keys) && !h.countsOther() }
