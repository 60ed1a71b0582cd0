package maillog

import (
	"strings"
	"time"
)

// timeOf gives the time that a line begins with: RFC 3339, Exim's own form, or
// that of traditional syslog, which has no year (RFC 3164 section 4.1.2). Where
// no zone is given it is that of now. It is zero for a line without one.
func timeOf(line string, now time.Time) time.Time {
	first, _, _ := strings.Cut(line, " ")
	if at, err := time.Parse(time.RFC3339Nano, first); err == nil {
		return at
	}
	for _, form := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04:05.000"} {
		if at, err := time.ParseInLocation(form, head(line, len(form)), now.Location()); err == nil {
			return at
		}
	}
	at, err := time.ParseInLocation("Jan _2 15:04:05", head(line, 15), now.Location())
	if err != nil {
		return time.Time{}
	}
	return latest(at, now)
}

func head(s string, n int) string { return s[:min(len(s), n)] }

// latest gives a time without a year that of the latest such day, a day of
// difference between two clocks allowed.
func latest(at, now time.Time) time.Time {
	t := time.Date(now.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, now.Location())
	if t.After(now.AddDate(0, 0, 1)) {
		return time.Date(now.Year()-1, at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, now.Location())
	}
	return t
}
