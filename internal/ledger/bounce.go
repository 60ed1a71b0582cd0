package ledger

import (
	"context"
	"database/sql"
	"time"
)

// Notice is one recipient's part of a delivery status notification (RFC 3464).
type Notice struct {
	MessageID    string   // of the message it is about, with its angle brackets
	Notification [16]byte // digest of the notification: one that is read twice counts once
	Action       string   // failed, delayed, delivered, relayed, expanded
	Status       string   // such as "5.1.1"
	Diagnostic   string   // masked
	Reporter     string   // host that reports
	At           time.Time
}

// Bounce is a notice as it stands in the ledger.
type Bounce struct {
	Notice
	Campaign string
	Key      Key
	Line     int
}

// Recorded says what became of a notice.
type Recorded struct {
	Campaign string // "" where no campaign has such a message
	Line     int
	New      bool
}

// RecordBounces writes notices down with the recipients whose messages they are
// about: all of them, or none where it gives an error. It gives one Recorded
// for each notice. Errors are *Error.
func (l *Ledger) RecordBounces(ctx context.Context, notices []Notice) ([]Recorded, error) {
	var all []Recorded
	err := l.inTx(ctx, func(tx *sql.Tx) error {
		about, err := sentAs(ctx, tx, notices)
		if err != nil {
			return err
		}
		now := l.clock()
		for _, n := range notices {
			r, err := recordOne(ctx, tx, n, about[n.MessageID], now)
			if err != nil {
				return err
			}
			all = append(all, r)
		}
		return nil
	})
	if err != nil {
		return nil, fault("write", l.path, err)
	}
	return all, nil
}

// message is where a message stands in the ledger; the zero one nowhere.
type message struct {
	campaign, n int64
	name        string
	line        int
}

// sentAs finds the messages that notices are about. It reads the whole ledger
// once: an index of Message-IDs would be larger than all the rest.
func sentAs(ctx context.Context, tx *sql.Tx, notices []Notice) (map[string]message, error) {
	wanted := make(map[string]bool, len(notices))
	for _, n := range notices {
		wanted[n.MessageID] = true
	}
	rows, err := tx.QueryContext(ctx, `SELECT c.id, c.name, r.n, r.line, r.message_id
		FROM recipient AS r JOIN campaign AS c ON c.id = r.campaign WHERE r.attempts > 0`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[string]message{}
	for rows.Next() {
		var m message
		var id sql.RawBytes
		if err := rows.Scan(&m.campaign, &m.name, &m.n, &m.line, &id); err != nil {
			return nil, err
		}
		if wanted[string(id)] {
			found[string(id)] = m
		}
	}
	return found, rows.Err()
}

func recordOne(ctx context.Context, tx *sql.Tx, n Notice, about message, now time.Time) (Recorded, error) {
	if about.campaign == 0 {
		return Recorded{}, nil
	}
	added, err := affected(tx.ExecContext(ctx, `INSERT INTO bounce
		(campaign, n, notification, action, status, diagnostic, reporter, at, recorded)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (campaign, n, notification) DO NOTHING`,
		about.campaign, about.n, n.Notification[:], n.Action, n.Status, n.Diagnostic, n.Reporter, n.At.UnixMilli(), now.UnixMilli()))
	return Recorded{Campaign: about.name, Line: about.line, New: added == 1}, err
}

// Bounces gives the notices of a campaign, the oldest first. Errors are *Error.
func (l *Ledger) Bounces(ctx context.Context, campaign string) ([]Bounce, error) {
	all, err := readAll(ctx, l.db, scanBounce, `
		SELECT c.name, r.key, r.line, r.message_id, b.notification, b.action, b.status, b.diagnostic, b.reporter, b.at
		FROM bounce AS b JOIN recipient AS r ON r.campaign = b.campaign AND r.n = b.n JOIN campaign AS c ON c.id = b.campaign
		WHERE c.name = $1 ORDER BY b.at, b.n`, campaign)
	return all, fault("read", l.path, err)
}

func scanBounce(rows *sql.Rows) (b Bounce, err error) {
	var key, notification []byte
	var at int64
	err = rows.Scan(&b.Campaign, &key, &b.Line, &b.MessageID, &notification, &b.Action, &b.Status, &b.Diagnostic, &b.Reporter, &at)
	copy(b.Key[:], key)
	copy(b.Notification[:], notification)
	b.At = time.UnixMilli(at)
	return b, err
}
