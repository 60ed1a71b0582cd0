// Package doctor says what is wrong with a server, with the way to it, and with
// what the DNS has of the sender's domain, before a campaign finds out.
//
// It reaches the server as a run does (transport.Probe) and sends no message.
// What only the last server before the recipient knows (the address that mail
// goes out from, whether it signs) it cannot know either, and says so.
//
// RFC 5321 (SMTP), RFC 7208 (SPF), RFC 6376 and 8301 (DKIM), RFC 7489 (DMARC),
// RFC 7505 (null MX), RFC 8058 (one-click unsubscribe).
package doctor

import (
	"context"
	"net"
	"time"

	"mailshot/internal/address"
	"mailshot/internal/transport"
)

// Mark says how a step went.
type Mark string

const (
	OK   Mark = "ok"
	Warn Mark = "warn" // mail can be sent, and may not arrive, or slowly
	Fail Mark = "fail" // mail could not be sent
	Skip Mark = "skip" // not looked at
)

// Finding is what came of one step. It shows no recipient's address and nothing
// of the credentials.
type Finding struct {
	Step string
	Mark Mark
	Took time.Duration // 0 where nothing was waited for
	Text string        // may be empty
	Hint string        // the next step; "" for none
}

// Unsubscribe is how the messages of a campaign let a recipient leave.
type Unsubscribe uint8

const (
	UnsubscribeUnknown  Unsubscribe = iota
	UnsubscribeNone                 // no list-unsubscribe
	UnsubscribeLink                 // a link, but not one that takes one click
	UnsubscribeOneClick             // RFC 8058
)

// Examination says what is to be looked at.
type Examination struct {
	Server      *transport.SMTP
	From        address.Address // the sender; zero: neither MAIL nor the DNS of its domain
	To          address.Address // whom RCPT is asked about; zero for no RCPT
	Selectors   []string        // of the DKIM keys
	Unsubscribe Unsubscribe
	DNS         *net.Resolver // for the records of the sender's domain
	Timeout     time.Duration // of each step
	Now         time.Time
}

// Run goes through the steps and tells of each as it ends. The error is what
// ctx says; what is wrong with a server is none.
func (e Examination) Run(ctx context.Context, tell func(Finding)) error {
	x := &examiner{Examination: e, ctx: ctx, told: tell, stands: map[string]standing{}}
	x.server()
	x.sender()
	return ctx.Err()
}

// examiner is one Run.
type examiner struct {
	Examination
	ctx  context.Context
	told func(Finding)

	remote net.Addr // of the server, where it was reached
	dns    *records
	stands map[string]standing // of the demands of large providers, by name
}

// tell is not about steps that were interrupted.
func (x *examiner) tell(f Finding) {
	if x.ctx.Err() == nil {
		x.told(f)
	}
}
