package ledger

import (
	"context"
	"database/sql"
	"slices"
	"time"
)

// Worker is a run that is going on.
type Worker struct {
	Campaign  string
	Number    int64 // of the run, in the whole ledger
	StartedBy string
	Started   time.Time
	Updated   time.Time // when it last wrote; zero where it has not
	Accepted  int       // what it has added to the campaign's counts, as the others
	Rejected  int
	Deferred  int
	InFlight  int // or unknown, while it goes on
}

// Workers gives the runs that are going on, the oldest first. Errors are
// *Error.
func (l *Ledger) Workers(ctx context.Context) ([]Worker, error) {
	all, err := readAll(ctx, l.db, scanWorker, `SELECT c.name, r.id, r.started_by, r.started, COALESCE(r.updated, 0),
			r.accepted, r.rejected, r.deferred, r.unknown
		FROM run AS r JOIN campaign AS c ON c.id = r.campaign
		WHERE r.ended IS NULL AND `+l.store.lives()+` ORDER BY r.id`)
	all = slices.DeleteFunc(all, func(w Worker) bool { return !l.store.sending(w.Campaign) })
	return all, fault("read", l.path, err)
}

func scanWorker(rows *sql.Rows) (w Worker, err error) {
	var started, updated int64
	err = rows.Scan(&w.Campaign, &w.Number, &w.StartedBy, &started, &updated, &w.Accepted, &w.Rejected, &w.Deferred, &w.InFlight)
	w.Started, w.Updated = time.UnixMilli(started), timeOf(updated)
	return w, err
}
