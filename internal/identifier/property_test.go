package identifier

import (
	"fmt"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// made are values of each kind, and the ways they can be written.
type made struct {
	entry
	written string
}

var (
	lettersGen = rapid.StringMatching(`[a-zäöüéñçøžαβγжщю]{2,9}`)
	digitsGen  = rapid.StringMatching(`[1-9][0-9]{8,11}`)
	breaks     = []string{"", "-", " ", "/", ".", " - ", "_"}
)

// madeGen draws a value that identifies somebody, and one way to write it.
var madeGen = rapid.Custom(func(t *rapid.T) made {
	switch rapid.SampledFrom([]Kind{Address, Digest, Token, Name, Private}).Draw(t, "kind") {
	case Address:
		a := rapid.StringMatching(`[a-z][a-z0-9]{0,8}([.+_-][a-z0-9]{1,5})?@[a-z]{1,8}(-[a-z]{1,3})?\.example`).Draw(t, "address")
		return made{entry{Address, a}, a}
	case Digest:
		a := rapid.StringMatching(`[a-z]{1,9}@[a-z]{1,8}\.example`).Draw(t, "address")
		sum := rapid.SampledFrom([]func(string) string{md5Of, sha1Of, sha256Of}).Draw(t, "sum")
		return made{entry{Address, a}, sum(a)}
	case Token:
		return tokenGen(t)
	case Name:
		words := rapid.SliceOfN(lettersGen, 2, 5).Draw(t, "name")
		gap := rapid.SampledFrom([]string{" ", "  ", "\r\n", ", ", "-", "\u00a0", " <b>"}).Draw(t, "gap")
		return made{entry{Name, strings.Join(words, " ")}, strings.ReplaceAll(strings.Join(words, gap), "<b>", "</>")}
	default:
		words := rapid.SliceOfN(lettersGen, 1, 40).Draw(t, "words")
		return made{entry{Private, strings.Join(words, " ")}, strings.Join(words, "\t")}
	}
})

func tokenGen(t *rapid.T) made {
	digits := digitsGen.Draw(t, "digits")
	gap := rapid.SampledFrom(breaks).Draw(t, "gap")
	cut := rapid.IntRange(1, len(digits)-1).Draw(t, "cut")
	switch rapid.IntRange(0, 2).Draw(t, "token") {
	case 0:
		return made{entry{Token, "kx-" + digits}, "kx" + gap + digits}
	case 1:
		return made{entry{Token, "+49 " + digits[:3] + " " + digits[3:]}, "0" + digits[:cut] + gap + digits[cut:]}
	}
	return made{entry{Token, digits}, digits[:cut] + gap + digits[cut:]}
}

// disguise changes case and Unicode form.
func disguise(t *rapid.T, s string) string {
	s = rapid.SampledFrom([]func(string) string{
		func(s string) string { return s }, norm.NFD.String, norm.NFC.String,
	}).Draw(t, "form")(s)
	return strings.Map(func(r rune) rune {
		if rapid.Bool().Draw(t, "upper") {
			return unicode.ToUpper(r)
		}
		return r
	}, s)
}

// Between two characters that are no letters or digits, and are not used to
// write addresses or numbers, every identifier is found, whatever is around it.
func TestFoundInAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := madeGen.Draw(t, "value")
		x := index(entry{Name, "somebody else"}, m.entry, entry{Token, "zz-999999"})
		written := disguise(t, m.written)
		left := rapid.SampledFrom([]string{"", " ", "\n", "<", "(", "\"", "—", "、", "“", ">", "=\"", "; "}).Draw(t, "left")
		right := rapid.SampledFrom([]string{"", " ", "\n", ">", ")", "\"", "—", "、", "”", "<", ",\"", "; ", ". "}).Draw(t, "right")
		before, after := rapid.String().Draw(t, "before"), rapid.String().Draw(t, "after")
		if left == "" {
			before = ""
		}
		if right == "" {
			after = ""
		}
		text := before + left + written + right + after
		found := false
		x.Scan([]byte(text), func(h Hit) bool {
			found = found || len(h.Lines) == 1 && h.Lines[0] == 3 &&
				h.Start < len(before+left+written) && h.End > len(before+left)
			return true
		})
		if !found {
			t.Fatalf("%v %q is not found in %q", m.kind, m.value, text)
		}
	})
}

// Text made of words that no value has never hits.
func TestNothingIsFoundInOtherWords(t *testing.T) {
	x := fill(2000)
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOf(rapid.StringMatching(`[A-Zx-z][u-z]{0,8}|[0-9]{1,4}|\p{Greek}{1,6}`)).Draw(t, "words")
		gap := rapid.SampledFrom([]string{" ", "@", "-", "...", "\n", ", "}).Draw(t, "gap")
		text := strings.Join(words, gap)
		if got := found(x, text); len(got) > 0 {
			t.Fatalf("%q found in %q", got, text)
		}
	})
}

func FuzzScan(f *testing.F) {
	values := []entry{
		{Address, "ann@x.example"}, {Address, "jörg@xn--bcher-kva.example"}, {Token, "KX-7730951"}, {Token, "+49 170 1234567"},
		{Name, "Anna Maria Schmidt"}, {Name, "王小明"}, {Name, "김철수"}, {Private, "no"},
	}
	x := index(values...)
	for _, v := range values {
		f.Add("a " + v.value + " b")
	}
	f.Add("\xff@\xe3\x80\x82@@x..")
	f.Fuzz(func(t *testing.T, text string) {
		all := scanAll(t, x, text)
		// What stands in a text is found whatever else stands before and after it.
		for h := range scanAll(t, x, "Z! "+text+" !Z") {
			h.Start, h.End = h.Start-3, h.End-3
			delete(all, h)
		}
		if len(all) > 0 {
			t.Fatalf("%v are found in %q only where nothing is around it", all, text)
		}
	})
}

// place is what of a Hit can be compared.
type place struct {
	Kind       Kind
	Start, End int
	Lines      string
}

func scanAll(t *testing.T, x *Index, text string) map[place]bool {
	t.Helper()
	all := make(map[place]bool)
	x.Scan([]byte(text), func(h Hit) bool {
		if h.Start < 0 || h.End > len(text) || h.Start >= h.End || len(h.Lines) == 0 || len(h.Lines) > MaxRows {
			t.Fatalf("impossible hit %+v in %q", h, text)
		}
		all[place{h.Kind, h.Start, h.End, fmt.Sprint(h.Lines)}] = true
		return true
	})
	return all
}
