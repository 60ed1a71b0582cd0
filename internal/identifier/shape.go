package identifier

import (
	"strings"
	"unicode"
)

const (
	minLetters = 4 // of a word
	minDigits  = 5 // of a number
	minMixed   = 5 // characters of a word with letters and digits
)

// Identifies says whether a value of kind k can identify a person by itself:
// blanks, single words (for a Name), dates, amounts, words of fewer than four
// letters and numbers of fewer than five digits do not, unless k is Private.
func Identifies(k Kind, value string) bool {
	s := shapeOf(value)
	switch k {
	case Address:
		return strings.TrimSpace(value) != ""
	case Private:
		return s.letters+s.digits > 0
	case Name:
		return s.words > 1 && s.letters >= minLetters
	case Token:
		return s.isLongEnough() && !s.isDate() && !isAmount(value)
	}
	return false
}

// A piece is a run of digits, of letters, or of neither.
type piece struct {
	text string // in lower case
	what rune   // '0', 'a', or 0 for neither
}

// maxPieces is how many pieces of a value are kept: no date has more.
const maxPieces = 20

// shape is what a value looks like.
type shape struct {
	pieces          []piece
	words           int // runs of letters and digits; each character of an unspaced script
	letters, digits int // an ideograph counts as two letters
}

func shapeOf(value string) (s shape) {
	open, from, last := false, 0, rune(-1)
	for i, r := range value {
		what := rune(0)
		switch f := classOf(r); {
		case unicode.IsDigit(r):
			what = '0'
			s.digits++
		case f == letter:
			what = 'a'
			s.letters++
		case f == alone:
			what, open = 'a', false
			s.letters += 2
		case f == mark || f == ignored:
			continue
		}
		if what != 0 && !open {
			s.words++
		}
		open = what != 0
		if what != last {
			s.cut(value[from:i], last)
			from, last = i, what
		}
	}
	s.cut(value[from:], last)
	return s
}

func (s *shape) cut(text string, what rune) {
	if what == 0 {
		text = strings.TrimSpace(text)
	}
	if what >= 0 && len(s.pieces) < maxPieces && (text != "" || len(s.pieces) > 0) {
		s.pieces = append(s.pieces, piece{strings.ToLower(text), what})
	}
}

func (s *shape) isLongEnough() bool {
	switch {
	case s.letters == 0:
		return s.digits >= minDigits
	case s.digits == 0:
		return s.letters >= minLetters
	}
	return s.letters+s.digits >= minMixed
}

// isDate says whether s is a date or a time of day: "2026-11-20",
// "20.11.2026", "11/20/26", "Fri, 20 Nov 2026 18:23:05 +0100", "18:23".
func (s *shape) isDate() bool {
	if len(s.pieces) == maxPieces || s.digits == 0 {
		return false
	}
	months := 0
	for _, p := range s.pieces {
		switch {
		case p.what == '0' && len(p.text) > 4 && !strings.HasPrefix(p.text, "000"):
			return false
		case p.what == 'a' && isMonth(p.text):
			months++
		case p.what == 'a' && !dateWords[p.text]:
			return false
		}
	}
	return months == 1 || isNumericDate(s.pieces) || isTime(s.pieces)
}

// isNumericDate says whether p begins with a date of three numbers and goes on
// with nothing or with a time.
func isNumericDate(p []piece) bool {
	for len(p) > 0 && p[0].what == 'a' { // a weekday
		p = p[min(2, len(p)):]
	}
	if len(p) < 5 || p[0].what != '0' || p[2].what != '0' || p[4].what != '0' || p[1].text != p[3].text {
		return false
	}
	if sep := p[1].text; sep != "-" && sep != "." && sep != "/" {
		return false
	}
	a, b, c := len(p[0].text), len(p[2].text), len(p[4].text)
	yearFirst := a == 4 && b <= 2 && c <= 2
	yearLast := a <= 2 && b <= 2 && (c == 2 || c == 4)
	return (yearFirst || yearLast) && (len(p) == 5 || len(p) < 7 || isTime(p[6:]))
}

// isTime says whether p begins with hours and minutes.
func isTime(p []piece) bool {
	return len(p) >= 3 && p[0].what == '0' && p[1].text == ":" && p[2].what == '0' &&
		len(p[0].text) <= 2 && len(p[2].text) == 2
}

// dateWords are the words of a date that are no month.
var dateWords = wordSet(`t z utc gmt cet cest am pm st nd rd th of de del den der le um at h uhr
	mon tue wed thu fri sat sun tues thur thurs monday tuesday wednesday thursday friday saturday sunday
	mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag samstag sonntag`)

// monthWords are the months in full; three letters of one will do.
var monthWords = wordSet(`january february march april may june july august september october november december
	januar februar märz mai juni juli oktober dezember jänner
	janvier février mars avril juin juillet août septembre octobre novembre décembre
	enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
	gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
	jan feb mar apr jun jul aug sep sept oct nov dec mär okt dez`)

func isMonth(word string) bool { return monthWords[word] }

func wordSet(s string) map[string]bool {
	set := make(map[string]bool)
	for w := range strings.FieldsSeq(s) {
		set[w] = true
	}
	return set
}
