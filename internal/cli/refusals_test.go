package cli

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"mailshot/internal/rule"
)

func TestPrintRefusals(t *testing.T) {
	var list []rule.Refusal
	for line := 2; line < 80; line++ {
		list = append(list, rule.Refusal{Rule: rule.ForeignAddress, File: "p.csv", Line: line, Where: fmt.Sprintf("body, line %d", line),
			What: fmt.Sprintf("the address of the row at line %d", line+1), Hint: "look at the cell"})
	}
	list = append(list,
		rule.Refusal{Rule: rule.To, File: "p.csv", Line: 9, What: "two mailboxes", Hint: "see to-name"},
		rule.Refusal{Rule: rule.ForeignAddress, File: "p.csv", Line: 3, Where: "header Subject", What: "the address of the row at line 4", Hint: "look"})
	var out bytes.Buffer
	printRefusals(&out, list, 150)
	want := []string{
		"mailshot: p.csv:2: body, line 2: the address of the row at line 3 [foreign-address] (and 77 more like it: lines 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, …)",
		"hint: look at the cell",
		"mailshot: p.csv:9: two mailboxes [to]",
		"hint: see to-name",
		"mailshot: p.csv:3: header Subject: the address of the row at line 4 [foreign-address]",
		"hint: look",
		"mailshot: 70 more refusals are not listed",
		"mailshot: refused for 150 reasons; nothing was sent",
		"hint: `mailshot help refusals` says what each rule stops and how to cure it",
	}
	if got := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n"); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", out.String())
	}
}
