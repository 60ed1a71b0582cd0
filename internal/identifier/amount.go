package identifier

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// currencies are the codes (ISO 4217) and words that make a number an amount.
var currencies = wordSet(`eur usd gbp chf jpy cny inr aud cad nzd sek nok dkk pln czk huf ron bgn try rub uah brl mxn
	zar krw sgd hkd thb idr myr php vnd ils aed sar egp ngn kes clp cop pen ars
	euro euros dollar dollars pounds francs yen percent prozent pct`)

// isAmount says whether value is an amount of money, a decimal number, a
// number with its thousands apart, or a percentage: "1,234.50", "12.50 EUR",
// "€ 12345", "7 %".
func isAmount(value string) bool {
	number, unit := cutUnit(strings.TrimSpace(value))
	g, ok := cutGroups(strings.TrimLeft(number, "+-− "))
	return ok && (unit || g.isPointed())
}

// cutUnit takes a currency or percent sign off either end of s.
func cutUnit(s string) (number string, found bool) {
	number = strings.TrimSpace(strings.TrimFunc(s, isUnit))
	end := strings.TrimRightFunc(number, unicode.IsLetter)
	begin := strings.TrimLeftFunc(number, unicode.IsLetter)
	switch {
	case len(end) < len(number) && currencies[strings.ToLower(number[len(end):])]:
		return strings.TrimSpace(end), true
	case len(begin) < len(number) && currencies[strings.ToLower(number[:len(number)-len(begin)])]:
		return strings.TrimSpace(begin), true
	}
	return number, number != s
}

func isUnit(r rune) bool {
	return r == '%' || r == '$' || r >= utf8.RuneSelf && (r == '‰' || unicode.Is(unicode.Sc, r))
}

// A grouping is a number cut up by points, commas and the like.
type grouping struct {
	sizes [8]int // digits in each group
	seps  [8]rune
	n     int
	zero  bool // it begins with a zero that is not its only digit before the first separator
}

// cutGroups cuts up number; ok is false where it is something else.
func cutGroups(number string) (g grouping, ok bool) {
	for _, r := range number {
		switch {
		case '0' <= r && r <= '9':
			g.sizes[g.n]++
		case g.sizes[g.n] == 0 || g.n == len(g.sizes)-1 || !strings.ContainsRune(".,'’ \u00a0\u202f", r):
			return g, false
		default:
			g.seps[g.n] = r
			g.n++
		}
	}
	if g.sizes[g.n] == 0 {
		return g, false
	}
	g.n++
	g.zero = number[0] == '0' && g.sizes[0] > 1
	return g, true
}

// isPointed says whether g has its thousands or its decimals apart, and is
// neither a whole number nor a row of them.
func (g *grouping) isPointed() bool {
	if g.n < 2 || g.zero {
		return false
	}
	last := g.seps[g.n-2]
	if g.n == 2 {
		return last == '.' || last == ','
	}
	for i, size := range g.sizes[1 : g.n-1] {
		if size != 3 || g.seps[i] != g.seps[0] {
			return false
		}
	}
	if last == g.seps[0] && (unicode.IsSpace(last) || g.sizes[g.n-1] != 3) {
		return false
	}
	return g.sizes[0] <= 3
}
