package maillog

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)

// whole is one message as Postfix logs it.
const whole = `Mar  1 10:00:00 mx postfix/smtpd[11]: connect from a.example[192.0.2.1]
Mar  1 10:00:01 mx postfix/smtpd[11]: 4XYZ123: client=a.example[192.0.2.1]
Mar  1 10:00:01 mx postfix/cleanup[12]: 4XYZ123: message-id=<one@a.example>
Mar  1 10:00:02 mx postfix/qmgr[13]: 4XYZ123: from=<desk@a.example>, size=512, nrcpt=1 (queue active)
Mar  1 10:00:03 mx postfix/smtpd[11]: disconnect from a.example[192.0.2.1] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5
Mar  1 10:00:04 mx postfix/qmgr[13]: 4XYZ123: removed
`

// cut is one that was cut off in the middle.
const cut = `Mar  1 10:01:00 mx postfix/smtpd[11]: connect from a.example[192.0.2.1]
Mar  1 10:01:01 mx postfix/smtpd[11]: A1B2C3: client=a.example[192.0.2.1]
Mar  1 10:01:01 mx postfix/cleanup[12]: A1B2C3: message-id=<two@a.example>
Mar  1 10:01:02 mx postfix/smtpd[11]: lost connection after DATA (9152 bytes) from a.example[192.0.2.1]
Mar  1 10:01:02 mx postfix/smtpd[11]: disconnect from a.example[192.0.2.1] ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4
`

// late is one that was answered, and that the queue manager has not got yet.
var late = strings.Replace(whole, "Mar  1 10:00:02 mx postfix/qmgr[13]: 4XYZ123: from=<desk@a.example>, size=512, nrcpt=1 (queue active)\n", "", 1)

const exim = `2026-03-01 10:00:00 1pXyZa-0001aB-2c <= desk@a.example H=(x) [192.0.2.1] P=esmtp S=512 id=one@a.example T="a id=two@a.example" from <desk@a.example>
2026-03-01 10:00:01 1pXyZa-0001aB-2c => p <p@b.example> R=all T=local
2026-03-01 10:00:01 1pXyZa-0001aB-2c Completed
`

// read gives the ids, of one, two and three, that a log shows as taken.
func read(t testing.TB, log string) ([]string, Reading) {
	t.Helper()
	var got []string
	wanted := func(id string) bool {
		return slices.Contains([]string{"one@a.example", "two@a.example", "three@a.example"}, id)
	}
	r, err := Read(strings.NewReader(log), now, wanted, func(id string, _ time.Time) {
		got = append(got, strings.TrimSuffix(id, "@a.example"))
	})
	if err != nil {
		t.Fatal(err)
	}
	return got, r
}

func TestTaken(t *testing.T) {
	for _, test := range []struct{ name, log, want string }{
		{"Postfix, whole", whole, "one"},
		{"Postfix, cut off", cut, ""},
		{"Postfix, both", whole + cut, "one"},
		{"the queue id used again by another message", cut +
			"Mar  1 10:02:00 mx postfix/cleanup[12]: A1B2C3: message-id=<other@b.example>\n" +
			"Mar  1 10:02:01 mx postfix/qmgr[13]: A1B2C3: from=<x@b.example>, size=9, nrcpt=1 (queue active)\n", ""},
		{"another instance and service", strings.ReplaceAll(strings.ReplaceAll(whole, "postfix/", "postfix-out/submission/"), "Mar  1 10", "2026-03-01T10"), "one"},
		{"RFC 3339 times", strings.ReplaceAll(whole, "Mar  1 10:00:0", "2026-03-01T10:00:00.12345"), "one"},
		{"CRLF", strings.ReplaceAll(whole, "\n", "\r\n"), "one"},
		{"deferred and active again", whole + "Mar  1 10:30:02 mx postfix/qmgr[13]: 4XYZ123: from=<desk@a.example>, size=512, nrcpt=1 (queue active)\n", "one"},
		{"thrown away by a header check", "Mar  1 10:00:01 mx postfix/cleanup[12]: 4XYZ123: message-id=<one@a.example>\n" +
			"Mar  1 10:00:01 mx postfix/cleanup[12]: 4XYZ123: discard: header Subject: (queue active) from a.example[192.0.2.1]; from=<desk@a.example>\n", ""},
		{"a queue id within what a message says", "Mar  1 10:00:01 mx postfix/cleanup[12]: 4XYZ123: message-id=<one@a.example>\n" +
			"Mar  1 10:00:01 mx postfix/cleanup[12]: 9ABCDE: warning: header Subject: x postfix/qmgr: 4XYZ123: from=<a>, size=1, nrcpt=1 (queue active)\n", ""},
		{"qmgr alone", "Mar  1 10:00:02 mx postfix/qmgr[13]: 4XYZ123: from=<desk@a.example>, size=512, nrcpt=1 (queue active)\n", ""},
		{"Exim", exim, "one"},
		{"Exim by way of syslog", "Mar  1 10:00:00 mx exim[77]: " + strings.Split(exim, "\n")[0][20:] + "\n", "one"},
		{"Exim, a longer id", strings.ReplaceAll(exim, "1pXyZa-0001aB-2c", "1pXyZa-00000001aBc-2cDe"), "one"},
		{"Exim, an id in a greeting", strings.Replace(exim, "H=(x)", "H=(id=two@a.example)", 1), "one"},
		{"Exim, cut off", "2026-03-01 10:00:02 SMTP connection from (x) [192.0.2.1] lost while reading message data\n" + exim, "one"},
		{"Exim, by BDAT", strings.Replace(exim, "P=esmtp S", "P=esmtp K S", 1), "one"},
		{"Exim, only delivered", strings.Join(strings.Split(exim, "\n")[1:], "\n"), ""},
		{"Exim, the id in a subject", strings.Replace(exim, " id=one@a.example", "", 1), ""},
		{"no log", "Dear Sir,\nmessage-id=<one@a.example>\n", ""},
		{"empty", "", ""},
		{"a very long line", strings.Repeat("x", 100_000) + "\n" + whole, "one"},
	} {
		if got, _ := read(t, test.log); strings.Join(got, " ") != test.want {
			t.Errorf("%s: taken %q, want %q", test.name, got, test.want)
		}
	}
}

// lines is a log of so many whole lines, and one that has no end.
type lines struct {
	whole string
	at    int
}

func (l *lines) Read(p []byte) (int, error) {
	if l.at < len(l.whole) {
		n := copy(p, l.whole[l.at:])
		l.at += n
		return n, nil
	}
	clear(p)
	return len(p), nil
}

// A line without an end is no log's, and is not read on for ever.
func TestEndlessLine(t *testing.T) {
	for whole, want := range map[string]int{"": 1, whole: 1 + strings.Count(whole, "\n"), strings.Repeat("x", 5*maxLine) + "\n\n": 3} {
		_, err := Read(&lines{whole: whole}, now, func(string) bool { return false }, nil)
		if long, ok := errors.AsType[*TooLong](err); !ok || long.Line != want {
			t.Errorf("error %v, want one at line %d", err, want)
		}
	}
}

func TestCovers(t *testing.T) {
	at := func(clock string) time.Time {
		parsed, err := time.Parse("15:04:05.000", clock)
		if err != nil {
			t.Fatal(err)
		}
		return parsed.AddDate(2026, 2, 0)
	}
	for _, test := range []struct {
		name, log, clock string
		want             bool
	}{
		{"within", whole, "10:00:02.000", true},
		{"the queue manager is late", late, "10:00:02.000", false},
		{"the queue manager is there at last", late + "Mar  1 10:00:09 mx postfix/qmgr[13]: 4XYZ123: from=<desk@a.example>, size=512, nrcpt=1 (queue active)\n", "10:00:02.000", true},
		{"it is late for another's message", strings.ReplaceAll(late, "<one@", "<other@"), "10:00:02.000", true},
		{"in its last second", whole, "10:00:04.900", true},
		{"in its first second", whole, "10:00:00.000", true},
		{"before it", whole, "09:59:59.000", false},
		{"after it", whole, "10:00:05.000", false},
		{"a session is open", strings.Join(strings.SplitAfter(cut, "\n")[:4], ""), "10:01:01.000", false},
		{"the session is over", cut, "10:01:01.000", true},
		{"no mail server's", strings.ReplaceAll(whole, "postfix/", ""), "10:00:02.000", false},
		{"no times", strings.ReplaceAll(whole, "Mar", "at"), "10:00:02.000", false},
		{"Exim", exim, "10:00:00.500", true},
		{"Postfix, without sessions", strings.ReplaceAll(whole, "smtpd", "other"), "10:00:02.000", true},
	} {
		if _, r := read(t, test.log); r.Covers(at(test.clock)) != test.want {
			t.Errorf("%s: %+v covers %s: %v", test.name, r, test.clock, !test.want)
		}
	}
}

// Where a log says nothing of sessions, time has to go by.
func TestCoversLater(t *testing.T) {
	for at, want := range map[time.Duration]bool{time.Minute: false, 19 * time.Minute: false, 30 * time.Minute: true} {
		begun := now.Add(-at)
		_, r := read(t, strings.ReplaceAll(exim, "2026-03-01 10:00:0", begun.Format("2006-01-02 15:04:0")))
		if r.Covers(begun) != want {
			t.Errorf("%v later: covered %v", at, !want)
		}
	}
}

// A day that is yet to come in this year was in the last one.
func TestYear(t *testing.T) {
	for line, want := range map[string]time.Time{
		"Dec 31 23:59:59 mx x": time.Date(2025, 12, 31, 23, 59, 59, 0, time.UTC),
		"Mar  2 12:00:00 mx x": now,
		"Mar  3 11:00:00 mx x": now.Add(23 * time.Hour),
		"Feb 30 11:00:00 mx x": {},
	} {
		if got := timeOf(line, now); !got.Equal(want) {
			t.Errorf("%q: %v, want %v", line, got, want)
		}
	}
}

// FuzzRead: nothing is taken that the log does not name, or that is not wanted.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{whole, cut, exim, whole + cut + exim} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, log string) {
		got, r := read(t, log)
		if len(got) != r.Taken {
			t.Errorf("%d taken, %d told", r.Taken, len(got))
		}
		for _, id := range got {
			if !strings.Contains(log, id+"@a.example") {
				t.Errorf("%s is taken, and not in the log", id)
			}
		}
		if strings.Count(log, "(queue active)")+strings.Count(log, "<=") < len(got) {
			t.Errorf("%d taken by fewer lines", len(got))
		}
	})
}
