package transport

import (
	"errors"
	"fmt"
	"time"

	"mailshot/internal/guard"
	"mailshot/internal/ledger"
)

// transact sends one message. The error is for a connection that can do no
// more; the Result is right then too.
func (s *session) transact(c guard.Cleared) (Result, error) {
	began := time.Now()
	result, err := s.deliver(c)
	result.Cleared, result.At = c, time.Now()
	result.Took = result.At.Sub(began)
	return result, err
}

func (s *session) deliver(c guard.Cleared) (Result, error) {
	need := needsOf(c)
	if step := s.lacks(c, need); step != "" {
		return Result{Outcome: ledger.Rejected, Step: step}, nil
	}
	envelope := c.Envelope()
	s.gate.announce(announced{envelope.From.String(), envelope.To.String(), c.Size()})
	if result, over, err := s.reset(); over {
		return result, err
	}
	if result, over, err := s.command("MAIL", s.mailLine(c, need), s.timeouts.Mail); over {
		return result, err
	}
	if result, over, err := s.command("RCPT", fmt.Sprintf("RCPT TO:<%s>", envelope.To), s.timeouts.Rcpt); over {
		return result, err
	}
	if result, over, err := s.command("DATA", "DATA", s.timeouts.Data); over {
		return result, err
	}
	return s.content(c)
}

// reset ends the transaction before. A refused RCPT or message may have left it
// open, and the next RCPT would join it.
func (s *session) reset() (result Result, over bool, err error) {
	if !s.used {
		s.used = true
		return Result{}, false, nil
	}
	return s.command("RSET", "RSET", s.timeouts.Mail)
}

// command sends one command of a transaction and reads the reply. over says
// that the transaction has come to its end with it.
func (s *session) command(step, line string, timeout time.Duration) (result Result, over bool, err error) {
	if err := s.quiet(); err != nil {
		return notSent(step), true, err
	}
	if err := s.say(line); err != nil {
		return notSent(step), true, s.broken(step, err)
	}
	r, err := s.await(timeout)
	switch {
	case err != nil:
		return notSent(step), true, s.broken(step, err)
	case r.trailing:
		return notSent(step), true, s.broken(step, errOutOfStep)
	case goesOn(step, r):
		return Result{}, false, nil
	case endsSession(step, r):
		return unsentReply(step, r), true, sessionError(step, r)
	}
	s.gate.withhold()
	return answeredResult(step, r), true, nil
}

// goesOn says whether the reply lets the next command of the transaction come.
func goesOn(step string, r reply) bool {
	if step == "DATA" {
		return r.code == 354
	}
	return r.positive()
}

// endsSession says whether a reply to a command is about the connection, the
// session or the sender, and not about the one recipient. A 5yz to MAIL never
// is about the recipient, whom the server does not know yet: recording people
// as rejected for it would keep them from ever getting their message.
func endsSession(step string, r reply) bool {
	switch {
	case r.code == 421, r.code/100 < 4:
		return true
	case step == "RSET":
		return true
	case r.code/100 == 4:
		return false
	case step == "MAIL":
		return true
	}
	// Bad sequence of commands, and what RFC 4954 section 6 has for a login
	// that is wanted, or was refused.
	return r.code == 503 || r.code == 530 || r.code == 534 || r.code == 535 || r.code == 538
}

func sessionError(step string, r reply) *Error {
	hint := "run the same command again to go on"
	if r.code/100 == 5 {
		hint = "check whether the server takes mail from this sender, and whether it wants a login (--smtp-user)"
	}
	e := refusedReply(step, r, hint)
	// A RSET is refused to those who have used up their turns, not for good.
	e.Permanent = e.Permanent && step != "RSET" && r.code != 503
	return e
}

func notSent(step string) Result {
	return Result{Outcome: ledger.Deferred, NotSent: true, Step: step}
}

func unsentReply(step string, r reply) Result {
	result := notSent(step)
	result.Code, result.Enhanced = r.code, r.enhanced
	return result
}

// answeredResult is what a 2yz, 4yz or 5yz makes of the message.
func answeredResult(step string, r reply) Result {
	outcome := map[int]ledger.Outcome{2: ledger.Accepted, 4: ledger.Deferred, 5: ledger.Rejected}[r.code/100]
	return Result{Outcome: outcome, Step: step, Code: r.code, Enhanced: r.enhanced}
}

// content sends the message itself. Until the last octet was handed to the
// kernel it cannot have been accepted; from then on only a reply can say.
func (s *session) content(c guard.Cleared) (Result, error) {
	const step = "message"
	dots := &dotWriter{out: s.out}
	if _, err := c.WriteTo(dots); err != nil {
		return notSent(step), s.broken(step, err)
	}
	// A reply that is here already would be taken for the one to the final dot.
	if err := s.quiet(); err != nil {
		return notSent(step), err
	}
	if err := errors.Join(dots.end(), s.out.Flush()); err != nil {
		return notSent(step), s.broken(step, err)
	}
	r, err := s.await(s.timeouts.Message)
	switch {
	case err != nil:
		return Result{Step: step}, s.broken(step, err)
	case r.code/100 == 3:
		return Result{Step: step}, s.broken(step, errOutOfStep)
	case r.code == 421:
		return answeredResult(step, r), refusedReply(step, r, "run the same command again to go on")
	case r.trailing:
		return s.doubtful(r)
	}
	return answeredResult(step, r), nil
}

// doubtful judges a reply to the final dot that had another behind it. A 421
// may come at any time (RFC 5321 section 3.8); where it is something else,
// nobody knows which of the two is about the message.
func (s *session) doubtful(r reply) (Result, error) {
	behind, err := s.await(s.timeouts.Quit)
	if err == nil && behind.code == 421 {
		return answeredResult("message", r), refusedReply("connection", behind, "run the same command again to go on")
	}
	return Result{Step: "message"}, s.broken("message", errOutOfStep)
}
