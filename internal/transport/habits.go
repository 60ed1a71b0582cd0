package transport

import "strings"

// likeness is what the replies of one server to one command have in common.
type likeness struct {
	code, lines int
	enhanced    string
	word        string
}

func likenessOf(r reply) likeness {
	text := strings.TrimSpace(strings.TrimPrefix(r.lines[0], r.enhanced))
	word, _, _ := strings.Cut(text, " ")
	return likeness{code: r.code, lines: len(r.lines), enhanced: r.enhanced, word: word}
}

// habit is how a server says yes to a step. It is firm where it was the same for
// two messages in a row: some have the message's own number for a first word.
type habit struct {
	likeness
	firm bool
}

// habits are those of a server by step, as learned where nothing was pipelined.
// In a pipeline they are what tells a reply too many, which puts each that
// follows to the wrong command: the one to a RCPT to the message, the one to the
// message to the next RSET. A server that has the same words for all gives no
// way to tell.
type habits map[string]habit

func (h habits) learn(step string, r reply) {
	l := likenessOf(r)
	h[step] = habit{l, h[step].likeness == l}
}

// fits says that r is what the server says to step.
func (h habits) fits(step string, r reply) bool { return h[step].likeness == likenessOf(r) }

// breaks says that r is not what the server always says to step.
func (h habits) breaks(step string, r reply) bool { return h[step].firm && !h.fits(step, r) }

// misplaced says that r is not the reply to a RSET, or, where none was ever
// heard, that it is what the server says to a message.
func (h habits) misplaced(r reply) bool {
	if _, known := h[stepReset]; known {
		return !h.fits(stepReset, r)
	}
	return h.fits(stepMessage, r)
}
