package smtptest

import (
	"io"
	"strings"
	"time"
)

// Action is what a server does at a step, in place of the normal reply; false
// ends the connection.
type Action func(c *client, normal string) bool

// Reply answers with text, such as "550 5.1.1 nobody here".
func Reply(text string) Action {
	return func(c *client, _ string) bool {
		c.took(text)
		return c.say(text)
	}
}

// Extra answers as usual and at once with text besides.
func Extra(text string) Action {
	return func(c *client, normal string) bool {
		c.took(normal)
		c.refusing = c.refusing || strings.HasPrefix(text, "421")
		return c.say(normal + "\r\n" + text)
	}
}

// Late answers as usual, and with text besides a moment later.
func Late(text string) Action {
	return func(c *client, normal string) bool {
		c.took(normal)
		c.refusing = c.refusing || strings.HasPrefix(text, "421")
		if !c.say(normal) || c.out.Flush() != nil {
			return false
		}
		time.Sleep(20 * time.Millisecond)
		return c.say(text)
	}
}

// Then answers with text and ends the connection.
func Then(text string) Action {
	return func(c *client, _ string) bool {
		c.took(text)
		c.say(text)
		c.out.Flush()
		return false
	}
}

// ByteByByte answers as usual, an octet at a time.
func ByteByByte(c *client, normal string) bool {
	c.took(normal)
	for _, b := range []byte(normal + "\r\n") {
		c.out.WriteByte(b)
		if c.out.Flush() != nil {
			return false
		}
		time.Sleep(100 * time.Microsecond)
	}
	return true
}

// Garbage answers with what is no reply.
func Garbage(c *client, _ string) bool { return c.say("\x16\x03garbage\x00 rcpt@a.example") }

// Endless answers with a reply that never ends.
func Endless(c *client, _ string) bool {
	for c.out.Flush() == nil {
		c.out.WriteString("250-" + strings.Repeat("x", 60) + "\r\n")
	}
	return false
}

// LongLine answers with a line that never ends.
func LongLine(c *client, _ string) bool {
	c.out.WriteString("250 ")
	for c.out.Flush() == nil {
		c.out.WriteString(strings.Repeat("x", 1000))
	}
	return false
}

// Hang answers nothing, and reads on until the client has gone.
func Hang(c *client, _ string) bool {
	c.out.Flush()
	io.Copy(io.Discard, c.in)
	return false
}

// Stall answers nothing and reads nothing until the server is closed.
func Stall(c *client, _ string) bool {
	c.out.Flush()
	for {
		c.server.mu.Lock()
		closed := c.server.closed
		c.server.mu.Unlock()
		if closed {
			return false
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// Drop ends the connection without a word.
func Drop(c *client, _ string) bool {
	c.out.Flush()
	return false
}

// Lose ends the connection before the replies to what was sent along with the
// command have left.
func Lose(*client, string) bool { return false }

// Swallow does as it is asked, be it to take a message, and ends the connection
// before the reply has left. A server that takes no more, as it has said, does
// not.
func Swallow(c *client, normal string) bool {
	if !c.refusing {
		c.took(normal)
	}
	return false
}

// Look tells f, when the first line of a message has come, whom it is for; for
// Content alone.
func Look(f func(to string)) Action {
	return func(c *client, _ string) bool {
		f(strings.Join(c.now.To, ","))
		return true
	}
}
