package ledger

import (
	"context"
	"database/sql"
	"time"
)

// Summary is one campaign as `status` shows it. While a run is going on, what
// it has begun and not yet finished counts as unknown.
type Summary struct {
	Campaign   string
	Digest     string
	Recipients int // on the list of the latest run that began one
	Accepted   int
	Rejected   int
	Deferred   int
	Unknown    int
	Pending    int // on the list and never tried
	Started    time.Time
	Updated    time.Time
}

// Campaigns lists all campaigns, the latest first.
func (l *Ledger) Campaigns(ctx context.Context) ([]Summary, error) {
	all, err := l.campaigns(ctx)
	return all, fault("read", l.path, err)
}

func (l *Ledger) campaigns(ctx context.Context) ([]Summary, error) {
	rows, err := l.db.QueryContext(ctx, `SELECT name, digest, recipients, accepted, rejected, deferred, unknown, started, updated
		FROM campaign ORDER BY updated DESC, id DESC`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Summary
	for rows.Next() {
		s, err := scanSummary(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Err()
}

func scanSummary(rows *sql.Rows) (s Summary, err error) {
	var started, updated int64
	err = rows.Scan(&s.Campaign, &s.Digest, &s.Recipients, &s.Accepted, &s.Rejected, &s.Deferred, &s.Unknown, &started, &updated)
	// Those who left the list since they were tried are counted still.
	s.Pending = max(0, s.Recipients-s.Accepted-s.Rejected-s.Deferred-s.Unknown)
	s.Started, s.Updated = time.UnixMilli(started), time.UnixMilli(updated)
	return s, err
}
