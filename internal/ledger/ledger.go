// Package ledger writes down who was tried and what became of it, durably,
// before a byte leaves and after a reply came.
//
// It holds no address: a recipient is an HMAC-SHA-256, under a key kept in the
// ledger, of the canonical address (and of what tells the rows of a shared
// mailbox apart). That is a pseudonym: who has the ledger can test a guess.
//
// Never twice rests on three things: one run of a campaign at a time holds a
// lock of the operating system, which goes with the process, or, in PostgreSQL,
// claims its recipients, one run each; what was begun and has no ending is
// Unknown and is not begun again; and every write names the run that makes it,
// so that one that lost its lock or its claims without knowing it fails.
package ledger

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"hash"
	"sync"
	"time"

	"mailshot/internal/address"
)

// Outcome is what became of a message that was begun. The zero value is the
// safe one: nobody knows, so it is never sent again by itself.
type Outcome uint8

const (
	Unknown  Outcome = iota
	Accepted         // 250 after the message
	Rejected         // 5yz: final
	Deferred         // 4yz, or never handed over: the next run tries again
)

func (o Outcome) String() string {
	switch o {
	case Accepted:
		return "accepted"
	case Rejected:
		return "rejected"
	case Deferred:
		return "deferred"
	}
	return "unknown"
}

// Ledger is an open ledger. It is safe for concurrent use.
type Ledger struct {
	db     *sql.DB
	path   string // as it may be shown; "" in memory
	secret []byte
	clock  func() time.Time
	store  store
	begun  bool
	macs   sync.Pool // of hash.Hash: an HMAC under secret, whose making costs as much as its use
}

// Open opens or makes the ledger that is named by the URL of a PostgreSQL
// server (IsServer), or by the path of a SQLite file: mode 0600, in a folder
// that it makes with mode 0700; one that others can read is ErrOpenToOthers.
// One that a newer program wrote is ErrNewer. Errors are *Error.
func Open(ctx context.Context, named string) (*Ledger, error) {
	if IsServer(named) {
		return openServer(ctx, named, false)
	}
	return openFile(ctx, named)
}

// OpenToRead is Open for who writes nothing. In a database it makes no ledger,
// nor brings one to the present version: that is an error.
func OpenToRead(ctx context.Context, named string) (*Ledger, error) {
	if IsServer(named) {
		return openServer(ctx, named, true)
	}
	return openFile(ctx, named)
}

func openFile(ctx context.Context, path string) (*Ledger, error) {
	if err := prepare(path); err != nil {
		return nil, fault("open", path, err)
	}
	source, err := fileSource(path)
	if err != nil {
		return nil, fault("open", path, err)
	}
	return connect(ctx, &Ledger{path: path, clock: time.Now, store: &file{locks: fileLocks(path)}}, source)
}

// Memory gives a ledger that is gone when it is closed.
func Memory(ctx context.Context) (*Ledger, error) {
	return connect(ctx, &Ledger{clock: time.Now, store: &file{locks: memoryLocks()}}, memorySource())
}

// Name is what the ledger may be called: a path, or a URL without what is
// secret in it; "" for one in memory.
func (l *Ledger) Name() string { return l.path }

// New says whether Open has made the ledger: a wrong name forgets who has been
// sent to.
func (l *Ledger) New() bool { return l.begun }

// Close closes the ledger.
func (l *Ledger) Close() error {
	return fault("close", l.path, l.db.Close())
}

// Key stands for a recipient of a campaign.
type Key [16]byte

// Key gives the pseudonym of a recipient; apart is the value of the
// shared-mailboxes column, "" where there is none.
func (l *Ledger) Key(a address.Address, apart string) Key {
	canonical := a.Canonical()
	mac, ok := l.macs.Get().(hash.Hash)
	if !ok {
		mac = hmac.New(sha256.New, l.secret)
	}
	defer l.macs.Put(mac)
	mac.Reset()
	// The length goes first, so that no address and apart can be taken for
	// another pair that reads the same when put together.
	mac.Write(binary.AppendUvarint(nil, uint64(len(canonical))))
	mac.Write([]byte(canonical))
	mac.Write([]byte(apart))
	return Key(mac.Sum(nil)[:len(Key{})])
}
