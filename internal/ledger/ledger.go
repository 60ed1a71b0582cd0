// Package ledger writes down who was tried and what became of it, durably,
// before a byte leaves and after a reply came.
//
// It holds no address: a recipient is an HMAC-SHA-256, under a key kept in the
// ledger, of the canonical address (and of what tells the rows of a shared
// mailbox apart). That is a pseudonym: who has the ledger can test a guess.
package ledger

import (
	"context"
	"errors"
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

func (o Outcome) String() string { panic("unwritten") }

// Why a campaign could not be started.
var (
	ErrLocked        = errors.New("another run of this campaign is going on")
	ErrOtherTemplate = errors.New("the campaign is in the ledger with another template")
	ErrOtherForm     = errors.New("the campaign is in the ledger with other shared mailboxes")
	ErrNewer         = errors.New("the ledger was written by a newer mailshot")
	ErrOpenToOthers  = errors.New("the ledger can be read by others")
)

// Key stands for a recipient of a campaign.
type Key [16]byte

// Ledger is an open ledger.
type Ledger struct{}

// Open opens or makes the SQLite ledger at path: mode 0600 in a folder of mode
// 0700; one that others can read is ErrOpenToOthers. WAL, synchronous FULL.
func Open(ctx context.Context, path string) (*Ledger, error) { panic("unwritten") }

// Memory gives a ledger that is gone when it is closed.
func Memory(ctx context.Context) (*Ledger, error) { panic("unwritten") }

// Close closes the ledger.
func (l *Ledger) Close() error { panic("unwritten") }

// Key gives the pseudonym of a recipient; apart is the value of the
// shared-mailboxes column, "" where there is none.
func (l *Ledger) Key(a address.Address, apart string) Key { panic("unwritten") }

// Campaign is what Start needs to know.
type Campaign struct {
	ID              string
	Digest          string   // "sha256:…" of the campaign
	Template        [32]byte // digest of the template
	SharedMailboxes string   // column; "" for none
	Recipients      int
	StartedBy       string // user@host
}

// Start takes the campaign's lock and reads what became of its recipients so
// far. Whatever an earlier run has begun and not finished is Unknown now.
// amend takes a template that has changed.
func (l *Ledger) Start(ctx context.Context, c Campaign, amend bool) (*Run, error) { panic("unwritten") }

// Run is one run of a campaign: its lock and its writes. Begin and Finish are
// for one goroutine.
type Run struct{}

// State is where a recipient of the campaign stands.
type State struct {
	Tried    bool // it was begun at least once
	Outcome  Outcome
	Attempts int
}

// State gives where k stands as of Start.
func (r *Run) State(k Key) State { panic("unwritten") }

// Attempt is one message about to be handed over.
type Attempt struct {
	Key       Key
	Line      int // a hint for people
	MessageID string
	Server    string
}

// Begin writes attempts down, durably, before any of their bytes leave.
func (r *Run) Begin(ctx context.Context, attempts []Attempt) error { panic("unwritten") }

// Ending is how an attempt ended.
type Ending struct {
	Key      Key
	Outcome  Outcome
	NotSent  bool   // taken back: begun, and never handed to a server
	Code     int    // reply code; 0 for none
	Enhanced string // enhanced status code; "" for none
	At       time.Time
}

// Finish writes endings down, durably.
func (r *Run) Finish(ctx context.Context, endings []Ending) error { panic("unwritten") }

// Close releases the lock.
func (r *Run) Close() error { panic("unwritten") }

// Summary is one campaign as `status` shows it.
type Summary struct {
	Campaign   string
	Digest     string
	Recipients int
	Accepted   int
	Rejected   int
	Deferred   int
	Unknown    int
	Pending    int
	Started    time.Time
	Updated    time.Time
}

// Campaigns lists all campaigns, the latest first.
func (l *Ledger) Campaigns(ctx context.Context) ([]Summary, error) { panic("unwritten") }
