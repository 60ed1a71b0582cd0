package maillog

import "regexp"

// eximLine is Exim's line for a message that it took: its own id for it, "<=",
// the sender, and among the rest the Message-ID without angle brackets (Exim
// 4.96 specification, section 52.8; a longer id since 4.97).
var eximLine = regexp.MustCompile(`(?:^| )[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4} (<=|=>|Completed|->|\*\*|==)(?: |$)`)

// eximMessageID is that part of it: after the sender, and before a subject,
// which is quoted and comes later.
var eximMessageID = regexp.MustCompile(`^[^ ]+ (?:[^"]*? )?id=([^ ]+)`)

// exim reads a line.
func (l *log) exim(line string) {
	m := eximLine.FindStringSubmatchIndex(line)
	if m == nil {
		return
	}
	l.reading.Known = true
	if line[m[2]:m[3]] != "<=" {
		return
	}
	if found := eximMessageID.FindStringSubmatch(line[m[1]:]); found != nil && l.wanted(bare(found[1])) {
		l.take(bare(found[1]))
	}
}
