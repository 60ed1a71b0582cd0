// Package maillog reads the log of a mail server for what it took: Postfix's
// and Exim's, in a file of their own or in one that syslog writes.
//
// A message counts as taken only by what the server writes down once it is
// answerable for it. Postfix names a Message-ID while the message is still
// coming in, and so also for one that was cut off and thrown away; it is taken
// when its queue manager has it ("queue active"). Exim writes its "<=" line when
// the message is on its disk.
//
// That a message is not in a log says little by itself: Reading says what the
// log covers, and the conclusion is another's.
package maillog

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Reading is what was seen of a log.
type Reading struct {
	Taken    int       // messages of those wanted that the server took
	From     time.Time // of the first line with a time; zero where none has one
	To       time.Time // of the last
	Sessions bool      // it says when sessions with clients begin and end
	Open     int       // of these, how many have not ended, or not with all that was taken in them written down
	Known    bool      // it has lines of a server that is known

	read time.Time
}

// settles is how long a server may have a message before it says in its log
// that it took it, where the log says nothing of sessions: twice what RFC 5321
// section 4.5.3.2.6 allows for the reply.
const settles = 20 * time.Minute

// Covers says whether the log was being written at t, to a second, and shows
// what became of what was begun then: it has seen the end of every session, or
// is old enough. A message that it does not show as taken was not taken.
func (r Reading) Covers(t time.Time) bool {
	t = t.Truncate(time.Second)
	if !r.Known || r.From.IsZero() || t.Before(r.From.Truncate(time.Second)) || t.After(r.To) {
		return false
	}
	if r.Sessions {
		return r.Open == 0
	}
	return r.read.Sub(t) > settles
}

// maxLine is how long a line is read; a longer one is cut, which no line of
// interest is. One that is longer than endless is none: even where a rotation
// leaves a hole of NUL octets in a log, it is shorter.
const (
	maxLine = 16 << 10
	endless = 64 << 20
)

// TooLong says that what was read is no log: the line Line, counted from 1,
// goes on and on.
type TooLong struct{ Line int }

func (e *TooLong) Error() string { return fmt.Sprintf("line %d is longer than any of a log", e.Line) }

// Read reads one log, oldest line first, and calls taken for each Message-ID,
// without its angle brackets, that is wanted and that the server took, with the
// time that the log gives it, zero for none. now gives the year to times that
// have none. The error is that of r, or *TooLong.
func Read(r io.Reader, now time.Time, wanted func(id string) bool, taken func(id string, at time.Time)) (Reading, error) {
	l := &log{now: now, wanted: wanted, taken: taken, sessions: newSessions()}
	l.reading.read = now
	in := bufio.NewReaderSize(r, maxLine)
	for n := 1; ; n++ {
		line, cut, err := in.ReadLine()
		if errors.Is(err, io.EOF) {
			l.reading.Open = l.sessions.open()
			return l.reading, nil
		}
		if err != nil {
			return l.reading, err
		}
		l.line(string(line))
		for size := len(line); cut && err == nil; size += len(line) {
			if size > endless {
				return l.reading, &TooLong{n}
			}
			line, cut, err = in.ReadLine()
		}
	}
}

// log is what is known in the middle of one.
type log struct {
	now      time.Time
	wanted   func(id string) bool
	taken    func(id string, at time.Time)
	at       time.Time // of the line that is read; zero where it has none
	sessions sessions  // Postfix's
	reading  Reading
}

func (l *log) line(line string) {
	l.at = timeOf(line, l.now)
	if l.reading.From.IsZero() {
		l.reading.From = l.at
	}
	if !l.at.IsZero() {
		l.reading.To = l.at
	}
	if !l.postfix(line) {
		l.exim(line)
	}
}

// take notes that the server took the message.
func (l *log) take(id string) {
	l.reading.Taken++
	l.taken(id, l.at)
}

// bare gives a Message-ID without its angle brackets.
func bare(id string) string {
	return strings.TrimSuffix(strings.TrimPrefix(id, "<"), ">")
}
