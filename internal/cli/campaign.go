package cli

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"mailshot/internal/campaign"
	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// campaignOptions are the flags of every command that reads a campaign.
type campaignOptions struct {
	template      string
	recipients    string
	from          string
	id            string
	addressColumn string
	attach        []string
	skipBadRows   bool
	json          bool
}

// bind binds the flags, and completes the template and the files.
func (o *campaignOptions) bind(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVarP(&o.recipients, "recipients", "r", "", "the `LIST`: a .csv, .tsv or .jsonl file, or - for standard input")
	fs.StringVar(&o.from, "from", "", "the sender's `MAILBOX`, instead of the template's")
	fs.StringVar(&o.id, "campaign", "", "the campaign's `ID` in the ledger, instead of the template's")
	fs.StringVar(&o.addressColumn, "address-column", "", "the `NAME` of the list's column with the addresses, where it is not found")
	fs.StringArrayVar(&o.attach, "attach", nil, "attach `FILE` to every message; may be given several times")
	fs.BoolVar(&o.skipBadRows, "skip-bad-rows", false, "leave out rows with a bad or blank address instead of refusing")
	fs.BoolVar(&o.json, "json", false, "print the result as one JSON object")
	must(cmd.MarkFlagFilename("recipients", "csv", "tsv", "jsonl"))
	must(cmd.MarkFlagFilename("attach"))
	must(cmd.RegisterFlagCompletionFunc("address-column", completeColumn(func([]string) string { return o.recipients })))
	cmd.ValidArgsFunction = completeTemplate
	cmd.Args = oneTemplate
}

// completeColumn gives the columns of the list that listOf takes from the
// arguments or a flag, where it is a file that can be read again.
func completeColumn(listOf func(args []string) string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		list := listOf(args)
		info, err := os.Stat(list)
		if err != nil || !info.Mode().IsRegular() {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		columns, err := recipient.Headings(cmd.Context(), list)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var names []string
		for _, c := range columns {
			names = append(names, c.Name)
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

func completeTemplate(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return []string{"md", "html", "txt"}, cobra.ShellCompDirectiveFilterFileExt
}

func oneTemplate(cmd *cobra.Command, args []string) error {
	if len(args) == 1 {
		return nil
	}
	return &usageError{
		fmt.Sprintf("%s takes one template, and %d are given", cmd.Name(), len(args)),
		fmt.Sprintf("such as: %s news.md -r people.csv", cmd.CommandPath()),
	}
}

// validate is called when all settings are known.
func (o *campaignOptions) validate(command string) error {
	if o.recipients == "" {
		return &usageError{"no list of recipients", fmt.Sprintf("such as: mailshot %s news.md -r people.csv", command)}
	}
	if missing(o.template) {
		return &rule.Fault{File: o.template, What: "no such file", Hint: fmt.Sprintf("the template's path comes first, such as: mailshot %s news.md -r people.csv", command)}
	}
	return nil
}

// read reads the campaign. Only the first time can it read standard input.
func (o *campaignOptions) read(ctx context.Context, a *app, stdin io.Reader) (*campaign.Campaign, error) {
	return campaign.Load(ctx, campaign.Input{
		Template:      o.template,
		List:          o.recipients,
		Stdin:         stdin,
		From:          o.from,
		ID:            o.id,
		AddressColumn: o.addressColumn,
		Attach:        o.attach,
		SkipBadRows:   o.skipBadRows,
		Date:          a.Now(),
		PDF:           a.pdf,
	})
}

// load reads the campaign and judges it; the result is told what was found.
// Refusals come as an error, with the verdict and without a campaign.
func (o *campaignOptions) load(ctx context.Context, a *app) (*campaign.Campaign, *campaign.Verdict, error) {
	c, err := o.read(ctx, a, a.Stdin)
	if err != nil {
		return nil, nil, err
	}
	v, err := check(ctx, a, c)
	if err != nil {
		c.Close()
		return nil, v, err
	}
	return c, v, nil
}

// check judges the campaign.
func check(ctx context.Context, a *app, c *campaign.Campaign) (*campaign.Verdict, error) {
	a.result.Campaign = c.ID()
	m := a.newMeter("checking")
	v, err := c.Check(ctx, func(done, total int) { m.show(done, total) })
	m.end()
	if err != nil {
		return nil, err
	}
	return v, a.judged(v)
}

// judged notes the verdict and prints its warnings; what was refused is the
// error.
func (a *app) judged(v *campaign.Verdict) error {
	a.result.judged(v)
	printWarnings(a.Stderr, v.Warnings)
	if !v.Clear() {
		return &refusedError{v.Refusals, v.Total}
	}
	return nil
}

func printWarnings(w io.Writer, warnings []rule.Warning) {
	for _, n := range warnings {
		fmt.Fprintf(w, "mailshot: warning: %s\n", rule.Printable(place(n.File, n.Line, n.Where)+n.What))
	}
}

// place names a file, a line and a part, as far as they are known.
func place(file string, line int, where string) string {
	s := ""
	if file != "" && line > 0 {
		s = fmt.Sprintf("%s:%d: ", file, line)
	} else if file != "" {
		s = file + ": "
	}
	if where != "" {
		s += where + ": "
	}
	return s
}

// printVerdict writes what was found of a campaign that is clear.
func printVerdict(w io.Writer, c *campaign.Campaign, v *campaign.Verdict) {
	fmt.Fprintf(w, "clear: %s of campaign %s\n", count(v.Recipients, "message"), c.ID())
	if v.Skipped > 0 {
		fmt.Fprintf(w, "left out for a bad or blank address: %s\n", count(v.Skipped, "row"))
	}
	if v.Same > 0 {
		fmt.Fprintf(w, "left out as a repetition: %s\n", count(v.Same, "row"))
	}
	fmt.Fprintf(w, "digest: %s\n", v.Digest)
}
