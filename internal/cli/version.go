package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion(a *app) *cobra.Command {
	return &cobra.Command{
		Use:         "version",
		Short:       "print version, commit and Go version",
		Long:        "Prints the version, the commit it was built from, and the version of Go.",
		Example:     "  mailshot version\n  mailshot version | head -n 1",
		Annotations: onlyPrints(),
		Args:        noArguments,
		RunE:        func(*cobra.Command, []string) error { return printVersion(a.out) },
	}
}

func printVersion(w io.Writer) error {
	version, commit := build()
	_, err := fmt.Fprintf(w, "mailshot %s\ncommit %s\n%s %s/%s\n", version, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// build gives what the linker has written down of the sources.
func build() (version, commit string) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown", "unknown"
	}
	version, commit = info.Main.Version, "unknown"
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			commit += ", and changes since"
		}
	}
	return version, commit
}
