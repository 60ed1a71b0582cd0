package ledger

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// applicationID marks a SQLite file as a ledger of mailshot.
const applicationID = 0x6d736c67

// waitForOthers is how long a write waits for that of another process.
const waitForOthers = 10 * time.Second

// migrations take a ledger from the version that is their index to the next.
var migrations = [...]string{
	`CREATE TABLE secret (
		id  INTEGER PRIMARY KEY CHECK (id = 1),
		key BLOB NOT NULL -- of the HMAC that makes a recipient's key
	);
	CREATE TABLE server (
		id   INTEGER PRIMARY KEY,
		name TEXT NOT NULL UNIQUE
	);
	CREATE TABLE campaign (
		id               INTEGER PRIMARY KEY,
		name             TEXT NOT NULL UNIQUE,
		digest           TEXT NOT NULL,
		template         BLOB NOT NULL,
		shared_mailboxes TEXT NOT NULL,
		recipients       INTEGER NOT NULL, -- on the list of the latest run that began one
		started_by       TEXT NOT NULL,    -- the latest run that began one
		started          INTEGER NOT NULL, -- milliseconds since 1970, as all times
		updated          INTEGER NOT NULL,
		run              INTEGER NOT NULL, -- counts all runs; a write names its own
		unknown          INTEGER NOT NULL, -- these four count the campaign's recipients
		accepted         INTEGER NOT NULL,
		rejected         INTEGER NOT NULL,
		deferred         INTEGER NOT NULL
	);
	-- In the order in which they were first begun, and not by key, which would
	-- scatter the rows of every batch over the whole file. That a key stands
	-- once is seen to by the one run that the campaign has at a time.
	CREATE TABLE recipient (
		campaign   INTEGER NOT NULL REFERENCES campaign,
		n          INTEGER NOT NULL,
		key        BLOB NOT NULL,
		line       INTEGER NOT NULL,
		standing   INTEGER NOT NULL,
		attempts   INTEGER NOT NULL,
		message_id TEXT NOT NULL,
		server     INTEGER NOT NULL REFERENCES server,
		begun      INTEGER NOT NULL,
		ended      INTEGER, -- this and what follows are of the latest ending
		code       INTEGER,
		enhanced   TEXT,
		PRIMARY KEY (campaign, n)
	) WITHOUT ROWID;`,

	`CREATE TABLE run (
		id         INTEGER PRIMARY KEY,
		campaign   INTEGER NOT NULL REFERENCES campaign,
		digest     TEXT NOT NULL,
		started_by TEXT NOT NULL,
		started    INTEGER NOT NULL,
		updated    INTEGER,          -- its latest write
		ended      INTEGER,          -- it may write until then
		unknown    INTEGER NOT NULL, -- these four are what it has added to the campaign's
		accepted   INTEGER NOT NULL,
		rejected   INTEGER NOT NULL,
		deferred   INTEGER NOT NULL
	);
	CREATE INDEX run_of_campaign ON run (campaign);
	-- What the messages are made of, to say which has changed.
	CREATE TABLE part (
		campaign INTEGER NOT NULL REFERENCES campaign,
		kind     TEXT NOT NULL, -- template, attachment, option, list
		name     TEXT NOT NULL,
		digest   BLOB NOT NULL,
		PRIMARY KEY (campaign, kind, name)
	) WITHOUT ROWID;
	-- How a person has settled what was unknown.
	CREATE TABLE resolution (
		campaign INTEGER NOT NULL REFERENCES campaign,
		n        INTEGER NOT NULL,
		attempt  INTEGER NOT NULL,
		sent     BOOLEAN NOT NULL,
		evidence TEXT NOT NULL,
		who      TEXT NOT NULL,
		at       INTEGER NOT NULL,
		PRIMARY KEY (campaign, n, attempt)
	) WITHOUT ROWID;
	CREATE TABLE suppression (
		key      BLOB NOT NULL,
		campaign TEXT NOT NULL, -- the campaign's id, which need not be in the ledger; '' for all
		reason   TEXT NOT NULL,
		who      TEXT NOT NULL,
		at       INTEGER NOT NULL,
		PRIMARY KEY (key, campaign)
	) WITHOUT ROWID;
	-- Delivery status notifications (RFC 3464).
	CREATE TABLE bounce (
		campaign     INTEGER NOT NULL REFERENCES campaign,
		n            INTEGER NOT NULL,
		notification BLOB NOT NULL, -- digest of it, so that one read twice counts once
		action       TEXT NOT NULL,
		status       TEXT NOT NULL,
		diagnostic   TEXT NOT NULL, -- masked
		reporter     TEXT NOT NULL,
		at           INTEGER NOT NULL,
		recorded     INTEGER NOT NULL,
		PRIMARY KEY (campaign, n, notification)
	) WITHOUT ROWID;
	ALTER TABLE campaign DROP COLUMN run; -- and its counts are those of earlier versions, and of resolutions
	ALTER TABLE recipient ADD COLUMN run INTEGER; -- that begun it last
	ALTER TABLE recipient ADD COLUMN reply TEXT;  -- masked`,
}

func fileSource(path string) (string, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	full = filepath.ToSlash(full)
	if !strings.HasPrefix(full, "/") {
		full = "/" + full // C:/...
	}
	return (&url.URL{Scheme: "file", Path: full, RawQuery: settings()}).String(), nil
}

func memorySource() string { return ":memory:?" + settings() }

func settings() string {
	return url.Values{
		"_txlock": {"immediate"},
		"_pragma": {
			fmt.Sprintf("busy_timeout(%d)", waitForOthers.Milliseconds()),
			"synchronous(FULL)",
			"fullfsync(ON)", // macOS: fsync alone leaves it in the drive's cache
			"foreign_keys(ON)",
		},
	}.Encode()
}

// connect opens the database and brings it to the present version. There is
// one connection: the ledger has one writer, and one in memory would be lost
// with its connection.
func connect(ctx context.Context, l *Ledger, source string) (*Ledger, error) {
	db, err := sql.Open("sqlite", source)
	if err != nil {
		return nil, fault("open", l.path, err)
	}
	db.SetMaxOpenConns(1)
	l.db = db
	if err := l.untilFree(ctx, l.bringUp); err != nil {
		db.Close()
		return nil, fault("open", l.path, err)
	}
	return l, nil
}

// untilFree does again what found the file locked. SQLite waits by itself
// (busy_timeout), but not where two that read wish to write: when several
// processes turn on the log of a new ledger at the same time.
func (l *Ledger) untilFree(ctx context.Context, do func(context.Context) error) error {
	deadline := time.Now().Add(waitForOthers)
	for {
		err := do(ctx)
		if !isBusy(err) || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (l *Ledger) bringUp(ctx context.Context) error {
	// Before the first write, so that nothing is done to a foreign file.
	from, err := version(ctx, l.db)
	if err != nil {
		return err
	}
	l.begun = from == 0
	if err := l.keepLog(ctx); err != nil {
		return err
	}
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := migrate(ctx, tx); err != nil {
		return err
	}
	if err := tx.QueryRowContext(ctx, `SELECT key FROM secret`).Scan(&l.secret); err != nil {
		return err
	}
	return tx.Commit()
}

// keepLog turns on write-ahead logging, which stays on in the file.
func (l *Ledger) keepLog(ctx context.Context) error {
	_, err := l.db.ExecContext(ctx, `PRAGMA journal_mode = WAL`)
	return err
}

// version gives the version of the ledger's tables, 0 for an empty file.
func version(ctx context.Context, q querier) (int, error) {
	var application, version, tables int
	err := q.QueryRowContext(ctx, `SELECT a.application_id, v.user_version, (SELECT count(*) FROM sqlite_master)
		FROM pragma_application_id AS a, pragma_user_version AS v`).Scan(&application, &version, &tables)
	switch {
	case err != nil:
		return 0, err
	case application == 0 && version == 0 && tables == 0:
		return 0, nil
	case application != applicationID:
		return 0, errForeign
	case version > len(migrations):
		return 0, ErrNewer
	}
	return version, nil
}

func migrate(ctx context.Context, tx *sql.Tx) error {
	from, err := version(ctx, tx)
	if err != nil || from == len(migrations) {
		return err
	}
	for _, migration := range migrations[from:] {
		if _, err := tx.ExecContext(ctx, migration); err != nil {
			return err
		}
	}
	marks := fmt.Sprintf(`PRAGMA application_id = %d; PRAGMA user_version = %d`, applicationID, len(migrations))
	if _, err := tx.ExecContext(ctx, marks); err != nil {
		return err
	}
	secret := make([]byte, 32)
	rand.Read(secret) // never fails (crypto/rand)
	_, err = tx.ExecContext(ctx, `INSERT INTO secret (id, key) VALUES (1, $1) ON CONFLICT DO NOTHING`, secret)
	return err
}
