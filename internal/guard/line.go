package guard

import (
	"bytes"
	"fmt"

	"mailshot/internal/rule"
)

// maxLine is the longest line without its CRLF (RFC 5321 section 4.5.3.1.6).
const maxLine = 998

// judgeLines looks for what makes servers disagree on where a message ends
// (SMTP smuggling, CVE-2023-51764): a bare CR or LF, and for NUL and overlong
// lines.
func (r *Reader) judgeLines() {
	rest, n := r.raw, 0
	for len(rest) > 0 {
		n++
		end := bytes.IndexByte(rest, '\n')
		if end < 1 || rest[end-1] != '\r' {
			r.refuse(rule.Line, lineOf(n), "a line does not end with CR and LF", hintReport)
			return
		}
		line := rest[:end-1]
		rest = rest[end+1:]
		switch {
		case len(line) > maxLine:
			r.refuse(rule.Line, lineOf(n), "a line is longer than 998 octets", "break the line, in the template or in the cell that makes it so long")
		case bytes.IndexByte(line, '\r') >= 0:
			r.refuse(rule.Line, lineOf(n), "a CR stands alone", hintReport)
		}
	}
	if i := bytes.IndexByte(r.raw, 0); i >= 0 {
		r.refuse(rule.Line, lineOf(1+bytes.Count(r.raw[:i], []byte("\n"))), "a NUL", hintReport)
	}
}

func lineOf(n int) string { return fmt.Sprintf("source, line %d", n) }
