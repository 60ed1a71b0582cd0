package cli

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"
)

// usageTemplate is what --help prints after the description.
const usageTemplate = `Usage:{{if .HasAvailableSubCommands}}
  {{.CommandPath}} COMMAND{{else}}
  {{.UseLine}}{{end}}

Examples:
{{.Example}}
{{if .HasAvailableSubCommands}}
Commands:{{range .Commands}}{{if or .IsAvailableCommand (eq .Name "help")}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{end}}{{if .HasAvailableLocalFlags}}
Flags:
{{.LocalFlags.FlagUsagesWrapped 80 | trimTrailingWhitespaces}}
{{end}}{{with index .Annotations "exits"}}
Exit codes:
{{.}}{{end}}`

// hanging gives s in lines of at most 80 columns, the first after label, the
// others as far in as it is.
func hanging(label, s string) string {
	var b strings.Builder
	for _, line := range strings.Split(text.WrapSoft(s, 80-len(label)), "\n") {
		b.WriteString(label + strings.TrimRight(line, " ") + "\n")
		label = strings.Repeat(" ", len(label))
	}
	return b.String()
}

// newHelp is the command that explains a command or a topic.
func newHelp(a *app) *cobra.Command {
	return &cobra.Command{
		Use:         "help [COMMAND|TOPIC]",
		Short:       "explain a command or a topic",
		Long:        "Explains a command, or one of the topics:\n\n" + topicList(),
		Example:     "  mailshot help send\n  mailshot help refusals",
		Annotations: onlyPrints(),
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			return helpNames(cmd.Root()), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error { return a.help(cmd.Root(), args) },
	}
}

func (a *app) help(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return root.Help()
	}
	for _, c := range root.Commands() {
		if c.Name() == args[0] {
			return c.Help()
		}
	}
	for _, t := range topics() {
		if t.name == args[0] {
			fmt.Fprint(a.Stdout, t.text())
			return nil
		}
	}
	return noSuch("topic", args[0], helpNames(root), "mailshot help ", "`mailshot help` lists commands and topics")
}

// helpNames gives all that help knows.
func helpNames(root *cobra.Command) []string {
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	for _, t := range topics() {
		names = append(names, t.name)
	}
	return names
}
