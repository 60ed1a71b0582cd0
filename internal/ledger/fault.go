package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Why a ledger could not be opened, or a campaign not started or gone on with.
var (
	ErrLocked        = errors.New("another run of this campaign is going on")
	ErrOtherTemplate = errors.New("the campaign is in the ledger with another template")
	ErrOtherForm     = errors.New("the campaign is in the ledger with other shared mailboxes")
	ErrOtherDigest   = errors.New("another machine is sending the campaign with other messages")
	ErrLapsed        = errors.New("another machine took this run for dead: nothing was heard of it for half a minute")
	ErrNewer         = errors.New("the ledger was written by a newer mailshot")
	ErrOpenToOthers  = errors.New("the ledger can be read by others")
	ErrAlreadyBegun  = errors.New("a recipient was to be sent to a second time")
	ErrNotBegun      = errors.New("an outcome came for a recipient who was not begun")
)

var (
	errFolder  = errors.New("it is a folder")
	errNoFile  = errors.New("it is no regular file")
	errClosed  = errors.New("the run has ended")
	errForeign = errors.New("it is no ledger of mailshot")
)

// An Error says what could not be done with which ledger, why, and what to do.
// It holds nothing of a recipient.
type Error struct {
	Doing string // "open", "begin", ...
	Path  string // the ledger as the user named it; "" for one in memory
	Err   error  // the cause; never a text of the database's own
	Hint  string // the next step; may be empty
}

func (e *Error) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("%s the ledger in memory: %v", e.Doing, e.Err)
	}
	return fmt.Sprintf("%s the ledger %s: %v", e.Doing, e.Path, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// fault makes an *Error of err; nil of nil, and of an *Error itself.
func fault(doing, path string, err error) error {
	if known := (*Error)(nil); err == nil || errors.As(err, &known) {
		return err
	}
	why := cause(err)
	return &Error{Doing: doing, Path: path, Err: why, Hint: hint(why)}
}

// errAway is a database server that cannot be spoken to.
var errAway = errors.New("the database server cannot be reached, or has closed the connection")

// cause leaves out what the operating system and the databases quote.
func cause(err error) error {
	if e := (*pgconn.PgError)(nil); errors.As(err, &e) {
		return refusal(e.Code)
	}
	if e := (*fs.PathError)(nil); errors.As(err, &e) {
		return e.Err
	}
	if e := (*os.LinkError)(nil); errors.As(err, &e) {
		return e.Err
	}
	if e := (*sqlite.Error)(nil); errors.As(err, &e) {
		return storageError(e.Code())
	}
	if isAway(err) {
		return errAway
	}
	return err
}

// storageError is a result code of SQLite, extended or not.
type storageError int

// primary is the code without what extends it.
func (e storageError) primary() int { return int(e) & 0xff }

func (e storageError) Error() string {
	switch e.primary() {
	case sqlite3.SQLITE_FULL:
		return "the disk is full"
	case sqlite3.SQLITE_NOTADB:
		return errForeign.Error()
	case sqlite3.SQLITE_CORRUPT:
		return "the file is damaged"
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return "another program keeps it locked"
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN:
		return "it cannot be written"
	case sqlite3.SQLITE_IOERR:
		return fmt.Sprintf("reading or writing the disk failed (SQLite error %d)", int(e))
	}
	return fmt.Sprintf("SQLite error %d", int(e))
}

// isBusy says whether another program had the database locked.
func isBusy(err error) bool {
	e := storageError(0)
	return errors.As(cause(err), &e) && e.primary() == sqlite3.SQLITE_BUSY
}

// hint gives the next step for a cause; "" where there is none to tell.
func hint(cause error) string {
	switch {
	case errors.Is(cause, ErrLocked):
		return "wait until the other run has ended, or stop it; then run the same command again"
	case errors.Is(cause, ErrOtherTemplate):
		return "--amend sends the changed template to those who have none yet; --campaign ID starts another campaign"
	case errors.Is(cause, ErrOtherForm):
		return "set shared-mailboxes back, or start another campaign with --campaign ID"
	case errors.Is(cause, ErrOtherDigest):
		return "give every machine the same list, template, attachments and options, or wait until the others have ended"
	case errors.Is(cause, ErrLapsed):
		return "run the same command again: nobody gets it twice"
	case errors.Is(cause, ErrNewer):
		return "use the mailshot that wrote it, or a newer one"
	case errors.Is(cause, fs.ErrPermission), errors.Is(cause, errFolder), errors.Is(cause, errNoFile), errors.Is(cause, errForeign):
		return "name another with --ledger PATH"
	}
	return storageHint(cause)
}

func storageHint(cause error) string {
	e := storageError(0)
	if !errors.As(cause, &e) {
		return ""
	}
	switch e.primary() {
	case sqlite3.SQLITE_FULL:
		return "make room on the disk and run the same command again"
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN:
		return "name another with --ledger PATH"
	case sqlite3.SQLITE_CORRUPT:
		return "keep the file: it alone says who was sent to; restore it from a backup"
	}
	return ""
}
