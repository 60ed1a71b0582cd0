package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// ticking is a clock that a test sets.
func ticking(now *time.Time) func() time.Time { return func() time.Time { return *now } }

func TestMeterOfLines(t *testing.T) {
	var out bytes.Buffer
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	a := &app{Session: Session{Stderr: &out, Now: ticking(&now)}}
	m := a.newMeter("sending")
	for second := range 25 {
		now = now.Add(time.Second)
		m.show(4*second+4, 100, "2 deferred")
	}
	m.end()
	if want := "mailshot: sending: 40 of 100, 4.0/s, 15s left, 2 deferred\nmailshot: sending: 80 of 100, 4.0/s, 5s left, 2 deferred\n"; out.String() != want {
		t.Errorf("got\n%s", out.String())
	}
}

func TestMeterOnATerminal(t *testing.T) {
	for _, test := range []struct {
		env   []string
		drawn bool
	}{
		{[]string{"TERM=xterm"}, true},
		{[]string{"TERM=dumb"}, false},
		{nil, true},
	} {
		var out bytes.Buffer
		a := &app{Session: Session{Stderr: &out, Screen: true, Env: test.env, Now: time.Now}}
		m := a.newMeter("checking")
		m.show(0, 0)
		if out.Len() > 0 {
			t.Errorf("of nothing: %q", out.String())
		}
		m.show(100, 100)
		m.end()
		if drawn := strings.Contains(out.String(), "100/100"); drawn != test.drawn {
			t.Errorf("%q: %q", test.env, out.String())
		}
		if test.drawn && !strings.HasSuffix(out.String(), eraseLine) {
			t.Errorf("the bar stays: %q", out.String())
		}
	}
}

// TestBarFits draws at every width, and wants what matters most to stay longest.
func TestBarFits(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for width := range 140 {
		b := &bar{label: "sending", pace: pace{now: ticking(&now), rate: 812}, columns: func() int { return width }}
		line := b.line(2500, 10000, []string{"3 rejected", "4 connections"})
		if n := utf8.RuneCountInString(line); n > max(width-1, 0) {
			t.Errorf("%d columns: %d", width, n)
		}
		for _, part := range []struct {
			text string
			from int
		}{{"2500/10000 25%", 23}, {"812/s", 34}, {"9s left", 40}, {"3 rejected", 52}, {"4 connections", 67}} {
			if width >= part.from && !strings.Contains(line, part.text) {
				t.Errorf("%d columns lack %q: %s", width, part.text, line)
			}
		}
	}
	b := &bar{label: "sending", pace: pace{now: ticking(&now)}, columns: func() int { return 80 }}
	if got, want := b.line(1, 4, nil), "[=======                       ] sending 1/4 25%"; got != want {
		t.Errorf("%q", got)
	}
}

// TestBarIsCalm draws ten times a second at most, and at the end in any case.
func TestBarIsCalm(t *testing.T) {
	var out bytes.Buffer
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	b := &bar{w: &out, label: "sending", pace: pace{now: ticking(&now)}}
	for done := range 1001 {
		b.show(done, 1000)
		now = now.Add(time.Millisecond)
	}
	if n := strings.Count(out.String(), eraseLine); n != 11 {
		t.Errorf("drawn %d times", n)
	}
}

// TestPace leaves out what was done before, and follows a change.
func TestPace(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	p := pace{now: ticking(&now)}
	if p.note(5000); p.words(10) != nil {
		t.Errorf("a rate of nothing: %q", p.words(10))
	}
	for second := range 60 {
		now = now.Add(time.Second)
		p.note(5000 + 10*(second+1))
	}
	if got := strings.Join(p.words(6000), " "); got != "10/s 10m0s left" {
		t.Error(got)
	}
	for second := range 60 {
		now = now.Add(time.Second)
		p.note(5600 + second/2)
	}
	if got := strings.Join(p.words(0), " "); got != "0.5/s" {
		t.Error(got)
	}
}
