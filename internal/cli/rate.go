package cli

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailshot/internal/address"
)

// rate is the flag --rate: so many messages a second, minute or hour.
type rate struct {
	text  string
	every time.Duration // between two messages; 0 for as fast as it goes
}

const (
	maxRate    = 1_000_000 // messages in one unit of time
	maxDomains = 100       // with a rate of their own: the list is read once for each
)

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
	// Rounded up, so that there is never one too many.
	r.text, r.every = s, (per+time.Duration(n)-1)/time.Duration(n)
	return nil
}

// domainRates is the flag --domain-rate, which can be given several times: the
// time between two messages, by domain as address.Domain gives it.
type domainRates map[string]time.Duration

func (d *domainRates) Type() string { return "domain-rate" }

func (d *domainRates) String() string {
	var all []string
	for domain := range *d {
		all = append(all, domain)
	}
	slices.Sort(all)
	return strings.Join(all, ",")
}

// Set reads "a.example=20/s", or several with commas between them.
func (d *domainRates) Set(s string) error {
	for one := range strings.SplitSeq(s, ",") {
		name, text, _ := strings.Cut(strings.TrimSpace(one), "=")
		var r rate
		to, err := address.Parse("x@" + name)
		if err != nil || r.Set(text) != nil {
			return errRate
		}
		if *d == nil {
			*d = domainRates{}
		}
		if (*d)[to.Domain()] = r.every; len(*d) > maxDomains {
			return errRate
		}
	}
	return nil
}
