package identifier

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
)

// digestKey is the key of a digest of size bytes, of which first are the first
// eight.
func digestKey(first uint64, size int) uint64 { return mix(first, digestSalt+uint64(size)) }

// isDigestSize says whether a digest has that many hexadecimal digits.
func isDigestSize(digits int) bool {
	return digits == 2*md5.Size || digits == 2*sha1.Size || digits == 2*sha256.Size
}

// digest looks up w as the hash of an address in hexadecimal digits.
func (s *scan) digest(w *word) bool {
	first := uint64(0)
	for i, c := range s.text[w.start:w.end] {
		v := hexDigit(ascii[c])
		if v > 0xF {
			return true
		}
		if i < 16 {
			first = first<<4 | uint64(v)
		}
	}
	return s.report(digestKey(first, w.size/2), Hit{Start: w.start, End: w.end})
}

// hexDigit gives the value of a hexadecimal digit in lower case, 0xFF for
// anything else.
func hexDigit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return 0xFF
}
