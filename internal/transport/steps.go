package transport

import "time"

// Steps of a transaction, by the names that a Result has for them.
const (
	stepReset   = "RSET"
	stepMail    = "MAIL"
	stepRcpt    = "RCPT"
	stepData    = "DATA"
	stepMessage = "message" // the content, with BDAT or behind a 354
	// stepWithhold is none that the server sees: it tells the gate that DATA
	// was refused.
	stepWithhold = "withhold"
)

// steps gives those of one transaction. RSET comes first where the transaction
// before may be open, since a refused RCPT or message leaves it so, and the next
// RCPT would join it. With PIPELINING that costs no time, and is not yet known.
func (s *session) steps() []string {
	switch {
	case s.chunked():
		return []string{stepReset, stepMail, stepRcpt, stepMessage}
	case s.offers.pipelining, s.open:
		return []string{stepReset, stepMail, stepRcpt, stepData, stepMessage}
	}
	return []string{stepMail, stepRcpt, stepData, stepMessage}
}

// chunked says whether messages go with BDAT, which waits for no 354 (RFC 3030).
func (s *session) chunked() bool { return s.offers.chunking && s.offers.pipelining }

// wait is how long the reply to a step may take.
func (t *Timeouts) wait(step string) time.Duration {
	switch step {
	case stepRcpt:
		return t.Rcpt
	case stepData:
		return t.Data
	case stepMessage:
		return t.Message
	}
	return t.Mail
}

// goesOn says whether the reply lets the next command of the transaction come.
func goesOn(step string, r reply) bool {
	if step == stepData {
		return r.code == 354
	}
	return r.positive()
}

// takesNoMore says whether a server that closes after the refusal has taken
// nothing that came behind the command.
func takesNoMore(step string, r reply) bool {
	return r.code == 421 || step == stepReset || step == stepMail && r.code/100 == 5
}

func sessionError(step string, r reply) *Error {
	hint := "run the same command again to go on"
	if r.code/100 == 5 {
		hint = "check whether the server takes mail from this sender, and whether it wants a login (--smtp-user)"
	}
	e := refusedReply(step, r, hint)
	// A RSET is refused to those who have used up their turns, not for good.
	e.Permanent = e.Permanent && step != stepReset && r.code != 503
	return e
}
