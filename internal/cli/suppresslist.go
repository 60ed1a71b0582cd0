package cli

import (
	"context"
	"fmt"
	"strconv"
	"text/tabwriter"

	"mailshot/internal/bounce"
	"mailshot/internal/ledger"
	"mailshot/internal/report"
)

type suppressedJSON struct {
	Line     int    `json:"line,omitempty"` // or number of the argument; check alone
	Campaign string `json:"campaign"`       // "" for all
	Reason   string `json:"reason"`
	Who      string `json:"who"`
	At       string `json:"at"` // RFC 3339
}

func toJSON(s ledger.Suppression, line int) suppressedJSON {
	return suppressedJSON{line, s.Campaign, s.Reason, s.Who, report.Stamp(s.At)}
}

// suppressions gives those of the ledger, with --campaign that one's alone, and
// the ledger; none of either where there is no ledger yet.
func (o *suppressOptions) suppressions(ctx context.Context, a *app) ([]ledger.Suppression, *ledger.Ledger, error) {
	l, err := a.openExisting(ctx, o.ledger)
	if l == nil || err != nil {
		return nil, nil, err
	}
	all, err := l.Suppressions(ctx)
	if err != nil {
		l.Close()
		return nil, nil, err
	}
	var chosen []ledger.Suppression
	for _, s := range all {
		if o.campaign == "" || s.Campaign == o.campaign || o.verb == "check" && s.Campaign == "" {
			chosen = append(chosen, s)
		}
	}
	return chosen, l, nil
}

// list says why and since when, and nobody's address.
func (o *suppressOptions) list(ctx context.Context, a *app) error {
	all, l, err := o.suppressions(ctx, a)
	if err != nil {
		return err
	}
	if l != nil {
		defer l.Close()
	}
	rows := []suppressedJSON{}
	for _, s := range all {
		rows = append(rows, toJSON(s, 0))
	}
	a.answer = suppressJSON{Command: "suppress", Rows: rows}
	fmt.Fprintf(a.out, "%s suppressed\n", count(len(all), "recipient"))
	if len(all) == 0 {
		return nil
	}
	t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SINCE\tSCOPE\tREASON\tBY")
	for _, s := range all {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", report.Stamp(s.At), scope(s.Campaign), s.Reason, s.Who)
	}
	t.Flush()
	return nil
}

// check says which of the addresses are suppressed, by their place.
func (o *suppressOptions) check(ctx context.Context, a *app) error {
	addresses, err := o.addresses(ctx, a)
	if err != nil {
		return err
	}
	all, l, err := o.suppressions(ctx, a)
	if err != nil {
		return err
	}
	if l != nil {
		defer l.Close()
	}
	by := map[ledger.Key]ledger.Suppression{}
	for _, s := range all {
		by[s.Key] = s
	}
	rows := []suppressedJSON{}
	for _, one := range addresses {
		if l == nil {
			break
		}
		if s, is := by[l.Key(one.address, "")]; is {
			rows = append(rows, toJSON(s, one.line))
			fmt.Fprintf(a.out, "%s: suppressed for %s since %s: %s\n", one.place, scope(s.Campaign), report.Stamp(s.At), s.Reason)
		}
	}
	a.answer = suppressJSON{Command: "suppress", Rows: rows}
	fmt.Fprintf(a.out, "%d of %s suppressed\n", len(rows), count(len(addresses), "recipient"))
	if len(rows) > 0 {
		return &ended{partly, ""}
	}
	return nil
}

// addHardBounces adds those whose address servers have refused for good, after
// it was agreed to.
func (o *suppressOptions) addHardBounces(ctx context.Context, a *app) error {
	l, err := a.openExisting(ctx, o.ledger)
	if err != nil {
		return err
	}
	a.answer = suppressJSON{Command: "suppress", Rows: []suppressedJSON{}}
	if l == nil {
		fmt.Fprintln(a.out, "no hard bounces: the ledger is empty")
		return nil
	}
	defer l.Close()
	keys, err := hardBounces(ctx, a, l)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		fmt.Fprintln(a.out, "no hard bounces that are not suppressed already")
		return nil
	}
	if err := o.agree(ctx, a, len(keys)); err != nil {
		return err
	}
	if o.reason == "" {
		o.reason = "hard bounce"
	}
	return o.suppress(ctx, a, l, keys)
}

func (o *suppressOptions) agree(ctx context.Context, a *app, n int) error {
	if o.yes {
		return nil
	}
	if !a.Asks {
		return &usageError{"there is no terminal to ask at: nobody was suppressed", fmt.Sprintf("%s would be; add --yes to do it", count(n, "recipient"))}
	}
	fmt.Fprintf(a.Stderr, "Type the number of recipients, %d, to suppress them for %s: ", n, scope(o.campaign))
	if answer(ctx, a.Stdin) != strconv.Itoa(n) {
		return errNotAgreed
	}
	return nil
}

// hardBounces gives those who are not suppressed for all campaigns, and whose
// address a server has refused for good, at once or later. In a campaign with
// shared mailboxes the ledger does not know them by their address alone.
func hardBounces(ctx context.Context, a *app, l *ledger.Ledger) ([]ledger.Key, error) {
	suppressed, err := l.Suppressed(ctx, "")
	if err != nil {
		return nil, err
	}
	campaigns, err := l.Campaigns(ctx)
	if err != nil {
		return nil, err
	}
	var keys []ledger.Key
	for _, c := range campaigns {
		found, err := hardIn(ctx, l, c.Campaign)
		if err != nil {
			return nil, err
		}
		if c.SharedMailboxes != "" && len(found) > 0 {
			fmt.Fprintf(a.Stderr, "mailshot: warning: campaign %s has shared mailboxes: add its %s by address\n", c.Campaign, count(len(found), "hard bounce"))
			continue
		}
		for _, k := range found {
			if !suppressed[k] {
				suppressed[k] = true
				keys = append(keys, k)
			}
		}
	}
	return keys, nil
}

// hardIn gives the hard bounces of one campaign.
func hardIn(ctx context.Context, l *ledger.Ledger, campaign string) ([]ledger.Key, error) {
	notices, err := bounced(ctx, l, campaign)
	if err != nil {
		return nil, err
	}
	var keys []ledger.Key
	for r, err := range l.Recipients(ctx, campaign) {
		if err != nil {
			return nil, err
		}
		later, is := notices[r.Key]
		if r.Outcome == ledger.Rejected && bounce.Hard(r.Enhanced) || is && bounce.Hard(later.Status) {
			keys = append(keys, r.Key)
		}
	}
	return keys, nil
}
