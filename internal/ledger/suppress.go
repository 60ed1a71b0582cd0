package ledger

import (
	"context"
	"database/sql"
	"time"
)

// Suppression is one mailbox that is not written to.
type Suppression struct {
	Key      Key    // with apart ""; a Recipient of a campaign with shared mailboxes has another
	Campaign string // the id of the one campaign, which need not be in the ledger; "" for all
	Reason   string // nothing of a recipient
	Who      string // user@host
	At       time.Time
}

// Suppress adds suppressions, and says how many were new; one that is there
// keeps its reason and date. Errors are *Error.
func (l *Ledger) Suppress(ctx context.Context, all []Suppression) (added int, err error) {
	err = l.inTx(ctx, func(tx *sql.Tx) error {
		add, err := tx.PrepareContext(ctx, `INSERT INTO suppression (key, campaign, reason, who, at)
			VALUES ($1, $2, $3, $4, $5) ON CONFLICT (key, campaign) DO NOTHING`)
		if err != nil {
			return err
		}
		defer add.Close()
		for _, s := range all {
			n, err := affected(add.ExecContext(ctx, s.Key[:], s.Campaign, s.Reason, s.Who, s.At.UnixMilli()))
			if err != nil {
				return err
			}
			added += n
		}
		return nil
	})
	if err != nil {
		return 0, fault("write", l.path, err)
	}
	return added, nil
}

// Unsuppress takes suppressions with a scope away, and says how many there
// were. campaign is as in Suppression. Errors are *Error.
func (l *Ledger) Unsuppress(ctx context.Context, keys []Key, campaign string) (removed int, err error) {
	err = l.inTx(ctx, func(tx *sql.Tx) error {
		for _, k := range keys {
			n, err := affected(tx.ExecContext(ctx, `DELETE FROM suppression WHERE key = $1 AND campaign = $2`, k[:], campaign))
			if err != nil {
				return err
			}
			removed += n
		}
		return nil
	})
	if err != nil {
		return 0, fault("write", l.path, err)
	}
	return removed, nil
}

// Suppressions gives all of them, the oldest first. Errors are *Error.
func (l *Ledger) Suppressions(ctx context.Context) ([]Suppression, error) {
	all, err := readAll(ctx, l.db, scanSuppression, `SELECT key, campaign, reason, who, at FROM suppression ORDER BY at, key, campaign`)
	return all, fault("read", l.path, err)
}

// Suppressed gives the keys of those whom a campaign does not write to: its
// own, and those of all campaigns. Errors are *Error.
func (l *Ledger) Suppressed(ctx context.Context, campaign string) (map[Key]bool, error) {
	keys, err := readAll(ctx, l.db, scanKey, `SELECT key FROM suppression WHERE campaign = '' OR campaign = $1`, campaign)
	if err != nil {
		return nil, fault("read", l.path, err)
	}
	set := make(map[Key]bool, len(keys))
	for _, k := range keys {
		set[k] = true
	}
	return set, nil
}

func scanSuppression(rows *sql.Rows) (s Suppression, err error) {
	var key []byte
	var at int64
	err = rows.Scan(&key, &s.Campaign, &s.Reason, &s.Who, &at)
	copy(s.Key[:], key)
	s.At = time.UnixMilli(at)
	return s, err
}

func scanKey(rows *sql.Rows) (k Key, err error) {
	var key []byte
	err = rows.Scan(&key)
	copy(k[:], key)
	return k, err
}
