package transport

import (
	"bufio"
	"bytes"
	"encoding/binary"
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
		end := beforeDot(rest)
		if _, err := d.out.Write(rest[:end]); err != nil {
			return 0, err
		}
		d.inLine = rest[end-1] != '\n'
		rest = rest[end:]
	}
	return len(p), nil
}

// beforeDot gives where in p a dot begins a line that is not the first; the
// length of p where none does. It passes over eight octets at a time.
func beforeDot(p []byte) int {
	at := 0
	for rest := p; len(rest) > 8; rest = rest[8:] {
		if dotted(binary.LittleEndian.Uint64(rest), binary.LittleEndian.Uint64(rest[1:])) {
			break
		}
		at += 8
	}
	if i := bytes.Index(p[at:], []byte("\n.")); i >= 0 {
		return at + i + 1
	}
	return len(p)
}

// dotted says whether one of eight octets is LF, and what is behind it a dot. An
// octet that is neither one nor the other has a bit left; of one that has none,
// less one has the top bit set.
func dotted(octets, behind uint64) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	left := (octets ^ ones*'\n') | (behind ^ ones*'.')
	return (left-ones)&^left&tops != 0
}
