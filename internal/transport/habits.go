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

// habits are how a server says yes to each step, as learned where nothing was
// pipelined. In a pipeline they are what tells a reply too many, which puts each
// that follows to the wrong command: the one to a RCPT to the message, the one
// to the message to the next RSET. A server that has the same words for all
// gives no way to tell.
type habits map[string]likeness

func (h habits) learn(step string, r reply) { h[step] = likenessOf(r) }

// fits says that r is what the server says to step.
func (h habits) fits(step string, r reply) bool { return h[step] == likenessOf(r) }
