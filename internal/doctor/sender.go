package doctor

import (
	"net"
	"strings"
	"time"
)

// sender looks at the DNS of the sender's domain.
func (x *examiner) sender() {
	if x.From.IsZero() {
		x.tell(Finding{Step: "sender", Mark: Skip, Text: "no sender is given, so neither MAIL nor SPF, DKIM, DMARC were looked at",
			Hint: "name the sender with --from, or the template"})
		return
	}
	x.dns = newRecords(x.DNS, x.Timeout)
	for _, look := range x.looks() {
		x.tell(timed(look))
		if x.ctx.Err() != nil {
			return
		}
	}
}

func (x *examiner) looks() []func() Finding {
	looks := []func() Finding{x.mx, x.spf}
	for _, s := range x.Selectors {
		looks = append(looks, func() Finding { return x.dkim(s) })
	}
	if len(x.Selectors) == 0 {
		looks = append(looks, x.noSelector)
	}
	return append(looks, x.dmarc, x.aligned, x.unsubscribe, x.demands)
}

// timed gives what look finds, with its time where something was waited for.
func timed(look func() Finding) Finding {
	began := time.Now()
	f := look()
	if took := time.Since(began); took >= time.Millisecond/10 {
		f.Took = took
	}
	return f
}

// mx asks where bounces go: a domain without a place for them is refused as a
// sender by many of those who get the mail in the end.
func (x *examiner) mx() Finding {
	domain := x.From.Domain()
	f := Finding{Step: "domain", Mark: OK}
	all, err := x.dns.LookupMX(x.ctx, domain)
	switch {
	case err == nil && isNull(all):
		f.Mark, f.Text = Warn, domain+" says that it takes no mail (a null MX)"
		f.Hint = "send from a domain that takes mail: many servers refuse others, and bounces are lost"
		return f
	case err == nil && len(all) > 0:
		f.Text = domain + " takes mail at " + count(len(all), "server", "servers")
		return f
	case err != nil && !absent(err):
		return silence(f.Step)
	}
	if _, err = x.dns.LookupIPAddr(x.ctx, domain); err == nil {
		f.Text = domain + " has no MX, and takes mail at its own address"
		return f
	}
	if !absent(err) {
		return silence(f.Step)
	}
	f.Mark, f.Text = Warn, domain+" has neither MX nor address"
	f.Hint = "look for a slip in the sender's domain: many servers refuse a sender whom nobody can answer"
	return f
}

// isNull says whether the records are the one of RFC 7505.
func isNull(all []*net.MX) bool {
	return len(all) == 1 && strings.TrimSuffix(all[0].Host, ".") == ""
}
