package cli

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"mailshot/internal/ledger"
	"mailshot/internal/maillog"
	"mailshot/internal/rule"
)

// TestTook: the clocks of server and sender may differ, and one may have been
// set back; but a message that was taken days before is of another sending.
func TestTook(t *testing.T) {
	begun := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name, id string
		at       time.Time
		want     bool
	}{
		{"a moment later", "one@a.example", begun.Add(time.Second), true},
		{"an hour before, by a clock that was set back", "one@a.example", begun.Add(-time.Hour), true},
		{"without a time", "one@a.example", time.Time{}, true},
		{"days before", "one@a.example", begun.AddDate(0, 0, -3), false},
		{"another message", "two@a.example", begun, false},
	} {
		logs := &serverLogs{taken: map[string]time.Time{test.id: test.at}}
		if got := logs.took(ledger.Recipient{MessageID: "<one@a.example>", Begun: begun}); got != test.want {
			t.Errorf("%s: taken %v", test.name, got)
		}
	}
}

// TestEndlessLog: what has no line end, as a device that gives zeros, is no log.
func TestEndlessLog(t *testing.T) {
	a := &app{Session: Session{Stdin: endless{}, Now: time.Now}}
	_, err := readLogs(t.Context(), a, []string{"-"}, nil)
	const want = "standard input:1: the line is longer than any of a log"
	if fault, ok := errors.AsType[*rule.Fault](err); !ok || fault.Error() != want || fault.Hint == "" {
		t.Errorf("error %v, want %s", err, want)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// TestClockWasAhead: nobody is sent to again whose message the server has, as
// far as the sender's clock was ahead when it was begun, and as late as it is
// asked for.
func TestClockWasAhead(t *testing.T) {
	began := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	log := reading{
		maillog.Reading{Known: true, Sessions: true, From: began.Add(-time.Hour), To: began.AddDate(1, 0, 0)},
		map[string]bool{"a.example:25": true},
	}
	logs := &serverLogs{taken: map[string]time.Time{"one@a.example": began}, readings: []reading{log}}
	for ahead, want := range map[time.Duration]settled{
		0:                         {sent: 1, unsent: 1},
		time.Hour:                 {sent: 1, unsent: 1},
		clocks + time.Millisecond: {before: 1, unsent: 1},
		30 * clocks:               {before: 1, unsent: 1},
		400 * clocks:              {before: 1, uncovered: 1},
	} {
		o := &resolveOptions{as: "unsent", logs: []string{"mail.log"}}
		got := o.settle(&app{Session: Session{Now: time.Now}}, logs, []ledger.Recipient{
			{MessageID: "<one@a.example>", Server: "a.example:25", Begun: began.Add(ahead)},
			{MessageID: "<two@a.example>", Server: "a.example:25", Begun: began.Add(ahead)},
		})
		got.all = nil
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%v ahead: %+v, want %+v", ahead, got, want)
		}
	}
}

// TestCover: one of several logs is enough, and none covers what was begun when
// a clock was ahead of it.
func TestCover(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 3, 1, hour, 0, 0, 0, time.UTC) }
	logs := &serverLogs{readings: []reading{
		{Reading: maillog.Reading{Known: true, Sessions: true, From: at(1), To: at(3)}},
		{Reading: maillog.Reading{Known: true, Sessions: true, From: at(5), To: at(7)}},
	}}
	for hour, want := range map[int]bool{0: false, 2: true, 4: false, 6: true, 8: false} {
		if got := logs.cover(at(hour)); got != want {
			t.Errorf("%d o'clock: covered %v", hour, got)
		}
	}
}

// TestKnown: a log speaks for the servers that it has messages of, in its time.
func TestKnown(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 3, 1, hour, 0, 0, 0, time.UTC) }
	logs := &serverLogs{readings: []reading{
		{maillog.Reading{Known: true, Sessions: true, From: at(1), To: at(3)}, map[string]bool{"a.example:25": true}},
		{maillog.Reading{Known: true, Sessions: true, From: at(5), To: at(7)}, map[string]bool{"b.example:25": true}},
	}}
	for _, test := range []struct {
		server string
		hour   int
		want   bool
	}{{"a.example:25", 2, true}, {"b.example:25", 2, false}, {"a.example:25", 6, false}, {"b.example:25", 6, true}, {"", 2, false}} {
		if got := logs.known(ledger.Recipient{Server: test.server, Begun: at(test.hour)}); got != test.want {
			t.Errorf("%q at %d o'clock: known %v", test.server, test.hour, got)
		}
	}
}
