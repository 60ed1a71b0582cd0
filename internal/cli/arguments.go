package cli

import (
	"fmt"
	"regexp"

	"github.com/spf13/cobra"

	"mailshot/internal/nearest"
)

func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return &usageError{cmd.Name() + " takes no arguments", fmt.Sprintf("see `%s --help`", cmd.CommandPath())}
}

// plainWord is what may be repeated in an error: no one's address or name.
var plainWord = regexp.MustCompile(`^[a-z-]{1,20}$`)

// noSuchCommand is what the root makes of arguments: they name no command.
func noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	return noSuch("command", args[0], names, "mailshot ", "`mailshot help` lists the commands")
}

// noSuch says that there is no word of that kind, and which was meant.
func noSuch(kind, word string, names []string, before, otherwise string) error {
	what := "no such " + kind
	if plainWord.MatchString(word) {
		what += ": " + word
	}
	if near := nearest.To(word, names); near != "" {
		return &usageError{what, fmt.Sprintf("did you mean `%s%s`?", before, near)}
	}
	return &usageError{what, otherwise}
}

// judgeShown looks at --show-addresses.
func (a *app) judgeShown(addresses bool) error {
	if _, ci := a.lookupEnv("CI"); !ci || !addresses {
		return nil
	}
	return &usageError{"--show-addresses is refused where CI is set: many read its logs", "leave it out, or run it on a machine of your own"}
}
