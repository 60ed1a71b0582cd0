package ledger

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"
)

const (
	// lockTries is how often the lock of a campaign is tried for: who only looks
	// whether there is a run has it for a moment.
	lockTries = 4
	lockPause = 20 * time.Millisecond
)

// file is the store of a ledger that one process at a time sends a campaign
// from.
type file struct{ locks locker }

func (f *file) lock(ctx context.Context, campaign string) (func() error, error) {
	for range lockTries - 1 {
		release, err := f.locks(campaign)
		if !errors.Is(err, ErrLocked) {
			return release, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(lockPause):
		}
	}
	return f.locks(campaign)
}

func (f *file) lockResolve(_ context.Context, campaign string) (func() error, error) {
	return f.locks(campaign)
}

// reap ends all runs: who has the lock knows that they are dead, or have lost
// theirs.
func (f *file) reap(ctx context.Context, tx *sql.Tx, campaign, now int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE run SET ended = $1 WHERE campaign = $2 AND ended IS NULL`, now, campaign)
	return err
}

func (f *file) lives() string { return "TRUE" }

// sending takes the lock for a moment: a run that starts then tries again.
func (f *file) sending(campaign string) bool {
	release, err := f.locks(campaign)
	if err != nil {
		return true
	}
	release()
	return false
}

func (f *file) passes(error) bool { return false }

// filePen has what it says again and again compiled. Parameters have no numbers:
// the driver would look for the name of each, each time.
type filePen struct {
	run                                    *Run
	first, several, again, end, back, sums *sql.Stmt
}

// atOnce is how many recipients are entered by one statement: that each row has
// one of its own costs more than the row.
const atOnce = 8

// enter gives the statement that enters so many recipients.
func enter(recipients int) string {
	return `INSERT INTO recipient (campaign, standing, begun, run, n, key, line, attempts, message_id, server)
		SELECT ?, ?, ?, ?, v.* FROM (VALUES (?, ?, ?, ?, ?, ?)` + strings.Repeat(`, (?, ?, ?, ?, ?, ?)`, recipients-1) + `) AS v`
}

func (f *file) pen(ctx context.Context, r *Run) (pen, error) {
	p := &filePen{run: r}
	for _, s := range []struct {
		statement **sql.Stmt
		text      string
	}{
		{&p.first, enter(1)},
		{&p.several, enter(atOnce)},
		{&p.again, `UPDATE recipient SET line = ?, standing = ?, attempts = ?, message_id = ?, server = ?, begun = ?, run = ?
			WHERE campaign = ? AND n = ?`},
		{&p.end, `UPDATE recipient SET standing = ?, ended = ?, code = ?, enhanced = ?, reply = ? WHERE campaign = ? AND n BETWEEN ? AND ?`},
		{&p.back, `UPDATE recipient SET standing = ?, attempts = ? WHERE campaign = ? AND n = ?`},
		{&p.sums, `UPDATE run SET updated = ?, unknown = ?, accepted = ?, rejected = ?, deferred = ?
			WHERE id = ? AND ended IS NULL`},
	} {
		compiled, err := r.ledger.db.PrepareContext(ctx, s.text)
		if err != nil {
			return nil, errors.Join(err, p.close())
		}
		*s.statement = compiled
	}
	return p, nil
}

func (p *filePen) close() error {
	var errs []error
	for _, s := range []*sql.Stmt{p.first, p.several, p.again, p.end, p.back, p.sums} {
		if s != nil {
			errs = append(errs, s.Close())
		}
	}
	return errors.Join(errs...)
}

func (p *filePen) sign(ctx context.Context, tx *sql.Tx, added tally) error {
	n, err := affected(tx.StmtContext(ctx, p.sums).ExecContext(ctx, p.run.ledger.clock().UnixMilli(),
		added[unknown], added[accepted], added[rejected], added[deferred], p.run.run))
	if err == nil && n != 1 {
		return ErrLocked
	}
	return err
}

func (p *filePen) begin(ctx context.Context, tx *sql.Tx, attempts []Attempt, begun []record, servers []int64) error {
	first, several, again := tx.StmtContext(ctx, p.first), tx.StmtContext(ctx, p.several), tx.StmtContext(ctx, p.again)
	r, now := p.run, p.run.ledger.clock().UnixMilli()
	for n := 0; len(attempts) > 0; attempts, begun, servers = attempts[n:], begun[n:], servers[n:] {
		n = 1
		var err error
		switch p.newcomers(begun) {
		case 0:
			a, b := attempts[0], begun[0]
			_, err = again.ExecContext(ctx, a.Line, unknown, b.attempts, a.MessageID, servers[0], now, r.run, r.campaign, b.n)
		case atOnce:
			n = atOnce
			_, err = several.ExecContext(ctx, p.entries(now, attempts[:n], begun, servers)...)
		default:
			_, err = first.ExecContext(ctx, p.entries(now, attempts[:n], begun, servers)...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// newcomers gives how many at the head of begun, atOnce at most, were never
// begun before.
func (p *filePen) newcomers(begun []record) (n int) {
	for n < min(len(begun), atOnce) && begun[n].n > p.run.last {
		n++
	}
	return n
}

// entries gives the parameters of the statement that enters attempts.
func (p *filePen) entries(now int64, attempts []Attempt, begun []record, servers []int64) []any {
	values := make([]any, 0, 4+6*atOnce)
	values = append(values, p.run.campaign, unknown, now, p.run.run)
	for i, a := range attempts {
		values = append(values, begun[i].n, attempts[i].Key[:], a.Line, begun[i].attempts, a.MessageID, servers[i])
	}
	return values
}

func (p *filePen) finish(ctx context.Context, tx *sql.Tx, endings []Ending, ended []record) error {
	end, back := tx.StmtContext(ctx, p.end), tx.StmtContext(ctx, p.back)
	for run := range alikes(endings, ended) {
		var err error
		if e := run.ending; e.NotSent {
			_, err = back.ExecContext(ctx, run.first.now, run.first.attempts, p.run.campaign, run.first.n)
		} else {
			_, err = end.ExecContext(ctx, run.first.now, e.At.UnixMilli(), e.Code, e.Enhanced, e.Reply, p.run.campaign, run.first.n, run.last)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
