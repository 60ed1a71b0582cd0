package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"mailshot/internal/recipient"
)

type checkOptions struct {
	campaign campaignOptions
	verbose  bool
}

func newCheck(a *app) *cobra.Command {
	o := &checkOptions{}
	cmd := &cobra.Command{
		Use:   "check TEMPLATE -r LIST",
		Short: "make and judge every message, send nothing",
		Long: `Renders every message, reads each one back, and refuses if a recipient could
see another. Prints the verdict and the digest that stands for the campaign:
what "mailshot send --approved" wants. Touches neither network nor ledger.`,
		Example: `  mailshot check news.md -r people.csv
  mailshot check news.md -r people.csv --json > verdict.json`,
		Annotations: exits(
			exitCode{done, "clear: every message passed"},
			exitCode{failed, "could not run: no room for temporary files, or the result not written"},
			exitCode{wrongUse, "wrong use: flags, an unreadable file, a template that does not parse, a list that is no list"},
			exitCode{refused, "refused: a recipient could see another"},
			exitCode{Interrupted, "interrupted"},
		),
	}
	o.campaign.bind(cmd)
	cmd.Flags().BoolVarP(&o.verbose, "verbose", "v", false, "print what each column was taken for")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.campaign.template = args[0]
		return o.run(cmd.Context(), a)
	}
	return cmd
}

func (o *checkOptions) run(ctx context.Context, a *app) error {
	if err := o.campaign.validate("check"); err != nil {
		return err
	}
	c, v, err := o.campaign.load(ctx, a)
	if err == nil {
		defer c.Close()
		printVerdict(a.out, c, v)
	}
	if o.verbose && v != nil {
		printColumns(a.out, v.Kinds)
	}
	return err
}

// printColumns writes what the list's columns were taken for: what to look at
// where a kind is to be set under `columns`. A column without a heading has no
// name.
func printColumns(w io.Writer, columns []recipient.ColumnKind) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "COLUMN\tKIND\tWHY\tIDENTIFIERS")
	for _, c := range columns {
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\n", cmp.Or(c.Column.Name, "-"), c.Kind, c.Why, c.Identifiers)
	}
	t.Flush()
}
