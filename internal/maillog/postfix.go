package maillog

import (
	"regexp"
	"strings"
)

// postfixLine is a line of one of Postfix's programs: "postfix/cleanup[123]: ",
// with the name of the instance and of the service where they are set.
var postfixLine = regexp.MustCompile(`(?:^| )[^ ]+/(cleanup|qmgr|smtpd)\[(\d+)\]: (.*)$`)

// queueID is Postfix's id for a message: hex digits, or a long one of letters
// and digits (enable_long_queue_ids).
var queueID = regexp.MustCompile(`^[0-9A-Za-z]{5,20}$`)

// postfix reads a line and says whether it is one of Postfix's.
func (l *log) postfix(line string) bool {
	m := postfixLine.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	l.reading.Known = true
	program, process, said := m[1], m[2], m[3]
	queue, what, aboutMessage := strings.Cut(said, ": ")
	aboutMessage = aboutMessage && queueID.MatchString(queue)
	switch {
	case program == "smtpd" && aboutMessage:
		l.sessions.begin(process, queue, what)
	case program == "smtpd":
		l.reading.Sessions = l.sessions.client(process, said) || l.reading.Sessions
	case program == "cleanup" && aboutMessage:
		l.comes(queue, what)
	case program == "qmgr" && aboutMessage:
		l.queued(queue, what)
	}
	return true
}

// comes notes the Message-ID of a message that is coming in.
func (l *log) comes(queue, said string) {
	if id, ok := strings.CutPrefix(said, "message-id="); ok {
		id = bare(id)
		l.sessions.name(queue, id, l.wanted(id))
	}
}

// queued takes the message that the queue manager has.
func (l *log) queued(queue, said string) {
	if !strings.HasPrefix(said, "from=<") || !strings.HasSuffix(said, "(queue active)") {
		return
	}
	if id := l.sessions.queued(queue); id != "" {
		l.take(id)
	}
}
