package ledger

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// lease is how long a run is held to live after its last sign of life: longer
// than a process or the network to it is away for a while.
const lease = 30 * time.Second

// server is the store in PostgreSQL, in which runs on several machines share a
// campaign.
//
// A run claims recipients before it makes their messages: it is the one that
// their row names. A claim holds as long as the run lives, which it does until
// its lease, renewed as long as its process does, has run out. Those whom a
// dead run had claimed and not begun are free again; those whom it had begun
// are unknown.
type server struct {
	ledger *Ledger
	lease  time.Duration
	clock  func() time.Time // of this machine, for the lease alone
}

// lock keeps no other run off: they share.
func (s *server) lock(context.Context, string) (func() error, error) {
	return func() error { return nil }, nil
}

// lockResolve takes an advisory lock, which goes with the session.
func (s *server) lockResolve(ctx context.Context, campaign string) (func() error, error) {
	conn, err := s.ledger.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	var locked bool
	err = conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1, hashtext($2))`, applicationID, campaign).Scan(&locked)
	if err == nil && !locked {
		err = ErrLocked
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return func() error {
		_, err := conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1, hashtext($2))`, applicationID, campaign)
		return errors.Join(err, conn.Close())
	}, nil
}

// reap ends the runs whose lease has run out. One that the server could not
// hear of, since it was away itself, is given time.
func (s *server) reap(ctx context.Context, tx *sql.Tx, campaign, now int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE run SET ended = $1 WHERE campaign = $2 AND ended IS NULL
		AND lease < clock_timestamp() AND pg_postmaster_start_time() < clock_timestamp() - $3::bigint * interval '1 ms'`,
		now, campaign, s.lease.Milliseconds())
	return err
}

func (s *server) lives() string { return "r.lease > clock_timestamp()" }

func (s *server) sending(string) bool { return true } // lives tells

// serverPen writes a batch with one statement, whatever the way to the server
// takes.
type serverPen struct {
	run     *Run
	lease   time.Duration
	clock   func() time.Time
	renewed atomic.Pointer[time.Time] // when that of the lease was asked for last, with success
	lapsed  atomic.Bool               // somebody has ended the run
	stop    context.CancelFunc
	done    sync.WaitGroup
}

func (s *server) pen(ctx context.Context, r *Run) (pen, error) {
	p := &serverPen{run: r, lease: s.lease, clock: s.clock}
	if err := p.renew(ctx); err != nil {
		return nil, err
	}
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	p.stop = stop
	p.done.Go(func() { p.live(life) })
	return p, nil
}

// live renews the lease until life is over. Where that fails it is tried again
// in time.
func (p *serverPen) live(life context.Context) {
	tick := time.NewTicker(p.lease / 6)
	defer tick.Stop()
	for {
		select {
		case <-life.Done():
			return
		case <-tick.C:
			p.renew(life)
		}
	}
}

func (p *serverPen) renew(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, p.lease/6)
	defer cancel()
	asked := p.clock()
	n, err := affected(p.run.ledger.db.ExecContext(ctx, `UPDATE run SET lease = clock_timestamp() + $1::bigint * interval '1 ms'
		WHERE id = $2 AND ended IS NULL`, p.lease.Milliseconds(), p.run.run))
	switch {
	case err != nil:
		return err
	case n == 0:
		p.lapsed.Store(true)
	default:
		p.renewed.Store(&asked)
	}
	return nil
}

// hold leaves the renewing to live.
func (p *serverPen) hold(ctx context.Context) error {
	for deadline := time.Now().Add(patience); ; {
		switch {
		case p.lapsed.Load():
			return ErrLapsed
		case p.holds():
			return nil
		case time.Now().After(deadline):
			return errAway
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// holds says whether the lease has a while to run, for what is written now to
// leave. Of Go's two clocks one stands still while the machine sleeps, and one
// may be set: whichever has gone further tells.
func (p *serverPen) holds() bool {
	renewed, now := *p.renewed.Load(), p.clock()
	return max(now.Sub(renewed), now.Round(0).Sub(renewed.Round(0))) < p.lease-p.lease/6
}

func (p *serverPen) close() error {
	p.stop()
	p.done.Wait()
	return nil
}

// sign notes as well whether the run lives still: what it has sent it may write
// down even if not.
func (p *serverPen) sign(ctx context.Context, tx *sql.Tx, added tally) error {
	var lapsed bool
	err := tx.QueryRowContext(ctx, `UPDATE run SET updated = $1, unknown = $2, accepted = $3, rejected = $4, deferred = $5,
			lease = clock_timestamp() + $6::bigint * interval '1 ms'
		WHERE id = $7 RETURNING ended IS NOT NULL`,
		p.run.ledger.clock().UnixMilli(), added[unknown], added[accepted], added[rejected], added[deferred],
		p.lease.Milliseconds(), p.run.run).Scan(&lapsed)
	if lapsed {
		p.lapsed.Store(true)
	}
	return err
}

func (p *serverPen) claim(ctx context.Context, wanted []Want) ([]record, error) {
	keys, lines, tried := make([][]byte, len(wanted)), make([]int64, len(wanted)), make([]int64, len(wanted))
	for i, w := range wanted {
		keys[i], lines[i], tried[i] = w.Key[:], int64(w.Line), int64(w.Attempts)
	}
	var records []record
	err := p.run.ledger.inTx(ctx, func(tx *sql.Tx) (err error) {
		if err = p.run.ledger.store.reap(ctx, tx, p.run.campaign, p.run.ledger.clock().UnixMilli()); err != nil {
			return err
		}
		if err = p.enter(ctx, tx, keys, lines); err != nil {
			return err
		}
		if err = p.seize(ctx, tx, keys, tried); err != nil {
			return err
		}
		records, err = p.look(ctx, tx, keys, tried)
		return err
	})
	return records, err
}

// enter makes rows for those who have none, in the order of the list: runs that
// make the same rows at the same time do not wait for each other crosswise.
func (p *serverPen) enter(ctx context.Context, tx *sql.Tx, keys [][]byte, lines []int64) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO recipient (campaign, key, line, standing, attempts)
		SELECT $1::bigint, w.key, w.line, $2::smallint, 0 FROM unnest($3::bytea[], $4::bigint[]) WITH ORDINALITY AS w(key, line, i)
		WHERE NOT EXISTS (SELECT FROM recipient AS r WHERE r.campaign = $1 AND r.key = w.key)
		ORDER BY w.i ON CONFLICT DO NOTHING`, p.run.campaign, int16(untried), keys, lines)
	return err
}

// seize takes those who may be sent to and whom no run that lives has in hand;
// fewer attempts than were known of are those that were taken back.
// It does not wait for those whom another takes at this moment.
func (p *serverPen) seize(ctx context.Context, tx *sql.Tx, keys [][]byte, tried []int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE recipient SET run = $1
		FROM (SELECT f.key FROM recipient AS f JOIN unnest($3::bytea[], $6::bigint[]) AS w(key, tried) ON w.key = f.key
			WHERE f.campaign = $2 AND f.attempts <= w.tried AND f.standing IN ($4, $5)
				AND NOT EXISTS (SELECT FROM run WHERE run.id = f.run AND run.ended IS NULL)
			FOR UPDATE OF f SKIP LOCKED) AS free
		WHERE recipient.campaign = $2 AND recipient.key = free.key`,
		p.run.run, p.run.campaign, keys, int16(untried), int16(deferred), tried)
	return err
}

// look gives where all of keys stand now. Who could have been seized and was not
// is being taken by another run at this moment.
func (p *serverPen) look(ctx context.Context, tx *sql.Tx, keys [][]byte, tried []int64) ([]record, error) {
	rows, err := tx.QueryContext(ctx, `SELECT r.key, r.standing, r.attempts, COALESCE(r.run = $1, FALSE),
			o.id IS NOT NULL, r.attempts <= w.tried
		FROM recipient AS r JOIN unnest($3::bytea[], $4::bigint[]) AS w(key, tried) ON w.key = r.key
			LEFT JOIN run AS o ON o.id = r.run AND o.ended IS NULL
		WHERE r.campaign = $2`, p.run.run, p.run.campaign, keys, tried)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []record
	for rows.Next() {
		known := record{n: 1}
		var key []byte
		var own, lives, asKnown bool
		if err := rows.Scan(&key, &known.now, &known.attempts, &own, &lives, &asKnown); err != nil {
			return nil, err
		}
		copy(known.key[:], key)
		known.atStart, known.attemptsAtStart = known.now, known.attempts
		switch {
		case own && known.now.mayBegin():
			known.hand = mine
		case !own && lives && !known.now.isFinal(), !own && asKnown && known.now.mayBegin():
			known.hand = elsewhere
		}
		all = append(all, known)
	}
	return all, rows.Err()
}

func (p *serverPen) begin(ctx context.Context, tx *sql.Tx, attempts []Attempt, begun []record, servers []int64) error {
	if p.lapsed.Load() {
		return ErrLapsed
	}
	size := len(attempts)
	keys, lines, counts, ids := make([][]byte, size), make([]int64, size), make([]int64, size), make([]string, size)
	for i, a := range attempts {
		keys[i], lines[i], counts[i], ids[i] = a.Key[:], int64(a.Line), int64(begun[i].attempts), a.MessageID
	}
	// A row that stands there as begun with this very attempt was written by
	// this run, to which no answer came.
	n, err := affected(tx.ExecContext(ctx, `UPDATE recipient
		SET standing = $1, line = b.line, attempts = b.attempts, message_id = b.message_id, server = b.server, begun = $2
		FROM unnest($3::bytea[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[]) AS b(key, line, attempts, message_id, server)
		WHERE recipient.campaign = $8 AND recipient.key = b.key AND recipient.run = $9
			AND (recipient.standing IN ($10, $11) AND recipient.attempts = b.attempts - 1
				OR recipient.standing = $1 AND recipient.attempts = b.attempts)`,
		int16(unknown), p.run.ledger.clock().UnixMilli(), keys, lines, counts, ids, servers,
		p.run.campaign, p.run.run, int16(untried), int16(deferred)))
	if err == nil && n != size {
		return ErrAlreadyBegun
	}
	return err
}

func (p *serverPen) finish(ctx context.Context, tx *sql.Tx, endings []Ending, ended []record) error {
	size := len(endings)
	keys, to, counts := make([][]byte, size), make([]int64, size), make([]int64, size)
	back, givenUp := make([]bool, size), make([]bool, size)
	at, codes, enhanced, replies := make([]int64, size), make([]int64, size), make([]string, size), make([]string, size)
	for i, e := range endings {
		keys[i], to[i], counts[i] = e.Key[:], int64(ended[i].now), int64(ended[i].attempts)
		back[i], givenUp[i] = e.NotSent, e.GivenUp
		at[i], codes[i], enhanced[i], replies[i] = e.At.UnixMilli(), int64(e.Code), e.Enhanced, sayable(e.Reply)
	}
	n, err := affected(tx.ExecContext(ctx, `UPDATE recipient SET standing = e.standing, attempts = e.attempts,
			ended = CASE WHEN e.back THEN recipient.ended ELSE e.at END,
			code = CASE WHEN e.back THEN recipient.code ELSE e.code END,
			enhanced = CASE WHEN e.back THEN recipient.enhanced ELSE e.enhanced END,
			reply = CASE WHEN e.back THEN recipient.reply ELSE e.reply END,
			run = CASE WHEN e.given_up THEN NULL ELSE recipient.run END
		FROM unnest($1::bytea[], $2::bigint[], $3::bigint[], $4::boolean[], $5::bigint[], $6::bigint[], $7::text[], $8::text[], $12::boolean[])
			AS e(key, standing, attempts, back, at, code, enhanced, reply, given_up)
		WHERE recipient.campaign = $9 AND recipient.key = e.key
			AND (recipient.run = $10 AND recipient.standing = $11 AND recipient.attempts = e.attempts + e.back::int
				OR (recipient.run = $10 OR recipient.run IS NULL AND e.given_up)
					AND recipient.standing = e.standing AND recipient.attempts = e.attempts)`,
		keys, to, counts, back, at, codes, enhanced, replies, p.run.campaign, p.run.run, int16(unknown), givenUp))
	if err == nil && n != size {
		if p.lapsed.Load() {
			return ErrLapsed // and what it had begun has been settled
		}
		return ErrNotBegun
	}
	return err
}

// reserve is a token bucket that holds no token: slots that nobody took are
// gone. The clock is the server's.
func (p *serverPen) reserve(ctx context.Context, n int, every time.Duration) (time.Duration, error) {
	var us int64
	err := p.run.ledger.db.QueryRowContext(ctx, `UPDATE campaign
		SET next_slot = greatest(next_slot, clock_timestamp()) + $1::bigint * interval '1 us' WHERE id = $2
		RETURNING (extract(epoch FROM next_slot - clock_timestamp()) * 1000000)::bigint - $1`,
		int64(n)*every.Microseconds(), p.run.campaign).Scan(&us)
	return max(0, time.Duration(us)*time.Microsecond), err
}

// sayable is a text as PostgreSQL takes it.
func sayable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// passes says that the server is away or being started again, has given up a
// transaction for lost, or that two stood in each other's way.
func (s *server) passes(err error) bool {
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok {
		return slices.Contains([]string{"57P01", "57P02", "57P03", "53300", "25P03", "40P01", "40001"}, refused.Code) ||
			strings.HasPrefix(refused.Code, "08")
	}
	return isAway(err)
}

// isAway says whether err is a connection that broke, or could not be made. The
// time that making one may take is not the caller's.
func isAway(err error) bool {
	if errors.Is(err, context.Canceled) {
		return false
	}
	if _, connect := errors.AsType[*pgconn.ConnectError](err); connect {
		return true
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	_, network := errors.AsType[net.Error](err)
	return network || pgconn.SafeToRetry(err) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, driver.ErrBadConn)
}
