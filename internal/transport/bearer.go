package transport

import (
	"strconv"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

// bearer is OAUTHBEARER (RFC 7628), which the library lacks.
type bearer struct {
	user, token, host string
	port              int
}

// Start gives the one message of the client (section 3.1).
func (b *bearer) Start(*smtp.ServerInfo) (mechanism string, message []byte, err error) {
	const separator = "\x01"
	user := strings.NewReplacer("=", "=3D", ",", "=2C").Replace(b.user) // RFC 5801 section 4
	return "OAUTHBEARER", []byte(strings.Join([]string{
		"n,a=" + user + ",", "host=" + b.host, "port=" + strconv.Itoa(b.port), "auth=Bearer " + b.token, separator,
	}, separator)), nil
}

// Next answers the challenge that stands for a refusal, so that the server goes
// on to say so with its reply (section 3.2.3).
func (b *bearer) Next([]byte, bool) ([]byte, error) { return []byte{1}, nil }
