package transport

import "mailshot/internal/ledger"

// window is how many messages may be under way at once; now is 0 for one alone,
// step by step. A connection begins so, and comes back to it where refusals
// cluster: Postfix slows down after five in a row and hangs up after ten, since
// the BDAT behind a refused RCPT counts as well, and Exim hangs up at the
// eleventh RSET. One refusal among many that are accepted costs nothing.
type window struct{ now, most int }

// newWindow gives that of a session. With PIPELINING alone there are the content
// of one message and the envelope of the next.
func (s *session) newWindow() window {
	switch {
	case !s.offers.pipelining:
		return window{}
	case !s.offers.chunking:
		return window{most: min(max(1, s.window), 2)}
	}
	return window{most: max(1, s.window)}
}

// size is how many messages may be under way.
func (w *window) size() int { return max(1, w.now) }

// note opens the window for what was accepted, and shuts it for what the server
// refused.
func (w *window) note(r Result) {
	switch {
	case r.Outcome == ledger.Accepted:
		w.now = min(max(1, 2*w.now), w.most)
	case r.Code != 0:
		w.now /= 4
	}
}
