package transport

import (
	"slices"

	"mailshot/internal/ledger"
)

// answer takes a reply, or why there are no more. The error ends the connection.
func (p *pipeline) answer(a answered) error {
	switch {
	case p.outstanding() == 0:
		return p.s.unasked(a)
	case a.err != nil:
		return a.err
	}
	return p.hear(a.reply)
}

// hear puts a reply to the command that it is for. One with another behind it
// that nobody asked for is in doubt, but for a 421, which may come at any time
// (RFC 5321 section 3.8).
func (p *pipeline) hear(r reply) error {
	if r.trailing && p.outstanding() == 1 {
		behind, err := p.s.await(p.s.timeouts.Quit)
		if err != nil || behind.code != 421 {
			return errOutOfStep
		}
		p.refused = true
		p.end(sessionError("connection", behind))
	}
	f := p.awaiting()
	step := f.awaited[0]
	if p.strange(f, step, r) {
		return errOutOfStep
	}
	f.awaited = f.awaited[1:]
	p.apply(f, step, r)
	return nil
}

// strange says that r cannot be the reply to a step of f: by its code; because
// it came before the message had left; because it says yes to a message whose
// recipient was refused; or, where a result hangs on it, because the server has
// other words for a RSET.
func (p *pipeline) strange(f *flight, step string, r reply) bool {
	switch {
	case r.code == 421:
		return false
	case r.code/100 < 4 && !goesOn(step, r):
		return true
	case step == stepMessage && f.end.Load() > p.s.blocks.leaving.Load():
		return true
	case step == stepMessage && f.end.Load() == 0:
		return true
	case step == stepMessage && f.settled && r.positive():
		return true
	case step == stepMessage && p.s.chunked() && misunderstood(f, r):
		return true
	}
	return step == stepReset && r.positive() && p.doubts() && p.habits.misplaced(r)
}

// doubts says whether a result hangs on the next reply.
func (p *pipeline) doubts() bool {
	return slices.ContainsFunc(p.flights, func(f *flight) bool { return f.doubted })
}

// misunderstood says that a server does not know BDAT after all, or is elsewhere
// in the dialogue: it would take the content for commands.
func misunderstood(f *flight, r reply) bool {
	return r.code >= 500 && r.code <= 504 && !(f.settled && r.code == 503)
}

// apply draws the consequences of a reply.
func (p *pipeline) apply(f *flight, step string, r reply) {
	switch {
	case step == stepReset && r.positive():
		p.assure(f)
	case step == stepMail && r.positive():
		p.refused = false // and yet it takes more
	}
	if !goesOn(step, r) && endsSession(step, r) && (!f.settled || step == stepReset || takesNoMore(step, r)) {
		p.refused = p.refused || takesNoMore(step, r)
		p.end(p.sessionError(step, r))
	}
	if !f.settled {
		p.judge(f, step, r)
	}
	if (f.alone || step == stepMessage) && goesOn(step, r) && !f.doubted {
		p.habits.learn(step, r)
	}
	if step == stepData {
		p.dataAnswered(f, r)
	}
}

// sessionError is that of a session which the server ends. A login that was good
// enough for a message before has expired: with another it may go on.
func (p *pipeline) sessionError(step string, r reply) *Error {
	e := sessionError(step, r)
	_, taken := p.habits[stepMessage]
	e.Permanent = e.Permanent && !(taken && loginWanted(r))
	return e
}

// assure takes the doubt from what came before the RSET of f.
func (p *pipeline) assure(f *flight) {
	for _, before := range p.flights {
		if before.doubted && before.result.Outcome == ledger.Accepted {
			p.habits.vary(stepMessage)
		}
		before.doubted = false
		if before == f {
			return
		}
	}
}

// judge settles f where the reply decides about it.
func (p *pipeline) judge(f *flight, step string, r reply) {
	switch {
	case step == stepMessage:
		f.settle(answeredResult(step, r))
		p.doubt(f, r)
		return
	case goesOn(step, r), step == stepReset && !f.alone:
		return // what is behind a refused RSET has left, and will be answered
	case endsSession(step, r):
		f.settle(unsentReply(step, r))
	default:
		f.settle(answeredResult(step, r))
	}
	if f.alone {
		f.todo = nil
	}
}

// doubt keeps back the result of a message in a pipeline whose reply is not what
// the server says on such occasions, or of one alone that would be accepted by
// a reply unlike all before, till the reply to the next RSET is in its place.
// Where none is on its way, one is sent.
func (p *pipeline) doubt(f *flight, r reply) {
	if f.alone {
		f.doubted = r.positive() && !p.muted && p.habits.breaks(stepMessage, r)
	} else {
		f.doubted = !p.habits.fits(stepMessage, r)
	}
	if f.doubted && p.outstanding() == 0 {
		f.todo = []string{stepReset}
	}
}

// dataAnswered sees to what may follow DATA. Where it is taken though the
// recipient was not, that is a lone dot (RFC 2920 section 3.1).
func (p *pipeline) dataAnswered(f *flight, r reply) {
	switch {
	case r.code != 354:
		f.todo = []string{stepWithhold}
	case f.settled:
		f.empty = true
	}
}
