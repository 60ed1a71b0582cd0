package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"mailshot/internal/nearest"
	"mailshot/internal/rule"
)

const (
	configFlag  = "config"
	envPrefix   = "MAILSHOT_"
	envPassword = "MAILSHOT_SMTP_PASSWORD"
	envToken    = "MAILSHOT_SMTP_TOKEN"
)

// bindSettings has a command take its flags from environment and file as well.
func (a *app) bindSettings(cmd *cobra.Command) {
	cmd.Flags().String(configFlag, "", "read settings from `FILE` (default ./mailshot.yaml, where there is one)")
	must(cmd.MarkFlagFilename(configFlag, "yaml", "yml"))
	cmd.Flags().VisitAll(func(f *pflag.Flag) { completeNothing(cmd, f) })
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error { return a.settle(cmd) }
}

// settle gives every flag that the command line does not set the value of its
// environment variable, else that of the settings file.
func (a *app) settle(cmd *cobra.Command) error {
	known := flagNames(cmd.Root())
	if err := a.judgeEnv(known); err != nil {
		return err
	}
	if _, err := a.fromEnv(cmd.Flag(configFlag)); err != nil {
		return err
	}
	file, err := readConfig(cmd.Flag(configFlag).Value.String(), known)
	if err != nil {
		return err
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if err == nil && f.Name != "help" && f.Name != configFlag {
			err = a.settleFlag(f, file)
		}
	})
	if f := cmd.Flags().Lookup("json"); f != nil && f.Value.String() == "true" {
		a.out = a.Stderr
	}
	return err
}

// settleFlag leaves f.Changed alone, which says that the command line has set it.
func (a *app) settleFlag(f *pflag.Flag, file *config) error {
	if set, err := a.fromEnv(f); set || err != nil {
		return err
	}
	return file.set(f)
}

// flagNames gives the names of the flags of all commands: what a setting can be.
func flagNames(root *cobra.Command) []string {
	var names []string
	add := func(f *pflag.Flag) {
		if f.Name != "help" && !slices.Contains(names, f.Name) {
			names = append(names, f.Name)
		}
	}
	for _, c := range root.Commands() {
		c.Flags().VisitAll(add)
	}
	return names
}

// lookupEnv gives a variable that is set and not empty.
func (a *app) lookupEnv(name string) (string, bool) {
	for _, kv := range slices.Backward(a.Env) {
		if k, v, _ := strings.Cut(kv, "="); k == name {
			return v, v != ""
		}
	}
	return "", false
}

// envName is the variable that stands for a flag.
func envName(flag string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// fromEnv sets f, unless the command line has, and says whether either did.
func (a *app) fromEnv(f *pflag.Flag) (set bool, err error) {
	v, ok := a.lookupEnv(envName(f.Name))
	if !ok || f.Changed {
		return f.Changed, nil
	}
	if err := f.Value.Set(v); err != nil {
		return false, &usageError{envName(f.Name) + " is not " + takes(f), "see the flag --" + f.Name + " in the command's help"}
	}
	return true, nil
}

// judgeEnv stops at a variable that is nearly one of ours, and warns of any
// other with our prefix: a cluster sets MAILSHOT_PORT for a service of that
// name.
func (a *app) judgeEnv(known []string) error {
	names := []string{envPassword, envToken}
	for _, k := range known {
		names = append(names, envName(k))
	}
	for _, kv := range a.Env {
		name, value, _ := strings.Cut(kv, "=")
		if value == "" || !strings.HasPrefix(name, envPrefix) || slices.Contains(names, name) {
			continue
		}
		if near := nearest.To(name, names); near != "" {
			return &usageError{"no such setting: the variable " + name, "did you mean " + near + "?"}
		}
		fmt.Fprintf(a.Stderr, "mailshot: warning: no such setting: the variable %s\n", rule.Printable(name))
	}
	return nil
}

// takes says what values a flag has.
func takes(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "bool":
		return "true or false"
	case "rate":
		return "a rate such as 10/s, 600/m or 5000/h"
	case "domain-rate":
		return fmt.Sprintf("a domain and a rate such as a.example=20/s, for %d domains at most", maxDomains)
	case "duration":
		return "a time such as 90s, 30m or 2h"
	case "line":
		return "a line of the list, such as 14"
	case "share":
		return "a share such as 5% or 0.05"
	case "int":
		return "a whole number"
	}
	return "what --" + f.Name + " takes"
}

// flagError says what is wrong with a flag and does not repeat its value.
func flagError(cmd *cobra.Command, err error) error {
	help := fmt.Sprintf("see `%s --help`", cmd.CommandPath())
	var (
		missing *pflag.NotExistError
		empty   *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &missing):
		return noSuchFlag(cmd, missing)
	case errors.As(err, &empty):
		return &usageError{"--" + empty.GetFlag().Name + " needs a value", help}
	case errors.As(err, &invalid):
		return &usageError{"--" + invalid.GetFlag().Name + " wants " + takes(invalid.GetFlag()), help}
	}
	return &usageError{"a flag that cannot be read", help}
}

func noSuchFlag(cmd *cobra.Command, e *pflag.NotExistError) error {
	if e.GetSpecifiedShortnames() != "" {
		return &usageError{"no such flag: -" + e.GetSpecifiedName(), fmt.Sprintf("see `%s --help`", cmd.CommandPath())}
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	hint := fmt.Sprintf("see `%s --help`", cmd.CommandPath())
	if near := nearest.To(e.GetSpecifiedName(), names); near != "" {
		hint = "did you mean --" + near + "?"
	}
	return &usageError{"no such flag: --" + e.GetSpecifiedName(), hint}
}
