package message

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// Octets of an encoded word (RFC 2047 section 2), and of those the ones that
// "=?UTF-8?Q?" and "?=" take.
const (
	maxWord   = 75
	wordFrame = 12
)

// appendWords appends v in encoded words (RFC 2047), as many as it takes, each
// on a line of its own, all in Q or all in B, whichever is shorter. No word ends
// inside a character (section 5).
func appendWords(dst []byte, v string) []byte {
	v = strings.ToValidUTF8(v, "\uFFFD")
	fit, app, frame := wordEncoding(v)
	for first := true; v != ""; first = false {
		if !first {
			dst = append(dst, "\r\n "...)
		}
		n := fit(v, min(maxWord, wordLine-column(dst))-wordFrame)
		dst = append(dst, frame...)
		dst = append(app(dst, v[:n]), "?="...)
		v = v[n:]
	}
	return dst
}

// wordEncoding picks Q or B: how much of a text fits into a word, how it is
// encoded, and how the word begins.
func wordEncoding(v string) (fit func(string, int) int, app func([]byte, string) []byte, frame string) {
	if lenQ(v) <= base64.StdEncoding.EncodedLen(len(v)) {
		return fitQ, appendQ, "=?UTF-8?Q?"
	}
	return fitB, appendB, "=?UTF-8?B?"
}

// isQ says whether c stands for itself in every place that an encoded word can
// have: RFC 2047 section 5(3).
func isQ(c byte) bool {
	return isAlphanumeric(rune(c)) || strings.IndexByte("!*+-/", c) >= 0
}

// lenQ gives the length of v in Q.
func lenQ(v string) (n int) {
	for i := range len(v) {
		if isQ(v[i]) || v[i] == ' ' {
			n++
		} else {
			n += 3
		}
	}
	return n
}

func appendQ(dst []byte, v string) []byte {
	for i := range len(v) {
		switch c := v[i]; {
		case isQ(c):
			dst = append(dst, c)
		case c == ' ':
			dst = append(dst, '_')
		default:
			dst = append(dst, '=', upperHex[c>>4], upperHex[c&15])
		}
	}
	return dst
}

func appendB(dst []byte, v string) []byte { return base64.StdEncoding.AppendEncode(dst, []byte(v)) }

// fitQ gives how many octets of v, whole characters, take up at most room in Q.
func fitQ(v string, room int) (n int) {
	for n < len(v) {
		_, size := utf8.DecodeRuneInString(v[n:])
		room -= lenQ(v[n : n+size])
		if room < 0 {
			break
		}
		n += size
	}
	return n
}

// fitB gives how many octets of v, whole characters, take up at most room in B.
func fitB(v string, room int) int {
	n := min(len(v), room/4*3)
	for n < len(v) && !utf8.RuneStart(v[n]) {
		n--
	}
	return n
}
