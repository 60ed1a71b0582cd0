package message

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// appendDisposition appends a Content-Disposition field (RFC 2183), CRLF
// included. The file name is quoted if it is plain ASCII and fits on a line,
// else in the form of RFC 2231.
func appendDisposition(dst []byte, disposition, file string) []byte {
	dst = append(dst, "Content-Disposition: "...)
	dst = append(dst, disposition...)
	quoted := ";\r\n filename=\"" + file + `"`
	if isPlain(file) && !strings.ContainsAny(file, `"\`) && len(quoted) <= len(";\r\n")+softLine {
		return append(append(dst, quoted...), "\r\n"...)
	}
	return append(appendExtended(dst, strings.ToValidUTF8(file, "\uFFFD")), "\r\n"...)
}

// appendExtended appends a file name percent-encoded: in one parameter (RFC 2231
// section 4) if it fits on a line, else in numbered ones (section 3). No
// character is split between two of them.
func appendExtended(dst []byte, file string) []byte {
	const whole = " filename*=UTF-8''"
	if lenPercent(file) <= softLine-len(whole) {
		return appendPercent(append(dst, ";\r\n"+whole...), file)
	}
	charset := "UTF-8''"
	for i := 0; file != ""; i++ {
		dst = fmt.Appendf(dst, ";\r\n filename*%d*=%s", i, charset)
		n := fitPercent(file, softLine-len(";")-column(dst))
		dst = appendPercent(dst, file[:n])
		file, charset = file[n:], ""
	}
	return dst
}

// isAttribute says whether c stands for itself in an extended parameter: RFC
// 2231 section 7, attribute-char, less what readers disagree about.
func isAttribute(c byte) bool { return isAlphanumeric(rune(c)) || strings.IndexByte("-._~", c) >= 0 }

// lenPercent gives the length of v, percent-encoded.
func lenPercent(v string) (n int) {
	for i := range len(v) {
		if isAttribute(v[i]) {
			n++
		} else {
			n += 3
		}
	}
	return n
}

func appendPercent(dst []byte, v string) []byte {
	for i := range len(v) {
		if c := v[i]; isAttribute(c) {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return dst
}

// fitPercent gives how many octets of v, whole characters, take up at most room.
func fitPercent(v string, room int) (n int) {
	for n < len(v) {
		_, size := utf8.DecodeRuneInString(v[n:])
		room -= lenPercent(v[n : n+size])
		if room < 0 {
			break
		}
		n += size
	}
	return n
}
