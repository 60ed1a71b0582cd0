package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"mailshot/internal/ledger"
)

// look is how often a watched ledger is looked at.
const look = 2 * time.Second

// watcher shows runs as they go on.
type watcher struct {
	status *statusOptions
	ledger *ledger.Ledger
	paces  map[int64]*pace // by number of the run
}

// keepWatching shows where campaigns stand until no run is going on.
func (o *statusOptions) keepWatching(ctx context.Context, a *app) error {
	if o.json {
		return &usageError{"--watch shows, and --json prints one object at the end", "leave one of them out"}
	}
	l, err := a.openExisting(ctx, o.ledger)
	if err != nil {
		return err
	}
	if l == nil {
		return o.tell(a, nil)
	}
	defer l.Close()
	w := &watcher{status: o, ledger: l, paces: map[int64]*pace{}}
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		going, err := w.show(ctx, a)
		if err != nil || !going {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// show shows how it stands now, and says whether runs are going on.
func (w *watcher) show(ctx context.Context, a *app) (bool, error) {
	workers, err := w.workers(ctx)
	if err != nil {
		return false, err
	}
	all, err := w.ledger.Campaigns(ctx)
	if err != nil {
		return false, err
	}
	if a.draws() {
		fmt.Fprint(a.Stderr, "\x1b[H\x1b[J") // the top of an empty screen
	}
	if len(workers) == 0 {
		return false, w.status.tell(a, all)
	}
	if all, err = w.status.chosen(all); err != nil {
		return false, err
	}
	if err := printCampaigns(a.out, all); err != nil {
		return false, err
	}
	return true, w.printWorkers(a.out, a.Now, workers)
}

// workers gives those of the campaign that is named, else all.
func (w *watcher) workers(ctx context.Context) ([]ledger.Worker, error) {
	all, err := w.ledger.Workers(ctx)
	return slices.DeleteFunc(all, func(other ledger.Worker) bool {
		return w.status.campaign != "" && other.Campaign != w.status.campaign
	}), err
}

func (w *watcher) printWorkers(out io.Writer, now func() time.Time, workers []ledger.Worker) error {
	fmt.Fprintln(out)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "RUN\tCAMPAIGN\tSTARTED BY\tACCEPTED\tREJECTED\tDEFERRED\tIN FLIGHT\tRATE\tLAST SIGN")
	for _, r := range workers {
		p := w.paces[r.Number]
		if p == nil {
			p = &pace{now: now}
			w.paces[r.Number] = p
		}
		p.note(r.Accepted + r.Rejected)
		fmt.Fprintf(t, "%d\t%s\t%s\t%d\t%d\t%d\t%d\t%s\t%s\n", r.Number, r.Campaign, r.StartedBy,
			r.Accepted, r.Rejected, r.Deferred, r.InFlight, rateOf(p), signOf(r))
	}
	fmt.Fprintln(t)
	return t.Flush()
}

// rateOf is the rate of a pace; "-" while it is not known.
func rateOf(p *pace) string {
	if words := p.words(0); len(words) > 0 {
		return words[0]
	}
	return "-"
}

// signOf is when a run has last written something; "-" where it has not.
func signOf(r ledger.Worker) string {
	if r.Updated.IsZero() {
		return "-"
	}
	return r.Updated.UTC().Format(time.TimeOnly)
}
