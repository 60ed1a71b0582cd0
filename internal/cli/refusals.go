package cli

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"mailshot/internal/rule"
)

// refusedError is a campaign that a check has refused.
type refusedError struct {
	listed []rule.Refusal // at most 100
	total  int
}

func (e *refusedError) Error() string { return "refused" }

// stopped is a refusal that came when sending had begun: by the wire gate, or
// because the list has changed meanwhile.
type stopped struct{ refusal rule.Refusal }

func (e *stopped) Error() string { return e.refusal.Error() }

// asStopped gives err, with which a run ended, as what it means to have sent
// some already.
func asStopped(err error) error {
	var refusal rule.Refusal
	if errors.As(err, &refusal) {
		return &stopped{refusal}
	}
	return err
}

// refusals gives the refusals that err stands for, and how many there are in
// all; none where it is another error.
func refusals(err error) ([]rule.Refusal, int) {
	var (
		check *refusedError
		late  *stopped
		list  rule.Refused
		one   rule.Refusal
	)
	switch {
	case errors.As(err, &late):
		return []rule.Refusal{late.refusal}, 1
	case errors.As(err, &check):
		return check.listed, check.total
	case errors.As(err, &list):
		return list, len(list)
	case errors.As(err, &one):
		return []rule.Refusal{one}, 1
	}
	return nil, 0
}

// Of one rule and cause, many refusals are one line.
const (
	fewAlike   = 3  // up to this many are printed one by one
	linesNamed = 10 // of those on one line
)

// printRefusals writes the refusals, of which there are total, each cause with
// its hint.
func printRefusals(w io.Writer, list []rule.Refusal, total int) {
	for _, alike := range byCause(list) {
		if len(alike) > fewAlike {
			fmt.Fprintf(w, "mailshot: %s (%s)\n", rule.Printable(alike[0].Error()), others(alike[1:]))
			hint(w, alike[0].Hint)
			continue
		}
		for _, r := range alike {
			fmt.Fprintf(w, "mailshot: %s\n", rule.Printable(r.Error()))
			hint(w, r.Hint)
		}
	}
	if total > len(list) {
		fmt.Fprintf(w, "mailshot: %d more refusals are not listed\n", total-len(list))
	}
	fmt.Fprintf(w, "mailshot: refused for %s; nothing was sent\n", count(total, "reason"))
	hint(w, "`mailshot help refusals` says what each rule stops and how to cure it")
}

// byCause puts refusals of one rule and cause together, in the order in which
// the causes come up.
func byCause(list []rule.Refusal) [][]rule.Refusal {
	var groups [][]rule.Refusal
	at := map[string]int{}
	for _, r := range list {
		cause := strings.Join([]string{string(r.Rule), r.File, withoutNumbers(r.Where), withoutNumbers(r.What)}, "\x00")
		i, ok := at[cause]
		if !ok {
			i = len(groups)
			at[cause] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], r)
	}
	return groups
}

// withoutNumbers makes "the address of the row at line 3" the same for all lines.
func withoutNumbers(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, s)
}

// others counts refusals of one cause and names the lines of the first.
func others(alike []rule.Refusal) string {
	lines := make([]string, 0, linesNamed)
	for _, r := range alike[:min(len(alike), linesNamed)] {
		lines = append(lines, strconv.Itoa(r.Line))
	}
	dots := ""
	if len(alike) > linesNamed {
		dots = ", …"
	}
	return fmt.Sprintf("and %d more like it: lines %s%s", len(alike), strings.Join(lines, ", "), dots)
}

// count gives "1 message", "2 messages".
func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return strconv.Itoa(n) + " " + what
}
