package ledger

import (
	"context"
	"database/sql"
	"errors"
)

// Campaign is what Start needs to know.
type Campaign struct {
	ID              string
	Digest          string   // "sha256:…" of the campaign
	Template        [32]byte // digest of the template
	SharedMailboxes string   // column; "" for none
	Recipients      int
	StartedBy       string // user@host
}

// Start takes the campaign's lock and reads what became of its recipients so
// far. Whatever an earlier run has begun and not finished is Unknown now.
// amend takes a template that has changed since somebody was tried. What c says
// goes into the ledger with the first Begin: until then a run leaves the
// campaign as it was. Errors are *Error.
func (l *Ledger) Start(ctx context.Context, c Campaign, amend bool) (*Run, error) {
	release, err := l.lock(c.ID)
	if err != nil {
		return nil, fault("lock", l.path, err)
	}
	r := &Run{ledger: l, release: release, as: c, servers: map[string]int64{}}
	if err := r.start(ctx, amend); err != nil {
		return nil, errors.Join(fault("start the campaign in", l.path, err), r.Close())
	}
	return r, nil
}

func (r *Run) start(ctx context.Context, amend bool) error {
	if err := r.enter(ctx, amend); err != nil {
		return err
	}
	if err := r.load(ctx, r.as.Recipients); err != nil {
		return err
	}
	return r.prepare(ctx)
}

// enter makes the campaign, without a run of it, or takes it over from an
// earlier one.
func (r *Run) enter(ctx context.Context, amend bool) error {
	tx, err := r.ledger.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := r.judge(ctx, tx, amend); err != nil {
		return err
	}
	// Setting the name to what it is makes RETURNING give the row that is there.
	now := r.ledger.clock().UnixMilli()
	err = tx.QueryRowContext(ctx, `INSERT INTO campaign
		(name, digest, template, shared_mailboxes, recipients, started_by, started, updated, unknown, accepted, rejected, deferred)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 0, 0, 0, 0)
		ON CONFLICT (name) DO UPDATE SET name = excluded.name
		RETURNING id`,
		r.as.ID, r.as.Digest, r.as.Template[:], r.as.SharedMailboxes, r.as.Recipients, r.as.StartedBy, now).Scan(&r.campaign)
	if err != nil {
		return err
	}
	if err := r.enlist(ctx, tx, now); err != nil {
		return err
	}
	return tx.Commit()
}

// enlist makes the run, and ends every other one: whoever has the lock knows
// that they are dead, or have lost theirs.
func (r *Run) enlist(ctx context.Context, tx *sql.Tx, now int64) error {
	if _, err := tx.ExecContext(ctx, `UPDATE run SET ended = $1 WHERE campaign = $2 AND ended IS NULL`, now, r.campaign); err != nil {
		return err
	}
	return tx.QueryRowContext(ctx, `INSERT INTO run (campaign, digest, started_by, started, unknown, accepted, rejected, deferred)
		VALUES ($1, $2, $3, $4, 0, 0, 0, 0) RETURNING id`, r.campaign, r.as.Digest, r.as.StartedBy, now).Scan(&r.run)
}

// judge refuses a campaign that stands in the ledger as another one.
func (r *Run) judge(ctx context.Context, tx *sql.Tx, amend bool) error {
	var template []byte
	var shared string
	var begun bool
	err := tx.QueryRowContext(ctx, `SELECT template, shared_mailboxes,
			EXISTS (SELECT 1 FROM recipient WHERE recipient.campaign = campaign.id AND standing <> $1)
		FROM campaign WHERE name = $2`, untried, r.as.ID).Scan(&template, &shared, &begun)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return err
	case begun && shared != r.as.SharedMailboxes:
		// The same person would have another key, and be sent to again.
		return ErrOtherForm
	case begun && !amend && string(template) != string(r.as.Template[:]):
		return ErrOtherTemplate
	}
	return nil
}

// takeEffect writes down what the campaign is as of this run.
func (r *Run) takeEffect(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `UPDATE campaign
		SET digest = $1, template = $2, shared_mailboxes = $3, recipients = $4, started_by = $5 WHERE id = $6`,
		r.as.Digest, r.as.Template[:], r.as.SharedMailboxes, r.as.Recipients, r.as.StartedBy, r.campaign)
	return err
}

// load reads where every recipient of the campaign stands.
func (r *Run) load(ctx context.Context, recipients int) error {
	var known int
	err := r.ledger.db.QueryRowContext(ctx, `SELECT count(*) FROM recipient WHERE campaign = $1`, r.campaign).Scan(&known)
	if err != nil {
		return err
	}
	r.index = newIndex(max(recipients, known))
	rows, err := r.ledger.db.QueryContext(ctx,
		`SELECT key, n, standing, attempts FROM recipient WHERE campaign = $1 ORDER BY n`, r.campaign)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key sql.RawBytes
		var known record
		if err := rows.Scan(&key, &known.n, &known.now, &known.attempts); err != nil {
			return err
		}
		copy(known.key[:], key)
		known.atStart, known.attemptsAtStart = known.now, known.attempts
		r.index.put(known)
		r.tally.add(known.now, 1)
		r.last = known.n
	}
	r.atStart = r.tally
	return rows.Err()
}

// prepare compiles what Begin and Finish say again and again.
func (r *Run) prepare(ctx context.Context) error {
	for _, s := range []struct {
		statement **sql.Stmt
		text      string
	}{
		{&r.first, `INSERT INTO recipient (campaign, n, key, line, standing, attempts, message_id, server, begun, run)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`},
		{&r.again, `UPDATE recipient SET line = $1, standing = $2, attempts = $3, message_id = $4, server = $5, begun = $6, run = $7
			WHERE campaign = $8 AND n = $9`},
		{&r.end, `UPDATE recipient SET standing = $1, ended = $2, code = $3, enhanced = $4, reply = $5 WHERE campaign = $6 AND n = $7`},
		{&r.back, `UPDATE recipient SET standing = $1, attempts = $2 WHERE campaign = $3 AND n = $4`},
		{&r.count, `UPDATE run SET updated = $1, unknown = $2, accepted = $3, rejected = $4, deferred = $5
			WHERE id = $6 AND ended IS NULL`},
	} {
		compiled, err := r.ledger.db.PrepareContext(ctx, s.text)
		if err != nil {
			return err
		}
		*s.statement = compiled
	}
	return nil
}
