package identifier

import (
	"strings"
	"unicode"
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
	number = strings.TrimLeft(number, "+-− ")
	groups := strings.FieldsFunc(number, isPoint)
	for _, g := range groups {
		if strings.Trim(g, "0123456789") != "" {
			return false
		}
	}
	return len(groups) > 0 && (unit || isPointed(number, groups))
}

// cutUnit takes a currency or percent sign off either end of s.
func cutUnit(s string) (number string, found bool) {
	number = strings.TrimFunc(s, isUnit)
	if word, rest, ok := strings.Cut(number, " "); ok && currencies[strings.ToLower(word)] {
		return strings.TrimSpace(rest), true
	}
	bare := strings.TrimSpace(strings.TrimRightFunc(number, unicode.IsLetter))
	if currencies[strings.ToLower(strings.TrimSpace(number[len(bare):]))] {
		return bare, true
	}
	return strings.TrimSpace(number), number != s
}

func isUnit(r rune) bool { return r == '%' || r == '‰' || unicode.Is(unicode.Sc, r) }

// isPoint says whether r sets thousands or decimals apart.
func isPoint(r rune) bool { return strings.ContainsRune(".,'’ \u00a0\u202f", r) }

// isPointed says whether number, cut into groups, has its thousands or its
// decimals apart, and is not a row of numbers.
func isPointed(number string, groups []string) bool {
	points := strings.TrimFunc(number, unicode.IsDigit)
	points = strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, points)
	seps := []rune(points)
	n := len(groups)
	if n < 2 || len(seps) != n-1 || len(groups[0]) > 1 && groups[0][0] == '0' {
		return false
	}
	last := seps[n-2]
	if n == 2 {
		return last == '.' || last == ','
	}
	if len(groups[0]) > 3 || last == seps[0] && (unicode.IsSpace(last) || len(groups[n-1]) != 3) {
		return false
	}
	for i, g := range groups[1 : n-1] {
		if len(g) != 3 || seps[i] != seps[0] {
			return false
		}
	}
	return true
}
