package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"
)

// Run is one run of a campaign: its lock and its writes. Begin and Finish are
// for one goroutine; State may be asked by others meanwhile.
type Run struct {
	ledger   *Ledger
	release  func() error // nil once it is closed
	campaign int64        // id of its row
	run      int64        // id of its own
	as       Campaign     // what the campaign is as of this run,
	effected bool         // which its first Begin writes down
	servers  map[string]int64

	first, again, end, back, count *sql.Stmt

	mu    sync.RWMutex // guards index
	index *index
	last  uint32 // n of the recipient first begun last
	tally tally
	// atStart is the tally of all that was there before the run.
	atStart tally
}

// State is where a recipient of the campaign stands.
type State struct {
	Tried    bool // it was begun at least once
	Outcome  Outcome
	Attempts int
}

// State gives where k stands as of Start.
func (r *Run) State(k Key) State {
	r.mu.RLock()
	defer r.mu.RUnlock()
	known := r.index.find(k)
	if known == nil || known.atStart == untried {
		return State{}
	}
	return State{Tried: true, Outcome: Outcome(known.atStart), Attempts: int(known.attemptsAtStart)}
}

// Attempt is one message about to be handed over.
type Attempt struct {
	Key       Key
	Line      int // a hint for people
	MessageID string
	Server    string
}

// Begin writes attempts down, durably, before any of their bytes leave: all of
// them, or none where it gives an error. A recipient who was begun before and
// is not deferred is ErrAlreadyBegun; a run that has lost its lock to another
// is ErrLocked. It is not interrupted once it writes. Errors are *Error.
func (r *Run) Begin(ctx context.Context, attempts []Attempt) error {
	if err := ctx.Err(); err != nil || len(attempts) == 0 {
		return fault("begin in", r.ledger.path, err)
	}
	begun, counts, err := r.planBegin(attempts)
	if err != nil {
		return fault("begin in", r.ledger.path, err)
	}
	servers, err := r.serverIDs(ctx, attempts)
	if err != nil {
		return fault("begin in", r.ledger.path, err)
	}
	err = r.write(ctx, counts, begun, func(ctx context.Context, tx *sql.Tx) error {
		if !r.effected {
			if err := r.takeEffect(ctx, tx); err != nil {
				return err
			}
		}
		return r.insert(ctx, tx, attempts, begun, servers)
	})
	r.effected = r.effected || err == nil
	return fault("begin in", r.ledger.path, err)
}

// planBegin gives the records as they will be when attempts are begun.
func (r *Run) planBegin(attempts []Attempt) ([]record, tally, error) {
	begun, counts, last := make([]record, len(attempts)), r.tally, r.last
	twice := make(map[Key]bool, len(attempts))
	for i, a := range attempts {
		known := record{key: a.Key, now: untried, atStart: untried}
		if found := r.index.find(a.Key); found != nil {
			known = *found
		}
		if twice[a.Key] || !known.now.mayBegin() {
			return nil, counts, fmt.Errorf("line %d of the list: %w", a.Line, ErrAlreadyBegun)
		}
		twice[a.Key] = true
		if known.n == 0 {
			last++
			known.n = last
		}
		counts.move(known.now, inFlight)
		known.before, known.now = known.now, inFlight
		if known.attempts < math.MaxUint16 {
			known.attempts++
		}
		begun[i] = known
	}
	return begun, counts, nil
}

func (r *Run) insert(ctx context.Context, tx *sql.Tx, attempts []Attempt, begun []record, servers []int64) error {
	first, again := tx.StmtContext(ctx, r.first), tx.StmtContext(ctx, r.again)
	now := r.ledger.clock().UnixMilli()
	for i, a := range attempts {
		b := begun[i]
		var err error
		if b.n > r.last {
			_, err = first.ExecContext(ctx, r.campaign, b.n, a.Key[:], a.Line, unknown, b.attempts, a.MessageID, servers[i], now, r.run)
		} else {
			_, err = again.ExecContext(ctx, a.Line, unknown, b.attempts, a.MessageID, servers[i], now, r.run, r.campaign, b.n)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// serverIDs gives the row of each attempt's server.
func (r *Run) serverIDs(ctx context.Context, attempts []Attempt) ([]int64, error) {
	ids := make([]int64, len(attempts))
	for i, a := range attempts {
		id, known := r.servers[a.Server]
		if !known {
			var err error
			if id, err = r.serverID(ctx, a.Server); err != nil {
				return nil, err
			}
			r.servers[a.Server] = id
		}
		ids[i] = id
	}
	return ids, nil
}

func (r *Run) serverID(ctx context.Context, name string) (id int64, err error) {
	// Setting the name to what it is makes RETURNING give the row that is there.
	err = r.ledger.db.QueryRowContext(ctx, `INSERT INTO server (name) VALUES ($1)
		ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id`, name).Scan(&id)
	return id, err
}

// Ending is how an attempt ended.
type Ending struct {
	Key      Key
	Outcome  Outcome
	NotSent  bool   // taken back: begun, and never handed to a server
	Code     int    // reply code; 0 for none
	Enhanced string // enhanced status code; "" for none
	Reply    string // the server's, masked; "" for one that need not be kept
	At       time.Time
}

// Finish writes endings down, durably: all of them, or none where it gives an
// error. One that this run has not begun, or has finished already, is
// ErrNotBegun. It writes even where ctx is done, since an outcome that is not
// written down can never be learned again. Errors are *Error.
func (r *Run) Finish(ctx context.Context, endings []Ending) error {
	if len(endings) == 0 {
		return nil
	}
	ended, counts, err := r.planFinish(endings)
	if err != nil {
		return fault("finish in", r.ledger.path, err)
	}
	err = r.write(ctx, counts, ended, func(ctx context.Context, tx *sql.Tx) error {
		return r.update(ctx, tx, endings, ended)
	})
	return fault("finish in", r.ledger.path, err)
}

// planFinish gives the records as they will be when they have ended.
func (r *Run) planFinish(endings []Ending) ([]record, tally, error) {
	ended, counts := make([]record, len(endings)), r.tally
	twice := make(map[Key]bool, len(endings))
	for i, e := range endings {
		found := r.index.find(e.Key)
		if found == nil || found.now != inFlight || twice[e.Key] {
			return nil, counts, ErrNotBegun
		}
		twice[e.Key] = true
		known := *found
		known.now = standing(e.Outcome)
		if e.NotSent {
			known.now = known.before
			known.attempts--
		}
		counts.move(inFlight, known.now)
		ended[i] = known
	}
	return ended, counts, nil
}

func (r *Run) update(ctx context.Context, tx *sql.Tx, endings []Ending, ended []record) error {
	end, back := tx.StmtContext(ctx, r.end), tx.StmtContext(ctx, r.back)
	for i, e := range endings {
		known := ended[i]
		var err error
		if e.NotSent {
			_, err = back.ExecContext(ctx, known.now, known.attempts, r.campaign, known.n)
		} else {
			_, err = end.ExecContext(ctx, known.now, e.At.UnixMilli(), e.Code, e.Enhanced, e.Reply, r.campaign, known.n)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// write does one transaction of the run and, once it is on the disk, takes its
// records over. It cannot be interrupted: whether a commit that was is in the
// ledger, nobody could say.
func (r *Run) write(ctx context.Context, counts tally, changed []record, do func(context.Context, *sql.Tx) error) error {
	if r.release == nil {
		return errClosed
	}
	ctx = context.WithoutCancel(ctx)
	tx, err := r.ledger.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := r.recount(ctx, tx, counts); err != nil {
		return err
	}
	if err := do(ctx, tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	r.keep(counts, changed)
	return nil
}

// recount writes what the run has added to the counts, and fails where another
// run has ended it.
func (r *Run) recount(ctx context.Context, tx *sql.Tx, t tally) error {
	t.subtract(r.atStart)
	result, err := tx.StmtContext(ctx, r.count).ExecContext(ctx, r.ledger.clock().UnixMilli(),
		t[unknown], t[accepted], t[rejected], t[deferred], r.run)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, ErrLocked)
	}
	return nil
}

func (r *Run) keep(counts tally, changed []record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tally = counts
	for _, c := range changed {
		r.index.put(c)
		r.last = max(r.last, c.n)
	}
}

// Close ends the run and releases the lock. A second time it does nothing.
func (r *Run) Close() error {
	if r.release == nil {
		return nil
	}
	release := r.release
	r.release = nil
	errs := []error{r.conclude()}
	for _, s := range []*sql.Stmt{r.first, r.again, r.end, r.back, r.count} {
		if s != nil {
			errs = append(errs, s.Close())
		}
	}
	return fault("unlock", r.ledger.path, errors.Join(append(errs, release())...))
}

// conclude leaves no trace of a run that wrote nothing.
func (r *Run) conclude() error {
	if r.run == 0 {
		return nil // it could not be started
	}
	n, err := affected(r.ledger.db.Exec(`DELETE FROM run WHERE id = $1 AND updated IS NULL`, r.run))
	if err != nil || n == 1 {
		return err
	}
	_, err = r.ledger.db.Exec(`UPDATE run SET ended = $1 WHERE id = $2 AND ended IS NULL`, r.ledger.clock().UnixMilli(), r.run)
	return err
}
