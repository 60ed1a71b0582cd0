package template

import (
	"regexp"
	"strings"
)

// A segment is either literal text or one action, {{ … }}.
type segment struct {
	start, end int // offsets
	action     bool
}

// segments splits template text at its actions. In text that parses, they are
// those that the parser sees.
func segments(text string) []segment {
	var all []segment
	at := 0
	for at < len(text) {
		open := strings.Index(text[at:], "{{")
		if open < 0 {
			break
		}
		open += at
		if open > at {
			all = append(all, segment{at, open, false})
		}
		at = actionEnd(text, open+2)
		all = append(all, segment{open, at, true})
	}
	if at < len(text) {
		all = append(all, segment{at, len(text), false})
	}
	return all
}

// actionEnd is the offset after the }} of the action whose inside begins at at.
func actionEnd(text string, at int) int {
	inside := strings.TrimLeft(strings.TrimPrefix(text[at:], "-"), " \t\r\n")
	if strings.HasPrefix(inside, "/*") {
		return after(text, after(text, at, "*/"), "}}")
	}
	for at < len(text) {
		switch text[at] {
		case '"', '\'':
			at = quoteEnd(text, at)
		case '`':
			at = after(text, at+1, "`")
		case '}':
			if strings.HasPrefix(text[at:], "}}") {
				return at + 2
			}
			at++
		default:
			at++
		}
	}
	return len(text)
}

// quoteEnd is the offset after the quoted string or character that begins at at.
func quoteEnd(text string, at int) int {
	quote := text[at]
	for at++; at < len(text); at++ {
		switch text[at] {
		case '\\':
			at++
		case quote:
			return at + 1
		}
	}
	return len(text)
}

func after(text string, at int, mark string) int {
	i := strings.Index(text[min(at, len(text)):], mark)
	if i < 0 {
		return len(text)
	}
	return at + i + len(mark)
}

func hasAction(text string) bool { return strings.Contains(text, "{{") }

// keyword is the word an action begins with, "/*" for a comment, "$" for a
// variable; "" for anything else.
func keyword(action string) string {
	inside := strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(action, "{{"), "-"), " \t\r\n")
	for _, mark := range []string{"/*", "$"} {
		if strings.HasPrefix(inside, mark) {
			return mark
		}
	}
	end := strings.IndexFunc(inside, func(r rune) bool { return r < 'a' || r > 'z' })
	return inside[:max(end, 0)]
}

var assignment = regexp.MustCompile(`^\{\{-?\s*\$\w*\s*(?:,|:?=)`)

// isControl says whether an action steers and prints nothing itself.
func isControl(action string) bool {
	switch keyword(action) {
	case "if", "else", "end", "range", "with", "define", "block", "break", "continue", "/*":
		return true
	case "$":
		return assignment.MatchString(action)
	}
	return false
}

// maxNesting is how deep if, with, range and define may stand in one another,
// where each {{ else if }} is one deeper, as the parser has it: parser, escaper
// and walks all go down by calling themselves.
const maxNesting = 500

// tooDeep gives the offset of the action that is nested too deep; -1 for none.
func tooDeep(text string) int {
	depth := 0
	var open []int // for each block that is open, the depth before it
	for _, s := range segments(text) {
		if !s.action {
			continue
		}
		switch keyword(text[s.start:s.end]) {
		case "if", "range", "with", "define", "block":
			open = append(open, depth)
			depth++
		case "else":
			depth++
		case "end":
			if len(open) > 0 {
				depth, open = open[len(open)-1], open[:len(open)-1]
			}
		}
		if depth > maxNesting {
			return s.start
		}
	}
	return -1
}
