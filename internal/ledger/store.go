package ledger

import (
	"context"
	"database/sql"
	"time"
)

// store is what differs between SQLite and PostgreSQL.
type store interface {
	// lock keeps other runs off a campaign, or gives ErrLocked; release may be
	// called once.
	lock(ctx context.Context, campaign string) (release func() error, err error)
	// lockResolve does so for a resolution.
	lockResolve(ctx context.Context, campaign string) (release func() error, err error)
	// reap ends the runs of a campaign whose process is gone. It is called with
	// the lock held.
	reap(ctx context.Context, tx *sql.Tx, campaign, now int64) error
	// lives is the condition, in SQL, of a run r that has not ended and may be
	// there still.
	lives() string
	// sending says whether a process may be sending a campaign.
	sending(campaign string) bool
	// pen gives what writes for a run.
	pen(ctx context.Context, r *Run) (pen, error)
	// passes says whether err is a fault of the store that goes away by itself,
	// and is worth to be waited for.
	passes(err error) bool
}

// pen writes for one run, in transactions that the run makes. Each of its
// writes may be made again after a commit of which nobody knows whether it was.
type pen interface {
	// sign writes what the run has added to the counts, or gives ErrLocked
	// where somebody has ended it.
	sign(ctx context.Context, tx *sql.Tx, added tally) error
	begin(ctx context.Context, tx *sql.Tx, attempts []Attempt, begun []record, servers []int64) error
	finish(ctx context.Context, tx *sql.Tx, endings []Ending, ended []record) error
	close() error
}

// claimer is a pen of a store in which several runs of a campaign can live at
// the same time.
type claimer interface {
	// claim takes those whom no other run has in hand, and gives the records
	// of all wanted, in whatever order.
	claim(ctx context.Context, wanted []Want) ([]record, error)
	// reserve has n slots of a shared rate, and says how long it is to the
	// first.
	reserve(ctx context.Context, n int, every time.Duration) (time.Duration, error)
	// hold waits until no other run can have taken this one for dead, or gives
	// ErrLapsed.
	hold(ctx context.Context) error
}
