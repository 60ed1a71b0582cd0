package doctor

import (
	"crypto/x509"
	"fmt"
	"strings"
	"time"
)

const (
	shortValidity = 14 // days; what renews certificates by itself does so earlier
	shownNames    = 3
)

// certificate tells whom a certificate is for and how long it is good. That
// nobody vouches for it is said elsewhere.
func certificate(c *x509.Certificate, now time.Time) Finding {
	days := int(c.NotAfter.Sub(now).Hours() / 24)
	f := Finding{Step: "certificate", Mark: OK,
		Text: fmt.Sprintf("for %s, %s left, until %s", namesOf(c), count(days, "day", "days"), c.NotAfter.UTC().Format(time.DateOnly))}
	switch {
	case now.After(c.NotAfter):
		f.Mark, f.Text = Fail, fmt.Sprintf("for %s, expired on %s", namesOf(c), c.NotAfter.UTC().Format(time.DateOnly))
		f.Hint = "renew the server's certificate"
	case days < shortValidity:
		f.Mark, f.Hint = Warn, "see that it is renewed in time: mail cannot be sent with one that has expired"
	}
	return f
}

// namesOf gives the first names of a certificate, with a mark in place of what
// cannot stand in one.
func namesOf(c *x509.Certificate) string {
	names := c.DNSNames
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	switch {
	case len(names) == 0:
		return "no name"
	case len(names) > shownNames:
		names = append(names[:shownNames:shownNames], "...")
	}
	return strings.Map(inName, strings.Join(names, " "))
}

func inName(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(" .:*_-", r) {
		return r
	}
	return '?'
}
