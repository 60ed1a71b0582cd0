package guard

import "bytes"

// undoConcatenation joins the strings that a script adds up: "ann"+"@a.example".
func undoConcatenation(dst, src []byte) ([]byte, bool) {
	from, changed := len(dst), false
	for {
		before, after, found := bytes.Cut(src, []byte("+"))
		dst = append(dst, before...)
		if !found {
			return dst, changed
		}
		left, right := bytes.TrimRight(dst[from:], blanks), bytes.TrimLeft(after, blanks)
		if isQuote(byteAt(left, len(left)-1)) && isQuote(byteAt(right, 0)) {
			dst, src, changed = dst[:from+len(left)-1], right[1:], true
			continue
		}
		dst, src = append(dst, '+'), after
	}
}

const blanks = " \t\r\n"

func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }

// maxEnclosed is the longest quoted string or comment in an address that is
// looked at.
const maxEnclosed = 64

// undoEnclosed takes quotes and brackets off a local part, and drops comments
// around the @ (RFC 5322 sections 3.2.2 and 3.4.1): "ann"@a.example,
// <ann>@a.example, ann(at home)@a.example.
func undoEnclosed(dst, src []byte) ([]byte, bool) {
	if !mayEnclose(src) {
		return dst, false
	}
	from, changed := len(dst), false
	for {
		before, after, found := bytes.Cut(src, []byte("@"))
		dst = append(dst, before...)
		if !found {
			return dst, changed
		}
		opened := openLocal(dst[from:])
		src = withoutComment(after)
		changed = changed || from+len(opened) < len(dst) || len(src) < len(after)
		dst = append(dst[:from+len(opened)], '@')
	}
}

// mayEnclose is the cheap question before the dear one.
func mayEnclose(src []byte) bool {
	for i := 0; ; i++ {
		n := bytes.IndexByte(src[i:], '@')
		if n < 0 {
			return false
		}
		i += n
		if bytes.IndexByte([]byte(`">)`), byteAt(src, i-1)) >= 0 || byteAt(src, i+1) == '(' {
			return true
		}
	}
}

// openLocal takes what encloses the end of text off, in place.
func openLocal(text []byte) []byte {
	end := len(text) - 1
	var opening byte
	switch byteAt(text, end) {
	case '"':
		opening = '"'
	case '>':
		opening = '<'
	case ')':
		opening = '('
	default:
		return text
	}
	far := max(0, end-maxEnclosed)
	start := bytes.LastIndexByte(text[far:end], opening)
	switch {
	case start < 0:
		return text
	case opening == '(':
		return text[:far+start]
	}
	return append(text[:far+start], text[far+start+1:end]...)
}

// withoutComment drops a comment at the beginning of text.
func withoutComment(text []byte) []byte {
	if byteAt(text, 0) != '(' {
		return text
	}
	if end := bytes.IndexByte(text[:min(len(text), maxEnclosed)], ')'); end > 0 {
		return text[end+1:]
	}
	return text
}
