package transport

import (
	"strings"
	"testing"
)

func TestMasked(t *testing.T) {
	for _, test := range []struct {
		text, enhanced, want string
	}{
		{"5.1.1 <bo.dahl@b.example>: Recipient address rejected: User unknown in virtual mailbox table", "5.1.1", "… recipient address rejected user unknown in virtual mailbox table"},
		{"5.1.1 no such user", "5.1.1", "no such user"},
		{"Requested action not taken: mailbox of Bodil Dahlgren unavailable", "", "… not … mailbox of … unavailable"},
		{"4.7.1 Greylisted, see http://a.example/?q=bo.dahl@b.example or KX-7730951", "4.7.1", "greylisted … or …"},
		{"user=bo.dahl", "", ""},
		{"bo.dahl(user)unknown", "", ""},
		{"mailbox\x1b[31m full", "", "… full"},
		{"", "", ""},
	} {
		if got := masked(reply{enhanced: test.enhanced, lines: strings.Split(test.text, "\n")}); got != test.want {
			t.Errorf("%q: %q, want %q", test.text, got, test.want)
		}
	}
}

// FuzzMasked: nothing is kept but known words.
func FuzzMasked(f *testing.F) {
	f.Add("5.1.1 <bo.dahl@b.example>: Recipient address rejected")
	f.Fuzz(func(t *testing.T, text string) {
		got := masked(reply{lines: []string{text}})
		if len(got) > maxMasked {
			t.Errorf("%d octets", len(got))
		}
		for _, word := range strings.Fields(got) {
			if word != "…" && !usual(word) {
				t.Errorf("%q is kept", word)
			}
		}
	})
}
