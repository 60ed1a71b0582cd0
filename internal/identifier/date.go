package identifier

import (
	"strings"
	"unicode"
)

// A piece of a value is a run of digits, of letters, or of neither, without
// the spaces around it.
type piece struct {
	text string
	what byte // '0', 'a' or 0
}

// maxPieces is how many pieces a date has at most: "Fri, 20 Nov 2026
// 18:23:05.123 +01:00 (CET)".
const maxPieces = 24

// isDate says whether value is a date or a time of day: "2026-11-20",
// "20.11.2026", "11/20/26", "Fri, 20 Nov 2026 18:23:05 +0100", "18:23".
func isDate(value string) bool {
	var all [maxPieces]piece
	n, months := 0, 0
	for value != "" {
		if n == maxPieces {
			return false
		}
		var p piece
		p, value = cutPiece(value)
		word := ""
		if p.what == 'a' {
			word = strings.ToLower(p.text)
		}
		switch fraction := n > 4 && all[n-1].text == "."; {
		case p.what == '0' && len(p.text) > 4 && !fraction:
			return false
		case p.what == 'a' && monthWords[word]:
			months++
		case p.what == 'a' && !dateWords[word]:
			return false
		case n == 0 && p.text == "":
			continue
		}
		all[n] = p
		n++
	}
	return months == 1 || isNumericDate(all[:n]) || isTime(all[:n])
}

// cutPiece cuts the first piece off value.
func cutPiece(value string) (p piece, rest string) {
	for i, r := range value {
		what := byte(0)
		switch {
		case '0' <= r && r <= '9':
			what = '0'
		case unicode.IsLetter(r) || unicode.IsMark(r):
			what = 'a'
		}
		if i == 0 {
			p.what = what
		}
		if what != p.what {
			p.text, rest = value[:i], value[i:]
			break
		}
	}
	if rest == "" {
		p.text = value
	}
	p.text = strings.TrimSpace(p.text)
	return p, rest
}

// isNumericDate says whether p is three numbers that can be a date, perhaps
// with a weekday before and a time after.
func isNumericDate(p []piece) bool {
	if len(p) > 2 && p[0].what == 'a' {
		p = p[2:]
	}
	if len(p) < 5 || p[0].what != '0' || p[2].what != '0' || p[4].what != '0' || p[1] != p[3] {
		return false
	}
	if sep := p[1].text; sep != "-" && sep != "." && sep != "/" {
		return false
	}
	a, b, c := len(p[0].text), len(p[2].text), len(p[4].text)
	yearFirst := a == 4 && b <= 2 && c <= 2
	yearLast := a <= 2 && b <= 2 && (c == 2 || c == 4)
	return (yearFirst || yearLast) && (len(p) < 7 || isTime(p[6:]))
}

// isTime says whether p begins with hours and minutes.
func isTime(p []piece) bool {
	return len(p) >= 3 && p[0].what == '0' && p[1].text == ":" && p[2].what == '0' &&
		len(p[0].text) <= 2 && len(p[2].text) == 2
}

// dateWords are the words of a date that name no month.
var dateWords = wordSet(`t z utc gmt cet cest am pm st nd rd th of de del den der le um at h uhr
	mon tue tues wed thu thur thurs fri sat sun
	monday tuesday wednesday thursday friday saturday sunday
	mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag samstag sonntag`)

// monthWords name months.
var monthWords = wordSet(`jan feb mar apr jun jul aug sep sept oct nov dec mär okt dez
	january february march april may june july august september october november december
	januar februar märz mai juni juli oktober dezember jänner
	janvier février mars avril juin juillet août septembre octobre novembre décembre
	enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
	gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre`)
