package transport

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mailshot/internal/guard"
	"mailshot/internal/ledger"
	"mailshot/internal/smtptest"
)

var actions = map[string]smtptest.Action{
	"4yz":              smtptest.Reply("450 4.2.1 r1@a.example later"),
	"5yz":              smtptest.Reply("550 5.1.1 r1@a.example unknown"),
	"421":              smtptest.Then("421 4.3.2 going down"),
	"4yz, then closed": smtptest.Then("450 4.3.0 r1@a.example later"),
	"5yz, then closed": smtptest.Then("550 5.5.0 r1@a.example no more"),
	"hang":             smtptest.Hang,
	"close":            smtptest.Drop,
	"replies lost":     smtptest.Lose,
	"swallowed":        smtptest.Swallow,
	"garbage":          smtptest.Garbage,
	"an octet":         smtptest.ByteByByte,
	"one too many":     smtptest.Extra("250 2.0.0 once more"),
	"one late":         smtptest.Late("250 2.0.0 once more"),
	"an endless one":   smtptest.Endless,
	"a long line":      smtptest.LongLine,
	"another kind":     smtptest.Reply("354 go on"),
	"421 behind it":    smtptest.Extra("421 4.4.2 bye"),
	"503":              smtptest.Reply("503 5.5.1 no MAIL yet"),
	"421, open":        smtptest.Reply("421 4.3.2 enough"),
	"5yz and more":     smtptest.Reply("550 5.1.1 no\r\n250 2.0.0 yes"),
	"login wanted":     smtptest.Reply("530 5.7.0 log in"),
	"other words":      smtptest.Reply("250 2.6.0 stored"),
}

// orderly are the actions after which every reply is still the one to its own
// command, or is known not to come: nobody's outcome may be unknown for them.
var orderly = []string{"4yz", "5yz", "421", "421, open", "503", "login wanted", "an octet", "other words"}

// What may become of a message on the connection where something goes wrong.
const (
	accepted = "accepted"
	rejected = "rejected"
	deferred = "deferred"
	unsent   = "unsent" // and accepted on the next
	unknown  = "unknown"
	either   = "unknown, accepted"
)

// fault is one row of the table: what a server does at one step of the eighth
// message of fourteen, and what may become of that message in each mode.
type fault struct {
	at                          smtptest.Step
	does                        string
	stepByStep, piped, inChunks string
	stays                       bool // the connection
}

var faults = []fault{
	{smtptest.Reset, "4yz", unsent, unsent, accepted, false},
	{smtptest.Reset, "5yz", unsent, unsent, accepted, false},
	{smtptest.Reset, "421", unsent, unsent, unsent, false},
	{smtptest.Reset, "4yz, then closed", unsent, unsent, unsent, false},
	{smtptest.Reset, "5yz, then closed", unsent, unsent, unsent, false},
	{smtptest.Reset, "hang", unsent, unsent, unknown, false},
	{smtptest.Reset, "close", unsent, unsent, unknown, false},
	{smtptest.Reset, "replies lost", unsent, unsent, unknown, false},
	{smtptest.Reset, "garbage", unsent, unsent, unknown, false},
	{smtptest.Reset, "an endless one", unsent, unsent, unknown, false},
	{smtptest.Reset, "a long line", unsent, unsent, unknown, false},
	{smtptest.Reset, "another kind", unsent, unsent, unknown, false},
	{smtptest.Reset, "an octet", accepted, accepted, accepted, true},
	{smtptest.Reset, "one too many", unsent, unsent, unknown, false},
	{smtptest.Reset, "one late", unsent, unsent, unknown, false},

	{smtptest.Mail, "4yz", deferred, deferred, deferred, true},
	{smtptest.Mail, "5yz", unsent, unsent, unsent, false},
	{smtptest.Mail, "421", unsent, unsent, unsent, false},
	{smtptest.Mail, "421, open", unsent, unsent, unsent, false},
	{smtptest.Mail, "5yz, then closed", unsent, unsent, unsent, false},
	{smtptest.Mail, "hang", unsent, unsent, unknown, false},
	{smtptest.Mail, "close", unsent, unsent, unknown, false},
	{smtptest.Mail, "replies lost", unsent, unsent, unknown, false},
	{smtptest.Mail, "garbage", unsent, unsent, unknown, false},
	{smtptest.Mail, "another kind", unsent, unsent, unknown, false},
	{smtptest.Mail, "login wanted", unsent, unsent, unsent, false},
	{smtptest.Mail, "an octet", accepted, accepted, accepted, true},
	{smtptest.Mail, "one too many", unsent, unsent, unknown, false},
	{smtptest.Mail, "one late", unsent, unsent, unknown, false},

	{smtptest.Rcpt, "4yz", deferred, deferred, deferred, true},
	{smtptest.Rcpt, "5yz", rejected, rejected, rejected, true},
	{smtptest.Rcpt, "421", unsent, unsent, unsent, false},
	{smtptest.Rcpt, "421, open", unsent, unsent, unsent, false},
	{smtptest.Rcpt, "hang", unsent, unsent, unknown, false},
	{smtptest.Rcpt, "close", unsent, unsent, unknown, false},
	{smtptest.Rcpt, "replies lost", unsent, unsent, unknown, false},
	{smtptest.Rcpt, "garbage", unsent, unsent, unknown, false},
	{smtptest.Rcpt, "another kind", unsent, unsent, unknown, false},
	{smtptest.Rcpt, "login wanted", unsent, unsent, unsent, false},
	{smtptest.Rcpt, "503", unsent, unsent, unsent, false},
	{smtptest.Rcpt, "5yz and more", unsent, "unsent, rejected", unknown, false},
	{smtptest.Rcpt, "an octet", accepted, accepted, accepted, true},
	{smtptest.Rcpt, "one too many", unsent, unsent, unknown, false},
	{smtptest.Rcpt, "one late", unsent, unsent, unknown, false},

	{smtptest.Data, "4yz", deferred, deferred, "", true},
	{smtptest.Data, "5yz", rejected, rejected, "", true},
	{smtptest.Data, "421", unsent, unsent, "", false},
	{smtptest.Data, "hang", unsent, unsent, "", false},
	{smtptest.Data, "close", unsent, unsent, "", false},
	{smtptest.Data, "replies lost", unsent, unsent, "", false},
	{smtptest.Data, "garbage", unsent, unsent, "", false},
	{smtptest.Data, "login wanted", unsent, unsent, "", false},
	{smtptest.Data, "an octet", accepted, accepted, "", true},
	{smtptest.Data, "one too many", unsent, unsent, "", false},

	{smtptest.Content, "4yz", unknown, unknown, unknown, false}, // and then a 250
	{smtptest.Content, "5yz", unknown, unknown, unknown, false},
	{smtptest.Content, "421", deferred, deferred, deferred, false},
	{smtptest.Content, "hang", unknown, unknown, unknown, false},
	{smtptest.Content, "close", unknown, unknown, unknown, false},
	{smtptest.Content, "garbage", unknown, unknown, unknown, false},

	{smtptest.Message, "4yz", deferred, deferred, deferred, true},
	{smtptest.Message, "5yz", rejected, rejected, rejected, true},
	{smtptest.Message, "421", deferred, deferred, deferred, false},
	{smtptest.Message, "421, open", deferred, deferred, deferred, false},
	{smtptest.Message, "5yz and more", unknown, unknown, unknown, false},
	{smtptest.Message, "hang", unknown, unknown, unknown, false},
	{smtptest.Message, "close", unknown, unknown, unknown, false},
	{smtptest.Message, "replies lost", unknown, unknown, unknown, false},
	{smtptest.Message, "swallowed", unknown, unknown, unknown, false},
	{smtptest.Message, "garbage", unknown, unknown, unknown, false},
	{smtptest.Message, "another kind", unknown, unknown, unknown, false},
	{smtptest.Message, "an endless one", unknown, unknown, unknown, false},
	{smtptest.Message, "an octet", accepted, accepted, accepted, true},
	{smtptest.Message, "one too many", unknown, either, either, false},
	{smtptest.Message, "one late", either, either, either, false},
	{smtptest.Message, "421 behind it", accepted, accepted, accepted, false},
	{smtptest.Message, "other words", accepted, accepted, accepted, true},
}

const (
	crowd = 14
	hit   = 7 // the message at which the fault comes
)

// TestFaults: whatever a server does at whichever step, in every mode, with
// every window and under TLS: each recipient ends with the right outcome,
// nobody gets two, nobody is lost.
func TestFaults(t *testing.T) {
	messages := cleared(t, addresses(crowd), body)
	authority := smtptest.NewAuthority(t)
	for _, f := range faults {
		t.Run(string(f.at)+" "+f.does, func(t *testing.T) {
			t.Parallel()
			var all sync.WaitGroup
			for mode := range modes {
				for _, window := range []int{1, 2, 64} {
					try := f.try(t, mode, window, nil)
					all.Go(func() { try(messages) })
				}
				try := f.try(t, mode, 64, authority)
				all.Go(func() { try(messages) })
			}
			all.Wait()
		})
	}
}

// want gives what may become of the message in a mode; "" where there is no such
// step.
func (f *fault) want(mode string) string {
	return map[string]string{"step by step": f.stepByStep, "pipelined": f.piped, "chunked": f.inChunks}[mode]
}

// try starts a server for one row in one mode, under TLS where there is an
// authority, and gives what is to be done with it.
func (f *fault) try(t *testing.T, mode string, window int, authority *smtptest.Authority) func([]guard.Cleared) {
	if f.want(mode) == "" {
		return func([]guard.Cleared) {}
	}
	script := smtptest.Script{Extensions: modes[mode], Faults: []smtptest.Fault{{At: f.at, Nth: hit + 1, Do: actions[f.does]}}}
	if f.resets(mode) {
		script.Faults = []smtptest.Fault{{At: smtptest.Rcpt, Nth: hit, Do: actions["5yz"]}, {At: f.at, Nth: 1, Do: actions[f.does]}}
	}
	name := fmt.Sprintf("%s, window %d", mode, window)
	if authority != nil {
		script.TLS, script.Implicit = authority.Config(t, "127.0.0.1", inAnHour()), true
		name += ", TLS"
	}
	server := smtptest.New(t, script)
	smtp := plain(t, server)
	if authority != nil {
		smtp = secured(t, server, authority, TLS, Credentials{})
	}
	smtp.Window = window
	if f.does == "hang" {
		impatient(&smtp.Timeouts, 1200*time.Millisecond)
	}
	return func(messages []guard.Cleared) {
		r := exhaust(t.Context(), smtp, messages)
		for _, wrong := range f.judge(r, mode) {
			t.Errorf("%s: %s", name, wrong)
		}
		if wrong := truth(server, r.last()); wrong != "" {
			t.Errorf("%s: %s", name, wrong)
		}
	}
}

// resets says that there is a RSET to go wrong only where the recipient before
// is refused.
func (f *fault) resets(mode string) bool { return mode == "step by step" && f.at == smtptest.Reset }

// impatient has a server given up after a while that a machine at work does not
// reach by itself.
func impatient(t *Timeouts, while time.Duration) {
	for _, timeout := range []*time.Duration{&t.Block, &t.Greeting, &t.Setup, &t.Mail, &t.Rcpt, &t.Data, &t.Message, &t.Quit} {
		*timeout = while
	}
}

// judge says what is wrong with a run.
func (f *fault) judge(r rounds, mode string) (wrong []string) {
	if r.wrong != "" {
		return []string{r.wrong}
	}
	first := r.all[0]
	if (first.err == nil) != f.stays || !f.stays && !presentable(first.err) {
		wrong = append(wrong, fmt.Sprintf("the connection ended with %v", first.err))
	}
	for _, result := range first.results {
		if i := result.Cleared.Ordinal(); i == hit && !strings.Contains(f.want(mode), became(result)) {
			wrong = append(wrong, fmt.Sprintf("it is %s at %s: %d", became(result), result.Step, result.Code))
		}
	}
	last := r.last()
	if len(last) != crowd {
		return append(wrong, fmt.Sprintf("%d results", len(last)))
	}
	for i, result := range last {
		if i != hit && !f.mayHit(i, mode, became(result)) {
			wrong = append(wrong, fmt.Sprintf("bystander %d is %s at %s: %d", i, became(result), result.Step, result.Code))
		}
	}
	return wrong
}

// mayHit says what may become of another message than the one that was hit: in
// a pipeline, those that had left as well are unknown where the server is lost
// without a word, and those before it where their replies are.
func (f *fault) mayHit(i int, mode, outcome string) bool {
	switch {
	case f.resets(mode) && i == hit-1:
		return outcome == rejected
	case outcome == accepted:
		return true
	}
	lost := !slices.Contains(orderly, f.does) && !strings.Contains(f.does, "then closed") || f.at == smtptest.Content
	before := i < hit && (f.does == "replies lost" || f.does == "swallowed")
	return outcome == unknown && lost && mode != "step by step" && (before || i > hit && mode == "chunked")
}

// became names the outcome.
func became(r Result) string {
	switch {
	case r.NotSent && r.Outcome == ledger.Deferred:
		return unsent
	case r.NotSent:
		return "unsent, and not deferred"
	}
	return map[ledger.Outcome]string{ledger.Accepted: accepted, ledger.Rejected: rejected, ledger.Deferred: deferred, ledger.Unknown: unknown}[r.Outcome]
}

// presentable says that err says what to do next, and quotes nothing.
func presentable(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Hint != "" && !strings.Contains(e.Error()+e.Hint, "example")
}

// TestSetUpFaults: whatever a server does before the first transaction, or at
// the end, Connect comes back with the step where it happened, and the next
// connection serves everyone.
func TestSetUpFaults(t *testing.T) {
	messages := cleared(t, addresses(crowd), body)
	authority := smtptest.NewAuthority(t)
	for _, at := range []smtptest.Step{smtptest.Greeting, smtptest.EHLO, smtptest.StartTLS, smtptest.Auth, smtptest.Quit} {
		for does := range actions {
			if does == "other words" && at == smtptest.EHLO {
				continue // they offer nothing, which is no fault
			}
			t.Run(string(at)+" "+does, func(t *testing.T) {
				t.Parallel()
				var all sync.WaitGroup
				for mode, extensions := range modes {
					server := smtptest.New(t, smtptest.Script{
						TLS: authority.Config(t, "127.0.0.1", inAnHour()), Extensions: extensions,
						Mechanisms: []string{"PLAIN"}, Users: map[string]string{"u": password},
						Faults: []smtptest.Fault{{At: at, Nth: 1, Do: actions[does]}}})
					smtp := secured(t, server, authority, STARTTLS, Credentials{User: "u", Password: password})
					if does == "hang" {
						impatient(&smtp.Timeouts, 1200*time.Millisecond)
					}
					all.Go(func() {
						r := exhaust(t.Context(), smtp, messages)
						if wrong := judgeSetUp(r, at, does); wrong != "" {
							t.Errorf("%s: %s", mode, wrong)
						}
						if wrong := truth(server, r.last()); wrong != "" {
							t.Errorf("%s: %s", mode, wrong)
						}
					})
				}
				all.Wait()
			})
		}
	}
}

func judgeSetUp(r rounds, at smtptest.Step, does string) (wrong string) {
	first, last := r.all[0], r.last()
	if r.wrong != "" || len(last) != crowd || slices.ContainsFunc(last, func(r Result) bool { return r.Outcome != ledger.Accepted }) {
		return fmt.Sprintf("%s; %+v", r.wrong, last)
	}
	err := first.connect
	switch {
	case at == smtptest.Quit, does == "an octet":
		if len(r.all) != 1 || err != nil || first.err != nil {
			return fmt.Sprintf("%d connections, error %v", len(r.all), err)
		}
		return ""
	case does == "one late" && err == nil:
		err = first.err
	}
	var e *Error
	if !presentable(err) || !errors.As(err, &e) || does != "one late" && (e.Permanent != (e.Code/100 == 5) || e.Step != string(at)) {
		return fmt.Sprintf("error %v", err)
	}
	return ""
}

// A reply too many that comes while the message is on its way, and none to the
// message itself: nobody is accepted by it.
func TestReplyTooManyForTheMessage(t *testing.T) {
	messages := cleared(t, addresses(crowd), body)
	for mode := range modes {
		t.Run(mode, func(t *testing.T) {
			at := smtptest.Data
			if mode == "chunked" {
				at = smtptest.Rcpt
			}
			server, smtp := pipelinedServer(t, mode, smtptest.Fault{At: at, Nth: hit + 1, Do: actions["one late"]},
				smtptest.Fault{At: smtptest.Message, Nth: hit + 1, Do: smtptest.Drop})
			last := deliverAll(t, smtp, messages)
			checkTruth(t, server, last)
			if got := became(last[hit]); got != unknown {
				t.Errorf("it is %s", got)
			}
		})
	}
}

// A server that refuses a MAIL for good and takes the next one has not ended the
// session: what it takes then, and has no time to say so, is unknown.
func TestTakesMoreAfterRefusal(t *testing.T) {
	messages := cleared(t, addresses(60), body)
	for name, refuse := range map[string]smtptest.Fault{
		"MAIL": {At: smtptest.Mail, Nth: 31, Do: actions["5yz"]},
		"RSET": {At: smtptest.Reset, Nth: 31, Do: actions["5yz"]},
		"421":  {At: smtptest.Rcpt, Nth: 31, Do: actions["421, open"]},
	} {
		t.Run(name, func(t *testing.T) {
			heard := smtptest.Fault{At: smtptest.Mail, Nth: 33, Do: smtptest.ByteByByte}
			swallow := smtptest.Fault{At: smtptest.Message, Nth: 34, Do: smtptest.Swallow}
			server, smtp := pipelinedServer(t, "chunked", refuse, heard, swallow)
			last := deliverAll(t, smtp, messages)
			checkTruth(t, server, last)
			if !slices.ContainsFunc(last, func(r Result) bool { return r.Outcome == ledger.Unknown }) {
				t.Error("nobody is unknown")
			}
		})
	}
}

// A server that has other words for each message is believed all the same.
func TestVaryingWords(t *testing.T) {
	messages := cleared(t, addresses(40), body)
	for mode := range modes {
		t.Run(mode, func(t *testing.T) {
			goingDown := smtptest.Fault{At: smtptest.Reset, Nth: 30, Do: actions["421"]}
			script := []smtptest.Fault{goingDown}
			for i := range messages {
				script = append(script, smtptest.Fault{At: smtptest.Message, Nth: i + 1, Do: smtptest.Reply(fmt.Sprintf("250 2.0.0 id%d taken", i))})
			}
			server, smtp := pipelinedServer(t, mode, script...)
			last := deliverAll(t, smtp, messages)
			checkTruth(t, server, last)
			for i, r := range last {
				if r.Outcome != ledger.Accepted {
					t.Errorf("message %d is %s at %s", i, became(r), r.Step)
				}
			}
		})
	}
}

// What was refused is not in doubt where the server then takes no more.
func TestRefusedThenGoingDown(t *testing.T) {
	messages := cleared(t, addresses(crowd), body)
	for does, want := range map[string]string{"4yz": deferred, "5yz": rejected} {
		for mode := range modes {
			server, smtp := pipelinedServer(t, mode, smtptest.Fault{At: smtptest.Message, Nth: hit + 1, Do: actions[does]},
				smtptest.Fault{At: smtptest.Reset, Nth: hit + 2, Do: actions["421"]})
			last := deliverAll(t, smtp, messages)
			checkTruth(t, server, last)
			if got := became(last[hit]); got != want {
				t.Errorf("%s: it is %s, not %s", mode, got, want)
			}
		}
	}
}
