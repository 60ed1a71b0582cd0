package transport

import (
	"strings"

	"mailshot/internal/ledger"
)

// stepSize stands in the Result of a message that is too long for the server.
const stepSize = "SIZE"

func unsentReply(step string, r reply) Result {
	result := notSent(step)
	result.Code, result.Enhanced, result.Reply, result.Server = r.code, r.enhanced, masked(r), true
	return result
}

// answeredResult is what a 2yz, 4yz or 5yz makes of the message. Rejected are
// only those of whom, or of whose message, the server has spoken.
func answeredResult(step string, r reply) Result {
	outcome := map[int]ledger.Outcome{2: ledger.Accepted, 4: ledger.Deferred, 5: ledger.Rejected}[r.code/100]
	result := Result{Outcome: outcome, Step: step, Code: r.code, Enhanced: r.enhanced}
	if !r.positive() {
		result.Reply = masked(r)
	}
	switch {
	case r.positive():
	case tooLong(step, r):
		result.Outcome, result.Step = ledger.Deferred, stepSize
	case aboutServer(step, r):
		result.Outcome, result.Server = ledger.Deferred, true
	}
	return result
}

// endsSession says whether a 4yz or 5yz to a command leaves nothing to be hoped
// for from this connection. A 5yz to MAIL is one: the server does not know the
// recipient yet.
func endsSession(step string, r reply) bool {
	switch {
	case r.code == 421, step == stepReset, r.code == 454 && step == stepMail:
		return true
	case step == stepMessage:
		return false
	case loginWanted(r):
		return true
	case r.code/100 == 4, tooLong(step, r):
		return false
	}
	return step == stepMail || r.code == 503
}

// loginWanted says that the session is not, or no more, logged in well enough
// (RFC 4954 section 6).
func loginWanted(r reply) bool {
	switch r.code {
	case 530, 534, 535, 538:
		return true
	}
	return false
}

// aboutServer says whether a 4yz or 5yz is about the state of the server, the
// session or the sender. Where there is an enhanced code, its subject says so:
// 2 is the mailbox, 3 the mail system (RFC 3463 section 3). 3.0 is an "other",
// that servers have for recipients too.
func aboutServer(step string, r reply) bool {
	switch subject(r) {
	case "3.0":
		return r.code/100 == 4
	case "3.1", "3.2", "3.5":
		return true
	}
	return endsSession(step, r) || step == stepMail || loginWanted(r) ||
		r.code == 454 || r.code == 503 || r.code == 452 && !aboutMailbox(r)
}

// tooLong says that the server takes no message of this length. A 552 for a
// RCPT is a mailbox that is full (RFC 5321 section 4.2.3), one for a message or
// its MAIL a limit of the server (RFC 1870 section 6).
func tooLong(step string, r reply) bool {
	if r.code/100 != 5 {
		return false
	}
	return subject(r) == "3.4" || r.code == 552 && step != stepRcpt && (r.enhanced == "" || subject(r) == "3.0")
}

// aboutMailbox says that the mailbox of the recipient is what is wrong.
func aboutMailbox(r reply) bool { return strings.HasPrefix(subject(r), "2.") }

// subject gives an enhanced status code without its class; "" where there is
// none.
func subject(r reply) string {
	_, after, _ := strings.Cut(r.enhanced, ".")
	return after
}
