package cli

import (
	_ "embed"
	"fmt"
	"strings"

	"mailshot/internal/rule"
	"mailshot/internal/template"
	"mailshot/templates"
)

// topic is a page of help that belongs to no command.
type topic struct {
	name  string
	short string
	text  func() string
}

func topics() []topic {
	return []topic{
		{"template", "the template file: front matter, fields, functions", templateTopic},
		{"recipients", "the list: formats, headings, what is refused", fixed(recipientsText)},
		{"refusals", "every rule, what it stops, and the cure", refusalsTopic},
		{"exit-codes", "what the exit status says", exitCodesTopic},
		{"smtp", "the server: URL, TLS, user and password", fixed(smtpText)},
		{"ledger", "what is written down, and why nobody gets it twice", fixed(ledgerText)},
		{"ci", "sending without a terminal, with an example", ciTopic},
	}
}

func fixed(s string) func() string { return func() string { return s } }

func topicList() string {
	var b strings.Builder
	for _, t := range topics() {
		fmt.Fprintf(&b, "  %-11s %s\n", t.name, t.short)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

//go:embed topics/template.txt
var templateText string

//go:embed topics/recipients.txt
var recipientsText string

//go:embed topics/refusals.txt
var refusalsText string

//go:embed topics/smtp.txt
var smtpText string

//go:embed topics/ledger.txt
var ledgerText string

//go:embed topics/ci.txt
var ciText string

// templateTopic ends in the functions that the code has.
func templateTopic() string {
	var b strings.Builder
	b.WriteString(templateText)
	for _, f := range template.Functions() {
		fmt.Fprintf(&b, "  %-10s %s\n  %-10s %s\n", f.Name, f.Summary, "", f.Usage)
	}
	return b.String()
}

// refusalsTopic ends in the table that the code reads.
func refusalsTopic() string {
	var b strings.Builder
	b.WriteString(refusalsText)
	for _, r := range rule.Table() {
		b.WriteString("\n" + string(r.ID) + "\n" +
			hanging("  stops:   ", r.Stops) + hanging("  not:     ", r.Passes) +
			hanging("  example: ", r.Example) + hanging("  cure:    ", r.Cure))
	}
	return b.String()
}

// ciTopic ends in the workflow that the program brings along.
func ciTopic() string { return ciText + "\n" + templates.Workflow() }

func exitCodesTopic() string {
	var b strings.Builder
	b.WriteString("The exit status of mailshot:\n\n")
	for _, e := range exitTable() {
		b.WriteString(e.line())
	}
	return b.String()
}
