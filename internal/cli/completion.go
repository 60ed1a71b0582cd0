package cli

import (
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// completeNothing keeps the shell from completing files where a flag takes none
// and nothing better is known.
func completeNothing(cmd *cobra.Command, f *pflag.Flag) {
	if _, known := cmd.GetFlagCompletionFunc(f.Name); !known && f.Annotations == nil {
		must(cmd.RegisterFlagCompletionFunc(f.Name, cobra.NoFileCompletions))
	}
}

func newCompletion(a *app) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "print a script that completes commands, flags and files",
		Long:  "Prints a script for the shell that completes commands, flags and files.",
		Example: `  source <(mailshot completion bash)
  mailshot completion fish > ~/.config/fish/completions/mailshot.fish`,
		Annotations: onlyPrints(),
		ValidArgs:   shells,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 && slices.Contains(shells, args[0]) {
				return nil
			}
			return &usageError{"completion takes the name of a shell", "bash, zsh, fish or powershell"}
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch args[0] {
			case "bash":
				return cmd.Root().GenBashCompletionV2(a.out, true)
			case "zsh":
				return cmd.Root().GenZshCompletion(a.out)
			case "fish":
				return cmd.Root().GenFishCompletion(a.out, true)
			}
			return cmd.Root().GenPowerShellCompletionWithDesc(a.out)
		},
	}
}
