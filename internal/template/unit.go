package template

import (
	"sort"
	"strings"
	"unicode/utf8"

	"mailshot/internal/rule"
)

// A unit is a piece of template text that knows where in the user's file each
// of its characters comes from, however it was put together.
type unit struct {
	file  string // as the user named it
	text  string
	marks []mark // ascending; the first is at 0
}

// A mark says where the text from an offset on stands in the file.
type mark struct {
	at           int
	line, column int  // 1-based; 0 for unknown
	fixed        bool // the text was made, not copied: all of it belongs to this line
}

// newUnit is text as it stands in file from line and column on. It has a mark
// at each action, so that no place is far from one.
func newUnit(file, text string, line, column int) unit {
	u := unit{file: file, text: text}
	for _, s := range segments(text) {
		u.marks = append(u.marks, mark{at: s.start, line: line, column: column})
		line, column = advance(line, column, text[s.start:s.end])
	}
	if u.marks == nil {
		u.marks = []mark{{line: line, column: column}}
	}
	return u
}

// made is text that the program wrote, on behalf of what stands at the line.
func made(file, text string, line int) unit {
	return unit{file: file, text: text, marks: []mark{{line: line, fixed: true}}}
}

// position gives line and column in the file of the character at an offset.
func (u unit) position(at int) (line, column int) {
	at = min(max(at, 0), len(u.text))
	m := u.marks[u.markBefore(at)]
	if m.fixed {
		return m.line, 0
	}
	return advance(m.line, m.column, u.text[m.at:at])
}

func (u unit) markBefore(at int) int {
	return sort.Search(len(u.marks), func(i int) bool { return u.marks[i].at > at }) - 1
}

// advance moves a place over text.
func advance(line, column int, text string) (int, int) {
	if last := strings.LastIndexByte(text, '\n'); last >= 0 {
		return line + strings.Count(text, "\n"), 1 + utf8.RuneCountInString(text[last+1:])
	}
	return line, column + utf8.RuneCountInString(text)
}

// slice is the part of u between two offsets.
func (u unit) slice(from, to int) unit {
	first := u.markBefore(from)
	start := u.marks[first]
	start.line, start.column = u.position(from)
	start.at = 0
	marks := []mark{start}
	for _, m := range u.marks[first+1:] {
		if m.at >= to {
			break
		}
		m.at -= from
		marks = append(marks, m)
	}
	return unit{file: u.file, text: u.text[from:to], marks: marks}
}

// joined is one unit of several, in their order.
func joined(file string, parts ...unit) unit {
	var text strings.Builder
	all := unit{file: file}
	for _, p := range parts {
		if p.text == "" {
			continue
		}
		for _, m := range p.marks {
			m.at += text.Len()
			all.marks = append(all.marks, m)
		}
		text.WriteString(p.text)
	}
	if all.marks == nil {
		all.marks = []mark{{fixed: true}}
	}
	all.text = text.String()
	return all
}

// fault is a Fault at an offset.
func (u unit) fault(at int, what, hint string) *rule.Fault {
	line, column := u.position(at)
	return &rule.Fault{File: u.file, Line: line, Column: column, What: what, Hint: hint}
}
