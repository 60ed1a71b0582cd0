package transport

import (
	"strconv"
	"strings"
)

// extensions are what a server offered in answer to EHLO (RFC 5321 section
// 4.1.1.1).
type extensions struct {
	startTLS   bool
	pipelining bool     // RFC 2920
	chunking   bool     // RFC 3030
	eightBit   bool     // RFC 6152
	utf8       bool     // RFC 6531
	size       bool     // RFC 1870
	limit      int64    // octets a message may have; 0 for no limit that is known
	mechanisms []string // of AUTH, upper case
}

// readExtensions reads the lines of an EHLO reply; the first is a greeting.
func readExtensions(lines []string) extensions {
	var x extensions
	for _, line := range lines[1:] {
		words := strings.Fields(strings.ToUpper(line))
		if len(words) == 0 {
			continue
		}
		switch words[0] {
		case "STARTTLS":
			x.startTLS = true
		case "PIPELINING":
			x.pipelining = true
		case "CHUNKING":
			x.chunking = true
		case "8BITMIME":
			x.eightBit = true
		case "SMTPUTF8":
			x.utf8 = true
		case "SIZE":
			x.size = true
			x.limit = sizeLimit(words[1:])
		case "AUTH":
			x.mechanisms = append(x.mechanisms, words[1:]...)
		}
	}
	return x
}

// sizeLimit reads the argument of SIZE: none, or 0, for no limit.
func sizeLimit(arguments []string) int64 {
	if len(arguments) == 0 {
		return 0
	}
	limit, err := strconv.ParseInt(arguments[0], 10, 64)
	if err != nil || limit < 0 {
		return 0
	}
	return limit
}
