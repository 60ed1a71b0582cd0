// Package transport hands cleared messages to a server: over SMTP, into a
// folder of .eml files, or to nobody.
//
// It takes guard.Cleared and nothing else, one envelope with one recipient at a
// time. What it writes is watched by a state machine of its own, the wire gate,
// which closes the connection before a byte leaves that is not the one MAIL,
// the one RCPT and the one message that were cleared.
//
// It never waits for the wire where a server lets it: with PIPELINING and
// CHUNKING a window of messages is under way, with PIPELINING alone the content
// of one and the envelope of the next, with neither one, step by step.
//
// RFC 5321 (SMTP), RFC 1870 (SIZE), RFC 2920 (PIPELINING), RFC 3030 (CHUNKING),
// RFC 3207 (STARTTLS), RFC 4954 (AUTH), RFC 6750 and 7628 (tokens), RFC 6152
// (8BITMIME), RFC 2034 and 3463 (enhanced status codes), RFC 6531 (SMTPUTF8).
package transport

import (
	"context"
	"strconv"
	"time"

	"mailshot/internal/guard"
	"mailshot/internal/ledger"
)

// Server is where messages go.
type Server interface {
	// Name is what prompts and reports call it: host:port, a folder, "nowhere".
	Name() string
	// Connect opens one connection, ready for its first transaction. The error
	// is an *Error, but for what ctx says.
	Connect(ctx context.Context) (Conn, error)
}

// Conn is one connection.
type Conn interface {
	// Deliver sends what comes from in, one transaction each, until in is
	// closed, ctx is done or the connection can or may do no more. For every Cleared
	// that it took from in it sends exactly one Result to out, in the order
	// taken; it closes neither. The caller reads out until Deliver has
	// returned. When ctx is done it finishes what is in flight and takes no
	// more (the caller bounds that by Close, which may be called meanwhile).
	//
	// The error says why the connection ended early: an *Error, what ctx says,
	// that of While, or a rule.Refusal with the rule wire, after which nothing
	// more may be sent by anyone. It is nil when in was closed, or the connection
	// has carried as many as it may.
	Deliver(ctx context.Context, in <-chan guard.Cleared, out chan<- Result) error
	// Close ends the connection: QUIT where it is in step and idle, else at once.
	Close() error
}

// Result is what became of one message.
type Result struct {
	Cleared guard.Cleared
	Outcome ledger.Outcome
	// NotSent comes with Deferred: the server has not got the whole message and
	// has said nothing of its recipient, so it may be sent again at once.
	NotSent bool
	// Server comes with Deferred: the reply is about the state of the server, the
	// session or the sender, such as a full disk or a login that has expired. It
	// is nothing against the recipient; less, or later, may do.
	Server bool
	// Step is "RSET", "MAIL", "RCPT", "DATA" or "message"; or what the server lacks
	// for this message, "SIZE", "SMTPUTF8" or "8BITMIME", which is Deferred too,
	// though a second try in the same run is of no use.
	Step     string
	Code     int    // reply code; 0 for none
	Enhanced string // such as "5.1.1"; "" for none
	Reply    string // what the server said, masked, where it did not accept; "" for nothing to show
	At       time.Time
	Took     time.Duration
}

// Error is a reply of a server, or a connection that failed, at one step.
// Its text never holds the server's own: a reply may quote an address.
type Error struct {
	Step      string // "connect", "greeting", "EHLO", "STARTTLS", "TLS", "AUTH", "RSET", "MAIL", ...
	Code      int    // 0 for none
	Enhanced  string
	Permanent bool   // a second try is of no use
	Err       error  // the cause, where it holds no one's data; may be nil
	Hint      string // the next step; may be empty
}

// Busy says that the server has had enough for now, be it of connections: fewer
// of them, or a pause, may help.
func (e *Error) Busy() bool { return e.Code/100 == 4 }

func (e *Error) Error() string {
	text := e.Step + ": "
	if e.Err != nil {
		text += e.Err.Error()
	} else {
		text += "refused"
	}
	if e.Code == 0 {
		return text
	}
	text += " (the server answered " + strconv.Itoa(e.Code)
	if e.Enhanced != "" {
		text += " " + e.Enhanced
	}
	return text + ")"
}

func (e *Error) Unwrap() error { return e.Err }
