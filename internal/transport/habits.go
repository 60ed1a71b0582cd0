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

// habit is how a server says yes to a step. It is firm where it was the same twice
// in a row, and erratic where it was not and yet in its place: some have the
// message's own number for a first word.
type habit struct {
	likeness
	firm, erratic bool
}

// habits are those of a server by step, as learned where no reply can have been
// for another. In a pipeline they are what tells a reply too many, which puts
// each that follows to the wrong command: the one to a RCPT to the message, the
// one to the message to the next RSET. A server that has the same words for all,
// or others each time, gives no way to tell.
type habits map[string]habit

func (h habits) learn(step string, r reply) {
	v, l := h[step], likenessOf(r)
	h[step] = habit{l, v.likeness == l, v.erratic}
}

// vary notes that a reply unlike the others was in its place.
func (h habits) vary(step string) {
	v := h[step]
	v.erratic = !v.firm
	h[step] = v
}

// fits says that r is what the server says to step, or that there is no telling.
func (h habits) fits(step string, r reply) bool {
	return h[step].likeness == likenessOf(r) || h[step].erratic
}

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
