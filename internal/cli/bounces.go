package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"mailshot/internal/bounce"
	"mailshot/internal/ledger"
	"mailshot/internal/rule"
)

type bouncesOptions struct {
	named  []string
	ledger string
	json   bool
}

func newBounces(a *app) *cobra.Command {
	o := &bouncesOptions{}
	cmd := &cobra.Command{
		Use:   "bounces FILE...",
		Short: "take in what came back later",
		Long: `Reads delivery status notifications (RFC 3464) from messages, mboxes, Maildirs
and folders of .eml files, - for standard input, and writes down whose message
came back or is delayed, by its Message-ID. "mailshot report" shows them.
Anything else among the messages is passed over; one that is read twice counts
once. Anybody can forge a notification, so nobody is suppressed by it alone.`,
		Example: `  mailshot bounces ~/Maildir/.Bounces
  mailshot bounces returned.mbox --json`,
		Annotations: exits(
			exitCode{done, "done: what there was is written down"},
			exitCode{failed, "could not run: ledger unusable, result not written"},
			exitCode{wrongUse, "wrong use: flags, no ledger, a file that cannot be read"},
			exitCode{Interrupted, "interrupted; nothing was written down"},
		),
		Args: func(_ *cobra.Command, args []string) error {
			if o.named = args; len(args) == 0 {
				return &usageError{"no file with notifications", "such as: mailshot bounces ~/Maildir/.Bounces, or - for standard input"}
			}
			return nil
		},
	}
	bindLedger(cmd, &o.ledger)
	cmd.Flags().BoolVar(&o.json, "json", false, "print the result as one JSON object")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), a) }
	return cmd
}

func (o *bouncesOptions) run(ctx context.Context, a *app) error {
	if err := a.validateLedger(o.ledger); err != nil {
		return err
	}
	l, err := a.openExisting(ctx, o.ledger)
	if err != nil {
		return err
	}
	if l == nil {
		return &usageError{"there is no ledger: no message is known that could come back", "name the one that `mailshot send` used with --ledger"}
	}
	defer l.Close()
	var box returned
	for _, name := range o.named {
		if err := box.readAll(ctx, a, name); err != nil {
			return err
		}
	}
	recorded, err := l.RecordBounces(ctx, box.about)
	if err != nil {
		return err
	}
	return box.report(ctx, a, l, recorded)
}

// returned is what was found among messages.
type returned struct {
	messages int
	notices  int
	about    []ledger.Notice // one for each message that a notice names
}

// readAll reads a file, all files of a folder, or standard input.
func (b *returned) readAll(ctx context.Context, a *app, name string) error {
	files := []string{name}
	if name != "-" {
		var err error
		if files, err = bounce.Files(name); err != nil {
			return unreadableMail(name, err)
		}
	}
	for _, file := range files {
		if err := b.readFile(ctx, a, file); err != nil {
			return unreadableMail(inputName(name), err)
		}
	}
	return nil
}

// unreadableMail names what the user has named, not a file within it.
func unreadableMail(name string, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return &rule.Fault{File: name, What: reason(err), Hint: "name a message, an mbox, a Maildir, or a folder of .eml files"}
}

func (b *returned) readFile(ctx context.Context, a *app, name string) error {
	in, err := a.openInput(name)
	if err != nil {
		return err
	}
	defer in.Close()
	return bounce.Each(until{ctx, in}, func(r io.Reader) error {
		b.messages++
		n, err := bounce.Read(r)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			b.notices++
			b.take(n, a)
		}
		return nil
	})
}

// take keeps what says that a message came back, or has not arrived yet.
func (b *returned) take(n bounce.Notice, a *app) {
	if n.Action != bounce.Failed && n.Action != bounce.Delayed {
		return
	}
	if n.At.IsZero() {
		n.At = a.Now()
	}
	diagnostic := ""
	if n.Code > 0 {
		diagnostic = strconv.Itoa(n.Code)
	}
	for _, id := range n.MessageIDs {
		b.about = append(b.about, ledger.Notice{
			MessageID: "<" + id + ">", Notification: n.ID, Action: string(n.Action),
			Status: n.Enhanced, Diagnostic: diagnostic, At: n.At,
		})
	}
}

type bouncesJSON struct {
	Command   string         `json:"command"`
	Messages  int            `json:"messages"`
	Notices   int            `json:"notices"`
	Recorded  int            `json:"recorded"` // now
	Already   int            `json:"already"`
	Campaigns []cameBackJSON `json:"campaigns"` // what was recorded now
}

type cameBackJSON struct {
	Campaign string `json:"campaign"`
	Failed   int    `json:"failed"`
	Delayed  int    `json:"delayed"`
}

// report says what was written down, and offers what can be done about it.
func (b *returned) report(ctx context.Context, a *app, l *ledger.Ledger, recorded []ledger.Recorded) error {
	sum := b.sum(recorded)
	a.answer = sum
	fmt.Fprintf(a.out, "%s read, %s among them: %d recorded now, %d known already\n",
		count(sum.Messages, "message"), count(sum.Notices, "notification"), sum.Recorded, sum.Already)
	for _, c := range sum.Campaigns {
		fmt.Fprintf(a.out, "campaign %s: %d failed, %d delayed\n", c.Campaign, c.Failed, c.Delayed)
		hint(a.Stderr, "`mailshot report "+word(c.Campaign)+"` shows them")
	}
	hard, err := hardBounces(ctx, a, l)
	if err == nil && len(hard) > 0 {
		hint(a.Stderr, fmt.Sprintf("`mailshot suppress add --hard-bounces` has %s not written to again whose mailbox does not exist", count(len(hard), "recipient")))
	}
	return err
}

// sum counts what was recorded, by campaign.
func (b *returned) sum(recorded []ledger.Recorded) bouncesJSON {
	sum := bouncesJSON{Command: "bounces", Messages: b.messages, Notices: b.notices, Campaigns: []cameBackJSON{}}
	by := map[string]*cameBackJSON{}
	for i, r := range recorded {
		switch {
		case r.Campaign == "":
			continue
		case !r.New:
			sum.Already++
			continue
		}
		sum.Recorded++
		c := by[r.Campaign]
		if c == nil {
			c = &cameBackJSON{Campaign: r.Campaign}
			by[r.Campaign] = c
		}
		if b.about[i].Action == string(bounce.Failed) {
			c.Failed++
		} else {
			c.Delayed++
		}
	}
	for _, name := range slices.Sorted(maps.Keys(by)) {
		sum.Campaigns = append(sum.Campaigns, *by[name])
	}
	return sum
}
