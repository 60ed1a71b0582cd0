package recipient

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"strings"

	"golang.org/x/text/transform"
)

// format is how a list's text becomes rows.
type format struct {
	charset   charset
	separator byte
	named     bool // a first line "sep=;" names the separator, as Excel writes it
	onlyCR    bool // lines end in a carriage return alone
	jsonLines bool
}

// findFormat finds the encoding, and from the first line the separator and the
// line end.
func findFormat(s source) (format, error) {
	set, err := findCharset(s)
	if err != nil {
		return format{}, err
	}
	ending := strings.ToLower(filepath.Ext(s.name))
	if ending == ".jsonl" {
		return format{charset: set, separator: ',', jsonLines: true}, nil
	}
	t, err := s.play()
	if err != nil {
		return format{}, err
	}
	defer t.close()
	head := make([]byte, headSize)
	n, err := readText(set, t, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return format{}, unreadable(s.name, err)
	}
	f := firstLine(head[:n])
	f.charset = set
	if ending == ".tsv" {
		f.separator = '\t'
	}
	return f, nil
}

func readText(set charset, t *tape, p []byte) (int, error) {
	text, err := set.decode(t)
	if err != nil {
		return 0, err
	}
	return io.ReadFull(text, p)
}

// firstLine judges the first line that is not empty. What stands in quotes is
// not looked at.
func firstLine(head []byte) format {
	line := bytes.TrimLeft(head, "\r\n")
	var f format
	var quoted bool
	count := map[byte]int{}
	for i, c := range line {
		if c == '"' {
			quoted = !quoted
		}
		if quoted {
			continue
		}
		if c == '\r' || c == '\n' {
			f.onlyCR = c == '\r' && !bytes.HasPrefix(line[i+1:], []byte("\n"))
			line = line[:i]
			break
		}
		count[c]++
	}
	f.separator, f.named = namedSeparator(line)
	if !f.named {
		f.separator = mostFrequent(count)
	}
	return f
}

// namedSeparator reads the line "sep=;".
func namedSeparator(line []byte) (byte, bool) {
	value, ok := bytes.CutPrefix(bytes.ToLower(line), []byte("sep="))
	if !ok || len(value) != 1 || !strings.Contains(",;\t|", string(value)) {
		return 0, false
	}
	return value[0], true
}

// mostFrequent gives the separator that stands most often; a list without any
// has one column. Among equals a comma is the likeliest to be part of a heading,
// and a tab the least.
func mostFrequent(count map[byte]int) byte {
	best := byte(',')
	for _, c := range []byte(";\t") {
		if count[c] > 0 && count[c] >= count[best] {
			best = c
		}
	}
	return best
}

// lines makes LF of each CR, and of each CR LF.
type lines struct{ transform.NopResetter }

func (lines) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		if nDst == len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		c := src[nSrc]
		if c == '\r' {
			if nSrc+1 == len(src) && !atEOF {
				return nDst, nSrc, transform.ErrShortSrc
			}
			if nSrc+1 < len(src) && src[nSrc+1] == '\n' {
				nSrc++
			}
			c = '\n'
		}
		dst[nDst] = c
		nDst++
		nSrc++
	}
	return nDst, nSrc, nil
}
