package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// ExitTable is for the test of the README.
func ExitTable() []exitCode { return exitTable() }

// Command is what the README says of one.
type Command struct {
	Use, Short string
	Flags      []string
}

// Commands gives all commands but help, in the order of the help.
func Commands() []Command {
	var all []Command
	for _, c := range newRoot(&app{}).Commands() {
		if c.Hidden {
			continue
		}
		all = append(all, Command{Use: c.Use, Short: c.Short, Flags: flagsOf(c)})
	}
	return all
}

// flagsOf gives the flags as the help writes them.
func flagsOf(c *cobra.Command) []string {
	var all []string
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" {
			return
		}
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		value, _ := pflag.UnquoteUsage(f)
		all = append(all, strings.TrimSpace(name+" "+value))
	})
	return all
}
