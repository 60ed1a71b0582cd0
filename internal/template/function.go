package template

import (
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"regexp"
	"strings"
	texttemplate "text/template"
	"time"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// Function is one function that templates can call.
type Function struct {
	Name    string
	Usage   string // such as "{{ .city | upper }}"
	Summary string // one line, lower case, no full stop
}

// Functions lists every function that templates can call, in the order of the
// help.
func Functions() []Function {
	all := functionTable()
	list := make([]Function, len(all))
	for i, f := range all {
		list[i] = f.Function
	}
	return list
}

// A function's tolerance says which of its arguments may be an empty cell where
// the action's result is printed.
type tolerance int

const (
	passesOn   tolerance = iota // an empty argument makes an empty result: as strict as the place of the call
	needsAll                    // would hide an empty cell between other words: never
	takesEmpty                  // judges the value and does not print it: always
	fillsLast                   // prints something else for an empty last argument
	firstFound                  // prints the first argument that is not empty
)

type function struct {
	Function
	tolerance tolerance
	call      any // nil for one of text/template's own
}

func functionTable() []function {
	return []function{
		{Function{"default", `{{ .first_name | default "customer" }}`, "the words to print where the cell is empty"}, fillsLast, orElse},
		{Function{"upper", `{{ .code | upper }}`, "capital letters"}, passesOn, bounded(strings.ToUpper)},
		{Function{"lower", `{{ .code | lower }}`, "small letters"}, passesOn, bounded(strings.ToLower)},
		{Function{"title", `{{ .city | lower | title }}`, "a capital letter at the beginning of each word"}, passesOn, bounded(titled)},
		{Function{"trim", `{{ .note | trim }}`, "without the spaces around it"}, passesOn, bounded(strings.TrimSpace)},
		{Function{"date", `{{ .due | date "2 January 2006" }}`, "an ISO 8601 date or time, written as 2 January 2006, 15:04 would be"}, passesOn, date},
		{Function{"number", `{{ .amount | number "1,234.50" }}`, "a number, written as 1234.5 would be"}, passesOn, number},
		{Function{"urlquery", `https://a.example/?code={{ .code | urlquery }}`, "escaped for use in a URL"}, passesOn, bounded(url.QueryEscape)},
		{Function{"replace", `{{ .name | replace "_" " " }}`, "with every occurrence of the first text replaced by the second"}, passesOn, replace},
		{Function{"split", `{{ range .items | split ";" }}{{ . }}{{ end }}`, "the parts between separators, trimmed, empty ones left out"}, passesOn, split},
		{Function{"join", `{{ .items | split ";" | join ", " }}`, "parts put together again"}, passesOn, join},
		{Function{"contains", `{{ if .plan | contains "pro" }}`, "whether the text holds another"}, takesEmpty, contains},
		{Function{"print", `{{ print .street ", " .city }}`, "values one after the other"}, needsAll, printValues},
		{Function{"printf", `{{ printf "%s (%s)" .plan .code }}`, "values in a format, as Go's fmt has it"}, needsAll, printFormat},
		{Function{"index", `{{ index (split " " .name) 0 }}`, "one of the parts, counted from 0"}, passesOn, nil},
		{Function{"len", `{{ len .code }}`, "the number of bytes or parts"}, takesEmpty, nil},
		{Function{"eq", `{{ if eq .plan "pro" }}`, "equal to the second or any further"}, takesEmpty, nil},
		{Function{"ne", `{{ if ne .plan "pro" }}`, "not equal"}, takesEmpty, nil},
		{Function{"lt", `{{ if lt .code "k" }}`, "less, letter by letter"}, takesEmpty, nil},
		{Function{"le", `{{ if le .code "k" }}`, "less or equal, letter by letter"}, takesEmpty, nil},
		{Function{"gt", `{{ if gt .code "k" }}`, "greater, letter by letter"}, takesEmpty, nil},
		{Function{"ge", `{{ if ge .code "k" }}`, "greater or equal, letter by letter"}, takesEmpty, nil},
		{Function{"and", `{{ if and .title .name }}`, "the first that is empty, or the last"}, passesOn, nil},
		{Function{"or", `{{ or .nickname .name }}`, "the first that is not empty, or the last"}, firstFound, nil},
		{Function{"not", `{{ if not .title }}`, "true for an empty cell"}, takesEmpty, nil},
	}
}

// Names of functions that no template can write, called where a compiled
// template must check a value.
const (
	needName = "_need"
	eachName = "_each"
)

func functionMap() texttemplate.FuncMap {
	calls := texttemplate.FuncMap{needName: need, eachName: each}
	for _, f := range functionTable() {
		if f.call != nil {
			calls[f.Name] = f.call
		}
	}
	return calls
}

// A misuse is what a function has against a value; it holds none of it.
type misuse string

func (m misuse) Error() string { return string(m) }

const (
	maxValue = 1 << 20 // bytes that a function may return
	maxParts = 1000    // parts that split may return, and so rounds of a range
	maxForm  = 1000    // bytes of a printf format
)

const (
	errEmpty   = misuse("an empty value would be printed")
	errTooLong = misuse("a function's result is longer than 1 MiB")
	errParts   = misuse("more than 1000 parts")
	errRange   = misuse("range goes over the parts of split only")
	errDate    = misuse("date: the cell is no ISO 8601 date such as 2006-01-02 or 2006-01-02T15:04:05Z")
	errNumber  = misuse("number: the cell is no plain number such as -1234.5")
	errPattern = misuse(`number: the pattern must be 1234 with marks and decimals, such as "1,234.50"`)
	errFormat  = misuse("printf: format and values do not fit")
	errWidth   = misuse("printf: widths of more than two digits, and *, are not allowed")
)

func need(value any) (any, error) {
	if s, ok := value.(string); ok && s == "" || value == nil {
		return nil, errEmpty
	}
	return value, nil
}

func each(value any) ([]string, error) {
	parts, ok := value.([]string)
	if !ok {
		return nil, errRange
	}
	return parts, nil
}

func bounded(f func(string) string) func(string) (string, error) {
	return func(s string) (string, error) { return short(f(s)) }
}

func short(s string) (string, error) {
	if len(s) > maxValue {
		return "", errTooLong
	}
	return s, nil
}

func orElse(fallback, value string) string {
	if value == "" {
		return fallback
	}
	return value
}

// titled leaves letters within a word as they are, for the sake of McDonald.
func titled(s string) string { return cases.Title(language.Und, cases.NoLower).String(s) }

func replace(from, to, s string) (string, error) {
	if len(s)+strings.Count(s, from)*len(to) > maxValue {
		return "", errTooLong
	}
	return strings.ReplaceAll(s, from, to), nil
}

func contains(part, s string) bool { return strings.Contains(s, part) }

func split(separator, s string) ([]string, error) {
	raw := strings.SplitN(s, separator, maxParts+1)
	if len(raw) > maxParts {
		return nil, errParts
	}
	var parts []string
	for _, p := range raw {
		if p = strings.TrimSpace(p); p != "" {
			parts = append(parts, p)
		}
	}
	return parts, nil
}

func join(separator string, parts []string) (string, error) {
	if len(separator) > maxValue/maxParts {
		return "", errTooLong
	}
	return short(strings.Join(parts, separator))
}

func printValues(values ...any) (string, error) { return short(fmt.Sprint(values...)) }

// wide finds a directive of printf that could blow its value up.
var wide = regexp.MustCompile(`%[^a-zA-Z%]*(\*|[0-9]{3})`)

// printFormat refuses what fmt would answer with a note of its own ("%!d(…)"),
// since that note would stand in the message.
func printFormat(format string, values ...any) (string, error) {
	if len(format) > maxForm || wide.MatchString(format) {
		return "", errWidth
	}
	notes := strings.Count(fmt.Sprint(values...), "%!")
	s := fmt.Sprintf(format, values...)
	if strings.Count(s, "%!") > notes {
		return "", errFormat
	}
	return short(s)
}

func date(layout, s string) (string, error) {
	if s == "" {
		return "", nil
	}
	if len(layout) > maxForm {
		return "", errTooLong
	}
	for _, form := range []string{
		time.DateOnly, time.RFC3339, time.DateTime,
		"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04",
	} {
		if t, err := time.Parse(form, s); err == nil {
			return t.Format(layout), nil
		}
	}
	return "", errDate
}

// number writes the decimal number s the way that pattern writes 1234.
func number(pattern, s string) (string, error) {
	if s == "" {
		return "", nil
	}
	mark, point, places, ok := numberForm(pattern)
	switch {
	case !ok:
		return "", errPattern
	case !isPlainNumber(s):
		return "", errNumber
	}
	whole, decimals, _ := strings.Cut(s, ".")
	if s[0] < '1' || s[0] > '9' || len(decimals) > places { // a sign, zeros before it, or to be rounded
		value, _ := new(big.Rat).SetString(s)
		whole, decimals, _ = strings.Cut(value.FloatString(places), ".")
	}
	return grouped(whole, mark) + point + decimals + strings.Repeat("0", places-len(decimals)), nil
}

// numberForm reads a pattern: 1234 with a mark behind the 1 and decimals, or
// without them. Mark and point are one character each, and no digits.
func numberForm(pattern string) (mark, point string, places int, ok bool) {
	rest, one := strings.CutPrefix(pattern, "1")
	mark, rest, thousands := strings.Cut(rest, "234")
	if !one || !thousands || mark != "" && len(mark) != lengthOfMark(mark) {
		return "", "", 0, false
	}
	if rest == "" {
		return mark, "", 0, true
	}
	point = rest[:lengthOfMark(rest)]
	places = len(rest) - len(point)
	return mark, point, places, point != "" && places >= 1 && places <= 9 && digits(rest[len(point):]) == places
}

// lengthOfMark is how many bytes the character at the start of s has; 0 where it
// is a digit.
func lengthOfMark(s string) int {
	if digits(s) > 0 {
		return 0
	}
	_, size := utf8.DecodeRuneInString(s)
	return size
}

// isPlainNumber says whether s is digits, with a sign before them or not, and a
// point and digits behind them or not, 40 of each at most.
func isPlainNumber(s string) bool {
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	whole, decimals, point := strings.Cut(s, ".")
	return isDigits(whole) && (!point || isDigits(decimals))
}

func isDigits(s string) bool { return s != "" && len(s) <= 40 && digits(s) == len(s) }

// digits is how many digits s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}

// grouped puts mark between groups of three digits.
func grouped(whole, mark string) string {
	digits := strings.TrimPrefix(whole, "-")
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + mark + digits[at:]
	}
	if strings.HasPrefix(whole, "-") {
		return "-" + digits
	}
	return digits
}

// misused gives what one of the functions said, out of the error that
// text/template made of it.
func misused(err error) (misuse, bool) {
	var m misuse
	ok := errors.As(err, &m)
	return m, ok
}
