package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// meter shows how far a pass over the messages has come. It is used by one
// goroutine at a time.
type meter interface {
	show(done, total int, note string)
	newLine() string // what has to be written before a line of one's own
	end()
}

// newMeter gives a bar on a terminal that can draw one, else a line now and
// then.
func (a *app) newMeter(label string) meter {
	if term, _ := a.lookupEnv("TERM"); a.Screen && term != "dumb" {
		return &bar{w: a.Stderr, label: label}
	}
	return &lines{w: a.Stderr, label: label, now: a.Now, last: a.Now()}
}

// bar is a meter that is drawn over and over on one line.
type bar struct {
	w     io.Writer
	label string
	drawn *progressbar.ProgressBar
}

func (b *bar) show(done, total int, note string) {
	if total == 0 {
		return
	}
	if b.drawn == nil {
		b.drawn = progressbar.NewOptions(total,
			progressbar.OptionSetWriter(b.w),
			progressbar.OptionSetWidth(30),
			progressbar.OptionShowCount(),
			progressbar.OptionShowIts(),
			progressbar.OptionSetItsString("messages"),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish())
	}
	b.drawn.Describe(b.label + note)
	// A bar that cannot be drawn is no reason to stop.
	_ = b.drawn.Set(min(done, total))
}

func (b *bar) newLine() string { return "\n" }

func (b *bar) end() {
	if b.drawn != nil {
		_ = b.drawn.Clear()
	}
}

// between is how often a meter of lines writes one.
const between = 10 * time.Second

// lines is a meter for logs.
type lines struct {
	w     io.Writer
	label string
	now   func() time.Time
	last  time.Time
}

func (l *lines) show(done, total int, note string) {
	if l.now().Sub(l.last) < between {
		return
	}
	l.last = l.now()
	fmt.Fprintf(l.w, "mailshot: %s%s: %d of %d\n", l.label, note, done, total)
}

func (l *lines) newLine() string { return "" }

func (l *lines) end() {}
