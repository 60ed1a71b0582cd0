package report

import (
	"fmt"
	"slices"
	"time"
)

// Bar is one bar of a plot: its label and how many there are.
type Bar struct {
	Label string
	Count int
}

// Plot is a number of bars.
type Plot struct {
	Bars  []Bar
	Unit  string // what one bar stands for
	Total int
}

// maxBars is how many bars a plot over time has at most.
const maxBars = 60

// steps are the lengths of time that people can read off.
func steps() []time.Duration {
	const day = 24 * time.Hour
	return []time.Duration{
		time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second,
		time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, day, 2 * day, 7 * day, 30 * day, 365 * day,
	}
}

// Times plots when outcomes were known.
func (r *Report) Times() Plot {
	if len(r.ended) == 0 {
		return Plot{}
	}
	first, last := slices.Min(r.ended), slices.Max(r.ended)
	step := stepFor(time.Duration(last-first) * time.Millisecond)
	first -= first % step.Milliseconds()
	p := Plot{Unit: step.String(), Total: len(r.ended)}
	for at := first; at <= last && len(p.Bars) <= maxBars; at += step.Milliseconds() {
		p.Bars = append(p.Bars, Bar{Label: time.UnixMilli(at).UTC().Format("2006-01-02 15:04:05Z")})
	}
	for _, at := range r.ended {
		p.Bars[min(int((at-first)/step.Milliseconds()), len(p.Bars)-1)].Count++
	}
	return p
}

// stepFor gives the shortest step that needs few enough bars.
func stepFor(span time.Duration) time.Duration {
	all := steps()
	for _, s := range all {
		if span/s < maxBars {
			return s
		}
	}
	return all[len(all)-1]
}

// edges are the upper ends of the bars of reply times, in milliseconds.
func edges() []int64 {
	return []int64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 60_000, 300_000}
}

// ReplyTimes plots how long it took from writing a message down to its reply.
func (r *Report) ReplyTimes() Plot {
	if len(r.took) == 0 {
		return Plot{}
	}
	p := Plot{Unit: "reply time", Total: len(r.took)}
	ends := edges()
	for _, end := range ends {
		p.Bars = append(p.Bars, Bar{Label: "≤ " + milliseconds(end)})
	}
	p.Bars = append(p.Bars, Bar{Label: "> " + milliseconds(ends[len(ends)-1])})
	for _, t := range r.took {
		i, _ := slices.BinarySearch(ends, t)
		p.Bars[i].Count++
	}
	return p.trimmed()
}

// trimmed leaves out what is empty at both ends.
func (p Plot) trimmed() Plot {
	for len(p.Bars) > 1 && p.Bars[0].Count == 0 {
		p.Bars = p.Bars[1:]
	}
	for len(p.Bars) > 1 && p.Bars[len(p.Bars)-1].Count == 0 {
		p.Bars = p.Bars[:len(p.Bars)-1]
	}
	return p
}

// Quantile gives the reply time that a share of the replies, from 0 to 1, did
// not exceed; 0 where there is none.
func (r *Report) Quantile(share float64) time.Duration {
	if len(r.took) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(r.took))
	at := min(int(share*float64(len(sorted))), len(sorted)-1)
	return time.Duration(sorted[at]) * time.Millisecond
}

func milliseconds(n int64) string {
	if n < 1000 {
		return fmt.Sprintf("%d ms", n)
	}
	return fmt.Sprintf("%d s", n/1000)
}
