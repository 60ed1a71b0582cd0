// Package transport hands cleared messages to a server: over SMTP, into a
// folder of .eml files, or to nobody.
//
// It takes guard.Cleared and nothing else, one envelope with one recipient at a
// time. RFC 5321 (SMTP), RFC 3207 (STARTTLS), RFC 4954 (AUTH), RFC 2920
// (pipelining), RFC 3030 (chunking), RFC 2034 and 3463 (enhanced status
// codes), RFC 6531 (SMTPUTF8).
package transport

import (
	"context"
	"time"

	"mailshot/internal/guard"
	"mailshot/internal/ledger"
)

// Server is where messages go.
type Server interface {
	// Name is what prompts and reports call it: host:port, a folder, "nowhere".
	Name() string
	// Connect opens one connection, ready for its first transaction. The error
	// is an *Error where the server gave a reply.
	Connect(ctx context.Context) (Conn, error)
}

// Conn is one connection.
type Conn interface {
	// Deliver sends what comes from in, one transaction each, until in is
	// closed, ctx is done or the connection can do no more. For every Cleared
	// that it took from in it sends exactly one Result to out; it closes
	// neither. When ctx is done it finishes what is in flight (the caller
	// bounds that by closing the connection). The error says why the
	// connection ended early; it is nil when in was closed.
	Deliver(ctx context.Context, in <-chan guard.Cleared, out chan<- Result) error
	// Close ends the connection: QUIT where it is in step, else at once.
	Close() error
}

// Result is what became of one message.
type Result struct {
	Cleared  guard.Cleared
	Outcome  ledger.Outcome
	NotSent  bool   // no byte of its content left; with Deferred
	Step     string // "MAIL", "RCPT", "DATA", "message", "connection"
	Code     int    // reply code; 0 for none
	Enhanced string // such as "5.1.1"; "" for none
	At       time.Time
	Took     time.Duration
}

// Error is a reply of a server, or a connection that failed, at one step.
// Its text never holds the server's own: a reply may quote an address.
type Error struct {
	Step      string // "connect", "greeting", "EHLO", "STARTTLS", "AUTH", "RSET", "MAIL", ...
	Code      int    // 0 for none
	Enhanced  string
	Permanent bool   // a second try is of no use
	Err       error  // the cause, where it holds no one's data; may be nil
	Hint      string // the next step
}

func (e *Error) Error() string { panic("unwritten") }
func (e *Error) Unwrap() error { return e.Err }
