package message

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"math/bits"
	"slices"
)

const (
	upperHex    = "0123456789ABCDEF"
	encodedLine = 76 // octets in a line of an encoded body: RFC 2045 sections 6.7(5) and 6.8
)

// appendQuotedPrintable appends text in quoted-printable (RFC 2045 section 6.7).
// LF, CRLF and CR all are line ends, and CRLF in what is made; the last line gets
// one if it has none. Trailing blanks, a dot at the start of a line and "From "
// there are encoded, so that nothing on the way changes them (RFC 5321 section
// 4.5.2, RFC 2049 section 3).
func appendQuotedPrintable(dst, text []byte) []byte {
	line := len(dst) // where the line being written starts
	for len(text) > 0 {
		if n := lineEnd(text); n > 0 {
			dst = append(protectBlank(dst, line), "\r\n"...)
			line, text = len(dst), text[n:]
			continue
		}
		room := encodedLine - len("=") - (len(dst) - line)
		if room < len("=20") {
			dst = append(dst, "=\r\n"...)
			line = len(dst)
			continue
		}
		n := literals(text, room)
		if n == 0 || line == len(dst) && isDelicate(text) {
			dst = append(dst, '=', upperHex[text[0]>>4], upperHex[text[0]&15])
			text = text[1:]
			continue
		}
		dst = append(dst, text[:n]...)
		text = text[n:]
	}
	if line == len(dst) {
		return dst
	}
	return append(protectBlank(dst, line), "\r\n"...)
}

// lineEnd gives the length of the line end that text begins with; 0 for none.
func lineEnd(text []byte) int {
	switch {
	case text[0] == '\n':
		return 1
	case text[0] != '\r':
		return 0
	case len(text) > 1 && text[1] == '\n':
		return 2
	}
	return 1
}

// literals gives how many octets at the start of text, room at most, stand for
// themselves. It looks at eight at a time, be they within the room or not.
func literals(text []byte, room int) int {
	n := 0
	for n < room && len(text)-n >= 8 {
		others := notLiteral(binary.LittleEndian.Uint64(text[n:]))
		if others != 0 {
			n += bits.TrailingZeros64(others) / 8
			break
		}
		n += 8
	}
	room = min(room, len(text))
	for ; n < room; n++ {
		if c := text[n]; (c < ' ' || c > '~' || c == '=') && c != '\t' {
			return n
		}
	}
	return room
}

// notLiteral gives eight octets with the top bit of the first set that does not
// stand for itself, or is a tab, and no bit before. It looks at sums that have
// that bit set where the octet is too low, too high or "=". Borrows come from
// octets that are found anyhow.
func notLiteral(octets uint64) uint64 {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	low, high, equals := octets-ones*' ', octets+ones*(0x7f-'~'), octets^ones*'='-ones
	return (octets | low | high | equals) & tops
}

// isDelicate says whether a line that begins as text does may be changed on the
// way.
func isDelicate(text []byte) bool {
	return text[0] == '.' || bytes.HasPrefix(text, []byte("From "))
}

// protectBlank encodes a blank at the end of the line that starts at line.
func protectBlank(dst []byte, line int) []byte {
	if len(dst) == line {
		return dst
	}
	last := dst[len(dst)-1]
	if last != ' ' && last != '\t' {
		return dst
	}
	dst = dst[:len(dst)-1]
	if len(dst)-line+len("=20") > encodedLine {
		dst = append(dst, "=\r\n"...)
	}
	return append(dst, '=', upperHex[last>>4], upperHex[last&15])
}

// base64Octets is what a line of base64 holds.
const base64Octets = encodedLine / 4 * 3

// appendBase64 appends content in base64, in lines of 76 characters with CRLF
// between them.
func appendBase64(dst, content []byte) []byte {
	dst = slices.Grow(dst, encodedLen(len(content)))
	for len(content) > base64Octets {
		dst = base64.StdEncoding.AppendEncode(dst, content[:base64Octets])
		dst = append(dst, "\r\n"...)
		content = content[base64Octets:]
	}
	return base64.StdEncoding.AppendEncode(dst, content)
}

// encodedLen gives the number of octets that appendBase64 makes of n.
func encodedLen(n int) int {
	return base64.StdEncoding.EncodedLen(n) + max(0, n-1)/base64Octets*len("\r\n")
}
