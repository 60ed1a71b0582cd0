package doctor

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/emersion/go-msgauth/dmarc"
	"golang.org/x/net/publicsuffix"
)

// domains gives the domain, and that of its organisation where it is another
// (RFC 7489 section 3.2).
func domains(domain string) []string {
	organisation, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil || organisation == domain {
		return []string{domain}
	}
	return []string{domain, organisation}
}

// policy is a DMARC record, and where it was found.
type policy struct {
	*dmarc.Record
	domain  string
	several bool // there is more than one record, which is as good as none
}

// dmarc looks for the policy of the sender's domain.
func (x *examiner) dmarc() Finding {
	f := Finding{Step: "DMARC", Mark: OK}
	domain := x.From.Domain()
	p, err := x.policy()
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		x.demand("DMARC", unknown)
		return silence(f.Step)
	case errors.Is(err, dmarc.ErrNoPolicy):
		f.Text = "no record at _dmarc." + strings.Join(domains(domain), " or _dmarc.")
	case p.several:
		f.Text = "several records at _dmarc." + p.domain + ", and one is allowed"
	case err != nil:
		f.Text = "the record at _dmarc." + p.domain + " cannot be read"
	default:
		x.demand("DMARC", met)
		f.Text = p.text(domain)
		return f
	}
	x.demand("DMARC", missing)
	f.Mark = Warn
	f.Hint = fmt.Sprintf(`publish a TXT record at _dmarc.%s, such as "v=DMARC1; p=none; rua=mailto:..."`, domain)
	return f
}

// policy looks in the domain, and then in the organisation's (RFC 7489 section
// 6.6.3).
func (x *examiner) policy() (p policy, err error) {
	for _, p.domain = range domains(x.From.Domain()) {
		var asked error
		p.Record, err = dmarc.LookupWithOptions(p.domain, &dmarc.LookupOptions{LookupTXT: func(name string) ([]string, error) {
			texts, err := x.dns.LookupTXT(x.ctx, name)
			if !absent(err) {
				asked = err
			}
			p.several = policies(texts) > 1
			return texts, err
		}})
		if asked != nil {
			return p, asked
		}
		if !errors.Is(err, dmarc.ErrNoPolicy) {
			return p, err
		}
	}
	return p, err
}

func policies(texts []string) int {
	n := 0
	for _, t := range texts {
		if strings.HasPrefix(t, "v=DMARC1") {
			n++
		}
	}
	return n
}

// text says what the record asks for mail from domain, and how near the domains
// of SPF and DKIM must be to it.
func (p *policy) text(domain string) string {
	asks := p.Policy
	if p.domain != domain && p.SubdomainPolicy != "" {
		asks = p.SubdomainPolicy
	}
	text := fmt.Sprintf("p=%s at _dmarc.%s; alignment of SPF %s, of DKIM %s", asks, p.domain,
		alignment(p.SPFAlignment), alignment(p.DKIMAlignment))
	if len(p.ReportURIAggregate) == 0 {
		text += "; no reports (rua)"
	}
	return text
}

func alignment(mode dmarc.AlignmentMode) string {
	if mode == dmarc.AlignmentStrict {
		return "strict"
	}
	return "relaxed"
}
