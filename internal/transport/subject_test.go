package transport

import (
	"bufio"
	"errors"
	"strings"
	"testing"

	"mailshot/internal/ledger"
	"mailshot/internal/smtptest"
)

func TestAnsweredResult(t *testing.T) {
	type want struct {
		step    string
		outcome ledger.Outcome
		server  bool
	}
	var (
		rejected = want{"", ledger.Rejected, false}
		later    = want{"", ledger.Deferred, false}
		server   = want{"", ledger.Deferred, true}
		size     = want{"SIZE", ledger.Deferred, false}
	)
	for line, wants := range map[string]map[string]want{
		"450 4.2.1 later":         {stepMail: server, stepRcpt: later, stepData: later, stepMessage: later},
		"451 4.7.1 greylisted":    {stepMail: server, stepRcpt: later, stepData: later, stepMessage: later},
		"451 4.3.0 no queue file": {stepMail: server, stepRcpt: server, stepData: server, stepMessage: server},
		"452 no room":             {stepMail: server, stepRcpt: server, stepData: server, stepMessage: server},
		"452 4.3.1 no room":       {stepMail: server, stepRcpt: server, stepData: server, stepMessage: server},
		"452 4.5.3 too many":      {stepMail: server, stepRcpt: server, stepMessage: server},
		"452 4.2.2 mailbox full":  {stepRcpt: later, stepMessage: later},
		"454 4.7.0 login expired": {stepRcpt: server, stepMessage: server},
		"530 5.7.0 log in":        {stepMessage: server},
		"535 5.7.8 token expired": {stepMessage: server},
		"421 4.3.2 going down":    {stepMessage: server},
		"550 5.1.1 nobody":        {stepRcpt: rejected, stepData: rejected, stepMessage: rejected},
		"550 5.3.0 nobody":        {stepRcpt: rejected, stepMessage: rejected},
		"554 5.3.2 closed":        {stepRcpt: server, stepMessage: server},
		"554 5.3.5 misconfigured": {stepRcpt: server, stepMessage: server},
		"554 5.7.1 spam":          {stepRcpt: rejected, stepMessage: rejected},
		"552 mailbox full":        {stepRcpt: rejected},
		"552 5.2.2 mailbox full":  {stepRcpt: rejected, stepMessage: rejected},
		"552 too long":            {stepMail: size, stepData: size, stepMessage: size},
		"552 5.3.4 too long":      {stepMail: size, stepRcpt: size, stepMessage: size},
		"552 5.3.1 no room":       {stepRcpt: server, stepMessage: server},
		"552 5.7.0 a virus":       {stepMessage: rejected},
		"554 5.3.4 too long":      {stepMessage: size},
	} {
		r, err := readReply(bufio.NewReader(strings.NewReader(line + "\r\n")))
		if err != nil {
			t.Fatal(err)
		}
		for step, w := range wants {
			if w.step == "" {
				w.step = step
			}
			got := answeredResult(step, r)
			if (want{got.Step, got.Outcome, got.Server}) != w || got.NotSent || got.Code != r.code {
				t.Errorf("%q to %s: %+v", line, step, got)
			}
		}
	}
}

// Nobody is rejected for a disk that is full, or for a login that has expired,
// and with another login it may go on.
func TestServerState(t *testing.T) {
	messages := cleared(t, addresses(40), body)
	for name, c := range map[string]struct {
		at     smtptest.Step
		reply  string
		server bool
		ends   bool
	}{
		"no room at MAIL":              {smtptest.Mail, "452 4.3.1 no room", true, false},
		"no room at RCPT":              {smtptest.Rcpt, "452 4.3.1 no room", true, false},
		"no room for the message":      {smtptest.Message, "452 4.3.1 no room", true, false},
		"too long at MAIL":             {smtptest.Mail, "552 5.3.4 too long", false, false},
		"too long":                     {smtptest.Message, "552 5.3.4 too long", false, false},
		"login expired at MAIL":        {smtptest.Mail, "530 5.7.0 log in", true, true},
		"login expired at MAIL, later": {smtptest.Mail, "454 4.7.0 log in later", true, true},
		"login expired at RCPT":        {smtptest.Rcpt, "535 5.7.8 log in", true, true},
		"login expired at the message": {smtptest.Message, "535 5.7.8 log in", true, false},
		"going down":                   {smtptest.Rcpt, "421 4.3.2 going down", true, true},
	} {
		for mode := range modes {
			t.Run(name+" "+mode, func(t *testing.T) {
				const hit = 20
				_, smtp := pipelinedServer(t, mode, smtptest.Fault{At: c.at, Nth: hit + 1, Do: smtptest.Reply(c.reply)})
				results, err := deliver(t, connect(t, smtp), messages)
				var e *Error
				if errors.As(err, &e) != c.ends || c.ends && (e.Permanent || e.Busy() != (c.reply[0] == '4')) {
					t.Fatalf("error %v", err)
				}
				if r := results[hit]; r.Outcome != ledger.Deferred || r.Server != c.server || r.NotSent != c.ends || r.Code == 0 {
					t.Errorf("%+v", r)
				}
			})
		}
	}
}

// A login that no message was ever taken for does not expire: it is not enough.
func TestLoginThatIsNotEnough(t *testing.T) {
	_, smtp := pipelinedServer(t, "chunked", smtptest.Fault{At: smtptest.Mail, Do: smtptest.Reply("530 5.7.0 log in")})
	_, err := deliver(t, connect(t, smtp), cleared(t, addresses(1), body))
	var e *Error
	if !errors.As(err, &e) || !e.Permanent {
		t.Errorf("error %v", err)
	}
}
