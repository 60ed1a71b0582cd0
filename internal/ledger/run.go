package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"
)

// Run is one run of a campaign: its claims and its writes. Begin and Finish are
// for one goroutine; State may be asked, and Claim called, by others meanwhile.
type Run struct {
	ledger   *Ledger
	release  func() error // nil once it is closed
	campaign int64        // id of its row
	run      int64        // id of its own
	as       Campaign     // what the campaign is as of this run,
	effected bool         // which its first Begin writes down
	servers  map[string]int64
	pen      pen
	claims   claimer // nil where no other run can have a recipient in hand

	mu    sync.RWMutex // guards index and last
	index *index
	last  uint32 // n of the recipient first begun last
	added tally  // to the counts, by this run
}

// State is where a recipient of the campaign stands.
type State struct {
	Tried     bool // it was begun at least once
	Outcome   Outcome
	Attempts  int
	Elsewhere bool // a run on another machine has it in hand
}

// Untouched says that no recipient of the campaign was begun, by any run, as
// far as this one knows.
func (r *Run) Untouched() bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.index.used == 0
}

// State gives where k stands as of Start, or of the latest Claim of it.
func (r *Run) State(k Key) State {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if known := r.index.find(k); known != nil {
		return known.state()
	}
	return State{}
}

// state gives where a recipient stood before the run did anything.
func (known *record) state() State {
	s := State{Elsewhere: known.hand == elsewhere}
	if known.atStart != untried {
		s.Tried, s.Outcome, s.Attempts = true, Outcome(known.atStart), int(known.attemptsAtStart)
	}
	return s
}

// Want is one recipient whom a run would send to.
type Want struct {
	Key      Key
	Line     int // a hint for people
	Attempts int // that the run knows of: who was tried since by another is not claimed
}

// Shared says whether runs on other machines may have recipients of the
// campaign in hand. If not, Claim need not be called.
func (r *Run) Shared() bool { return r.claims != nil }

// Claim takes recipients for this run, so that no other one sends to them as
// long as it lives, and gives where each stands now: one who may be sent to,
// was not tried since and is not Elsewhere is this run's. Errors are *Error.
func (r *Run) Claim(ctx context.Context, wanted []Want) ([]State, error) {
	if r.claims != nil {
		if err := r.claim(ctx, wanted); err != nil {
			return nil, fault("claim in", r.ledger.path, err)
		}
	}
	states := make([]State, len(wanted))
	for i, w := range wanted {
		states[i] = r.State(w.Key)
	}
	return states, nil
}

func (r *Run) claim(ctx context.Context, wanted []Want) error {
	var records []record
	err := r.ledger.whenItPasses(ctx, func() (err error) {
		records, err = r.claims.claim(ctx, wanted)
		return err
	})
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, claimed := range records {
		if known := r.index.find(claimed.key); known == nil || known.now != inFlight {
			r.index.put(claimed)
		}
	}
	return nil
}

// Reserve has room for n messages, one every so often, among those of all runs
// of the campaign, and gives how long the first has to wait. Errors are *Error.
func (r *Run) Reserve(ctx context.Context, n int, every time.Duration) (time.Duration, error) {
	var wait time.Duration
	err := r.ledger.whenItPasses(ctx, func() (err error) {
		wait, err = r.claims.reserve(ctx, n, every)
		return err
	})
	return wait, fault("write", r.ledger.path, err)
}

// Hold is asked before any octet of a message leaves. It waits until no run on
// another machine can have taken this one for dead: what this one had begun may
// have been settled then, and be sent by another. One of which that is known is
// ErrLapsed. Errors are *Error.
func (r *Run) Hold(ctx context.Context) error {
	return fault("go on in", r.ledger.path, r.claims.hold(ctx))
}

// Attempt is one message about to be handed over.
type Attempt struct {
	Key       Key
	Line      int // a hint for people
	MessageID string
	Server    string
}

// Begin writes attempts down, durably, before any of their bytes leave, and with
// them how earlier ones ended, as Finish does: all of both, or nothing where it
// gives an error. A recipient who was begun before and is not deferred is
// ErrAlreadyBegun; a run that has lost its lock to another is ErrLocked. It is
// not interrupted once it writes, but where it waits for a store that is away.
// Errors are *Error.
func (r *Run) Begin(ctx context.Context, attempts []Attempt, endings ...Ending) error {
	if len(attempts) == 0 {
		return r.Finish(ctx, endings)
	}
	if err := ctx.Err(); err != nil {
		return fault("begin in", r.ledger.path, err)
	}
	if err := r.claimNew(ctx, attempts); err != nil {
		return fault("begin in", r.ledger.path, err)
	}
	ended, added, err := r.planFinish(endings)
	if err != nil {
		return fault("finish in", r.ledger.path, err)
	}
	begun, added, err := r.planBegin(attempts, added)
	if err != nil {
		return fault("begin in", r.ledger.path, err)
	}
	servers, err := r.serverIDs(ctx, attempts)
	if err != nil {
		return fault("begin in", r.ledger.path, err)
	}
	err = r.write(ctx, added, slices.Concat(ended, begun), func(ctx context.Context, tx *sql.Tx) error {
		if len(endings) > 0 {
			if err := r.pen.finish(ctx, tx, endings, ended); err != nil {
				return err
			}
		}
		if !r.effected {
			if err := r.takeEffect(ctx, tx); err != nil {
				return err
			}
		}
		return r.pen.begin(ctx, tx, attempts, begun, servers)
	})
	r.effected = r.effected || err == nil
	return fault("begin in", r.ledger.path, err)
}

// claimNew claims those of attempts who are new to the run.
func (r *Run) claimNew(ctx context.Context, attempts []Attempt) error {
	if r.claims == nil {
		return nil
	}
	var wanted []Want
	for _, a := range attempts {
		if known := r.known(a.Key); known == nil || known.hand != mine {
			want := Want{Key: a.Key, Line: a.Line}
			if known != nil {
				want.Attempts = int(known.attempts)
			}
			wanted = append(wanted, want)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	return r.claim(ctx, wanted)
}

// known gives what the run knows of k, or nil.
func (r *Run) known(k Key) *record {
	r.mu.RLock()
	defer r.mu.RUnlock()
	found := r.index.find(k)
	if found == nil {
		return nil
	}
	known := *found
	return &known
}

// planBegin gives the records as they will be when attempts are begun, and what
// that makes of added.
func (r *Run) planBegin(attempts []Attempt, added tally) ([]record, tally, error) {
	begun, last := make([]record, len(attempts)), r.last
	twice := make(map[Key]bool, len(attempts))
	for i, a := range attempts {
		known := record{key: a.Key, now: untried, atStart: untried}
		if found := r.known(a.Key); found != nil {
			known = *found
		}
		if twice[a.Key] || !known.now.mayBegin() || known.hand == elsewhere {
			return nil, added, fmt.Errorf("line %d of the list: %w", a.Line, ErrAlreadyBegun)
		}
		twice[a.Key] = true
		if known.n == 0 {
			last++
			known.n = last
		}
		added.move(known.now, inFlight)
		known.before, known.now = known.now, inFlight
		if known.attempts < math.MaxUint16 {
			known.attempts++
		}
		begun[i] = known
	}
	return begun, added, nil
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
	err = r.ledger.whenItPasses(ctx, func() error {
		return r.ledger.db.QueryRowContext(ctx, `INSERT INTO server (name) VALUES ($1)
			ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id`, name).Scan(&id)
	})
	return id, err
}

// Ending is how an attempt ended.
type Ending struct {
	Key      Key
	Outcome  Outcome
	NotSent  bool   // taken back: begun, and never handed to a server
	GivenUp  bool   // Deferred, and not tried again by this run: another may
	Code     int    // reply code; 0 for none
	Enhanced string // enhanced status code; "" for none
	Reply    string // the server's, masked; "" for one that need not be kept
	At       time.Time
}

// Finish writes endings down, durably: all of them, or none where it gives an
// error. One that this run has not begun, or has finished already, is
// ErrNotBegun. It writes even where ctx is done, since an outcome that is not
// written down can never be learned again, but waits for no store that is away
// then. Errors are *Error.
func (r *Run) Finish(ctx context.Context, endings []Ending) error {
	if len(endings) == 0 {
		return nil
	}
	ended, added, err := r.planFinish(endings)
	if err != nil {
		return fault("finish in", r.ledger.path, err)
	}
	err = r.write(ctx, added, ended, func(ctx context.Context, tx *sql.Tx) error {
		return r.pen.finish(ctx, tx, endings, ended)
	})
	return fault("finish in", r.ledger.path, err)
}

// planFinish gives the records as they will be when they have ended.
func (r *Run) planFinish(endings []Ending) ([]record, tally, error) {
	ended, added := make([]record, len(endings)), r.added
	twice := make(map[Key]bool, len(endings))
	for i, e := range endings {
		found := r.known(e.Key)
		if found == nil || found.now != inFlight || twice[e.Key] {
			return nil, added, ErrNotBegun
		}
		twice[e.Key] = true
		found.now = standing(e.Outcome)
		if e.NotSent {
			found.now = found.before
			found.attempts--
		}
		if e.GivenUp {
			found.hand = nobodys
		}
		added.move(inFlight, found.now)
		ended[i] = *found
	}
	return ended, added, nil
}

// write does one transaction of the run and, once it is on the disk, takes its
// records over. It cannot be interrupted: whether a commit that was is in the
// ledger, nobody could say. Waiting for a store that is away can.
func (r *Run) write(ctx context.Context, added tally, changed []record, do func(context.Context, *sql.Tx) error) error {
	if r.release == nil {
		return errClosed
	}
	whole := context.WithoutCancel(ctx)
	err := r.ledger.whenItPasses(ctx, func() error {
		return r.ledger.inTx(whole, func(tx *sql.Tx) error {
			if err := r.pen.sign(whole, tx, added); err != nil {
				return err
			}
			return do(whole, tx)
		})
	})
	if err == nil {
		r.keep(added, changed)
	}
	return err
}

func (r *Run) keep(added tally, changed []record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.added = added
	for _, c := range changed {
		r.index.put(c)
		r.last = max(r.last, c.n)
	}
}

// Close ends the run, gives its claims back and releases the lock. A second
// time it does nothing.
func (r *Run) Close() error {
	if r.release == nil {
		return nil
	}
	release := r.release
	r.release = nil
	errs := []error{r.conclude()}
	if r.pen != nil {
		errs = append(errs, r.pen.close())
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
