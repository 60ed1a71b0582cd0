package transport

import (
	"sync/atomic"
	"time"

	"mailshot/internal/guard"
	"mailshot/internal/ledger"
)

// flight is one message on its way: what of its transaction is still to be
// written, which replies are still to come, and what became of it.
type flight struct {
	cleared guard.Cleared
	began   time.Time
	alone   bool // step by step: each command waits for the reply to the one before
	fresh   bool // no transaction was open before: no RSET is needed

	todo    []string  // steps that are not handed to the writer
	awaited []string  // steps that are, and have not been answered
	room    [5]string // for awaited: a transaction has no more steps
	empty   bool      // DATA was taken though the recipient was not: no content may come
	settled bool      // result stands
	doubted bool      // ... if the next reply shows that the one to the message was its own
	result  Result

	// end is how many octets the connection will have carried when the last
	// of the message has left; 0 while that is not known. The writer sets it.
	end atomic.Int64
}

// waits says whether what is left of f, and all behind it, has to wait for a
// reply. DATA is the last command of a group (RFC 2920 section 3.1).
func (f *flight) waits() bool {
	n := len(f.awaited)
	return n > 0 && (f.alone || f.awaited[n-1] == stepData)
}

// over says that nothing more can happen to f.
func (f *flight) over() bool {
	return f.settled && !f.doubted && len(f.todo) == 0 && len(f.awaited) == 0
}

func (f *flight) settle(r Result) { f.settled, f.result = true, r }

// abandon settles f as the connection ends. Until its last octet was handed to
// the kernel it cannot have been accepted; from then on only a reply can say, be
// it one by which the server was to take nothing more (refused).
func (f *flight) abandon(sent int64, refused, astray bool) {
	end := f.end.Load()
	left := end > 0 && sent >= end
	switch {
	case f.doubted && refused && f.result.Outcome != ledger.Accepted: // by either reply it was not taken
	case f.doubted, left && astray && len(f.awaited) > 0 && !f.empty:
		f.settle(Result{Step: stepMessage})
	case f.settled:
	case left && !refused:
		f.settle(Result{Step: stepMessage})
	case len(f.awaited) > 0:
		f.settle(notSent(f.awaited[0]))
	default:
		f.settle(notSent(f.todo[0]))
	}
}

// report gives the result with what is the same for all.
func (f *flight) report() Result {
	f.result.Cleared, f.result.At = f.cleared, time.Now()
	f.result.Took = f.result.At.Sub(f.began)
	return f.result
}

func notSent(step string) Result {
	return Result{Outcome: ledger.Deferred, NotSent: true, Step: step}
}
