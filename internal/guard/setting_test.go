package guard

import (
	"strings"
	"testing"

	"mailshot/internal/identifier"
)

// What a template says around a field.
const (
	above = "We moved in spring to a house by the river, and the shop with us. Do come and see it soon.\r\n"
	lead  = "There is tea on the first floor for all who climb the stairs and "
	tail  = " and a view over the roofs from every window of the house up to the hills\r\n"
)

// others are written with spaces, so that a field may begin or end in them.
var others = []string{
	"Bob Stone", "bob  stone", "Bob\r\nStone", "Jean Luc de la Tour", "Jean dot Luc dot de dot la dot Tour", "Bob \u00ad Stone",
	"KX 7730951", "KX-77 30 951", "4821 3377", "0170 555 6667", "K X 7 7 3 0 9 5 1", "KX \u200b 7730951",
	"bob at b.example", "bob at b dot example", "bob (at) b [dot] example", "bob @ b . example", "bob AT b . example",
	"bob\u200b at b dot example", "bob     at     b     dot     example", "\"bob\" at b.example", "bob (the one at home) @b.example",
	"\u202eelpmaxe tod b ta bob", "\\u202eelpmaxe tod b ta bob", "&#x202e;elpmaxe tod b ta bob", "%E2%80%AEelpmaxe tod b ta bob",
	"bob &#64; b.example", "bob \\x40 b.example", "\"KX\" + \"-77\" + \"30951\"", "\"Bo\" + \"b St\" + \"one\"", "\"J\" + \"e\" + \"an L\" + \"uc d\" + \"e la T\" + \"our\"",
	"王 小 明", "王小明", "ｂｏｂ ａｔ ｂ ｄｏｔ ｅｘａｍｐｌｅ", "bob ät b.example", "bob arroba b punto example",
}

// settled is a reader that has met a text with other fields often enough to know
// what is around them.
func settled(t testing.TB, g *Guard, before, behind string, w way) *Reader {
	r := g.Reader()
	for _, field := range []string{"bread", "white wine", "some old cheese, and so on,", "jam", "plum cake", "rye", "pears"} {
		readAs(t, r, before+field+behind, w)
	}
	return r
}

// readAs has Ann's reader read text, and says whether she would see another.
func readAs(t testing.TB, r *Reader, text string, w way) (refused bool) {
	ann := person(t, 0)
	r.begin(ann, finished(t, ann, text))
	r.search(place{name: "body", line: 1}, []byte(text), w)
	return len(r.refusals) > 0
}

// guardsOfOthers know names of many words, and none: over a break they look far,
// and not at all.
func guardsOfOthers(t testing.TB) (all []*Guard) {
	for _, named := range []bool{true, false} {
		b := identifier.NewBuilder(len(people))
		for i, p := range people {
			b.AddAddress(lineOfPerson(i), parse(t, p[2]).Canonical())
			b.Add(lineOfPerson(i), identifier.Token, p[3])
		}
		if named {
			b.Add(lineOfPerson(1), identifier.Name, "Bob Stone")
			b.Add(firstLine+20, identifier.Name, "Jean Luc de la Tour")
			b.Add(firstLine+21, identifier.Name, "王 小明")
		}
		all = append(all, New(policy(t), b.Build(), len(people)))
	}
	return all
}

// fieldsIn gives where a field in s may begin and end: at its beginning, at its
// end, and within it.
func fieldsIn(s string) (all []span) {
	for i := range s {
		all = append(all, span{i, len(s)}, span{0, i}, span{i, (i + 1 + len(s)) / 2})
	}
	return all
}

// Wherever another's data is cut into what the template says and what the row
// says, a reader that knows the template finds what one finds that does not.
func TestSettingHidesNobody(t *testing.T) {
	for n, g := range guardsOfOthers(t) {
		for _, other := range others {
			for _, f := range fieldsIn(other) {
				before, field, behind := above+lead+other[:f.start], other[f.start:f.end], other[f.end:]+tail+above
				for _, w := range []way{asIs, unfold} {
					text := before + field + behind
					if readAs(t, g.Reader(), text, w) && !readAs(t, settled(t, g, before, behind, w), text, w) {
						t.Errorf("guard %d, way %d: %q, of which %q is the field", n, w, other, field)
					}
				}
			}
		}
	}
}

// What is around a field is no less a leak when the reader met it in the messages
// of the one whose data it is.
func TestSettingOfAnother(t *testing.T) {
	g := guardsOfOthers(t)[0]
	for _, around := range []span{{0, 1}, {1, 0}} {
		name := []string{"", "Bob Stone says so "}
		before, behind := above+name[around.start]+lead, tail+name[around.end]+above
		r := g.Reader()
		for _, field := range []string{"bread", "wine", "jam", "cake", "rye"} {
			text := before + field + behind
			r.begin(person(t, 1), finished(t, person(t, 1), text))
			r.read(place{name: "body"}, []byte(text))
		}
		if !readAs(t, r, before+"pears"+behind, unfold) {
			t.Errorf("%q hides Bob", before+behind)
		}
	}
}

// What is tested above comes about.
func TestSettingIsLearned(t *testing.T) {
	g := guardsOfOthers(t)[1]
	for _, w := range []way{asIs, unfold} {
		r, text := settled(t, g, above+lead, tail+above, w), []byte(above+lead+"quinces"+tail+above)
		r.begin(person(t, 0), finished(t, person(t, 0), string(text)))
		s := &r.scanner
		known := s.settingsAt(text, len(above), wayOf(place{}, w))
		if known == nil {
			t.Fatalf("way %d: no setting", w)
		}
		from, to := spaced(text, chunk{s.begin(text, len(above), s.reach), len(text)})
		c, ok := known.within(text, chunk{from, to}, w)
		if got := string(text[c.from:c.to]); !ok || len(got) > 100 || !strings.Contains(got, "quinces") {
			t.Errorf("way %d: %q is looked at, %v", w, got, ok)
		}
	}
}

// FuzzSettings reads a text with a reader that has met the same around other
// fields: it refuses what one refuses that has met nothing.
func FuzzSettings(f *testing.F) {
	for i, other := range others {
		cut := len(other) * (i%3 + 1) / 4
		f.Add(above+lead+other[:cut], other[cut:], tail)
		f.Add(lead, other[:cut], other[cut:]+tail)
	}
	guards := guardsOfOthers(f)
	f.Fuzz(func(t *testing.T, before, field, behind string) {
		for i, w := range []way{asIs, unfold, asIs, unfold} {
			g, text := guards[i/2], before+field+behind
			if fresh, known := readAs(t, g.Reader(), text, w), readAs(t, settled(t, g, before, behind, w), text, w); fresh && !known {
				t.Fatalf("way %d: %q is refused only where nothing is known", w, text)
			}
		}
	})
}

// Where quoted-printable broke a line within a word, what is around a field is not
// known so well that the rest of the word would be taken for the whole of it.
func TestSettingWithBrokenLine(t *testing.T) {
	for n, g := range guardsOfOthers(t) {
		r, before, behind := g.Reader(), above+lead+"ja=\r\nbob@", tail+above
		refused := false
		for _, field := range []string{"bread", "wine", "jam", "cake", "rye", "pears", "b.example"} {
			text := before + field + behind
			r.begin(person(t, 0), finished(t, person(t, 0), text))
			r.scan(place{name: "source", markup: true, coded: true}, []byte(text))
			refused = len(r.refusals) > 0
		}
		if refused {
			t.Errorf("guard %d: the end of an address is taken for another's", n)
		}
		r.scan(place{name: "html part", line: 1, markup: true}, []byte(before+"b.example"+behind))
		if len(r.refusals) == 0 {
			t.Errorf("guard %d: an address behind a line that ends in = is not found where nothing is encoded", n)
		}
	}
}
