package doctor

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http/httptrace"
	"strings"
	"sync"
	"time"

	"mailshot/internal/transport"
)

// visit is what was seen of the server.
type visit struct {
	x *examiner

	mu       sync.Mutex // the dialer may look names up in goroutines of its own
	asked    time.Time
	resolved time.Duration
	names    int // addresses that the name has

	offers    *transport.Offers
	encrypted bool
	login     bool          // AUTH was told of
	refused   *Finding      // a login that failed, until it is known whether there is another
	roundTrip time.Duration // the shortest there was; 0 for none
}

// server probes the server.
func (x *examiner) server() {
	v := &visit{x: x}
	ctx := httptrace.WithClientTrace(x.ctx, &httptrace.ClientTrace{DNSStart: v.lookingUp, DNSDone: v.lookedUp})
	server := *x.Server
	server.Timeouts = within(server.Timeouts, x.Timeout)
	err := server.Probe(ctx, x.From, x.To, v.see)
	if v.refused != nil {
		x.tell(*v.refused)
	}
	if err == nil {
		v.omitted()
		v.speed()
	}
}

// within gives timeouts of which none is longer than most: a run can wait for
// minutes, as RFC 5321 section 4.5.3.2 asks, and a person cannot.
func within(t transport.Timeouts, most time.Duration) transport.Timeouts {
	for _, d := range []*time.Duration{&t.Dial, &t.Greeting, &t.Setup, &t.Mail, &t.Rcpt, &t.Data, &t.Block, &t.Message, &t.Quit} {
		*d = min(*d, most)
	}
	return t
}

func (v *visit) lookingUp(httptrace.DNSStartInfo) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.asked = time.Now()
}

func (v *visit) lookedUp(info httptrace.DNSDoneInfo) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.resolved, v.names = time.Since(v.asked), len(info.Addrs)
}

// see tells of one step of the probe.
func (v *visit) see(o transport.Observation) {
	v.again()
	switch o.Step {
	case "connect":
		v.connected(o)
	case "TLS":
		v.handshake(o)
	case "EHLO":
		v.offered(o)
	case "AUTH":
		v.login = true
		f := stepOf(o, o.Mechanism)
		if f.Mark == Fail {
			v.refused = &f
			return
		}
		v.x.tell(f)
	case "MAIL":
		v.omitted()
		v.trip(o.Took)
		v.step(o, "the server takes mail from the sender")
	case "RCPT":
		v.step(o, "the server takes mail for the recipient; no message was sent")
	case "RSET":
		v.trip(o.Took)
		if o.Err != nil {
			v.step(o, "")
		}
	default:
		v.step(o, "")
	}
}

// again tells of a login that was refused and is followed by another: a token
// had expired.
func (v *visit) again() {
	if v.refused == nil {
		return
	}
	v.refused.Mark, v.refused.Hint = Warn, "see that the next token is there before this one expires; a run tries again by itself, as here"
	v.x.tell(*v.refused)
	v.refused = nil
}

func (v *visit) step(o transport.Observation, text string) { v.x.tell(stepOf(o, text)) }

// stepOf is the finding about a step: text where it went well, or why it did
// not.
func stepOf(o transport.Observation, text string) Finding {
	f := Finding{Step: o.Step, Mark: OK, Took: o.Took, Text: text}
	if o.Err != nil {
		f.Mark, f.Text, f.Hint = failure(o.Err)
	}
	return f
}

// failure gives what is to be said of an error of transport.
func failure(err error) (m Mark, text, hint string) {
	var e *transport.Error
	if !errors.As(err, &e) {
		return Fail, err.Error(), ""
	}
	text = strings.TrimPrefix(e.Error(), e.Step+": ")
	if e.Step == "RCPT" && e.Code/100 == 4 {
		return Warn, text, "a server that puts strangers off takes them later; a run tries again by itself"
	}
	return Fail, text, e.Hint
}

func (v *visit) trip(took time.Duration) {
	if v.roundTrip == 0 || took < v.roundTrip {
		v.roundTrip = took
	}
}

// connected tells of the name as well, which the same dialer has looked up.
func (v *visit) connected(o transport.Observation) {
	v.mu.Lock()
	resolved, names, asked := v.resolved, v.names, !v.asked.IsZero()
	v.mu.Unlock()
	if asked && o.Err != nil && names == 0 {
		o.Step = "resolve"
		v.step(o, "")
		return
	}
	if asked {
		v.x.tell(Finding{Step: "resolve", Mark: OK, Took: resolved, Text: count(names, "address", "addresses")})
		o.Took -= resolved
	}
	text := ""
	if o.Err == nil {
		v.x.remote, text = o.Remote, o.Remote.String()
		v.trip(o.Took)
	}
	v.step(o, text)
}

// offered tells of what a server can do; before STARTTLS that is of no weight.
func (v *visit) offered(o transport.Observation) {
	text := "no extensions that matter"
	if v.offers = o.Offers; v.offers != nil {
		if len(v.offers.Extensions) > 0 {
			text = strings.Join(v.offers.Extensions, ", ")
		}
		if known := mechanisms(v.offers.Mechanisms); known != "" {
			text += ", AUTH " + known
		}
	}
	v.step(o, text)
}

// mechanisms gives the names of mechanisms; what is no name (RFC 4422 section
// 3.1) is left out.
func mechanisms(offered []string) string {
	var names []string
	for _, m := range offered {
		if len(m) <= 20 && strings.Trim(m, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == "" {
			names = append(names, m)
		}
	}
	return strings.Join(names, " ")
}

// omitted tells, once, of TLS and AUTH where there was none.
func (v *visit) omitted() {
	if !v.encrypted && !v.login {
		v.x.tell(plainText(v.x.remote))
	}
	f := Finding{Step: "AUTH", Mark: Skip, Text: "no user is given"}
	switch {
	case v.login:
		return
	case !v.encrypted:
		f.Text = "never over plain text"
	case mechanisms(v.offers.Mechanisms) == "":
		f.Text = "the server offers none"
	}
	v.login = true
	v.x.tell(f)
}

// plainText is the finding for tls=none, which harms nobody within a machine.
func plainText(remote net.Addr) Finding {
	if tcp, ok := remote.(*net.TCPAddr); ok && tcp.IP.IsLoopback() {
		return Finding{Step: "TLS", Mark: Skip, Text: "plain text, within this machine"}
	}
	return Finding{Step: "TLS", Mark: Warn, Text: "none: messages and addresses can be read on the way",
		Hint: "leave tls=none out of --smtp, or use smtps://"}
}

func (v *visit) handshake(o transport.Observation) {
	text := ""
	if v.encrypted = o.Err == nil; v.encrypted {
		text = tls.VersionName(o.TLS.Version) + ", " + tls.CipherSuiteName(o.TLS.CipherSuite)
	}
	v.step(o, text)
	if len(o.TLS.PeerCertificates) > 0 {
		v.x.tell(certificate(o.TLS.PeerCertificates[0], v.x.Now))
	}
}
