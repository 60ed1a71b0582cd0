package preview

import (
	"fmt"
	"io"
	"strings"

	"mailshot/internal/rule"
)

// Paper is how a message is printed on a terminal.
type Paper struct{ Colours bool }

// Print prints the message of a row: its header, its text, and what is found
// wrong with it. number and of say which it is of how many. What would move the
// terminal's cursor is printed as a question mark.
func (b *Book) Print(w io.Writer, t Telling, number, of int, paper Paper) error {
	view, err := b.message(t.Ordinal, static{})
	if err != nil {
		return err
	}
	p := printer{w: w, Paper: paper}
	p.title(t, number, of)
	if view.Trouble != "" {
		p.say(red, view.Trouble)
		p.say(plain, view.Hint)
		return p.err
	}
	for _, h := range view.Header {
		p.pair(h)
	}
	p.say(plain, "")
	for _, l := range view.Text {
		p.line(l)
	}
	p.say(plain, "")
	p.findings(view)
	return p.err
}

// printer prints lines until one cannot be.
type printer struct {
	Paper
	w   io.Writer
	err error
}

// colour is how words are printed: what stands between ESC [ and m (ECMA-48
// section 8.3.117).
type colour string

const (
	plain colour = ""
	bold  colour = "1"
	faint colour = "2"
	red   colour = "31"
	green colour = "32"
	amber colour = "33"
	found colour = "7"
)

func (p *printer) paint(c colour, s string) string {
	s = rule.Printable(s)
	if !p.Colours || c == plain || s == "" {
		return s
	}
	return "\x1b[" + string(c) + "m" + s + "\x1b[0m"
}

func (p *printer) say(c colour, s string) { p.write(p.paint(c, s)) }

func (p *printer) write(s string) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.w, strings.TrimRight(s, " "))
	}
}

func (p *printer) title(t Telling, number, of int) {
	p.write(p.paint(bold, fmt.Sprintf("line %d", t.Line)) + p.paint(faint, fmt.Sprintf("  (%d of %d: %s)", number, of, strings.Join(t.Why, ", "))))
}

func (p *printer) pair(f field) {
	p.write(p.paint(faint, fmt.Sprintf("%-9s", f.Name+":")) + p.paint(plain, f.Value))
}

func (p *printer) line(l line) {
	var b strings.Builder
	for _, s := range l.Spans {
		c := plain
		if s.Mark {
			c = found
		}
		b.WriteString(p.paint(c, s.Text))
	}
	p.write(b.String())
}

// findings prints what is attached, what may trouble a reader, and the verdict.
func (p *printer) findings(v *messageView) {
	for _, a := range v.Attachments {
		p.say(faint, fmt.Sprintf("attachment %d: %s, %s, %s", a.Number, a.Name, a.Type, a.Size))
	}
	for _, f := range v.Findings {
		c := amber
		if !f.Bad {
			c = faint
		}
		p.say(c, "note: "+f.Text)
	}
	for _, r := range v.Refusals {
		p.say(red, "refused: "+r.Error())
		p.say(plain, "hint: "+r.Hint)
	}
	if v.Verdict.Kind == "good" {
		p.say(green, "clear")
	}
}
