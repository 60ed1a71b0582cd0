package cli

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mailshot/internal/ledger"
)

// oneCampaign wants the id of a campaign as the only argument.
func oneCampaign(cmd *cobra.Command, args []string) error {
	if len(args) == 1 && args[0] != "" {
		return nil
	}
	return &usageError{
		fmt.Sprintf("%s takes one campaign, and %d are given", cmd.Name(), len(args)),
		fmt.Sprintf("such as: %s news; `mailshot status` lists them", cmd.CommandPath()),
	}
}

// completeCampaigns completes the ids that the ledger has.
func (a *app) completeCampaigns(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return a.campaignNames(cmd), cobra.ShellCompDirectiveNoFileComp
}

// completeCampaign completes the value of a flag --campaign.
func (a *app) completeCampaign(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	return a.campaignNames(cmd), cobra.ShellCompDirectiveNoFileComp
}

// campaignNames gives the campaigns of the ledger that cmd would use; none
// where it cannot be read.
func (a *app) campaignNames(cmd *cobra.Command) []string {
	named := cmd.Flag("ledger").Value.String()
	if v, ok := a.lookupEnv(envName("ledger")); ok && named == "" {
		named = v
	}
	ctx := cmd.Context()
	l, err := a.openExisting(ctx, named)
	if l == nil || err != nil {
		return nil
	}
	defer l.Close()
	all, err := l.Campaigns(ctx)
	if err != nil {
		return nil
	}
	names := make([]string, 0, len(all))
	for _, s := range all {
		names = append(names, s.Campaign)
	}
	return names
}

// openCampaign opens the ledger that is named, and finds a campaign in it. The
// caller closes the ledger.
func (a *app) openCampaign(ctx context.Context, named, campaign string) (*ledger.Ledger, ledger.Summary, error) {
	l, err := a.openExisting(ctx, named)
	if err != nil {
		return nil, ledger.Summary{}, err
	}
	if l == nil {
		_, err := only(nil, campaign)
		return nil, ledger.Summary{}, err
	}
	found, err := findCampaign(ctx, l, campaign)
	if err != nil {
		l.Close()
		return nil, ledger.Summary{}, err
	}
	return l, found, nil
}

func findCampaign(ctx context.Context, l *ledger.Ledger, campaign string) (ledger.Summary, error) {
	all, err := l.Campaigns(ctx)
	if err != nil {
		return ledger.Summary{}, err
	}
	found, err := only(all, campaign)
	if err != nil {
		return ledger.Summary{}, err
	}
	return found[0], nil
}

// plainArgument is what a shell takes as one word.
var plainArgument = regexp.MustCompile(`^[A-Za-z0-9./][A-Za-z0-9./_-]*$`)

// word is a campaign's id or a path as a command line takes it.
func word(s string) string {
	if plainArgument.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// inOrder gives recipients by their line.
func inOrder(all []ledger.Recipient) []ledger.Recipient {
	slices.SortStableFunc(all, func(a, b ledger.Recipient) int { return a.Line - b.Line })
	return all
}
