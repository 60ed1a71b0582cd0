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
	Template        [32]byte // digest of all that makes the messages but the list
	Parts           []Part   // which of it has changed; may be nil
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
	release, err := l.store.lock(ctx, c.ID)
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
	pen, err := r.ledger.store.pen(ctx, r)
	if err != nil {
		return err
	}
	r.pen = pen
	r.claims, _ = pen.(claimer)
	return r.load(ctx, r.as.Recipients)
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

// enlist makes the run, beside those that live.
func (r *Run) enlist(ctx context.Context, tx *sql.Tx, now int64) error {
	if err := r.ledger.store.reap(ctx, tx, r.campaign, now); err != nil {
		return err
	}
	var others int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM run WHERE campaign = $1 AND ended IS NULL AND digest <> $2`,
		r.campaign, r.as.Digest).Scan(&others)
	if err != nil {
		return err
	}
	if others > 0 {
		return ErrOtherDigest
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
		there, err := parts(ctx, tx, r.as.ID, "")
		if err != nil {
			return err
		}
		return compareParts(there, r.as.Parts)
	}
	return nil
}

// Expect says how many of those on the list are to be written to, which is what
// the first Begin writes down, where that is known after Start only.
func (r *Run) Expect(recipients int) { r.as.Recipients = recipients }

// takeEffect writes down what the campaign is as of this run.
func (r *Run) takeEffect(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `UPDATE campaign
		SET digest = $1, template = $2, shared_mailboxes = $3, recipients = $4, started_by = $5 WHERE id = $6`,
		r.as.Digest, r.as.Template[:], r.as.SharedMailboxes, r.as.Recipients, r.as.StartedBy, r.campaign)
	if err != nil {
		return err
	}
	return writeParts(ctx, tx, r.campaign, r.as.Parts)
}

// load reads where every recipient of the campaign stands.
func (r *Run) load(ctx context.Context, recipients int) error {
	var known int
	err := r.ledger.db.QueryRowContext(ctx, `SELECT count(*) FROM recipient WHERE campaign = $1`, r.campaign).Scan(&known)
	if err != nil {
		return err
	}
	r.index = newIndex(max(recipients, known))
	rows, err := r.ledger.db.QueryContext(ctx, `SELECT r.key, CASE WHEN $3 THEN 1 ELSE r.n END, r.standing, r.attempts, o.id IS NOT NULL
		FROM recipient AS r LEFT JOIN run AS o ON o.id = r.run AND o.ended IS NULL AND o.id <> $1
		WHERE r.campaign = $2 ORDER BY r.n`, r.run, r.campaign, r.claims != nil)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		known, err := scanRecord(rows)
		if err != nil {
			return err
		}
		r.index.put(known)
		r.last = max(r.last, known.n)
	}
	return rows.Err()
}

func scanRecord(rows *sql.Rows) (record, error) {
	var known record
	var key sql.RawBytes
	var isElsewhere bool
	if err := rows.Scan(&key, &known.n, &known.now, &known.attempts, &isElsewhere); err != nil {
		return record{}, err
	}
	copy(known.key[:], key)
	known.atStart, known.attemptsAtStart = known.now, known.attempts
	if isElsewhere && !known.now.isFinal() {
		known.hand = elsewhere
	}
	return known, nil
}
