package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"mailshot/internal/ledger"
	"mailshot/internal/nearest"
)

type suppressOptions struct {
	verb          string
	named         []string // addresses, or a list
	ledger        string
	campaign      string
	reason        string
	addressColumn string
	hardBounces   bool
	yes           bool
	json          bool
}

// suppressVerbs are what suppress can do.
func suppressVerbs() []string { return []string{"add", "remove", "list", "import", "check"} }

func newSuppress(a *app) *cobra.Command {
	o := &suppressOptions{}
	cmd := &cobra.Command{
		Use:   "suppress add|remove|list|import|check",
		Short: "addresses that are never written to",
		Long: `Keeps a list of addresses that no campaign, or with --campaign one, writes to.
The ledger holds them as pseudonyms, with a reason and a date, and shows none.

  add ADDRESS...     - reads one a line from standard input; --hard-bounces adds
                     those whose mailbox servers have said does not exist
  remove ADDRESS...  takes them out again
  import LIST        adds everybody on a list of recipients
  check ADDRESS...   says which of them are suppressed
  list               reasons and dates, without addresses`,
		Example: `  mailshot suppress add ann@customer.example --reason unsubscribed
  mailshot suppress import unsubscribed.csv --reason unsubscribed`,
		Annotations: exits(
			exitCode{done, "done; check: none of them is suppressed"},
			exitCode{failed, "could not run: ledger unusable, result not written"},
			exitCode{wrongUse, "wrong use: flags, no address, an unreadable list"},
			exitCode{partly, "check: some of them are suppressed"},
			exitCode{Interrupted, "interrupted or not agreed to; nothing was changed"},
		),
		ValidArgsFunction: completeSuppress,
		Args:              o.take,
	}
	bindLedger(cmd, &o.ledger)
	fs := cmd.Flags()
	fs.StringVar(&o.campaign, "campaign", "", "for the campaign `ID` alone, instead of for all")
	fs.StringVar(&o.reason, "reason", "", "add, import: why, in a `WORD` or some; no data of theirs")
	fs.StringVar(&o.addressColumn, "address-column", "", "import: the `NAME` of the list's column with the addresses, where it is not found")
	fs.BoolVar(&o.hardBounces, "hard-bounces", false, "add: those whom servers have refused with 5.1.x, in any campaign")
	fs.BoolVar(&o.yes, "yes", false, "add --hard-bounces: without asking")
	fs.BoolVar(&o.json, "json", false, "print the result as one JSON object")
	must(cmd.RegisterFlagCompletionFunc("campaign", a.completeCampaign))
	must(cmd.RegisterFlagCompletionFunc("address-column", completeColumn(func(args []string) string {
		return strings.Join(args[min(1, len(args)):], "")
	})))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), a) }
	return cmd
}

func completeSuppress(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	switch {
	case len(args) == 0:
		return suppressVerbs(), cobra.ShellCompDirectiveNoFileComp
	case args[0] == "import" && len(args) == 1:
		return []string{"csv", "tsv", "jsonl"}, cobra.ShellCompDirectiveFilterFileExt
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// take takes the arguments: what to do, and with whom.
func (o *suppressOptions) take(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return &usageError{"suppress wants to know what to do", "such as: mailshot suppress add ann@customer.example"}
	}
	o.verb, o.named = args[0], args[1:]
	if slices.Contains(suppressVerbs(), o.verb) {
		return nil
	}
	hint := "one of " + strings.Join(suppressVerbs(), ", ") + " comes first"
	if near := nearest.To(o.verb, suppressVerbs()); near != "" {
		hint = "did you mean `mailshot suppress " + near + "`?"
	}
	return &usageError{"suppress does not know what to do", hint}
}

func (o *suppressOptions) run(ctx context.Context, a *app) error {
	if err := cmp.Or(o.validate(), a.validateLedger(o.ledger)); err != nil {
		return err
	}
	switch {
	case o.hardBounces:
		return o.addHardBounces(ctx, a)
	case o.verb == "add", o.verb == "import":
		return o.add(ctx, a)
	case o.verb == "remove":
		return o.remove(ctx, a)
	case o.verb == "check":
		return o.check(ctx, a)
	}
	return o.list(ctx, a)
}

func (o *suppressOptions) validate() error {
	adds := o.verb == "add" || o.verb == "import"
	switch {
	case o.hardBounces && (o.verb != "add" || len(o.named) > 0):
		return &usageError{"--hard-bounces goes with add, and with no address", "such as: mailshot suppress add --hard-bounces"}
	case o.verb == "import" && len(o.named) != 1:
		return &usageError{"suppress import takes one list", "such as: mailshot suppress import unsubscribed.csv"}
	case o.verb == "list" && len(o.named) > 0:
		return &usageError{"suppress list takes no addresses", "`mailshot suppress check ADDRESS` looks one up"}
	case o.verb != "list" && len(o.named) == 0 && !o.hardBounces:
		return &usageError{"no address", "such as: mailshot suppress " + o.verb + " ann@customer.example, or - for standard input"}
	case o.reason != "" && !adds:
		return &usageError{"--reason goes with add and import", "leave it out"}
	case !plainReason(o.reason):
		return &usageError{"--reason holds an address or a control character, or is longer than 100 bytes", "give a word or some, such as unsubscribed: it is shown to whoever reads the list"}
	}
	return nil
}

// plainReason says whether a reason can be shown: nothing of a recipient.
func plainReason(s string) bool {
	return len(s) <= 100 && !strings.Contains(s, "@") && !strings.ContainsFunc(s, unicode.IsControl)
}

// scope is a suppression's scope in words.
func scope(campaign string) string {
	if campaign == "" {
		return "all campaigns"
	}
	return "campaign " + campaign
}

// add suppresses the addresses that are named, or on a list.
func (o *suppressOptions) add(ctx context.Context, a *app) error {
	addresses, err := o.addresses(ctx, a)
	if err != nil {
		return err
	}
	l, err := a.openOrBegin(ctx, o.ledger)
	if err != nil {
		return err
	}
	defer l.Close()
	keys := make([]ledger.Key, 0, len(addresses))
	for _, one := range addresses {
		keys = append(keys, l.Key(one.address, ""))
	}
	return o.suppress(ctx, a, l, keys)
}

// suppress writes suppressions down and says how many are new.
func (o *suppressOptions) suppress(ctx context.Context, a *app, l *ledger.Ledger, keys []ledger.Key) error {
	who, now := startedBy(), a.Now()
	all := make([]ledger.Suppression, 0, len(keys))
	for _, k := range keys {
		all = append(all, ledger.Suppression{Key: k, Campaign: o.campaign, Reason: o.reason, Who: who, At: now})
	}
	added, err := l.Suppress(ctx, all)
	if err != nil {
		return err
	}
	a.answer = suppressJSON{"suppress", added, len(keys) - added, 0, []suppressedJSON{}}
	fmt.Fprintf(a.out, "%s added for %s, %d there already\n", count(added, "recipient"), scope(o.campaign), len(keys)-added)
	return nil
}

func (o *suppressOptions) remove(ctx context.Context, a *app) error {
	addresses, err := o.addresses(ctx, a)
	if err != nil {
		return err
	}
	l, err := a.openExisting(ctx, o.ledger)
	if l == nil {
		return cmp.Or(err, error(&usageError{"there is no ledger: nobody is suppressed", "name another with --ledger"}))
	}
	defer l.Close()
	keys := make([]ledger.Key, 0, len(addresses))
	for _, one := range addresses {
		keys = append(keys, l.Key(one.address, ""))
	}
	removed, err := l.Unsuppress(ctx, keys, o.campaign)
	if err != nil {
		return err
	}
	a.answer = suppressJSON{"suppress", 0, 0, removed, []suppressedJSON{}}
	fmt.Fprintf(a.out, "%s removed for %s, %d were not there\n", count(removed, "recipient"), scope(o.campaign), len(keys)-removed)
	return nil
}

type suppressJSON struct {
	Command string           `json:"command"`
	Added   int              `json:"added"`
	Already int              `json:"already"`
	Removed int              `json:"removed"`
	Rows    []suppressedJSON `json:"rows"`
}
