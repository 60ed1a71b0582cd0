package transport

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// RFC 5321 section 4.5.3.1.5 allows reply lines of 512 octets; servers with
// long texts or long lists of mechanisms write more.
const (
	maxReplyLine  = 2048
	maxReplyLines = 100
)

// errOutOfStep is for anything that no answer to the last command can be:
// after it nobody knows which reply belongs to which recipient.
var errOutOfStep = errors.New("the server answered out of step")

// reply is one reply of a server.
type reply struct {
	code     int
	enhanced string   // RFC 3463; "" for none
	lines    []string // without code; the server's own words, for nobody's eyes
	trailing bool     // more bytes had come behind it
}

func (r *reply) positive() bool { return r.code/100 == 2 }

// readReply reads one reply (RFC 5321 section 4.2), of lines that end in CRLF
// or LF. The error is errOutOfStep for what is no reply, else the reader's.
func readReply(in *bufio.Reader) (reply, error) {
	var r reply
	for len(r.lines) < maxReplyLines {
		line, err := readLine(in)
		if err != nil {
			return reply{}, err
		}
		code, last, ok := replyLine(line)
		if !ok || r.code != 0 && code != r.code {
			return reply{}, errOutOfStep
		}
		r.code = code
		r.lines = append(r.lines, line[min(len(line), 4):])
		if last {
			r.enhanced = enhancedCode(code, r.lines[0])
			r.trailing = in.Buffered() > 0
			return r, nil
		}
	}
	return reply{}, errOutOfStep
}

// hasWhole says whether in holds a whole reply, or what is none.
func hasWhole(in *bufio.Reader) bool {
	for held, _ := in.Peek(in.Buffered()); ; {
		end := bytes.IndexByte(held, '\n')
		switch {
		case end < 0:
			return false
		case end <= len("250") || held[len("250")] != '-':
			return true
		}
		held = held[end+1:]
	}
}

// phrases are replies of one line as a server gives them again and again, by
// that line with its end.
type phrases map[string]reply

// maxPhrases is more than the steps of a transaction. What comes then is read
// anew each time, as what is different each time is.
const maxPhrases = 16

// readReply reads one reply as the function of that name does.
func (p phrases) readReply(in *bufio.Reader) (reply, error) {
	if _, err := in.Peek(1); err != nil {
		return reply{}, err // of which the connection may not tell twice
	}
	held, _ := in.Peek(in.Buffered())
	line := held[:bytes.IndexByte(held, '\n')+1]
	if r, known := p[string(line)]; known {
		in.Discard(len(line))
		r.trailing = in.Buffered() > 0
		return r, nil
	}
	heard := string(line)
	r, err := readReply(in)
	if err == nil && len(r.lines) == 1 && heard != "" && len(p) < maxPhrases {
		p[heard] = r
	}
	return r, err
}

func readLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) || len(line) > maxReplyLine {
		return "", errOutOfStep
	}
	if errors.Is(err, io.EOF) && len(line) > 0 {
		return "", io.ErrUnexpectedEOF
	}
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(string(line[:len(line)-1]), "\r"), nil
}

// replyLine reads the code of a reply line, and whether the line is the
// reply's last.
func replyLine(line string) (code int, last, ok bool) {
	if len(line) < 3 {
		return 0, false, false
	}
	for _, digit := range []byte(line[:3]) {
		if digit < '0' || digit > '9' {
			return 0, false, false
		}
		code = code*10 + int(digit-'0')
	}
	if code < 200 || code > 599 {
		return 0, false, false
	}
	// RFC 5321 section 4.2.1: a client accepts a code alone as a last line.
	if len(line) == 3 {
		return code, true, true
	}
	return code, line[3] == ' ', line[3] == ' ' || line[3] == '-'
}

// enhancedCode gives the enhanced status code that text begins with; "" where
// there is none, or one of another class than code (RFC 2034 section 4).
func enhancedCode(code int, text string) string {
	word, _, _ := strings.Cut(text, " ")
	class, rest, _ := strings.Cut(word, ".")
	subject, detail, _ := strings.Cut(rest, ".")
	if len(class) != 1 || int(class[0]-'0') != code/100 || !isUpTo999(subject) || !isUpTo999(detail) {
		return ""
	}
	return word
}

func isUpTo999(s string) bool {
	return len(s) >= 1 && len(s) <= 3 && strings.Trim(s, "0123456789") == ""
}
