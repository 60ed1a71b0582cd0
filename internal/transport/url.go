package transport

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"

	"mailshot/internal/rule"
)

// Security is how a connection is kept from others' eyes.
type Security uint8

const (
	STARTTLS Security = iota // TLS from the second command on, demanded (RFC 3207)
	TLS                      // TLS from the first byte (RFC 8314)
	Plain                    // none, and so no password
)

// URL is an SMTP server as --smtp names it.
type URL struct {
	Host     string // a name in A-labels, or an IP address without brackets
	Port     int
	Security Security
	CA       string // file of certificate authorities to trust besides the system's; "" for none
	Cert     string // file of the client's own certificate; "" for none
	Key      string // file of its key; "" for that of the certificate
	User     string // "" for none
}

// Address is host:port, as a dialer takes it.
func (u *URL) Address() string { return net.JoinHostPort(u.Host, strconv.Itoa(u.Port)) }

const urlHint = "such as smtp://mail.example.com:587, smtps://mail.example.com:465 or smtp://127.0.0.1:2525?tls=none"

func urlFault(what, hint string) error { return &rule.Fault{File: "--smtp", What: what, Hint: hint} }

// ParseURL reads smtp://[USER@]HOST[:587], where STARTTLS is required, or
// smtps://[USER@]HOST[:465], with ?tls-ca=FILE where an authority is to be
// added, and ?tls-cert=FILE&tls-key=FILE for a certificate of the client's own;
// smtp://HOST[:25]?tls=none is the only way to plain text. Errors are
// *rule.Fault and hold nothing of raw: it may have a password in it.
func ParseURL(raw string) (*URL, error) {
	parsed, err := url.Parse(raw)
	if err != nil || parsed.Opaque != "" {
		return nil, urlFault("not a URL", urlHint)
	}
	if _, has := parsed.User.Password(); has {
		return nil, urlFault("a password in the URL",
			"leave it out, and set MAILSHOT_SMTP_PASSWORD or give --smtp-password-file; whoever saw the URL has the password")
	}
	if parsed.Path != "" && parsed.Path != "/" || parsed.Fragment != "" {
		return nil, urlFault("something after the host and the port", urlHint)
	}
	u := &URL{User: parsed.User.Username()}
	if err := u.readQuery(parsed); err != nil {
		return nil, err
	}
	if u.Host, err = host(parsed.Hostname()); err != nil {
		return nil, err
	}
	return u, u.readPort(parsed.Port())
}

func (u *URL) readQuery(parsed *url.URL) error {
	switch parsed.Scheme {
	case "smtp":
	case "smtps":
		u.Security = TLS
	default:
		return urlFault("a scheme that is neither smtp nor smtps", urlHint)
	}
	query, err := url.ParseQuery(parsed.RawQuery)
	if err != nil {
		return urlFault("a query that cannot be read", urlHint)
	}
	for key, values := range query {
		if len(values) > 1 {
			return urlFault("a query key that stands twice", urlHint)
		}
		if err := u.readOption(key, values[0]); err != nil {
			return err
		}
	}
	switch {
	case u.Security == Plain && u.CA+u.Cert+u.Key != "":
		return urlFault("tls-ca, tls-cert or tls-key beside tls=none", "leave one of them out")
	case u.Key != "" && u.Cert == "":
		return urlFault("tls-key without tls-cert", "write ?tls-cert=FILE&tls-key=FILE")
	}
	return nil
}

func (u *URL) readOption(key, value string) error {
	switch {
	case key == "tls" && value == "none" && u.Security == STARTTLS:
		u.Security = Plain
	case key == "tls" && value == "none":
		return urlFault("tls=none with smtps", "write smtp:// for plain text, or leave tls=none out")
	case key == "tls":
		return urlFault("a value of tls that is not none", "leave it out: TLS is required without saying")
	default:
		return u.readFile(key, value)
	}
	return nil
}

func (u *URL) readFile(key, value string) error {
	name, ok := map[string]*string{"tls-ca": &u.CA, "tls-cert": &u.Cert, "tls-key": &u.Key}[key]
	switch {
	case !ok:
		return urlFault("a query key that is not known", "tls=none, tls-ca=FILE, tls-cert=FILE and tls-key=FILE are known")
	case value == "":
		return urlFault(key+" without a file", "write ?"+key+"=FILE, a file in PEM")
	}
	*name = value
	return nil
}

// host takes an IP address as it is and gives a name in A-labels, so that the
// dialer, SNI and the certificate all mean the same one.
func host(name string) (string, error) {
	if name == "" {
		return "", urlFault("no host", urlHint)
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return name, nil
	}
	ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(name, "."))
	if err != nil || strings.ContainsAny(ascii, ": %") {
		return "", urlFault("a host that is no name and no IP address", urlHint)
	}
	return ascii, nil
}

func (u *URL) readPort(port string) error {
	if port == "" {
		u.Port = map[Security]int{STARTTLS: 587, TLS: 465, Plain: 25}[u.Security]
		return nil
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 1 || n > 65535 {
		return urlFault("a port that is no number from 1 to 65535", urlHint)
	}
	u.Port = n
	return nil
}
