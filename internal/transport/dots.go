package transport

import (
	"bufio"
	"bytes"
)

// dotWriter writes the content of a message as DATA wants it: a dot put before
// each line that begins with one (RFC 5321 section 4.5.2). The bytes must have
// CRLF line ends, which the guard has seen to.
type dotWriter struct {
	out    *bufio.Writer
	inLine bool
}

func (d *dotWriter) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		if !d.inLine && rest[0] == '.' {
			d.out.WriteByte('.')
		}
		end := len(rest)
		if i := bytes.Index(rest, []byte("\n.")); i >= 0 {
			end = i + 1
		}
		if _, err := d.out.Write(rest[:end]); err != nil {
			return 0, err
		}
		d.inLine = rest[end-1] != '\n'
		rest = rest[end:]
	}
	return len(p), nil
}
