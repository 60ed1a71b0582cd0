package cli

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"mailshot/internal/ledger"
	"mailshot/internal/nearest"
)

type statusOptions struct {
	campaign string
	ledger   string
	json     bool
	watch    bool
}

func newStatus(a *app) *cobra.Command {
	o := &statusOptions{}
	cmd := &cobra.Command{
		Use:   "status [CAMPAIGN]",
		Short: "where campaigns stand",
		Long: `Lists the campaigns of the ledger, the latest first, with what became of their
recipients. Sends nothing and changes nothing. --watch shows it again every two
seconds, and which runs are going on, on whatever machine, until none is.`,
		Example: `  mailshot status
  mailshot status news --watch`,
		Annotations: exits(
			exitCode{done, "done: the campaigns are listed, none of them too"},
			exitCode{failed, "could not run: ledger unusable, result not written"},
			exitCode{wrongUse, "wrong use: flags, no such campaign, no ledger where one is named"},
			exitCode{Interrupted, "interrupted"},
		),
		ValidArgsFunction: a.completeCampaigns,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return &usageError{"status takes one campaign", "such as: mailshot status news"}
			}
			return nil
		},
	}
	bindLedger(cmd, &o.ledger)
	cmd.Flags().BoolVar(&o.json, "json", false, "print the result as one JSON object")
	cmd.Flags().BoolVar(&o.watch, "watch", false, "show it again until no run is going on")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 {
			o.campaign = args[0]
		}
		return o.run(cmd.Context(), a)
	}
	return cmd
}

func (o *statusOptions) run(ctx context.Context, a *app) error {
	if err := a.validateLedger(o.ledger); err != nil {
		return err
	}
	if o.watch {
		return o.keepWatching(ctx, a)
	}
	all, err := o.campaigns(ctx, a)
	if err != nil {
		return err
	}
	return o.tell(a, all)
}

// tell says where the campaigns stand, and the next step.
func (o *statusOptions) tell(a *app, all []ledger.Summary) error {
	all, err := o.chosen(all)
	if err != nil {
		return err
	}
	a.answer = statusOf(all)
	if len(all) == 0 {
		fmt.Fprintln(a.out, "no campaigns: the ledger is empty")
		return nil
	}
	if err := printCampaigns(a.out, all); err != nil {
		return err
	}
	hint(a.Stderr, afterStatus(all[0]))
	return nil
}

// afterStatus is what to do about the latest campaign; "" for nothing.
func afterStatus(s ledger.Summary) string {
	switch {
	case s.Unknown > 0:
		return fmt.Sprintf("`mailshot resolve %s --log FILE` settles who is unknown by the server's log", word(s.Campaign))
	case s.Rejected > 0 || s.Deferred > 0:
		return fmt.Sprintf("`mailshot report %s` says why, and by recipient", word(s.Campaign))
	}
	return ""
}

// campaigns lists what the ledger holds; nothing where the user has none yet.
func (o *statusOptions) campaigns(ctx context.Context, a *app) ([]ledger.Summary, error) {
	l, err := a.openExisting(ctx, o.ledger)
	if l == nil || err != nil {
		return nil, err
	}
	defer l.Close()
	return l.Campaigns(ctx)
}

// chosen gives the campaign that is asked for, else all.
func (o *statusOptions) chosen(all []ledger.Summary) ([]ledger.Summary, error) {
	if o.campaign == "" {
		return all, nil
	}
	return only(all, o.campaign)
}

// only gives the campaign that is named.
func only(all []ledger.Summary, name string) ([]ledger.Summary, error) {
	var names []string
	for _, s := range all {
		if s.Campaign == name {
			return []ledger.Summary{s}, nil
		}
		names = append(names, s.Campaign)
	}
	hint := "`mailshot status` lists them"
	if near := nearest.To(name, names); near != "" {
		hint = "did you mean " + near + "?"
	}
	return nil, &usageError{"no such campaign in the ledger", hint}
}

func printCampaigns(w io.Writer, all []ledger.Summary) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "CAMPAIGN\tRECIPIENTS\tACCEPTED\tREJECTED\tDEFERRED\tUNKNOWN\tPENDING\tUPDATED")
	for _, s := range all {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\n", s.Campaign, s.Recipients, s.Accepted,
			s.Rejected, s.Deferred, s.Unknown, s.Pending, s.Updated.UTC().Format(time.RFC3339))
	}
	return t.Flush()
}

type statusJSON struct {
	Campaigns []campaignJSON `json:"campaigns"`
}

type campaignJSON struct {
	Campaign   string `json:"campaign"`
	Digest     string `json:"digest"`
	Recipients int    `json:"recipients"`
	Accepted   int    `json:"accepted"`
	Rejected   int    `json:"rejected"`
	Deferred   int    `json:"deferred"`
	Unknown    int    `json:"unknown"`
	Pending    int    `json:"pending"`
	Started    string `json:"started"` // RFC 3339
	Updated    string `json:"updated"` // RFC 3339
}

func statusOf(all []ledger.Summary) statusJSON {
	list := statusJSON{Campaigns: []campaignJSON{}}
	for _, s := range all {
		list.Campaigns = append(list.Campaigns, campaignJSON{
			s.Campaign, s.Digest, s.Recipients, s.Accepted, s.Rejected, s.Deferred, s.Unknown, s.Pending,
			s.Started.UTC().Format(time.RFC3339), s.Updated.UTC().Format(time.RFC3339),
		})
	}
	return list
}
