package pdftext

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// gap is what stands between two runs.
type gap int

const (
	tight gap = iota
	space
	lineBreak
)

// Shares of a font's size: how far apart two runs stand that are one word, and
// those that are one line.
const (
	wordGap = 0.14
	lineGap = 0.5
)

// between says how b follows a. The direction is that in which a runs.
func between(a, b run) gap {
	dx, dy := a.to[0]-a.from[0], a.to[1]-a.from[1]
	if length := math.Hypot(dx, dy); length > 0 {
		dx, dy = dx/length, dy/length
	} else {
		dx, dy = 1, 0
	}
	x, y := b.from[0]-a.to[0], b.from[1]-a.to[1]
	along, across := x*dx+y*dy, math.Abs(x*dy-y*dx)
	size := max(a.size, b.size)
	switch {
	case !(across < lineGap*size && along > -lineGap*size): // so that NaN is one, too
		return lineBreak
	case along > wordGap*size:
		return space
	}
	return tight
}

// inReadingOrder gives the runs from top to bottom, and within a line from left
// to right.
func inReadingOrder(runs []run) []run {
	runs = slices.Clone(runs)
	slices.SortStableFunc(runs, func(a, b run) int { return cmp.Compare(b.from[1], a.from[1]) })
	for i := 0; i < len(runs); {
		j := i + 1
		for j < len(runs) && runs[i].from[1]-runs[j].from[1] < lineGap*runs[i].size {
			j++
		}
		slices.SortStableFunc(runs[i:j], func(a, b run) int { return cmp.Compare(a.from[0], b.from[0]) })
		i = j
	}
	return runs
}

// views give the text of pages, each a list of runs, in each way that the runs
// may be meant: as they stand, in the order of the file and in that of reading;
// as their fonts draw them; each line as one word, or each run; and each line
// with the next one, for words that are broken over two.
func views(pages [][]run) []string {
	var filed, read, drawn, spaced, joined, broken strings.Builder
	for _, runs := range pages {
		write(&filed, runs, text, between)
		write(&read, inReadingOrder(runs), text, between)
		write(&drawn, runs, glyphsDrawn, between)
		write(&spaced, runs, text, func(a, b run) gap { return max(between(a, b), space) })
		write(&joined, runs, text, func(a, b run) gap { return between(a, b) / lineBreak * lineBreak })
		writePairs(&broken, runs)
	}
	var all []string
	for _, b := range []*strings.Builder{&filed, &read, &drawn, &spaced, &joined, &broken} {
		if !slices.Contains(all, b.String()) {
			all = append(all, b.String())
		}
	}
	return all
}

func text(r run) string        { return r.text }
func glyphsDrawn(r run) string { return r.drawn }

// write adds what runs show, with what stands between each two.
func write(b *strings.Builder, runs []run, text func(run) string, between func(a, b run) gap) {
	for i, r := range runs {
		if i > 0 {
			b.WriteString([]string{tight: "", space: " ", lineBreak: "\n"}[between(runs[i-1], r)])
		}
		b.WriteString(text(r))
	}
	b.WriteByte('\n')
}

// writePairs adds each line together with the next one, with and without the
// hyphen between them.
func writePairs(b *strings.Builder, runs []run) {
	var all strings.Builder
	write(&all, runs, text, between)
	lines := strings.Split(all.String(), "\n")
	for i, line := range lines[1:] {
		b.WriteString(lines[i] + line + "\n")
		if whole := strings.TrimRight(lines[i], "-\u00AD\u2010"); whole != lines[i] {
			b.WriteString(whole + line + "\n")
		}
	}
}
