package transport

import (
	"context"
	"crypto/tls"
	"net"
	"strconv"
	"time"

	"mailshot/internal/address"
)

// Observation is one step of a probe: what it took and what came of it.
type Observation struct {
	Step string // "connect", "greeting", "EHLO", "STARTTLS", "TLS", "AUTH", "MAIL", "RCPT", "RSET"
	Took time.Duration
	Err  error // an *Error; nil where it went well

	Remote    net.Addr             // of connect; nil where it failed
	Offers    *Offers              // of EHLO; nil where it failed
	TLS       *tls.ConnectionState // of TLS; of one that failed, the server's certificates at most
	Mechanism string               // of AUTH, the one that was used
}

// Offers is what a server answers to EHLO, and what a session makes of it.
type Offers struct {
	Extensions []string // those that matter here, such as "PIPELINING" and "SIZE 10240000"
	Mechanisms []string // of AUTH, upper case, in the server's words
	Window     int      // messages that may be under way at once
	// PerRoundTrip is how many messages can be accepted in one round trip, where
	// the server needs no time of its own.
	PerRoundTrip float64
}

// Probe opens a connection as Connect does, asks whether the server would take
// a message of that envelope, and says QUIT; no message is sent. It tells see of
// every step that was gone through, the one that failed included. Without from
// there is no MAIL, without to no RCPT. The error is that of the step, or what
// ctx says.
func (s *SMTP) Probe(ctx context.Context, from, to address.Address, see func(Observation)) error {
	session, err := s.open(ctx, see)
	if err != nil {
		return err
	}
	session.start()
	defer session.Close()
	defer context.AfterFunc(ctx, session.abort)()
	err = session.probe(from, to)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (s *session) probe(from, to address.Address) error {
	if from.IsZero() {
		return nil
	}
	s.gate.announce(announced{from.String(), to.String(), 0})
	err := s.request(stepMail, s.mailLine(from, 0, false, from.NeedsUTF8() || to.NeedsUTF8()))
	if err == nil && !to.IsZero() {
		err = s.request(stepRcpt, rcptLine(to))
	}
	if err != nil {
		return err
	}
	return s.request(stepReset, stepReset)
}

// request sends one command of a transaction and waits for the reply.
func (s *session) request(step, line string) error {
	return s.see.step(step, func(*Observation) error {
		if err := s.say(line); err != nil {
			return s.broken(step, err)
		}
		r, err := s.await(s.timeouts.wait(step))
		switch {
		case err != nil:
			return s.broken(step, err)
		case step == stepRcpt && !r.positive():
			return refusedReply(step, r, "check the address, and whether the server wants a login to pass mail on (--smtp-user)")
		case !r.positive():
			return sessionError(step, r)
		}
		return nil
	})
}

// watcher is told of each step of a session; nil is nobody.
type watcher func(Observation)

// step goes through one step, and tells of it.
func (w watcher) step(step string, do func(*Observation) error) error {
	o := Observation{Step: step}
	began := time.Now()
	o.Err = do(&o)
	o.Took = time.Since(began)
	if w != nil {
		w(o)
	}
	return o.Err
}

// offered gives what an EHLO was answered with.
func (s *session) offered() *Offers {
	x := s.offers
	o := &Offers{Mechanisms: x.mechanisms, Window: max(1, s.newWindow().most), PerRoundTrip: s.perRoundTrip()}
	for _, e := range []struct {
		name    string
		offered bool
	}{
		{"STARTTLS", x.startTLS}, {"PIPELINING", x.pipelining}, {"CHUNKING", x.chunking},
		{"8BITMIME", x.eightBit}, {"SMTPUTF8", x.utf8}, {"SIZE", x.size && x.limit == 0},
		{"SIZE " + strconv.FormatInt(x.limit, 10), x.limit > 0},
	} {
		if e.offered {
			o.Extensions = append(o.Extensions, e.name)
		}
	}
	return o
}

// perRoundTrip is that of Offers. With PIPELINING alone each message waits for a
// 354, and one that is alone for the reply to its end as well.
func (s *session) perRoundTrip() float64 {
	most := s.newWindow().most
	switch {
	case most == 0:
		return 1 / float64(len(s.steps()))
	case s.chunked():
		return float64(most)
	}
	return float64(most) / 2
}
