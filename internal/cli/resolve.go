package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"mailshot/internal/ledger"
)

type resolveOptions struct {
	campaign string
	ledger   string
	as       string
	lines    rowLines
	logs     []string
	yes      bool
	json     bool
}

func newResolve(a *app) *cobra.Command {
	o := &resolveOptions{}
	cmd := &cobra.Command{
		Use:   "resolve CAMPAIGN",
		Short: "settle what became of those whose outcome is unknown",
		Long: `Lists the recipients whose outcome is unknown: the link broke after the message
was handed over, so the server may have it, and nobody is sent to twice.

--log settles them by the server's own log (Postfix or Exim; oldest line first,
each file by itself): who is in it as taken has the message. That one is not in
it says nothing unless you say so: with --as unsent, the rest are sent to by the
next "mailshot send", but for those that the log does not cover from before they
were begun to the end of every session, or has as taken more than a day before;
and only where the log has a message of the campaign that the same server took.
Without --log, --as is your word alone.`,
		Example: `  mailshot resolve news --log /var/log/mail.log
  zcat -f mail.log.1.gz mail.log | mailshot resolve news --log - --as unsent`,
		Annotations: exits(
			exitCode{done, "done: nobody is unknown any more, or was"},
			exitCode{failed, "could not run: ledger unusable, a run of the campaign going on, result not written"},
			exitCode{wrongUse, "wrong use: flags, no such campaign, no ledger where one is named, an unreadable log"},
			exitCode{unknown, "some are unknown still"},
			exitCode{Interrupted, "interrupted or not agreed to; nothing was settled"},
		),
		ValidArgsFunction: a.completeCampaigns,
		Args:              oneCampaign,
	}
	bindLedger(cmd, &o.ledger)
	fs := cmd.Flags()
	fs.StringVar(&o.as, "as", "", "settle them as `OUTCOME`: sent or unsent")
	fs.Var(&o.lines, "line", "settle the recipient at line `N` of the list; may be given several times")
	fs.StringArrayVar(&o.logs, "log", nil, "settle them by the server's log `FILE`, - for standard input; may be given several times")
	fs.BoolVar(&o.yes, "yes", false, "settle without asking")
	fs.BoolVar(&o.json, "json", false, "print the result as one JSON object")
	must(cmd.MarkFlagFilename("log"))
	must(cmd.RegisterFlagCompletionFunc("as", cobra.FixedCompletions([]string{"sent", "unsent"}, cobra.ShellCompDirectiveNoFileComp)))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		o.campaign = args[0]
		return o.run(cmd.Context(), a)
	}
	return cmd
}

func (o *resolveOptions) run(ctx context.Context, a *app) error {
	if err := cmp.Or(o.validate(), a.validateLedger(o.ledger)); err != nil {
		return err
	}
	l, _, err := a.openCampaign(ctx, o.ledger, o.campaign)
	if err != nil {
		return err
	}
	defer l.Close()
	open, servers, err := o.unknown(ctx, l)
	if err != nil {
		return err
	}
	chosen, err := o.choose(open)
	if err != nil {
		return err
	}
	logs, err := readLogs(ctx, a, o.logs, servers)
	if err != nil {
		return err
	}
	s := o.settle(a, logs, chosen)
	if err := o.writeDown(ctx, a, l, s); err != nil {
		return err
	}
	return o.report(a, open, s)
}

func (o *resolveOptions) validate() error {
	switch {
	case o.as != "" && o.as != "sent" && o.as != "unsent":
		return &usageError{"--as is neither sent nor unsent", "--as sent for who has the message, --as unsent for who is to be sent to again"}
	case o.as == "sent" && len(o.logs) > 0:
		return &usageError{"--as sent does not go with --log", "who is not in the log has no message by its word; leave --as out"}
	case len(o.lines.lines) > 0 && o.as == "" && len(o.logs) == 0:
		return &usageError{"--line says who, and nothing says what became of them", "add --as sent, --as unsent, or --log FILE"}
	}
	return nil
}

// unknown gives those whose outcome is unknown, by line; and, for logs, the
// servers by the Message-IDs of all that was handed to one.
func (o *resolveOptions) unknown(ctx context.Context, l *ledger.Ledger) ([]ledger.Recipient, map[string]string, error) {
	var open []ledger.Recipient
	servers := map[string]string{}
	for r, err := range l.Recipients(ctx, o.campaign) {
		if err != nil {
			return nil, nil, err
		}
		if r.Outcome == ledger.Unknown {
			open = append(open, r)
		}
		if len(o.logs) > 0 && r.MessageID != "" {
			servers[bare(r.MessageID)] = r.Server
		}
	}
	return inOrder(open), servers, nil
}

// choose gives those that --line names, else all.
func (o *resolveOptions) choose(open []ledger.Recipient) ([]ledger.Recipient, error) {
	if len(o.lines.lines) == 0 {
		return open, nil
	}
	var chosen []ledger.Recipient
	for _, r := range open {
		if slices.Contains(o.lines.lines, r.Line) {
			chosen = append(chosen, r)
		}
	}
	for _, line := range o.lines.lines {
		if !slices.ContainsFunc(chosen, func(r ledger.Recipient) bool { return r.Line == line }) {
			return nil, &usageError{fmt.Sprintf("nobody at line %d is unknown", line), "`mailshot resolve " + word(o.campaign) + "` lists who is"}
		}
	}
	return chosen, nil
}

// settled is what is to be written down.
type settled struct {
	all          []ledger.Resolution
	sent, unsent int
	uncovered    int // unsent by --as, and the log does not cover them
	strange      int // unsent by --as, and the log may be another server's
	before       int // unsent by --as, and the log has their message, from long before
}

// settle decides what became of each of those chosen.
func (o *resolveOptions) settle(a *app, logs *serverLogs, chosen []ledger.Recipient) (s settled) {
	who := startedBy()
	for _, r := range chosen {
		res := ledger.Resolution{Key: r.Key, Who: who, At: a.Now(), Evidence: "by hand"}
		switch {
		case logs.took(r):
			res.Sent, res.Evidence = true, "the server's log"
		case o.as == "":
			continue
		case logs.tookBefore(r):
			s.before++
			continue
		case len(o.logs) > 0 && !logs.cover(r.Begun):
			s.uncovered++
			continue
		case len(o.logs) > 0 && !logs.known(r):
			s.strange++
			continue
		default:
			res.Sent = o.as == "sent"
		}
		if res.Sent {
			s.sent++
		} else {
			s.unsent++
		}
		s.all = append(s.all, res)
	}
	return s
}

// writeDown has what is settled agreed to, and puts it into the ledger.
func (o *resolveOptions) writeDown(ctx context.Context, a *app, l *ledger.Ledger, s settled) error {
	if len(s.all) == 0 {
		return nil
	}
	if err := o.agree(ctx, a, s); err != nil {
		return err
	}
	return l.Resolve(ctx, o.campaign, s.all)
}

func (o *resolveOptions) agree(ctx context.Context, a *app, s settled) error {
	if o.yes {
		return nil
	}
	if !a.Asks {
		return &usageError{"there is no terminal to ask at: nothing was settled", fmt.Sprintf("%d would be settled as sent, and %d as unsent; add --yes to do it", s.sent, s.unsent)}
	}
	fmt.Fprintf(a.Stderr, "campaign %s: %d to settle as sent, %d as unsent, who are sent to again\n", o.campaign, s.sent, s.unsent)
	fmt.Fprintf(a.Stderr, "Type the number of recipients, %d, to settle them: ", len(s.all))
	if answer(ctx, a.Stdin) != strconv.Itoa(len(s.all)) {
		return errNotSettled
	}
	return nil
}

// report says who is unknown, or what was settled, and the next step.
func (o *resolveOptions) report(a *app, open []ledger.Recipient, s settled) error {
	left := len(open) - len(s.all)
	a.answer = resolveJSON{"resolve", o.campaign, s.sent, s.unsent, left, unknownJSON(open, s)}
	switch {
	case len(open) == 0:
		fmt.Fprintf(a.out, "campaign %s: nobody is unknown\n", o.campaign)
	case o.as == "" && len(o.logs) == 0:
		fmt.Fprintf(a.out, "campaign %s: %d unknown\n", o.campaign, left)
		printUnknown(a.out, open)
	default:
		fmt.Fprintf(a.out, "campaign %s: %d settled as sent, %d as unsent, %d unknown still\n", o.campaign, s.sent, s.unsent, left)
	}
	if s.uncovered > 0 {
		fmt.Fprintf(a.Stderr, "mailshot: the log does not cover %s\n", count(s.uncovered, "recipient"))
	}
	if s.strange > 0 {
		fmt.Fprintf(a.Stderr, "mailshot: the log may be another server's for %s: it has no message of the campaign that theirs took\n", count(s.strange, "recipient"))
	}
	if s.before > 0 {
		fmt.Fprintf(a.Stderr, "mailshot: the log has the message of %s from long before it was begun\n", count(s.before, "recipient"))
	}
	if s.unsent > 0 {
		hint(a.Stderr, "the same `mailshot send` again sends to those who are unsent")
	}
	if left > 0 {
		return &ended{unknown, o.nextStep(s)}
	}
	return nil
}

func (o *resolveOptions) nextStep(s settled) string {
	switch {
	case s.uncovered > 0:
		return "wait until the server has ended its sessions, and give a log from before the run to now"
	case s.strange > 0:
		return "give the log of the server that `mailshot resolve " + word(o.campaign) + "` names; where it is that one, and took nothing, --as unsent without --log is your word for it"
	case s.before > 0:
		return "where a clock was wrong, who is in the log has the message: --as sent; where it is of another sending, --as unsent; each without --log"
	case len(o.logs) > 0:
		return "where the log is that of the whole run, --as unsent has those that are not in it sent to again"
	}
	return "ask the server's log with --log FILE, or say what you know with --as sent or --as unsent"
}

func printUnknown(w io.Writer, open []ledger.Recipient) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "LINE\tBEGUN\tSERVER\tMESSAGE-ID")
	for _, r := range open {
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\n", r.Line, r.Begun.UTC().Format(time.RFC3339), r.Server, r.MessageID)
	}
	t.Flush()
}

type resolveJSON struct {
	Command  string          `json:"command"`
	Campaign string          `json:"campaign"`
	Sent     int             `json:"sent"`   // settled now
	Unsent   int             `json:"unsent"` // settled now
	Unknown  int             `json:"unknown"`
	Listed   []unknownOfJSON `json:"rows"` // who are unknown still
}

type unknownOfJSON struct {
	Line      int    `json:"line"`
	MessageID string `json:"message_id"` // with its angle brackets
	Server    string `json:"server"`
	Begun     string `json:"begun"` // RFC 3339
}

// unknownJSON lists who is unknown still.
func unknownJSON(open []ledger.Recipient, s settled) []unknownOfJSON {
	gone := map[ledger.Key]bool{}
	for _, r := range s.all {
		gone[r.Key] = true
	}
	list := []unknownOfJSON{}
	for _, r := range open {
		if !gone[r.Key] {
			list = append(list, unknownOfJSON{r.Line, r.MessageID, r.Server, r.Begun.UTC().Format(time.RFC3339)})
		}
	}
	return list
}
