package guard

import (
	"bytes"
	"time"

	"mailshot/internal/rule"
)

// judgePrefix looks at the one thing outside the digest.
func (r *Reader) judgePrefix() {
	prefix := r.message.Prefix
	if bytes.Equal(prefix, r.dated) {
		return
	}
	if !dateAlone(prefix) {
		r.refuse(rule.Structure, "header Date", "what stands before the message is not one Date field", hintReport)
		return
	}
	r.dated = append(r.dated[:0], prefix...)
}

// The two ways RFC 5322 section 3.3 writes a day below ten, without the
// comments and the obsolete zones it lets readers take.
const (
	longDay  = "Mon, 02 Jan 2006 15:04:05 -0700"
	shortDay = "Mon, 2 Jan 2006 15:04:05 -0700"
)

// dateAlone says whether prefix is one Date field and nothing else.
func dateAlone(prefix []byte) bool {
	value, ok := bytes.CutPrefix(prefix, []byte("Date: "))
	if !ok {
		return false
	}
	value, ok = bytes.CutSuffix(value, []byte("\r\n"))
	return ok && (isDate(longDay, string(value)) || isDate(shortDay, string(value)))
}

func isDate(layout, value string) bool {
	t, err := time.Parse(layout, value)
	return err == nil && t.Format(layout) == value
}
