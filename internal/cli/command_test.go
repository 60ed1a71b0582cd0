package cli

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"mailshot/internal/rule"
	"mailshot/internal/template"
)

// TestWidth wants help to fit a terminal of 80 columns.
func TestWidth(t *testing.T) {
	root := newRoot(&app{})
	pages := map[string]string{"mailshot": root.Long + "\n" + root.UsageString()}
	for _, c := range root.Commands() {
		pages[c.Name()] = c.Long + "\n" + c.UsageString()
	}
	for _, p := range topics() {
		pages[p.name] = p.text()
	}
	for name, page := range pages {
		for line := range strings.Lines(page) {
			if line = strings.TrimSuffix(line, "\n"); utf8.RuneCountInString(line) > 80 || strings.HasSuffix(line, " ") {
				t.Errorf("help %s: %q", name, line)
			}
		}
	}
}

// TestHelp wants two examples and the exit codes of every command.
func TestHelp(t *testing.T) {
	root := newRoot(&app{})
	root.InitDefaultHelpCmd()
	for _, c := range append(root.Commands(), root) {
		if c.Hidden {
			continue
		}
		if lines := strings.Split(c.Example, "\n"); len(lines) != 2 || !strings.Contains(c.Example, "mailshot "+strings.TrimPrefix(c.Name(), "mailshot")) {
			t.Errorf("%s has %d examples:\n%s", c.Name(), len(lines), c.Example)
		}
		if got := codesOf(c.UsageString()); got != exitCodes()[c.Name()] {
			t.Errorf("the help of %s has the exit codes %q", c.Name(), got)
		}
		if c.Short == "" || c.Long == "" {
			t.Errorf("%s has no description", c.Name())
		}
	}
}

// exitCodes are those that each command ends with.
func exitCodes() map[string]string {
	return map[string]string{
		"mailshot": "0 1 2", "help": "0 1 2", "version": "0 1 2", "completion": "0 1 2",
		"check": "0 1 2 3 130", "preview": "0 1 2 3 130", "send": "0 1 2 3 4 5 130", "status": "0 1 2 130",
		"sink": "0 1 2 130", "init": "0 1 2 130", "rehearse": "0 1 2 3 4 130", "demo": "0 1 2 130",
		"resolve": "0 1 2 5 130", "report": "0 1 2 130", "suppress": "0 1 2 4 130", "bounces": "0 1 2 130",
		"doctor": "0 1 2 130",
	}
}

func codesOf(usage string) string {
	_, list, _ := strings.Cut(usage, "\nExit codes:\n")
	var codes []string
	for _, m := range regexp.MustCompile(`(?m)^ +(\d+)  \w`).FindAllStringSubmatch(list, -1) {
		codes = append(codes, m[1])
	}
	return strings.Join(codes, " ")
}

func TestTopics(t *testing.T) {
	var names []string
	for _, p := range topics() {
		names = append(names, p.name)
		text := p.text()
		if len(text) < 200 || !strings.HasSuffix(text, "\n") {
			t.Errorf("the topic %s is %q", p.name, text)
		}
		if !strings.Contains(rootText, p.name) {
			t.Errorf("the program's help does not name the topic %s", p.name)
		}
	}
	if want := []string{"template", "recipients", "refusals", "exit-codes", "smtp", "ledger", "ci"}; !slices.Equal(names, want) {
		t.Errorf("the topics are %q", names)
	}
	for _, f := range template.Functions() {
		if !strings.Contains(templateTopic(), f.Usage) {
			t.Errorf("help template lacks the function %s", f.Name)
		}
	}
	for _, r := range rule.Table() {
		if !strings.Contains(refusalsTopic(), "\n"+string(r.ID)+"\n") {
			t.Errorf("help refusals lacks the rule %s", r.ID)
		}
	}
}
