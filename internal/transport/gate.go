package transport

import (
	"bytes"
	"io"
	"strconv"
	"strings"

	"mailshot/internal/rule"
)

// gate is the wire gate: it judges every octet on its way to the connection,
// knows what the session is about only by what was announced to it, and lets
// pass nothing but
//
//	EHLO, STARTTLS, AUTH                          before open is called, then
//	MAIL, RCPT, DATA or BDAT, content             as announced, once, after a
//	RSET                                          before each MAIL, unless no
//	                                              transaction can be open
//	QUIT
//
// The rest of a line that has not ended is held back, so that no command leaves
// before all of it was judged. After a refusal it lets nothing pass any more.
type gate struct {
	out  io.Writer
	shut func() // closes the connection at once

	state   gateState
	held    []byte      // the beginning of a command
	next    []announced // whose MAIL has not come yet
	now     announced
	login   bool // AUTH has been given; its dialogue follows
	left    int  // octets of the content that are to come
	place   linePlace
	last    byte // the octet of the content before this one
	refused error
}

// announced is the one transaction that may come next.
type announced struct {
	from, to string
	size     int // octets of the content before dot-stuffing
}

type gateState uint8

const (
	beforeMail gateState = iota // RSET was the last, or nothing: MAIL may come
	settingUp                   // EHLO, STARTTLS, AUTH
	beforeRcpt
	beforeData
	inContent
	inChunk
	beforeReset // a message has ended
	atEnd       // after QUIT
)

// linePlace is where in a line of the content the next octet stands.
type linePlace uint8

const (
	lineStart linePlace = iota
	afterDot
	afterDotCR
	withinLine
)

const maxCommandLine = 16 << 10 // RFC 4954 section 4.3 wants 12288 for AUTH

func newGate(out io.Writer, shut func()) *gate {
	return &gate{out: out, shut: shut, state: settingUp}
}

// open ends the setting up: from here on there are transactions only.
func (g *gate) open() { g.state, g.login = beforeMail, false }

// announce says what the next MAIL, RCPT and content must be.
func (g *gate) announce(a announced) { g.next = append(g.next, a) }

// fresh says that the server has accepted the message before, which ends its
// transaction (RFC 5321 section 4.1.1.4): MAIL may come without a RSET.
func (g *gate) fresh() {
	if g.state == beforeReset {
		g.state = beforeMail
	}
}

// withhold says that the server has refused DATA: no content follows.
func (g *gate) withhold() {
	if g.state == inContent && g.place == lineStart && g.left == g.now.size {
		g.state = beforeReset
	}
}

// empty says that the server has taken DATA though it refused the recipient: only
// the lone dot may follow (RFC 2920 section 3.1).
func (g *gate) empty() {
	if g.state == inContent && g.place == lineStart && g.left == g.now.size {
		g.left = 0
	}
}

func (g *gate) Write(p []byte) (int, error) {
	if g.refused != nil {
		return 0, g.refused
	}
	whole := p
	if len(g.held) > 0 {
		whole = append(g.held, p...)
	}
	n, what := g.judge(whole)
	if what != "" {
		g.refused = wireRefusal(what)
		g.shut()
		return 0, g.refused
	}
	if _, err := g.out.Write(whole[:n]); err != nil {
		return 0, err
	}
	g.held = append(g.held[:0], whole[n:]...)
	return len(p), nil
}

func wireRefusal(what string) rule.Refusal {
	return rule.Refusal{
		Rule: rule.Wire,
		What: what + " was about to be sent",
		Hint: "the run was stopped and the connection closed; this is a fault of mailshot: please report it",
	}
}

// judge gives how many octets of p may leave, or what is wrong with them.
func (g *gate) judge(p []byte) (n int, what string) {
	for n < len(p) {
		if g.state == inContent || g.state == inChunk {
			used, what := g.body(p[n:])
			if what != "" {
				return 0, what
			}
			n += used
			continue
		}
		end := bytes.IndexByte(p[n:], '\n')
		if end < 0 && len(p)-n > maxCommandLine {
			return 0, "a command without an end"
		}
		if end < 0 {
			return n, ""
		}
		line, crlf := strings.CutSuffix(string(p[n:n+end+1]), "\r\n")
		if !crlf || strings.ContainsAny(line, "\r\x00") {
			return 0, "a command with a stray control character"
		}
		if what := g.command(line); what != "" {
			return 0, what
		}
		n += end + 1
	}
	return n, ""
}

func (g *gate) command(line string) (what string) {
	verb, _, _ := strings.Cut(line, " ")
	switch {
	case g.state == atEnd:
		return "a command after QUIT"
	case line == "QUIT":
		g.state = atEnd
		return ""
	case g.state == settingUp:
		return g.setUp(verb, line)
	case line == "RSET":
		g.state = beforeMail
		return ""
	case verb == "MAIL":
		return g.mail(line)
	case verb == "RCPT":
		return g.rcpt(line)
	case line == "DATA" && g.state == beforeData:
		g.begin(inContent)
		return ""
	case verb == "BDAT" && g.state == beforeData:
		return g.chunk(line)
	}
	return "a command that is not part of a transaction"
}

func (g *gate) setUp(verb, line string) (what string) {
	switch {
	case verb == "EHLO", line == "STARTTLS":
		return ""
	case verb == "AUTH":
		g.login = true
		return ""
	case g.login && !strings.ContainsAny(line, " :<>@"): // base64, or "*"
		return ""
	}
	return "a command before the connection was ready"
}

func (g *gate) mail(line string) (what string) {
	if g.state != beforeMail {
		return "a MAIL without a RSET before it"
	}
	if len(g.next) == 0 {
		return "a MAIL for no message"
	}
	g.now, g.next = g.next[0], g.next[1:]
	parameters, ok := strings.CutPrefix(line, "MAIL FROM:<"+g.now.from+">")
	if !ok {
		return "a MAIL that is not the cleared one"
	}
	for _, parameter := range strings.Fields(parameters) {
		if !plainParameter(parameter) {
			return "a MAIL with a parameter that may carry an address"
		}
	}
	g.state = beforeRcpt
	return ""
}

// plainParameter says whether a parameter of MAIL is one that can name nobody.
func plainParameter(p string) bool {
	size, ok := strings.CutPrefix(p, "SIZE=")
	return p == "SMTPUTF8" || p == "BODY=8BITMIME" || ok && strings.Trim(size, "0123456789") == ""
}

func (g *gate) rcpt(line string) (what string) {
	if g.state != beforeRcpt {
		return "a RCPT that is not the only one of its message"
	}
	if line != "RCPT TO:<"+g.now.to+">" {
		return "a RCPT that is not the cleared one"
	}
	g.state = beforeData
	return ""
}

func (g *gate) begin(s gateState) {
	g.state, g.left, g.place, g.last = s, g.now.size, lineStart, 0
}

// chunk judges a BDAT: it must announce the whole message.
func (g *gate) chunk(line string) (what string) {
	if line != "BDAT "+strconv.Itoa(g.now.size)+" LAST" {
		return "a BDAT that is not the whole of the cleared message"
	}
	g.begin(inChunk)
	if g.left == 0 {
		g.state = beforeReset
	}
	return ""
}

func (g *gate) body(p []byte) (n int, what string) {
	if g.state == inChunk {
		return g.octets(p)
	}
	return g.content(p)
}

// octets judges the content behind a BDAT: as many octets as that has said, in
// whole lines.
func (g *gate) octets(p []byte) (n int, what string) {
	for n < len(p) && g.left > 0 {
		g.place = withinLine
		used, what := g.line(p[n : n+min(g.left, len(p)-n)])
		if what != "" {
			return 0, what
		}
		n += used
	}
	if g.left > 0 {
		return n, ""
	}
	if g.place != lineStart {
		return 0, "a message without a last line end"
	}
	g.state = beforeReset
	return n, ""
}

// content judges what stands between DATA and the line of one dot: it must be
// as long as the cleared message, no more, no less, and end where that ends.
func (g *gate) content(p []byte) (n int, what string) {
	for n < len(p) && g.state == inContent {
		switch g.place {
		case lineStart:
			g.place = withinLine
			if p[n] == '.' {
				g.place = afterDot
				n++
			}
		case afterDot:
			switch p[n] {
			case '\r':
				g.place = afterDotCR
				n++
			case '.':
				g.place = withinLine
			default:
				return 0, "a line with a dot that was not stuffed"
			}
		case afterDotCR:
			if p[n] != '\n' || g.left != 0 {
				return 0, "a message that ends too soon"
			}
			g.state = beforeReset
			n++
		case withinLine:
			used, what := g.line(p[n:])
			if what != "" {
				return 0, what
			}
			n += used
		}
	}
	return n, ""
}

// line judges octets up to the end of a line, or of p.
func (g *gate) line(p []byte) (n int, what string) {
	end := bytes.IndexByte(p, '\n')
	n = end + 1
	if end < 0 {
		n = len(p)
	}
	before := g.last
	if end > 0 {
		before = p[end-1]
	}
	if end >= 0 && before != '\r' {
		return 0, "a line without CRLF"
	}
	if g.left -= n; g.left < 0 {
		return 0, "a message longer than the cleared one"
	}
	g.last = p[n-1]
	if end >= 0 {
		g.place = lineStart
	}
	return n, ""
}
