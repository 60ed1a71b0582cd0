package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"mailshot/internal/campaign"
	"mailshot/internal/preview"
)

// previewOptions are the flags of preview.
type previewOptions struct {
	campaign      campaignOptions
	rows          rowLines
	out           string
	outGiven      bool // on the command line; elsewhere it may be meant for sink
	terminal      bool
	showAddresses bool
}

func newPreview(a *app) *cobra.Command {
	o := &previewOptions{}
	cmd := &cobra.Command{
		Use:   "preview TEMPLATE -r LIST",
		Short: "show messages as their readers will see them",
		Long: `Opens a page on this machine with every message as its reader will see it, the
telling ones first, beside the verdict on each; it follows what is saved, and
Ctrl-C ends it. Only who has the address that is printed can see it. Nothing is
fetched from anywhere, whatever is in a message.

--terminal shows the telling messages, or those of --row, one at a time: n, p
and q, or the arrow keys. --out writes them as pages to send to someone who must
approve. Pages, and what goes into a pipe, have the recipients' data masked,
unless --show-addresses is given; neither is made of a campaign that is refused.`,
		Example: `  mailshot preview news.md -r people.csv
  mailshot preview news.md -r people.csv --row 14 --out approval`,
		Annotations: exits(
			exitCode{done, "done, or the page was ended with Ctrl-C"},
			exitCode{failed, "could not run: no port, no room for temporary files, or the result not written"},
			exitCode{wrongUse, "wrong use: flags, an unreadable file, a template that does not parse, a list that is no list, no such row"},
			exitCode{refused, "refused: a recipient could see another"},
			exitCode{Interrupted, "interrupted before there was something to show, or a second time"},
		),
	}
	o.campaign.bind(cmd)
	fs := cmd.Flags()
	fs.Var(&o.rows, "row", "show the row at this `LINE` of the list first; may be given several times")
	fs.StringVar(&o.out, "out", "", "write pages into the new folder `DIR` instead of opening one")
	fs.BoolVar(&o.terminal, "terminal", false, "show messages on the terminal instead of opening a page")
	fs.BoolVar(&o.showAddresses, "show-addresses", false, "mask no data, and name rows by their addresses too; refused where CI is set")
	must(cmd.MarkFlagDirname("out"))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.campaign.template = args[0]
		o.outGiven = cmd.Flags().Changed("out")
		return o.run(cmd.Context(), a)
	}
	return cmd
}

func (o *previewOptions) run(ctx context.Context, a *app) error {
	if err := o.validate(a); err != nil {
		return err
	}
	list := &bytes.Buffer{} // what came over standard input, to be read again
	c, err := o.campaign.read(ctx, a, io.TeeReader(a.Stdin, list))
	if err != nil {
		return err
	}
	a.result.Campaign = c.ID()
	if o.outGiven || o.terminal {
		return o.show(ctx, a, c)
	}
	return o.serve(ctx, a, c, list.Bytes())
}

func (o *previewOptions) validate(a *app) error {
	if err := o.campaign.validate("preview"); err != nil {
		return err
	}
	if err := a.judgeShown(o.showAddresses); err != nil {
		return err
	}
	switch {
	case o.outGiven && o.terminal:
		return &usageError{"--out and --terminal at once", "give one of them"}
	case o.outGiven && o.out == "":
		return &usageError{"--out is empty", "name a new folder"}
	}
	return nil
}

// serve opens the page and shows it until ctx is done.
func (o *previewOptions) serve(ctx context.Context, a *app, c *campaign.Campaign, list []byte) error {
	s, err := preview.Listen(ctx, c, preview.ServerOptions{
		Load: func(ctx context.Context) (*campaign.Campaign, error) {
			return o.campaign.read(ctx, a, bytes.NewReader(list))
		},
		Rows: o.rows.lines, ShowAddresses: o.showAddresses,
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(a.out, s.Addr())
	fmt.Fprintln(a.Stderr, "mailshot: the preview is open at that address; Ctrl-C ends it")
	a.browse(s.Invite())
	if err := s.Serve(ctx); err != nil {
		return err
	}
	return o.outcome(a, s.State())
}

// show checks the campaign, then writes pages or prints.
func (o *previewOptions) show(ctx context.Context, a *app, c *campaign.Campaign) error {
	screen := a.terminal()
	asks := o.terminal && screen != nil
	b, err := preview.Open(ctx, c, preview.Options{Mask: !o.showAddresses && !asks})
	if err != nil {
		return err
	}
	defer b.Close()
	if err := b.Wait(ctx); err != nil {
		return err
	}
	outcome := o.outcome(a, b.State())
	switch {
	case asks:
		if err := o.page(ctx, a, b, screen); err != nil {
			return err
		}
		return outcome
	case outcome != nil:
		return outcome
	case o.terminal:
		return o.print(a, b)
	}
	return o.write(ctx, a, b)
}

// outcome is what the check of a preview has come to, as far as it came.
func (o *previewOptions) outcome(a *app, s preview.State) error {
	if !s.Done {
		a.result.Verdict = "unknown"
		return nil
	}
	if s.Err != nil {
		return s.Err
	}
	return a.judged(s.Verdict)
}

func (o *previewOptions) write(ctx context.Context, a *app, b *preview.Book) error {
	n, err := b.Write(ctx, o.out, o.rows.lines)
	if err != nil {
		return err
	}
	masked := "; the recipients' data is masked"
	if o.showAddresses {
		masked = "; they show the recipients' data"
	}
	fmt.Fprintf(a.out, "wrote %s to %s%s\n", count(n, "message"), o.out, masked)
	fmt.Fprintf(a.out, "digest: %s\n", b.State().Verdict.Digest)
	return nil
}

// print prints the messages one after the other.
func (o *previewOptions) print(a *app, b *preview.Book) error {
	shown, err := b.Shown(o.rows.lines)
	if err != nil {
		return err
	}
	for i, t := range shown {
		if i > 0 {
			fmt.Fprintln(a.out, "\n"+rule80)
		}
		if err := b.Print(a.out, t, i+1, len(shown), preview.Paper{}); err != nil {
			return err
		}
	}
	return nil
}

const rule80 = "--------------------------------------------------------------------------------"
