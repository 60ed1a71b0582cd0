package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"
)

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyle string

// page is what the template of the page is given.
type page struct {
	*Report
	Style     template.CSS
	StyleHash string // of Style, for the content security policy
	Made      time.Time
	Addresses bool
}

// maxDomains is how many domains the page lists.
const maxDomains = 50

// HTML writes the report as one page that asks no one for anything: style and
// plots stand in it, it has no script, and its policy lets none be loaded. made
// is the time that it says it was made at; addresses has it show those that the
// recipients were added with.
func (r *Report) HTML(w io.Writer, made time.Time, addresses bool) error {
	t, err := template.New("page").Funcs(template.FuncMap{
		"explain": Explain,
		"share":   share,
		"stamp":   Stamp,
		"bars":    drawing,
		"tone":    tone,
		"known":   func(n int) string { return number(n) },
	}).Parse(pageText)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(pageStyle))
	return t.Execute(w, page{r, template.CSS(pageStyle), base64.StdEncoding.EncodeToString(sum[:]), made, addresses})
}

// Tile is one outcome with its count.
type Tile struct {
	Outcome Outcome
	Count   int
}

// Tiles gives the outcomes that there are.
func (p page) Tiles() []Tile {
	var all []Tile
	for _, o := range Outcomes() {
		if n := p.Count(o); n > 0 || o == Accepted {
			all = append(all, Tile{o, n})
		}
	}
	return all
}

// Worst gives the domains of the page.
func (p page) Worst() []DomainCount { return p.Domains(maxDomains) }

// Total is the number of recipients that have been added.
func (p page) Total() int {
	n := 0
	for _, count := range p.counts {
		n += count
	}
	return n
}

// Listed is how many of those who did not get their message are listed.
func (p page) Listed() int { return len(p.Failed) }

// Missed is how many did not get theirs, or may not have.
func (p page) Missed() int { return p.Total() - p.Count(Accepted) }

// tone is the class of an outcome's colour.
func tone(o Outcome) string {
	switch o {
	case Accepted:
		return "good"
	case Bounced, Rejected:
		return "bad"
	case Deferred, Unknown:
		return "doubtful"
	}
	return "idle"
}

func share(n, of int) string {
	if of == 0 {
		return "0 %"
	}
	return strings.Replace(fmt.Sprintf("%.1f %%", 100*float64(n)/float64(of)), ".0 %", " %", 1)
}

// The drawing of a plot, in units of the SVG's own.
const (
	plotWidth  = 720
	plotHeight = 160
	barGap     = 0.15 // of a bar's room
)

// drawnBar is a bar with its place.
type drawnBar struct {
	X, Y, Width, Height string
	Title               string
}

// drawn is a plot with its places.
type drawn struct {
	Bars          []drawnBar
	Width, Height int
	Highest       int
	First, Last   string
	Text          string // the plot in words
}

// drawing places the bars of a plot.
func drawing(p Plot) drawn {
	d := drawn{Width: plotWidth, Height: plotHeight}
	for _, b := range p.Bars {
		d.Highest = max(d.Highest, b.Count)
	}
	room := float64(plotWidth) / float64(max(len(p.Bars), 1))
	for i, b := range p.Bars {
		height := float64(plotHeight) * float64(b.Count) / float64(max(d.Highest, 1))
		d.Bars = append(d.Bars, drawnBar{
			X: unit((float64(i) + barGap/2) * room), Width: unit((1 - barGap) * room),
			Y: unit(plotHeight - height), Height: unit(height),
			Title: fmt.Sprintf("%s: %d", b.Label, b.Count),
		})
	}
	if n := len(p.Bars); n > 0 {
		d.First, d.Last = p.Bars[0].Label, p.Bars[n-1].Label
		d.Text = fmt.Sprintf("%d messages in %d bars from %s to %s; the highest stands for %d.", p.Total, n, d.First, d.Last, d.Highest)
	}
	return d
}

func unit(x float64) string { return fmt.Sprintf("%.1f", x) }
