package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"mailshot/internal/ledger"
	"mailshot/internal/report"
)

type reportOptions struct {
	campaign      string
	ledger        string
	recipients    string
	addressColumn string
	html          string
	failedRows    string
	csv           bool
	json          bool
	addresses     bool
}

func newReport(a *app) *cobra.Command {
	o := &reportOptions{}
	cmd := &cobra.Command{
		Use:   "report CAMPAIGN [-r LIST]",
		Short: "what became of one campaign, by recipient",
		Long: `Sums a campaign up: counts, failures with what each means and what to do, and
those who did not get their message, by their line in the list. --csv and --json
list everybody. The ledger holds no addresses: with the list, the report knows
who is pending or suppressed and which domains fail; --failed-rows writes the
list's own rows of those who did not get their message (rejected, bounced,
deferred, pending; not who is unknown) to be sent to again.`,
		Example: `  mailshot report news --html report.html
  mailshot report news -r people.csv --failed-rows retry.csv`,
		Annotations: exits(
			exitCode{done, "done: the report is written"},
			exitCode{failed, "could not run: ledger unusable, result not written"},
			exitCode{wrongUse, "wrong use: flags, no such campaign, no ledger where one is named, an unreadable list"},
			exitCode{Interrupted, "interrupted"},
		),
		ValidArgsFunction: a.completeCampaigns,
		Args:              oneCampaign,
	}
	bindLedger(cmd, &o.ledger)
	fs := cmd.Flags()
	fs.StringVarP(&o.recipients, "recipients", "r", "", "the `LIST` of the campaign, to join the report with")
	fs.StringVar(&o.addressColumn, "address-column", "", "the `NAME` of the list's column with the addresses, where it is not found")
	fs.StringVar(&o.html, "html", "", "write one self-contained page to `FILE`, - for standard output")
	fs.StringVar(&o.failedRows, "failed-rows", "", "write the rows of who did not get it to `FILE` as CSV, - for standard output")
	fs.BoolVar(&o.csv, "csv", false, "print every recipient as CSV")
	fs.BoolVar(&o.json, "json", false, "print the result as one JSON object")
	fs.BoolVar(&o.addresses, "show-addresses", false, "show addresses, which are the list's")
	must(cmd.MarkFlagFilename("recipients", "csv", "tsv", "jsonl"))
	must(cmd.RegisterFlagCompletionFunc("address-column", completeColumn(func([]string) string { return o.recipients })))
	must(cmd.MarkFlagFilename("html", "html"))
	must(cmd.MarkFlagFilename("failed-rows", "csv"))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.campaign = args[0]
		return o.run(cmd.Context(), a)
	}
	return cmd
}

func (o *reportOptions) run(ctx context.Context, a *app) error {
	if err := cmp.Or(o.validate(a), a.validateLedger(o.ledger)); err != nil {
		return err
	}
	l, summary, err := a.openCampaign(ctx, o.ledger, o.campaign)
	if err != nil {
		return err
	}
	defer l.Close()
	j, err := o.join(ctx, a, l, summary)
	if err != nil {
		return err
	}
	defer j.close()
	return o.write(ctx, a, j)
}

func (o *reportOptions) validate(a *app) error {
	onStdout := 0
	for _, is := range []bool{o.csv, o.json, o.html == "-", o.failedRows == "-"} {
		if is {
			onStdout++
		}
	}
	switch {
	case onStdout > 1:
		return &usageError{"two results for standard output", "name a file for one of --html and --failed-rows, or leave one of --csv and --json out"}
	case o.recipients == "" && o.failedRows != "":
		return &usageError{"--failed-rows needs the list: the ledger has no rows", "add -r LIST"}
	case isSameFile(o.failedRows, o.recipients), isSameFile(o.html, o.recipients):
		return &usageError{"the result would be written over the list", "name another file"}
	case o.recipients == "" && o.addresses:
		return &usageError{"--show-addresses needs the list: the ledger has no addresses", "add -r LIST"}
	}
	return a.judgeShown(o.addresses)
}

// write writes all that the flags ask for.
func (o *reportOptions) write(ctx context.Context, a *app, j *joined) error {
	if o.csv || o.html == "-" || o.failedRows == "-" {
		a.out = a.Stderr
	}
	if o.html != "" {
		err := a.writeTo(o.html, func(w io.Writer) error { return j.report.HTML(w, a.Now(), o.addresses) })
		if err != nil {
			return err
		}
	}
	if o.failedRows != "" {
		if err := a.writeTo(o.failedRows, func(w io.Writer) error { return j.writeFailedRows(ctx, w) }); err != nil {
			return err
		}
	}
	if o.csv {
		if err := writeReportCSV(a.Stdout, j.all, o.addresses); err != nil {
			return err
		}
	}
	if o.json {
		a.answer = reportOf(j, o.addresses)
	}
	o.print(a, j)
	return nil
}

func writeReportCSV(w io.Writer, all []report.Recipient, addresses bool) error {
	c, err := report.NewCSV(w, addresses)
	if err != nil {
		return err
	}
	for _, r := range all {
		if err := c.Add(r); err != nil {
			return err
		}
	}
	return c.Close()
}

// bounced gives the notices of failure by recipient.
func bounced(ctx context.Context, l *ledger.Ledger, campaign string) (map[ledger.Key]ledger.Bounce, error) {
	all, err := l.Bounces(ctx, campaign)
	if err != nil {
		return nil, err
	}
	failed := map[ledger.Key]ledger.Bounce{}
	for _, b := range all {
		if b.Action == "failed" {
			failed[b.Key] = b
		}
	}
	return failed, nil
}

// print writes the report for a terminal.
func (o *reportOptions) print(a *app, j *joined) {
	printReport(a.out, j, o.addresses)
	switch {
	case j.report.Count(report.Unknown) > 0:
		hint(a.Stderr, fmt.Sprintf("`mailshot resolve %s --log FILE` settles who is unknown by the server's log", word(o.campaign)))
	case o.failedRows == "" && missed(j.report) > 0:
		hint(a.Stderr, fmt.Sprintf("`mailshot report %s -r LIST --failed-rows retry.csv` writes their rows, to be mended and sent to as another campaign", word(o.campaign)))
	case j.report.Count(report.Deferred)+j.report.Count(report.Pending) > 0:
		hint(a.Stderr, "the same `mailshot send` again sends to those who are left; nobody gets it twice")
	}
}

// missed counts those who are not sent to again by the same command.
func missed(r *report.Report) int { return r.Count(report.Rejected) + r.Count(report.Bounced) }
