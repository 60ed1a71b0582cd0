package doctor

import (
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
)

const (
	leastBits = 1024 // RFC 8301 section 3.2: verifiers take no fewer
	goodBits  = 2048 // and signers should have as many
)

// noSelector is the finding where no key can be looked for: which selector a
// server signs with stands in its messages alone.
func (x *examiner) noSelector() Finding {
	x.demand("DKIM", unknown)
	return Finding{Step: "DKIM", Mark: Skip, Text: "no selector is given",
		Hint: "name it with --dkim-selector: it is the s= of the DKIM-Signature in a message you got through the server"}
}

// dkim looks for the key of a selector, in the sender's domain and else in the
// organisation's.
func (x *examiner) dkim(selector string) Finding {
	f := Finding{Step: "DKIM", Mark: OK}
	var texts []string
	var err error
	domain := x.From.Domain()
	for _, domain = range domains(domain) {
		if texts, err = x.dns.LookupTXT(x.ctx, selector+"._domainkey."+domain); !absent(err) {
			break
		}
	}
	if err != nil && !absent(err) {
		x.demand("DKIM", unknown)
		return silence(f.Step)
	}
	var good bool
	f.Text, good = "no key", false
	if err == nil {
		f.Text, good = keyOf(texts)
	}
	f.Text = fmt.Sprintf("selector %s: %s at %s", selector, f.Text, domain)
	x.demand("DKIM", state(good))
	if !good {
		f.Mark, f.Hint = Warn, "publish the key that whoever runs the server gives you: RSA of 2048 bits, or Ed25519 beside it"
	}
	return f
}

// keyOf says what key the records of a selector have (RFC 6376 section 3.6.1),
// and whether that is as it should be.
func keyOf(texts []string) (what string, good bool) {
	if len(texts) != 1 {
		return "several records, and one is allowed,", false
	}
	tags := map[string]string{}
	for _, tag := range strings.Split(texts[0], ";") {
		name, value, _ := strings.Cut(tag, "=")
		tags[strings.TrimSpace(name)] = strings.Join(strings.Fields(value), "")
	}
	p, ok := tags["p"]
	v, versioned := tags["v"]
	switch {
	case !ok, versioned && v != "DKIM1":
		return "no key record", false
	case p == "":
		return "a key that was revoked", false
	}
	octets, err := base64.StdEncoding.DecodeString(p)
	if err != nil {
		return "a key that cannot be read", false
	}
	if what, good = algorithm(tags["k"], octets); good && strings.Contains(":"+tags["t"]+":", ":y:") {
		return what + ", marked as a test (t=y),", false
	}
	return what, good
}

func algorithm(name string, octets []byte) (what string, good bool) {
	switch name {
	case "", "rsa":
		return rsaKey(octets)
	case "ed25519": // RFC 8463
		if len(octets) == ed25519.PublicKeySize {
			return "an Ed25519 key", true
		}
		return "a key that cannot be read", false
	}
	return "a key of a kind that nobody knows", false
}

// rsaKey takes both forms that are in use (RFC 6376, erratum 3017).
func rsaKey(octets []byte) (what string, good bool) {
	parsed, err := x509.ParsePKIXPublicKey(octets)
	if err != nil {
		parsed, err = x509.ParsePKCS1PublicKey(octets)
	}
	key, ok := parsed.(*rsa.PublicKey)
	if err != nil || !ok {
		return "a key that cannot be read", false
	}
	bits := key.N.BitLen()
	what = fmt.Sprintf("an RSA key of %d bits", bits)
	if bits < leastBits {
		return what + ", too few to count,", false
	}
	return what, bits >= goodBits
}
