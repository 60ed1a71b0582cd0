package cli

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"mailshot/internal/campaign"
	"mailshot/internal/ledger"
)

// sendOptions are the flags of send.
type sendOptions struct {
	campaign      campaignOptions
	server        serverOptions
	ledger        string
	yes           bool
	approved      string
	approvedGiven bool // on the command line
	limit         int
	rate          rate
	domainRates   domainRates
	retryFor      time.Duration
	maxRejected   share
	connections   int
	amend         bool
	test          string
	rows          rowLines

	openLedger func(context.Context, *app) (*ledger.Ledger, error)
}

const (
	maxConnections = 1000               // more than any server takes from one client
	maxRetryFor    = 7 * 24 * time.Hour // no queue keeps a message for longer
)

func newSend(a *app) *cobra.Command {
	o := &sendOptions{}
	o.openLedger = o.openNamed
	cmd := &cobra.Command{
		Use:   "send TEMPLATE -r LIST --smtp URL",
		Short: "check, ask, send, report",
		Long: `Checks every message as "mailshot check" does, and sends nothing at all if one
is refused. Then it asks, and sends one message to each recipient. The ledger
knows who has got theirs: the same command again goes on where it stopped, and
never sends twice. Without a terminal it needs --yes or --approved.

--approved takes what "mailshot check" has printed, and refuses where that is no
longer the campaign: the digest, or with --json all of it in a file, from which
it says which of template, list, attachments and options has changed.

The password comes from MAILSHOT_SMTP_PASSWORD or --smtp-password-file, a token
from MAILSHOT_SMTP_TOKEN, --smtp-token-file or --smtp-token-command.
--dry-run does all of it but the network and keeps its ledger in memory.
--test sends the telling messages, or those of --row, to the sender alone.

Where the mail server runs on the same Linux machine, send runs at nice 5: the
server, which all wait for, gets the processor first.`,
		Example: `  mailshot send news.md -r people.csv --smtp smtp://user@mail.example.com:587
  mailshot send news.md -r people.csv --smtp URL --approved verdict.json`,
		Annotations: exits(append(
			[]exitCode{{done, "done: every recipient accepted now or earlier, suppressed, or beyond --limit"}},
			exitTable()[1:]...)...),
	}
	o.bind(a, cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.campaign.template = args[0]
		o.approvedGiven, o.server.outGiven = cmd.Flags().Changed("approved"), cmd.Flags().Changed("out")
		if o.test != "" || cmd.Flags().Changed("test") { // an empty variable must not send to everybody
			return o.sendTest(cmd.Context(), a)
		}
		return o.run(cmd.Context(), a)
	}
	return cmd
}

func (o *sendOptions) bind(a *app, cmd *cobra.Command) {
	o.campaign.bind(cmd)
	o.server.bind(cmd)
	bindLedger(cmd, &o.ledger)
	must(cmd.RegisterFlagCompletionFunc("campaign", a.completeCampaign))
	fs := cmd.Flags()
	fs.BoolVar(&o.yes, "yes", false, "send without asking")
	fs.StringVar(&o.approved, "approved", "", "send without asking if this is the campaign's `DIGEST`, or the file that check --json was written to; else refuse")
	must(cmd.MarkFlagFilename("approved", "json"))
	fs.IntVar(&o.limit, "limit", 0, "send at most `N` messages in this run; 0 for no limit")
	fs.Var(&o.rate, "rate", "send at most so many messages: `N/s`, N/m or N/h")
	fs.Var(&o.domainRates, "domain-rate", "the same for the messages to one domain: `DOMAIN=N/s`; can be given several times")
	fs.DurationVar(&o.retryFor, "retry-for", 30*time.Minute, "try again what the server puts off, for a `DURATION` such as 30m; 0 to leave it to the next run")
	must(o.maxRejected.Set("5%"))
	fs.Var(&o.maxRejected, "max-rejected", "stop when more than this `SHARE` of the messages is rejected, such as 5% or 0.05")
	fs.IntVar(&o.connections, "connections", 4, "open at most `N` connections")
	fs.BoolVar(&o.amend, "amend", false, "the template was changed on purpose since the campaign was begun")
	fs.StringVar(&o.test, "test", "", "send some messages to the sender's own `ADDRESS` only, marked as a test: that of from, or one of identities")
	fs.Var(&o.rows, "row", "with --test: the message of the row at this `LINE` of the list; may be given several times")
}

func (o *sendOptions) run(ctx context.Context, a *app) error {
	if err := o.validate(a); err != nil {
		return err
	}
	given, err := readApproval(o.approved)
	if err != nil {
		return err
	}
	server, err := o.server.open(a)
	if err != nil {
		return err
	}
	c, v, err := o.campaign.load(ctx, a)
	if err != nil {
		return err
	}
	defer c.Close()
	printVerdict(a.Stderr, c, v)
	if err := o.consent(ctx, a, given, c, v); err != nil {
		return err
	}
	l, err := o.openLedger(ctx, a)
	if err != nil {
		return err
	}
	defer l.Close()
	d := &delivering{campaign: c, verdict: v, server: server, ledger: l}
	if d.heldBack, err = o.heldBack(ctx, a, l, c.ID()); err != nil {
		return err
	}
	if d.run, err = l.Start(ctx, d.inLedger(), o.amend); err != nil {
		return err
	}
	defer d.run.Close()
	return o.deliver(ctx, a, d)
}

// validate looks at the flags before anything is read.
func (o *sendOptions) validate(a *app) error {
	if err := o.campaign.validate("send"); err != nil {
		return err
	}
	if err := cmp.Or(o.server.validate(), a.validateLedger(o.ledger), judgeConnections(o.connections)); err != nil {
		return err
	}
	_, ci := a.lookupEnv("CI")
	switch {
	case len(o.rows.lines) > 0:
		return &usageError{"--row without --test", "add --test with the sender's own address, or leave --row out to send to everybody"}
	case o.limit < 0:
		return &usageError{"--limit is less than nothing", "give the number of messages to send in this run, or 0 for all"}
	case o.retryFor < 0 || o.retryFor > maxRetryFor:
		return &usageError{fmt.Sprintf("--retry-for is not from 0 to %v", maxRetryFor), "leave it out for 30m; what is put off longer is left to the next run"}
	case o.approvedGiven && o.approved == "":
		return &usageError{"--approved is empty: the variable it comes from is not set?", "give the digest that `mailshot check` prints, or leave it out to be asked"}
	case ci && o.ledger == "" && !o.server.dryRun:
		return &usageError{"no ledger is named, and a CI machine forgets its own",
			"name one that is kept from run to run with --ledger; see `mailshot help ci`"}
	}
	return nil
}

func judgeConnections(n int) error {
	if n >= 1 && n <= maxConnections {
		return nil
	}
	return &usageError{fmt.Sprintf("--connections is not from 1 to %d", maxConnections), "leave it out for 4"}
}

// consent says whether there is leave to send, or somebody who can give it.
func (o *sendOptions) consent(ctx context.Context, a *app, given *approval, c *campaign.Campaign, v *campaign.Verdict) error {
	switch {
	case given != nil:
		return o.judgeApproval(ctx, a, given, c, v)
	case !o.yes && !a.Asks:
		return &usageError{"there is no terminal to ask at, and nobody has approved: nothing was sent",
			"add --approved " + v.Digest + ", or --yes to send whatever passes the check"}
	}
	return nil
}

// asks says whether the prompt is still to be answered.
func (o *sendOptions) asks() bool { return o.approved == "" && !o.yes }

// openNamed opens the ledger that the flags name; that of a dry run is gone
// when the run is over.
func (o *sendOptions) openNamed(ctx context.Context, a *app) (*ledger.Ledger, error) {
	if o.server.dryRun {
		return ledger.Memory(ctx)
	}
	return a.openOrBegin(ctx, o.ledger)
}
