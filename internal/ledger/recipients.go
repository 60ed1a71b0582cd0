package ledger

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"time"
)

// ErrNoCampaign says that the ledger has no such campaign.
var ErrNoCampaign = errors.New("there is no such campaign in the ledger")

// Recipient is one who was tried, as the ledger knows them.
type Recipient struct {
	Key       Key
	Line      int // of the list they were tried from last: a hint for people
	Outcome   Outcome
	Attempts  int
	Code      int    // of the reply to the latest attempt; 0 for none
	Enhanced  string // "" for none
	Reply     string // masked; "" where it was not kept
	MessageID string // of the latest attempt
	Server    string // of the latest attempt
	Begun     time.Time
	Ended     time.Time // zero for Unknown

	n int64
}

// page is how many rows are read in one go.
const page = 1000

// Recipients gives those of a campaign who were tried, in the order in which
// they were first begun. The ledger can be written meanwhile. The last pair may
// hold an error: an *Error, ErrNoCampaign among them.
func (l *Ledger) Recipients(ctx context.Context, campaign string) iter.Seq2[Recipient, error] {
	return func(yield func(Recipient, error) bool) {
		id, err := campaignID(ctx, l.db, campaign)
		for after := int64(0); err == nil; {
			var some []Recipient
			if some, err = l.recipientsAfter(ctx, id, after); len(some) == 0 {
				break
			}
			for _, r := range some {
				if r.Attempts > 0 && !yield(r, nil) {
					return
				}
			}
			after = some[len(some)-1].n
		}
		if err != nil {
			yield(Recipient{}, fault("read", l.path, err))
		}
	}
}

// querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func campaignID(ctx context.Context, q querier, name string) (id int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT id FROM campaign WHERE name = $1`, name).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrNoCampaign
	}
	return id, err
}

func (l *Ledger) recipientsAfter(ctx context.Context, campaign, after int64) ([]Recipient, error) {
	return readAll(ctx, l.db, scanRecipient, `
		SELECT r.n, r.key, r.line, r.standing, r.attempts, COALESCE(r.code, 0), COALESCE(r.enhanced, ''), COALESCE(r.reply, ''),
			r.message_id, s.name, r.begun, COALESCE(r.ended, 0)
		FROM recipient AS r JOIN server AS s ON s.id = r.server
		WHERE r.campaign = $1 AND r.n > $2 ORDER BY r.n LIMIT $3`, campaign, after, page)
}

func scanRecipient(rows *sql.Rows) (r Recipient, err error) {
	var key []byte
	var begun, ended int64
	err = rows.Scan(&r.n, &key, &r.Line, &r.Outcome, &r.Attempts, &r.Code, &r.Enhanced, &r.Reply,
		&r.MessageID, &r.Server, &begun, &ended)
	copy(r.Key[:], key)
	r.Begun, r.Ended = time.UnixMilli(begun), timeOf(ended)
	if r.Outcome == Unknown {
		r.Code, r.Enhanced, r.Reply, r.Ended = 0, "", "", time.Time{} // those of an earlier attempt
	}
	return r, err
}

// timeOf is the time that stands in the ledger as ms; zero for 0.
func timeOf(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// readAll reads all rows that a query gives.
func readAll[T any](ctx context.Context, q querier, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
