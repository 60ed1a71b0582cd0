package ledger

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// schema is where the tables are made, unless the URL says search_path.
const schema = "mailshot"

// maxConnections of one process: the run's writes, its claims, its lease, and
// a lock.
const maxConnections = 4

// serverTables are as those of SQLite. A recipient is found by key, since those
// of several runs are begun at the same time, and stands there from when it was
// claimed.
var serverTables = [...]string{
	`CREATE TABLE secret (
		id  INTEGER PRIMARY KEY CHECK (id = 1),
		key BYTEA NOT NULL
	);
	CREATE TABLE server (
		id   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		name TEXT NOT NULL UNIQUE
	);
	CREATE TABLE campaign (
		id               BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		name             TEXT COLLATE "C" NOT NULL UNIQUE,
		digest           TEXT NOT NULL,
		template         BYTEA NOT NULL,
		shared_mailboxes TEXT NOT NULL,
		recipients       BIGINT NOT NULL,
		started_by       TEXT NOT NULL,
		started          BIGINT NOT NULL,
		updated          BIGINT NOT NULL,
		unknown          BIGINT NOT NULL,
		accepted         BIGINT NOT NULL,
		rejected         BIGINT NOT NULL,
		deferred         BIGINT NOT NULL,
		next_slot        TIMESTAMPTZ NOT NULL DEFAULT '-infinity' -- when the next message may leave, where a rate is shared
	);
	CREATE TABLE run (
		id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		campaign   BIGINT NOT NULL REFERENCES campaign,
		digest     TEXT NOT NULL,
		started_by TEXT NOT NULL,
		started    BIGINT NOT NULL,
		updated    BIGINT,
		ended      BIGINT,
		lease      TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp() + interval '30 s', -- it lives until then, by the server's clock
		unknown    BIGINT NOT NULL,
		accepted   BIGINT NOT NULL,
		rejected   BIGINT NOT NULL,
		deferred   BIGINT NOT NULL
	) WITH (fillfactor = 50);
	CREATE INDEX run_of_campaign ON run (campaign);
	CREATE TABLE recipient (
		campaign   BIGINT NOT NULL,
		n          BIGINT GENERATED ALWAYS AS IDENTITY,
		key        BYTEA NOT NULL,
		line       INTEGER NOT NULL,
		standing   SMALLINT NOT NULL,
		attempts   INTEGER NOT NULL,
		message_id TEXT NOT NULL DEFAULT '',
		server     BIGINT,
		begun      BIGINT,
		ended      BIGINT,
		code       INTEGER,
		enhanced   TEXT,
		run        BIGINT, -- that has it in hand, or had it last
		reply      TEXT,
		PRIMARY KEY (campaign, key)
	) WITH (fillfactor = 70); -- room for its updates beside it
	CREATE UNIQUE INDEX recipient_n ON recipient (campaign, n);
	CREATE TABLE part (
		campaign BIGINT NOT NULL REFERENCES campaign,
		kind     TEXT NOT NULL,
		name     TEXT NOT NULL,
		digest   BYTEA NOT NULL,
		PRIMARY KEY (campaign, kind, name)
	);
	CREATE TABLE resolution (
		campaign BIGINT NOT NULL REFERENCES campaign,
		n        BIGINT NOT NULL,
		attempt  INTEGER NOT NULL,
		sent     BOOLEAN NOT NULL,
		evidence TEXT NOT NULL,
		who      TEXT NOT NULL,
		at       BIGINT NOT NULL,
		PRIMARY KEY (campaign, n, attempt)
	);
	CREATE TABLE suppression (
		key      BYTEA NOT NULL,
		campaign TEXT COLLATE "C" NOT NULL,
		reason   TEXT NOT NULL,
		who      TEXT NOT NULL,
		at       BIGINT NOT NULL,
		PRIMARY KEY (key, campaign)
	);
	CREATE TABLE bounce (
		campaign     BIGINT NOT NULL REFERENCES campaign,
		n            BIGINT NOT NULL,
		notification BYTEA NOT NULL,
		action       TEXT NOT NULL,
		status       TEXT NOT NULL,
		diagnostic   TEXT NOT NULL,
		reporter     TEXT NOT NULL,
		at           BIGINT NOT NULL,
		recorded     BIGINT NOT NULL,
		PRIMARY KEY (campaign, n, notification)
	);`,
}

// IsServer says whether a ledger is named by the URL of a PostgreSQL server.
func IsServer(named string) bool {
	scheme, _, found := strings.Cut(named, "://")
	return found && (strings.EqualFold(scheme, "postgres") || strings.EqualFold(scheme, "postgresql"))
}

// openServer opens or makes the ledger in a PostgreSQL database; readOnly, it
// makes nothing. A password that the URL does not hold is taken from PGPASSWORD
// or the password file, as psql does.
func openServer(ctx context.Context, named string, readOnly bool) (*Ledger, error) {
	config, err := pgx.ParseConfig(named)
	if err != nil {
		return nil, fault("open", withoutSecrets(named), errNoURL)
	}
	if config.RuntimeParams["search_path"] == "" {
		config.RuntimeParams["search_path"] = schema
	}
	config.RuntimeParams["synchronous_commit"] = "on" // whatever the role's default
	config.RuntimeParams["application_name"] = "mailshot"
	if readOnly {
		config.RuntimeParams["default_transaction_read_only"] = "on"
	}
	// A machine that is gone in the middle of a transaction keeps others waiting
	// no longer than for its lease.
	config.RuntimeParams["idle_in_transaction_session_timeout"] = strconv.FormatInt(lease.Milliseconds(), 10)
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = waitForOthers
	}
	l := &Ledger{path: withoutSecrets(named), clock: time.Now, db: stdlib.OpenDB(*config)}
	l.db.SetMaxOpenConns(maxConnections)
	l.store = &server{ledger: l, lease: lease, clock: time.Now}
	if err := l.bringUpServer(ctx); err != nil {
		l.db.Close()
		return nil, fault("open", l.path, err)
	}
	return l, nil
}

// HoldsPassword says whether the URL of a server holds a password.
func HoldsPassword(named string) bool {
	u, err := url.Parse(named)
	if err != nil {
		return strings.Contains(named, "@")
	}
	_, inside := u.User.Password()
	return inside || u.Query().Has("password") || u.Query().Has("sslpassword")
}

// withoutSecrets is a URL as far as it can be shown.
func withoutSecrets(named string) string {
	u, err := url.Parse(named)
	if err != nil {
		return "postgres://"
	}
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	if name := u.User.Username(); name != "" {
		shown.User = url.User(name)
	}
	return shown.String()
}

// bringUpServer makes the tables, or brings them to the present version. Many
// machines may do so at the same time.
func (l *Ledger) bringUpServer(ctx context.Context) error {
	return l.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, applicationID); err != nil {
			return err
		}
		from, err := serverVersion(ctx, tx)
		if err != nil {
			return err
		}
		if from < len(serverTables) {
			l.begun = from == 0
			if err := migrateServer(ctx, tx, from); err != nil {
				return err
			}
		}
		return tx.QueryRowContext(ctx, `SELECT key FROM secret`).Scan(&l.secret)
	})
}

// serverVersion gives the version of the tables, 0 where there are none. It
// makes the schema and the table of versions.
func serverVersion(ctx context.Context, tx *sql.Tx) (int, error) {
	var there, ours bool
	err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = current_schema()::text::regnamespace AND relkind = 'r'),
		to_regclass(quote_ident(current_schema()) || '.mailshot_version') IS NOT NULL`).Scan(&there, &ours)
	if err != nil {
		return 0, err
	}
	if !ours {
		if there {
			return 0, errForeign
		}
		return 0, nil
	}
	var version int
	if err := tx.QueryRowContext(ctx, `SELECT version FROM mailshot_version`).Scan(&version); err != nil {
		return 0, err
	}
	if version > len(serverTables) {
		return 0, ErrNewer
	}
	return version, nil
}

func migrateServer(ctx context.Context, tx *sql.Tx, from int) error {
	if from == 0 {
		if err := beginServer(ctx, tx); err != nil {
			return err
		}
	}
	for _, migration := range serverTables[from:] {
		if _, err := tx.ExecContext(ctx, migration); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE mailshot_version SET version = $1`, len(serverTables)); err != nil {
		return err
	}
	secret := make([]byte, 32)
	rand.Read(secret) // never fails (crypto/rand)
	_, err := tx.ExecContext(ctx, `INSERT INTO secret (id, key) VALUES (1, $1) ON CONFLICT DO NOTHING`, secret)
	return err
}

// beginServer makes the schema, where somebody has not done so for a role that
// may not, and marks it as a ledger.
func beginServer(ctx context.Context, tx *sql.Tx) error {
	var path string
	var current sql.NullString
	if err := tx.QueryRowContext(ctx, `SELECT current_setting('search_path'), current_schema()`).Scan(&path, &current); err != nil {
		return err
	}
	if !current.Valid {
		first, _, _ := strings.Cut(path, ",")
		name := pgx.Identifier{strings.Trim(strings.TrimSpace(first), `"`)}
		if _, err := tx.ExecContext(ctx, `CREATE SCHEMA `+name.Sanitize()); err != nil {
			return err
		}
	}
	for _, statement := range []string{
		`CREATE TABLE mailshot_version (version INTEGER NOT NULL)`,
		`INSERT INTO mailshot_version (version) VALUES (0)`,
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

var errNoURL = errors.New("it is no URL of a PostgreSQL server")

// refusal is what PostgreSQL answered: never its text, which quotes.
type refusal string // SQLSTATE

func (e refusal) Error() string {
	switch e {
	case "28000", "28P01":
		return "the database server refuses the user or the password"
	case "3D000":
		return "there is no such database"
	case "42501":
		return "the user has no right to do that in the database"
	case "53100":
		return "the disk of the database server is full"
	case "53300":
		return "the database server has too many connections"
	case "25006":
		return "the database server only reads: it is a standby"
	case "57P01", "57P02", "57P03":
		return "the database server is being shut down or started"
	}
	return fmt.Sprintf("the database server answered SQLSTATE %s", string(e))
}
