package pdftext

import (
	"io"
	"unicode/utf16"
)

// cmap says which text the codes of a font stand for (ISO 32000-1 section
// 9.10.3).
type cmap map[int]string

// maxCodes bounds a cmap: codes have two bytes at most.
const maxCodes = 1 << 16

// parseCMap reads a CMap. What is not understood in it is passed over: a code
// that stands for nothing makes the file unreadable where it is shown.
func parseCMap(content []byte) (cmap, error) {
	m := cmap{}
	l := &lexer{data: content}
	var operands array
	for {
		v, err := l.object()
		if err == io.EOF {
			return m, nil
		}
		if err != nil {
			return nil, err
		}
		switch v {
		case keyword("beginbfchar"), keyword("beginbfrange"):
			operands = operands[:0]
		case keyword("endbfchar"):
			m.chars(operands)
		case keyword("endbfrange"):
			m.ranges(operands)
		default:
			operands = append(operands, v)
		}
		if len(m) > maxCodes {
			return nil, tooMuch
		}
	}
}

func (m cmap) chars(operands array) {
	for ; len(operands) >= 2; operands = operands[2:] {
		m.set(codeOf(operands[0]), operands[1], 0)
	}
}

func (m cmap) ranges(operands array) {
	for ; len(operands) >= 3; operands = operands[3:] {
		first, last := codeOf(operands[0]), codeOf(operands[1])
		if first < 0 || last < first || last >= maxCodes {
			continue
		}
		each, listed := operands[2].(array)
		for code := first; code <= last; code++ {
			switch i := code - first; {
			case !listed:
				m.set(code, operands[2], i)
			case i < len(each):
				m.set(code, each[i], 0)
			}
		}
	}
}

// set lets code stand for the UTF-16 in v, its last unit raised by i.
func (m cmap) set(code int, v any, i int) {
	s, ok := v.(literal)
	if !ok || code < 0 || len(s) < 2 {
		return
	}
	units := make([]uint16, 0, len(s)/2)
	for j := 0; j+1 < len(s); j += 2 {
		units = append(units, uint16(s[j])<<8|uint16(s[j+1]))
	}
	units[len(units)-1] += uint16(i)
	m[code] = string(utf16.Decode(units))
}

// codeOf gives the code that a string is, -1 for none.
func codeOf(v any) int {
	s, ok := v.(literal)
	if !ok || len(s) == 0 || len(s) > 2 {
		return -1
	}
	code := 0
	for i := range len(s) {
		code = code<<8 | int(s[i])
	}
	return code
}
