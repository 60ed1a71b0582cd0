package ledger

import (
	"context"
	"database/sql"
	"errors"
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
	run                           *Run
	first, again, end, back, sums *sql.Stmt
}

func (f *file) pen(ctx context.Context, r *Run) (pen, error) {
	p := &filePen{run: r}
	for _, s := range []struct {
		statement **sql.Stmt
		text      string
	}{
		{&p.first, `INSERT INTO recipient (campaign, n, key, line, standing, attempts, message_id, server, begun, run)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`},
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
	for _, s := range []*sql.Stmt{p.first, p.again, p.end, p.back, p.sums} {
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
	first, again := tx.StmtContext(ctx, p.first), tx.StmtContext(ctx, p.again)
	r, now := p.run, p.run.ledger.clock().UnixMilli()
	for i, a := range attempts {
		b := begun[i]
		var err error
		if b.n > r.last {
			_, err = first.ExecContext(ctx, r.campaign, b.n, a.Key[:], a.Line, unknown, b.attempts, a.MessageID, servers[i], now, r.run)
		} else {
			_, err = again.ExecContext(ctx, a.Line, unknown, b.attempts, a.MessageID, servers[i], now, r.run, r.campaign, b.n)
		}
		if err != nil {
			return err
		}
	}
	return nil
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
