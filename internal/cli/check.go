package cli

import (
	"context"

	"github.com/spf13/cobra"
)

type checkOptions struct{ campaign campaignOptions }

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
		Annotations: exits(done, failed, wrongUse, refused, Interrupted),
	}
	o.campaign.bind(cmd)
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
	if err != nil {
		return err
	}
	defer c.Close()
	printVerdict(a.out, c, v)
	return nil
}
