package maillog

import (
	"regexp"
	"strings"
)

// postfixLine is a line of one of Postfix's programs: "postfix/cleanup[123]: ",
// with the name of the instance and of the service where they are set.
var postfixLine = regexp.MustCompile(`(?:^| )[^ ]+/(cleanup|qmgr|smtpd)\[(\d+)\]: (.*)$`)

// queueLine is what such a program says of one message. A queue id is of hex
// digits, or a long one of letters and digits without vowels (enable_long_queue_ids).
var queueLine = regexp.MustCompile(`^([0-9A-Za-z]{5,20}): (.*)$`)

// postfix reads a line and says whether it is one of Postfix's.
func (l *log) postfix(line string) bool {
	m := postfixLine.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	l.reading.Known = true
	program, process, said := m[1], m[2], m[3]
	if program == "smtpd" {
		l.session(process, said)
		return true
	}
	q := queueLine.FindStringSubmatch(said)
	if q == nil {
		return true
	}
	if program == "cleanup" {
		l.comes(q[1], q[2])
	} else {
		l.queued(q[1], q[2])
	}
	return true
}

// session keeps count of the clients: one at a time for each process.
func (l *log) session(process, said string) {
	switch {
	case strings.HasPrefix(said, "connect from "):
		l.sessions[process] = true
	case strings.HasPrefix(said, "disconnect from "):
		delete(l.sessions, process)
	}
}

// comes notes the Message-ID of a message that is coming in. Where ids are
// short they are used again, so an earlier message under the same one is over.
func (l *log) comes(queue, said string) {
	id, ok := strings.CutPrefix(said, "message-id=")
	if !ok {
		return
	}
	delete(l.coming, queue)
	if id = bare(id); l.wanted(id) {
		l.coming[queue] = id
	}
}

// queued takes the message that the queue manager has.
func (l *log) queued(queue, said string) {
	id, ok := l.coming[queue]
	if !ok || !strings.HasPrefix(said, "from=<") || !strings.HasSuffix(said, "(queue active)") {
		return
	}
	delete(l.coming, queue)
	l.take(id)
}
