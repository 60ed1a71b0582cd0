package cli

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// meter shows how far a pass over the messages has come. It is used by one
// goroutine at a time.
type meter interface {
	// show shows done of total, and notes, of which the last ones are left out
	// first where there is no room.
	show(done, total int, notes ...string)
	newLine() string // what has to be written before a line of one's own
	end()
}

// newMeter gives a bar on a terminal that can draw one, else a line now and
// then.
func (a *app) newMeter(label string) meter {
	p := pace{now: a.Now}
	if a.draws() {
		return &bar{w: a.Stderr, label: label, pace: p, columns: a.Columns}
	}
	return &lines{w: a.Stderr, label: label, pace: p, last: a.Now()}
}

// draws says whether standard error is a terminal that can be drawn on.
func (a *app) draws() bool {
	term, _ := a.lookupEnv("TERM")
	return a.Screen && term != "dumb"
}

// pace measures how fast a pass goes.
type pace struct {
	now   func() time.Time
	since time.Time // of the measurement
	from  int       // done then
	rate  float64   // a second; 0 while it is not known
}

// paceWindow is how long a measurement takes: a rate is that of a few seconds.
const paceWindow = 5 * time.Second

// note takes how many are done now.
func (p *pace) note(done int) {
	now := p.now()
	if p.since.IsZero() {
		p.since, p.from = now, done
		return
	}
	took := now.Sub(p.since)
	if took < time.Second {
		return
	}
	rate := float64(done-p.from) / took.Seconds()
	if took < paceWindow {
		p.rate = rate
		return
	}
	p.rate = (p.rate + rate) / 2
	p.since, p.from = now, done
}

// words are the rate and the time that the rest takes; none while they are not
// known.
func (p *pace) words(left int) []string {
	if p.rate <= 0 {
		return nil
	}
	words := []string{fmt.Sprintf("%.0f/s", p.rate)}
	if p.rate < 10 {
		words[0] = fmt.Sprintf("%.1f/s", p.rate)
	}
	if left > 0 {
		seconds := min(float64(left)/p.rate, 1e6) // eleven days
		words = append(words, time.Duration(seconds*float64(time.Second)).Round(time.Second).String()+" left")
	}
	return words
}

// bar is a meter that is drawn over and over on one line.
type bar struct {
	w       io.Writer
	label   string
	pace    pace
	columns func() int // of the terminal, now
	drawn   time.Time  // zero while there is nothing on the line
}

const (
	// redraw is how often a bar is drawn at most.
	redraw = 100 * time.Millisecond
	// barWidth is how wide a bar is at most, and leastBar what it is worth
	// drawing.
	barWidth, leastBar = 30, 8
	// eraseLine goes to the start of the line and takes away what was drawn,
	// also where a terminal that became narrower has wrapped it (ECMA-48, ED).
	eraseLine = "\r\x1b[J"
)

func (b *bar) show(done, total int, notes ...string) {
	b.pace.note(done)
	if total == 0 || done < total && b.pace.now().Sub(b.drawn) < redraw {
		return
	}
	b.drawn = b.pace.now()
	// A bar that cannot be drawn is no reason to stop.
	_, _ = io.WriteString(b.w, eraseLine+b.line(min(done, total), total, notes))
}

// line is the line as it fits the terminal.
func (b *bar) line(done, total int, notes []string) string {
	width := 80
	if b.columns != nil {
		width = b.columns()
	}
	room := width - 1 // a full line wraps on some terminals
	line := fmt.Sprintf("%s %d/%d %d%%", b.label, done, total, 100*done/total)
	for _, word := range append(b.pace.words(total-done), notes...) {
		if longer := line + ", " + word; utf8.RuneCountInString(longer) <= room {
			line = longer
		}
	}
	if free := min(room-utf8.RuneCountInString(line)-3, barWidth); free >= leastBar {
		full := free * done / total
		line = fmt.Sprintf("[%s%s] %s", strings.Repeat("=", full), strings.Repeat(" ", free-full), line)
	}
	if utf8.RuneCountInString(line) > room {
		return string([]rune(line)[:max(room, 0)])
	}
	return line
}

func (b *bar) newLine() string { return "\n" }

func (b *bar) end() {
	if !b.drawn.IsZero() {
		_, _ = io.WriteString(b.w, eraseLine)
	}
}

// between is how often a meter of lines writes one.
const between = 10 * time.Second

// lines is a meter for logs.
type lines struct {
	w     io.Writer
	label string
	pace  pace
	last  time.Time
}

func (l *lines) show(done, total int, notes ...string) {
	l.pace.note(done)
	if l.pace.now().Sub(l.last) < between {
		return
	}
	l.last = l.pace.now()
	words := append([]string{fmt.Sprintf("mailshot: %s: %d of %d", l.label, done, total)}, append(l.pace.words(total-done), notes...)...)
	fmt.Fprintln(l.w, strings.Join(words, ", "))
}

func (l *lines) newLine() string { return "" }

func (l *lines) end() {}
