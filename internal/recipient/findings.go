package recipient

import (
	"fmt"
	"slices"
	"strings"

	"mailshot/internal/rule"
)

// maxListed is how many refusals of one rule are listed; all are counted.
const maxListed = 100

// findings gathers refusals and warnings about the rows of one list.
type findings struct {
	file     string
	refusals []rule.Refusal
	counts   map[rule.ID]int
	total    int
	warnings []rule.Warning
}

func newFindings(file string) *findings {
	return &findings{file: file, counts: map[rule.ID]int{}}
}

// refuse adds a refusal; the file is filled in.
func (f *findings) refuse(r rule.Refusal) {
	f.total++
	f.counts[r.Rule]++
	if f.counts[r.Rule] > maxListed {
		return
	}
	r.File = f.file
	f.refusals = append(f.refusals, r)
}

// warn adds a warning; line is 0 for the whole list.
func (f *findings) warn(line int, what string) {
	f.warnings = append(f.warnings, rule.Warning{File: f.file, Line: line, What: what})
}

// inOrder gives the refusals by line.
func (f *findings) inOrder() []rule.Refusal {
	slices.SortStableFunc(f.refusals, func(a, b rule.Refusal) int { return a.Line - b.Line })
	return f.refusals
}

// tally counts rows of one sort for a single warning, and remembers the first.
type tally struct {
	count int
	lines []int
}

// tallyLines is how many lines a warning names.
const tallyLines = 5

func (t *tally) add(line int) {
	t.count++
	if len(t.lines) < tallyLines {
		t.lines = append(t.lines, line)
	}
}

// warn warns of what was counted, if anything was; what holds a %d for the
// count.
func (t *tally) warn(f *findings, what string) {
	if t.count == 0 {
		return
	}
	lines := strings.Trim(strings.ReplaceAll(fmt.Sprint(t.lines), " ", ", "), "[]")
	if t.count > len(t.lines) {
		lines += ", ..."
	}
	f.warn(t.lines[0], fmt.Sprintf(what, t.count)+" (lines "+lines+")")
}
