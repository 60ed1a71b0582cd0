package recipient

import (
	"slices"
	"strings"

	"mailshot/internal/identifier"
)

// guess is what a column was taken for.
type guess struct {
	kind   Kind
	why    string
	tokens bool // its cells are long, random and mean one person each
	crowds bool // its cells are a few words, each of which very many rows have
	counts bool // it numbers no people: amounts, days, postal codes, houses
}

// guessKinds says what each column holds, by its heading, by a sample of its
// cells, and by the headings and the addresses beside it.
func guessKinds(columns []Column, profiles []profile, address int) []guess {
	guesses := make([]guess, len(columns))
	for i, c := range columns {
		guesses[i] = guessKind(headingOf(c), &profiles[i])
		guesses[i].counts = countsOther(headingOf(c), &profiles[i])
		if guesses[i].kind == KindText && i != address && profiles[i].spelledIn(address) && !headingOf(c).greets() {
			guesses[i] = guess{kind: KindName, why: "data"}
		}
	}
	for i, c := range columns {
		for k, o := range columns {
			if completes(c, o) && headingOf(c).speaksOfPeople() && profiles[i].most(profiles[i].wordy) && profiles[k].most(profiles[k].wordy) {
				guesses[i].becomeName()
				guesses[k].becomeName()
			}
		}
	}
	return guesses
}

// countsOther says whether a column has numbers for the most part, and they are
// no people's by its heading or, where that says nothing, by nearly all of them.
func countsOther(h heading, p *profile) bool {
	if h.countsOther() {
		return p.most(p.counted)
	}
	return p.nearlyAll(p.counted) && p.most(p.measures) && !h.has(numbers) && !h.hasSuffix(numberEndings)
}

// becomeName makes a name of what has no sign of a person by itself.
func (g *guess) becomeName() {
	if g.kind == KindText {
		*g = guess{kind: KindName, why: "heading"}
	}
}

func guessKind(h heading, p *profile) guess {
	differ := p.most(len(p.different)) || h.has(openers) && !isGroups(len(p.different), p.filled)
	tokens := p.most(p.tokens) && differ
	switch {
	case p.most(p.addresses):
		return guess{kind: KindAddress, why: "data"}
	case tokens:
		return guess{kind: KindIdentifier, why: "data", tokens: true}
	case p.most(p.numbers) && !p.shared() && h.numbersPeople():
		return guess{kind: KindIdentifier, why: "heading and data"}
	case p.most(p.single) && h.namesKeys() && p.most(len(p.different)):
		return guess{kind: KindIdentifier, why: "heading and data"}
	case p.nearlyAll(p.mixed) && p.nearlyAll(len(p.different)) && h.has(vouchers) && !h.has(places):
		return guess{kind: KindIdentifier, why: "heading and data"}
	case p.nearlyAll(p.codes) && p.nearlyAll(len(p.different)) && !h.countsOther():
		return guess{kind: KindIdentifier, why: "data"}
	case !p.most(p.numbers) && h.isName(), p.most(p.wordy) && h.spellsName():
		return guess{kind: KindName, why: "heading"}
	}
	return guess{kind: KindText, why: "no sign of a person", crowds: p.most(p.wordy) && identifier.MaxRows*len(p.different) < p.filled}
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

// spellsName says whether the heading has a name among other words.
func (h heading) spellsName() bool {
	_, first := h.without(firstName)
	_, last := h.without(lastName)
	return (first || last) && !h.countsOther() && !h.has(nameless) || h.namesSomebody()
}

// speaksOfPeople says whether the heading of a first or last something has a
// word for whose it is, or no other word.
func (h heading) speaksOfPeople() bool {
	_, rest := h.part()
	return rest == "" || h.has(person) || h.has(owners)
}

// greets says whether the heading is one of a salutation, which has a name in
// it and is none.
func (h heading) greets() bool { return h.has(greetings) }

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
