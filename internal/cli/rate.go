package cli

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// rate is the flag --rate: so many messages a second, minute or hour.
type rate struct {
	text  string
	every time.Duration // between two messages; 0 for as fast as it goes
}

// maxRate is the most messages in one unit of time.
const maxRate = 1_000_000

var errRate = errors.New("not a rate")

func (r *rate) String() string { return r.text }
func (r *rate) Type() string   { return "rate" }

// Set reads "10/s", "600/m" or "5000/h".
func (r *rate) Set(s string) error {
	number, unit, _ := strings.Cut(s, "/")
	per, ok := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour}[unit]
	n, err := strconv.ParseUint(number, 10, 32)
	if !ok || err != nil || n == 0 || n > maxRate {
		return errRate
	}
	r.text, r.every = s, per/time.Duration(n)
	return nil
}
