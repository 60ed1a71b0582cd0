package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"mailshot/internal/campaign"
	"mailshot/internal/recipient"
)

type checkOptions struct {
	campaign campaignOptions
	ledger   string
	verbose  bool
}

func newCheck(a *app) *cobra.Command {
	o := &checkOptions{}
	cmd := &cobra.Command{
		Use:   "check TEMPLATE -r LIST",
		Short: "make and judge every message, send nothing",
		Long: `Renders every message, reads each one back, and refuses if a recipient could
see another. Prints the verdict and the digest that stands for the campaign:
what "mailshot send --approved" wants. With --json, the digests of template,
list, shared attachments and options as well, from which send says what has
changed. Of the ledger, it reads who is suppressed alone; it does not touch the
network.`,
		Example: `  mailshot check news.md -r people.csv
  mailshot check news.md -r people.csv --json > verdict.json`,
		Annotations: exits(
			exitCode{done, "clear: every message passed"},
			exitCode{failed, "could not run: no room for temporary files, ledger unusable, or the result not written"},
			exitCode{wrongUse, "wrong use: flags, an unreadable file, a template that does not parse, a list that is no list"},
			exitCode{refused, "refused: a recipient could see another"},
			exitCode{Interrupted, "interrupted"},
		),
	}
	o.campaign.bind(cmd)
	bindLedger(cmd, &o.ledger)
	must(cmd.RegisterFlagCompletionFunc("campaign", a.completeCampaign))
	cmd.Flags().BoolVarP(&o.verbose, "verbose", "v", false, "print what each column was taken for")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.campaign.template = args[0]
		return o.run(cmd.Context(), a)
	}
	return cmd
}

func (o *checkOptions) run(ctx context.Context, a *app) error {
	if err := cmp.Or(o.campaign.validate("check"), a.validateLedger(o.ledger)); err != nil {
		return err
	}
	c, v, err := o.campaign.load(ctx, a)
	if err == nil {
		defer c.Close()
		printVerdict(a.out, c, v)
		err = o.countSuppressed(ctx, a, c)
	}
	if o.verbose && v != nil {
		printColumns(a.out, v.Kinds)
	}
	return err
}

// countSuppressed says how many of the recipients are not written to. That the
// user's own ledger cannot be read makes no campaign less clear.
func (o *checkOptions) countSuppressed(ctx context.Context, a *app, c *campaign.Campaign) error {
	held, err := a.suppressedAt(ctx, o.ledger, c.ID())
	if err != nil && o.ledger == "" && ctx.Err() == nil {
		fmt.Fprintf(a.Stderr, "mailshot: warning: who is suppressed is not known: %v\n", err)
		return nil
	}
	if err != nil {
		return err
	}
	n, err := held.count(ctx, c, func(campaign.Recipient) bool { return false })
	if err != nil || n == 0 {
		return err
	}
	a.result.Suppressed = n
	fmt.Fprintf(a.out, "suppressed, and not sent to: %s\n", count(n, "recipient"))
	return nil
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
