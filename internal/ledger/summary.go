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

	SharedMailboxes string // column that tells the rows of one mailbox apart; "" for none
}

// Campaigns lists all campaigns, the latest first.
func (l *Ledger) Campaigns(ctx context.Context) ([]Summary, error) {
	all, err := l.campaigns(ctx)
	return all, fault("read", l.path, err)
}

func (l *Ledger) campaigns(ctx context.Context) ([]Summary, error) {
	rows, err := l.db.QueryContext(ctx, `
		SELECT c.name, c.digest, c.shared_mailboxes, c.recipients,
			c.accepted + COALESCE(r.accepted, 0), c.rejected + COALESCE(r.rejected, 0),
			c.deferred + COALESCE(r.deferred, 0), c.unknown + COALESCE(r.unknown, 0),
			c.started, CASE WHEN r.updated > c.updated THEN r.updated ELSE c.updated END AS updated
		FROM campaign AS c LEFT JOIN (
			SELECT campaign, CAST(sum(accepted) AS BIGINT) AS accepted, CAST(sum(rejected) AS BIGINT) AS rejected,
				CAST(sum(deferred) AS BIGINT) AS deferred, CAST(sum(unknown) AS BIGINT) AS unknown, max(updated) AS updated
			FROM run GROUP BY campaign) AS r ON r.campaign = c.id
		ORDER BY updated DESC, c.id DESC`)
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
	err = rows.Scan(&s.Campaign, &s.Digest, &s.SharedMailboxes, &s.Recipients, &s.Accepted, &s.Rejected, &s.Deferred, &s.Unknown, &started, &updated)
	// Those who left the list since they were tried are counted still.
	s.Pending = max(0, s.Recipients-s.Accepted-s.Rejected-s.Deferred-s.Unknown)
	s.Started, s.Updated = time.UnixMilli(started), time.UnixMilli(updated)
	return s, err
}
