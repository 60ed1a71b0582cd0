package cli

import (
	"context"
	"iter"

	"mailshot/internal/campaign"
	"mailshot/internal/guard"
	"mailshot/internal/ledger"
)

// heldBack are those of a campaign's recipients whom the ledger has suppressed.
type heldBack struct {
	keys map[ledger.Key]bool
	book *ledger.Ledger // that made the keys
}

// suppressedIn reads from a ledger who is not to be written to in a campaign.
func suppressedIn(ctx context.Context, l *ledger.Ledger, id string) (heldBack, error) {
	keys, err := l.Suppressed(ctx, id)
	return heldBack{keys, l}, err
}

// heldBack reads who is not to be written to; a dry run, whose ledger is gone
// when it is over, from the one that it would use.
func (o *sendOptions) heldBack(ctx context.Context, a *app, l *ledger.Ledger, id string) (heldBack, error) {
	if !o.server.dryRun {
		return suppressedIn(ctx, l, id)
	}
	if !schemeForm.MatchString(o.ledger) && o.ledger != "" && missing(o.ledger) {
		return heldBack{}, nil
	}
	return a.suppressedAt(ctx, o.ledger, id)
}

// suppressedAt is suppressedIn for the ledger that is named, else the user's
// own; nobody where that one is not there.
func (a *app) suppressedAt(ctx context.Context, named, id string) (heldBack, error) {
	if _, err := a.ledgerPath(named); err != nil {
		return heldBack{}, nil // there is no place for one
	}
	l, err := a.openExisting(ctx, named)
	if l == nil || err != nil {
		return heldBack{}, err
	}
	defer l.Close() // its key is known without the file
	return suppressedIn(ctx, l, id)
}

// has says whether a recipient is suppressed.
func (h heldBack) has(to campaign.Recipient) bool {
	return len(h.keys) > 0 && h.keys[h.book.Key(to.Address, "")]
}

// count reads the list for those who are suppressed, but for whom except says.
func (h heldBack) count(ctx context.Context, c *campaign.Campaign, except func(campaign.Recipient) bool) (int, error) {
	if len(h.keys) == 0 {
		return 0, nil
	}
	n := 0
	for _, err := range c.Messages(ctx, func(to campaign.Recipient) bool {
		if h.has(to) && !except(to) {
			n++
		}
		return false
	}) {
		if err != nil {
			return 0, err
		}
	}
	return n, ctx.Err()
}

// holdBack finds out how many are not to be sent to, who would be.
func (d *delivering) holdBack(ctx context.Context) (err error) {
	d.suppressed, err = d.heldBack.count(ctx, d.campaign, d.dealtWith)
	d.run.Expect(d.verdict.Recipients - d.suppressed)
	return err
}

// dealtWith says whether a recipient is not sent to in any case, for what an
// earlier run has done.
func (d *delivering) dealtWith(to campaign.Recipient) bool {
	state := d.run.State(d.key(to))
	return state.Tried && state.Outcome != ledger.Deferred
}

// Messages are those of the campaign, without those of who is held back.
func (d *delivering) Messages(ctx context.Context, want func(campaign.Recipient) bool) iter.Seq2[guard.Cleared, error] {
	return d.campaign.Messages(ctx, func(to campaign.Recipient) bool {
		return (!d.heldBack.has(to) || d.dealtWith(to)) && want(to)
	})
}

func (d *delivering) key(to campaign.Recipient) ledger.Key { return d.ledger.Key(to.Address, to.Apart) }
