package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// ErrNotUnknown says that one who was to be resolved is not unknown.
var ErrNotUnknown = errors.New("the recipient's outcome is not unknown")

// Resolution settles what became of one recipient whose outcome is unknown.
type Resolution struct {
	Key      Key
	Sent     bool   // they have the message: Accepted from now on; else Deferred, which the next run sends to
	Evidence string // "by hand", "mail.log", ...; nothing of a recipient
	Who      string // user@host
	At       time.Time
}

// Resolve writes resolutions down: all of them, or none where it gives an
// error. It is ErrLocked while a run of the campaign is going on,
// ErrNotUnknown for a recipient of whom an outcome is known. Errors are *Error.
func (l *Ledger) Resolve(ctx context.Context, campaign string, resolutions []Resolution) error {
	release, err := l.store.lockResolve(ctx, campaign)
	if err != nil {
		return fault("lock", l.path, err)
	}
	err = l.inTx(ctx, func(tx *sql.Tx) error {
		id, err := campaignID(ctx, tx, campaign)
		if err != nil {
			return err
		}
		if err := l.store.reap(ctx, tx, id, l.clock().UnixMilli()); err != nil {
			return err
		}
		return resolveAll(ctx, tx, id, resolutions)
	})
	return fault("resolve in", l.path, errors.Join(err, release()))
}

func resolveAll(ctx context.Context, tx *sql.Tx, campaign int64, resolutions []Resolution) error {
	settle, err := tx.PrepareContext(ctx, `UPDATE recipient SET standing = $1, ended = $2, code = NULL, enhanced = NULL, reply = NULL
		WHERE campaign = $3 AND n = $4 AND standing = $5 RETURNING attempts`)
	if err != nil {
		return err
	}
	defer settle.Close()
	places, err := unknowns(ctx, tx, campaign)
	if err != nil {
		return err
	}
	var counts tally
	for _, r := range resolutions {
		n, to := places[r.Key], deferred
		if n == inHand {
			return ErrLocked
		}
		if r.Sent {
			to = accepted
		}
		var attempt int
		err := settle.QueryRowContext(ctx, to, r.At.UnixMilli(), campaign, n, unknown).Scan(&attempt)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotUnknown
		}
		if err != nil {
			return err
		}
		counts.move(unknown, to)
		_, err = tx.ExecContext(ctx, `INSERT INTO resolution (campaign, n, attempt, sent, evidence, who, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, campaign, n, attempt, r.Sent, r.Evidence, r.Who, r.At.UnixMilli())
		if err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `UPDATE campaign SET unknown = unknown + $1, accepted = accepted + $2, deferred = deferred + $3
		WHERE id = $4`, counts[unknown], counts[accepted], counts[deferred], campaign)
	return err
}

// inHand stands for n of one whom a run may be sending to at this moment.
const inHand = -1

// unknowns gives n of each of a campaign's recipients who are unknown.
func unknowns(ctx context.Context, tx *sql.Tx, campaign int64) (map[Key]int64, error) {
	rows, err := tx.QueryContext(ctx, `SELECT r.key, CASE WHEN o.id IS NULL THEN r.n ELSE $1 END
		FROM recipient AS r LEFT JOIN run AS o ON o.id = r.run AND o.ended IS NULL
		WHERE r.campaign = $2 AND r.standing = $3`, inHand, campaign, unknown)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[Key]int64{}
	for rows.Next() {
		var key []byte
		var n int64
		if err := rows.Scan(&key, &n); err != nil {
			return nil, err
		}
		found[Key(key)] = n
	}
	return found, rows.Err()
}

// Resolved is a resolution as it stands in the ledger.
type Resolved struct {
	Resolution
	Line int
}

// Resolutions gives the resolutions of a campaign, the oldest first. Errors
// are *Error.
func (l *Ledger) Resolutions(ctx context.Context, campaign string) ([]Resolved, error) {
	all, err := readAll(ctx, l.db, scanResolved, `
		SELECT r.key, r.line, x.sent, x.evidence, x.who, x.at
		FROM resolution AS x JOIN recipient AS r ON r.campaign = x.campaign AND r.n = x.n JOIN campaign AS c ON c.id = x.campaign
		WHERE c.name = $1 ORDER BY x.at, x.n`, campaign)
	return all, fault("read", l.path, err)
}

func scanResolved(rows *sql.Rows) (r Resolved, err error) {
	var key []byte
	var at int64
	err = rows.Scan(&key, &r.Line, &r.Sent, &r.Evidence, &r.Who, &at)
	copy(r.Key[:], key)
	r.At = time.UnixMilli(at)
	return r, err
}
