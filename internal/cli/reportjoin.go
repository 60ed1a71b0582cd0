package cli

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"mailshot/internal/ledger"
	"mailshot/internal/recipient"
	"mailshot/internal/report"
	"mailshot/internal/rule"
)

// joined is what the ledger knows of a campaign, joined with the list where
// there is one.
type joined struct {
	report *report.Report
	keep   bool               // everybody is to be listed
	all    []report.Recipient // by line; nil unless keep
	list   *recipient.List    // nil for none
	failed map[int]bool       // lines of the list whose people did not get their message
}

func (j *joined) add(r report.Recipient) {
	j.report.Add(r)
	if j.keep {
		j.all = append(j.all, r)
	}
}

func (j *joined) close() error {
	if j.list == nil {
		return nil
	}
	return j.list.Close()
}

// join reads the ledger, and the list if there is one.
func (o *reportOptions) join(ctx context.Context, a *app, l *ledger.Ledger, s ledger.Summary) (*joined, error) {
	j := &joined{keep: o.csv || o.json, failed: map[int]bool{}, report: report.New(report.Campaign{
		ID: s.Campaign, Digest: s.Digest, Recipients: s.Recipients, Started: s.Started, Updated: s.Updated,
	})}
	var err error
	if o.recipients == "" {
		j.report.Untried(s.Pending)
		err = eachTried(ctx, l, s.Campaign, func(_ ledger.Key, r report.Recipient) { j.add(r) })
	} else {
		err = o.joinList(ctx, a, l, s, j)
	}
	if err != nil {
		return nil, errors.Join(err, j.close())
	}
	for _, list := range [][]report.Recipient{j.all, j.report.Failed} {
		slices.SortStableFunc(list, func(a, b report.Recipient) int { return cmp.Compare(a.Line, b.Line) })
	}
	return j, nil
}

// eachTried gives those whom the ledger knows, in the order in which they were
// begun.
func eachTried(ctx context.Context, l *ledger.Ledger, campaign string, give func(ledger.Key, report.Recipient)) error {
	bounces, err := bounced(ctx, l, campaign)
	if err != nil {
		return err
	}
	for r, err := range l.Recipients(ctx, campaign) {
		if err != nil {
			return err
		}
		one := report.Recipient{
			Line: r.Line, Outcome: report.Outcome(r.Outcome.String()), Code: r.Code, Enhanced: r.Enhanced, Reply: r.Reply,
			Attempts: r.Attempts, Begun: r.Begun, Ended: r.Ended,
		}
		if b, is := bounces[r.Key]; is {
			one.Outcome, one.Code, one.Enhanced, one.Reply = report.Bounced, codeIn(b.Diagnostic), b.Status, ""
		}
		give(r.Key, one)
	}
	return nil
}

// codeIn is the reply code that was kept of a bounce; 0 for none.
func codeIn(diagnostic string) int {
	code, err := strconv.Atoi(diagnostic)
	if err != nil {
		return 0
	}
	return code
}

// joinList gives those who stand on the list with what the ledger knows of
// them, and then who was tried and is not on it.
func (o *reportOptions) joinList(ctx context.Context, a *app, l *ledger.Ledger, s ledger.Summary, j *joined) error {
	rows, err := openRows(ctx, a, o.recipients, o.addressColumn, s.SharedMailboxes)
	if err != nil {
		return err
	}
	j.list = rows.list
	tried := map[ledger.Key]report.Recipient{}
	if err := eachTried(ctx, l, s.Campaign, func(k ledger.Key, r report.Recipient) { tried[k] = r }); err != nil {
		return err
	}
	suppressed, err := l.Suppressed(ctx, s.Campaign)
	if err != nil {
		return err
	}
	known := len(tried)
	for row, err := range rows.list.Rows(ctx) {
		if err != nil {
			return rows.fault(err)
		}
		key := l.Key(row.Address, rows.apart(row))
		r, is := tried[key]
		delete(tried, key)
		switch {
		case is:
		case suppressed[l.Key(row.Address, "")]:
			r.Outcome = report.Suppressed
		default:
			r.Outcome = report.Pending
		}
		o.onList(&r, row)
		j.failed[row.Line] = didNotGet(r.Outcome)
		j.add(r)
	}
	for _, r := range tried {
		j.add(r)
	}
	if known > 0 && len(tried) == known {
		fmt.Fprintf(a.Stderr, "mailshot: warning: nobody on the list was tried in campaign %s\n", s.Campaign)
	}
	return nil
}

// onList takes over what the list knows of a recipient.
func (o *reportOptions) onList(r *report.Recipient, row *recipient.Row) {
	r.Line, r.Domain = row.Line, row.Address.Domain()
	if o.addresses {
		r.Address = row.Address.String()
	}
}

// didNotGet says whether a message is due to who has an outcome: who is unknown
// may have it, and who is suppressed is not to get it.
func didNotGet(o report.Outcome) bool {
	switch o {
	case report.Rejected, report.Bounced, report.Deferred, report.Pending:
		return true
	}
	return false
}

// writeFailedRows writes the list's own rows of those who did not get their
// message.
func (j *joined) writeFailedRows(ctx context.Context, w io.Writer) error {
	out := csv.NewWriter(w)
	var headings []string
	for _, c := range j.list.Columns() {
		headings = append(headings, c.Heading)
	}
	if err := out.Write(headings); err != nil {
		return err
	}
	for row, err := range j.list.Rows(ctx) {
		if err != nil {
			return err
		}
		if !j.failed[row.Line] {
			continue
		}
		if err := out.Write(row.Cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// listRows is a list that is read for its addresses alone.
type listRows struct {
	list    *recipient.List
	column  int // of shared mailboxes; -1 for none
	skipped int // rows left out for their address
}

// openRows opens a list, and leaves out rows without an address that can be
// written to. The caller closes it.
func openRows(ctx context.Context, a *app, name, addressColumn, shared string) (*listRows, error) {
	list, err := recipient.Open(ctx, name, a.Stdin, recipient.Options{AddressColumn: addressColumn, SkipBadRows: true})
	if err != nil {
		return nil, err
	}
	column := slices.IndexFunc(list.Columns(), func(c recipient.Column) bool { return shared != "" && c.Name == shared })
	rows := &listRows{list: list, column: column}
	if err := rows.judge(ctx, shared); err != nil {
		list.Close()
		return nil, err
	}
	return rows, nil
}

// judge finds out which rows can be read.
func (r *listRows) judge(ctx context.Context, shared string) error {
	found, err := r.list.Judge(ctx, recipient.Use{SharedMailboxes: shared})
	if err != nil {
		return r.fault(err)
	}
	r.skipped = found.Skipped
	for _, f := range found.Refusals {
		switch f.Rule {
		case rule.RaggedRow, rule.SwallowedRows, rule.SeveralAddresses:
			return &rule.Fault{File: f.File, Line: f.Line, What: f.What, Hint: f.Hint}
		}
	}
	return nil
}

// apart gives what tells the rows of a shared mailbox apart.
func (r *listRows) apart(row *recipient.Row) string {
	if r.column < 0 {
		return ""
	}
	return row.Cells[r.column]
}

// fault says in words for the user what err says of the list.
func (r *listRows) fault(err error) error {
	if err == recipient.ErrChanged {
		return &rule.Fault{File: r.list.Name(), What: "the list changed while it was read", Hint: "run the same command again when the list is complete"}
	}
	return err
}
