package smtptest

import (
	"bytes"
	"crypto/tls"
	"io"
	"slices"
	"strconv"
	"strings"
)

// dialogue answers command after command.
func (c *client) dialogue() bool {
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return false
		}
		line = strings.TrimRight(line, "\r\n")
		c.server.record(line)
		verb, rest, _ := strings.Cut(line, " ")
		if !c.command(strings.ToUpper(verb), rest) {
			return false
		}
	}
}

func (s *Server) record(line string) {
	if s.script.Discard || strings.HasPrefix(line, "AUTH") {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, line)
}

func (c *client) command(verb, rest string) bool {
	switch Step(verb) {
	case EHLO:
		return c.answer(EHLO, c.offers())
	case "HELO":
		return c.say("250 smtptest.example")
	case StartTLS:
		return c.startTLS()
	case Auth:
		return c.login(rest)
	case Reset:
		ok := c.answer(Reset, "250 2.0.0 reset")
		if c.positive() {
			c.now = nil
		}
		return ok
	case Mail:
		return c.mail(rest)
	case Rcpt:
		return c.rcpt(rest)
	case Data:
		return c.data()
	case "BDAT":
		return c.chunk(rest)
	case Quit:
		c.answer(Quit, "221 2.0.0 bye")
		c.out.Flush()
		return false
	}
	return c.say("502 5.5.1 not known")
}

func (c *client) offers() string {
	lines := []string{"smtptest.example"}
	if c.server.script.TLS != nil && !c.secure {
		lines = append(lines, "STARTTLS")
	}
	if c.secure && len(c.server.script.Mechanisms) > 0 {
		lines = append(lines, "AUTH "+strings.Join(c.server.script.Mechanisms, " "))
	}
	lines = append(lines, c.server.script.Extensions...)
	last := len(lines) - 1
	return strings.Join(append(prefixed("250-", lines[:last]), "250 "+lines[last]), "\r\n")
}

func prefixed(prefix string, lines []string) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = prefix + line
	}
	return out
}

func (c *client) startTLS() bool {
	if c.server.script.TLS == nil || c.secure {
		return c.say("502 5.5.1 no TLS")
	}
	if !c.answer(StartTLS, "220 2.0.0 go ahead") {
		return false
	}
	conn := tls.Server(c.conn, c.server.script.TLS)
	if conn.Handshake() != nil {
		return false
	}
	c.use(conn)
	return true
}

func (c *client) mail(rest string) bool {
	if c.now != nil {
		return c.say("503 5.5.1 nested MAIL")
	}
	c.server.mu.Lock()
	c.now = &Transaction{Connection: c.number, From: path(rest)}
	c.server.transactions = append(c.server.transactions, c.now)
	c.server.mu.Unlock()
	ok := c.answer(Mail, "250 2.1.0 sender ok")
	if !c.positive() {
		c.now = nil
	}
	return ok
}

func (c *client) rcpt(rest string) bool {
	if c.now == nil {
		return c.say("503 5.5.1 no MAIL")
	}
	ok := c.answer(Rcpt, "250 2.1.5 recipient ok")
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	if c.positive() {
		c.now.To = append(c.now.To, path(rest))
	} else {
		c.now.Refused = append(c.now.Refused, path(rest))
	}
	return ok
}

// path gives what stands between the angle brackets.
func path(rest string) string {
	_, after, _ := strings.Cut(rest, "<")
	inside, _, _ := strings.Cut(after, ">")
	return inside
}

func (c *client) data() bool {
	if c.now == nil || len(c.now.To) == 0 {
		return c.dataForNobody()
	}
	ok := c.answer(Data, "354 go ahead")
	if !ok || c.code != 354 {
		return ok
	}
	if !c.content() {
		return false
	}
	return c.taken()
}

func (c *client) taken() bool {
	ok := c.answer(Message, "250 2.0.0 taken")
	c.now = nil
	return ok
}

// dataForNobody refuses DATA, or, where the script takes it, what follows.
func (c *client) dataForNobody() bool {
	ok := c.answer(NoRcpt, "503 5.5.1 no RCPT")
	if !ok || c.code != 354 {
		return ok
	}
	if c.now == nil {
		c.now = &Transaction{}
	}
	if !c.content() {
		return false
	}
	c.now = nil
	return c.say("554 5.5.1 no valid recipients")
}

// chunk takes a whole message (RFC 3030 section 2); what has no recipient is
// read and thrown away.
func (c *client) chunk(rest string) bool {
	number, last, _ := strings.Cut(rest, " ")
	size, err := strconv.Atoi(number)
	if err != nil || size < 0 || last != "LAST" || !slices.Contains(c.server.script.Extensions, "CHUNKING") {
		return c.say("501 5.5.4 only BDAT n LAST is known")
	}
	nobody := c.now == nil || len(c.now.To) == 0
	if !nobody && size > 0 {
		if _, err := c.in.Peek(1); err != nil {
			return false
		}
		if action := c.action(Content); action != nil && !action(c, "") {
			return false
		}
	}
	content, err := c.octets(size)
	if err != nil {
		return false
	}
	if nobody {
		return c.answer(NoRcpt, "554 5.5.1 no valid recipients")
	}
	c.server.mu.Lock()
	c.now.Content, c.now.Ended = content, true
	c.server.mu.Unlock()
	return c.taken()
}

func (c *client) octets(n int) ([]byte, error) {
	if c.server.script.Discard {
		_, err := c.in.Discard(n)
		return nil, err
	}
	content := make([]byte, n)
	_, err := io.ReadFull(c.in, content)
	return content, err
}

// content reads up to the final dot.
func (c *client) content() bool {
	var content bytes.Buffer
	for first := true; ; first = false {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return false
		}
		if string(line) == ".\r\n" {
			break
		}
		if !c.server.script.Discard {
			content.Write(bytes.TrimPrefix(line, []byte(".")))
		}
		if !first {
			continue
		}
		if action := c.action(Content); action != nil && !action(c, "") {
			return false
		}
	}
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.now.Content, c.now.Ended = content.Bytes(), true
	return true
}
