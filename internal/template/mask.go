package template

import (
	"regexp"
	"strconv"
	"strings"
)

// A mask keeps actions out of the sight of what works on Markdown or HTML: in
// the place of each stands a word that neither has a meaning for.
type mask struct {
	mark    string
	actions []unit
	word    *regexp.Regexp // one mark, or a comment of marks
	control *regexp.Regexp // the mark of an action that steers
}

// unusedMark is the beginning of a word that text does not hold.
func unusedMark(text string) string {
	for i := 0; ; i++ {
		if mark := "zq" + strconv.Itoa(i) + "x"; !strings.Contains(text, mark) {
			return mark
		}
	}
}

func newMask(text string) *mask {
	mark := unusedMark(text)
	word := mark + `[cv]\d+z`
	words := `(?:` + word + `[ \t]*)+`
	return &mask{mark: mark, control: regexp.MustCompile(mark + `c\d+z`), word: regexp.MustCompile(`<!--` + words + `-->|&lt;!--` + words + `--&gt;|` + word)}
}

// hide gives the word for an action: c for one that steers, v for one that prints.
func (m *mask) hide(action unit) string {
	m.actions = append(m.actions, action)
	kind := "v"
	if isControl(action.text) {
		kind = "c"
	}
	return m.mark + kind + strconv.Itoa(len(m.actions)-1) + "z"
}

// controls gives the marks of the actions that steer out of a comment: many
// editors want {{ if }} and {{ end }} in comments. What stands in a conditional
// comment is for Microsoft's programs alone.
func (m *mask) controls(comment string) string {
	if strings.HasPrefix(strings.TrimSpace(comment), "[if") {
		return ""
	}
	return strings.Join(m.control.FindAllString(comment, -1), "")
}

// restore puts the actions back into masked text. What is not an action is
// said to come from where the action before it stands.
func (m *mask) restore(file, masked string, line int) unit {
	one := regexp.MustCompile(m.mark + `[cv](\d+)z`)
	var parts []unit
	literal := func(text string) {
		// Braces that Markdown or HTML had escaped are words, not an action.
		parts = append(parts, made(file, strings.ReplaceAll(text, "{{", `{{"{{"}}`), line))
	}
	at := 0
	for _, found := range m.word.FindAllStringIndex(masked, -1) {
		literal(masked[at:found[0]])
		at = found[1]
		for _, mark := range one.FindAllStringSubmatch(masked[found[0]:found[1]], -1) {
			i, err := strconv.Atoi(mark[1])
			if err != nil || i >= len(m.actions) {
				continue
			}
			parts = append(parts, m.actions[i])
			line, _ = m.actions[i].position(len(m.actions[i].text))
		}
	}
	literal(masked[at:])
	return joined(file, parts...)
}
