package transport

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"mailshot/internal/guard"
	"mailshot/internal/ledger"
	"mailshot/internal/smtptest"
)

var randomRuns = flag.Int("faults", 300, "runs of TestRandomFaults")

// orderly are the actions after which every reply is still the one to its own
// command: nobody's outcome may be unknown for them.
var orderly = []string{"4yz", "5yz", "421", "421, open", "503", "login wanted", "an octet"}

// TestFaultsInPipeline: the table again, with the fault in the midst of a
// window.
func TestFaultsInPipeline(t *testing.T) {
	messages := cleared(t, addresses(14), body)
	for _, mode := range []string{"pipelined", "chunked"} {
		for _, window := range []int{1, 2, 64} {
			for _, f := range faults {
				if mode == "chunked" && f.at == smtptest.Data {
					continue
				}
				t.Run(fmt.Sprint(mode, " ", window, " ", f.at, " ", f.does), func(t *testing.T) {
					t.Parallel()
					f.inPipeline(t, messages, mode, window)
				})
			}
		}
	}
}

func (f fault) inPipeline(t *testing.T, messages []guard.Cleared, mode string, window int) {
	const hit = 7
	server := smtptest.New(t, smtptest.Script{
		Extensions: modes[mode], Faults: []smtptest.Fault{{At: f.at, Nth: hit + 1, Do: actions[f.does]}}})
	smtp := plain(t, server)
	smtp.Window = window
	if f.does == "hang" {
		const short = 200 * time.Millisecond
		smtp.Timeouts.Mail, smtp.Timeouts.Rcpt, smtp.Timeouts.Data, smtp.Timeouts.Message = short, short, short, short
	}
	first, err := deliver(t, connect(t, smtp), messages)
	if (err != nil) != f.ends {
		t.Fatalf("%d results, error %v", len(first), err)
	}
	f.checkHit(t, first[hit], mode)
	last := slices.Clone(first)
	var left []guard.Cleared
	for _, r := range first {
		if r.NotSent {
			left = append(left, r.Cleared)
		}
	}
	for _, r := range deliverAll(t, smtp, append(left, messages[len(first):]...)) {
		if i := r.Cleared.Ordinal(); i < len(last) {
			last[i] = r
		} else {
			last = append(last, r)
		}
	}
	checkTruth(t, server, last)
	for i, r := range last {
		if r.Outcome == ledger.Unknown && (f.isOrderly() || i < hit) || r.Outcome != ledger.Accepted && r.Outcome != ledger.Unknown && i != hit {
			t.Errorf("bystander %d: %v at %s", i, r.Outcome, r.Step)
		}
	}
}

// isOrderly: a 5yz that comes within the content is one too many.
func (f fault) isOrderly() bool { return slices.Contains(orderly, f.does) && f.at != smtptest.Content }

// checkHit judges what became of the message where the fault was. One whose
// RSET was refused, but nothing else, has been taken.
func (f fault) checkHit(t *testing.T, got Result, mode string) {
	t.Helper()
	switch {
	case mode != "chunked" && f.at != smtptest.Message && f.at != smtptest.Content:
		if got.Outcome == ledger.Unknown {
			t.Error("unknown, though nothing of it has been sent")
		}
	case f.at == smtptest.Reset && (f.does == "4yz" || f.does == "5yz"):
		if got.Outcome != ledger.Accepted {
			t.Errorf("%v at %s", got.Outcome, got.Step)
		}
	case f.isOrderly():
		if got.Outcome != f.outcome || got.NotSent != f.notSent {
			t.Errorf("%v, unsent %v, at %s", got.Outcome, got.NotSent, got.Step)
		}
	case got.NotSent:
		t.Error("said to be unsent, though it had left")
	}
}

// checkTruth compares the last results with what the server did: nobody gets
// two, nobody is lost, and what is said is so.
func checkTruth(t *testing.T, server *smtptest.Server, last []Result) {
	t.Helper()
	accepted := server.Accepted()
	for _, r := range last {
		to := r.Cleared.Envelope().To.String()
		got := accepted[to]
		delete(accepted, to)
		want := map[ledger.Outcome]int{ledger.Accepted: 1}[r.Outcome]
		if got != want && (r.Outcome != ledger.Unknown || got > 1) || r.NotSent {
			t.Errorf("recipient %d: %v at %s, unsent %v, got %d", r.Cleared.Ordinal(), r.Outcome, r.Step, r.NotSent, got)
		}
	}
	if len(accepted) > 0 {
		t.Errorf("%d messages to others", len(accepted))
	}
}

// TestRandomFaults: whatever goes wrong, and wherever, nobody gets two, nobody is
// lost, and what the results say is what the server did.
func TestRandomFaults(t *testing.T) {
	messages := cleared(t, addresses(50), body)
	unknown := 0
	for seed := range uint64(*randomRuns) {
		server, smtp, what := randomServer(t, rand.New(rand.NewPCG(seed, 0)))
		last := deliverAll(t, smtp, messages)
		checkTruth(t, server, last)
		server.Close()
		for _, r := range last {
			if r.Outcome == ledger.Unknown {
				unknown++
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d: %s", seed, what)
		}
	}
	t.Logf("%d of %d unknown", unknown, *randomRuns*len(messages))
}

// randomServer gives one of the modes, a window, and up to six faults.
func randomServer(t *testing.T, random *rand.Rand) (server *smtptest.Server, smtp *SMTP, what string) {
	steps := []smtptest.Step{smtptest.Reset, smtptest.Mail, smtptest.Rcpt, smtptest.Data, smtptest.NoRcpt, smtptest.Content, smtptest.Message}
	does := []string{"4yz", "5yz", "421", "421, open", "close", "replies lost", "garbage", "an octet", "one too many", "one late",
		"another kind", "503", "login wanted", "421 behind it", "5yz and more"}
	mode := []string{"step by step", "pipelined", "chunked"}[random.IntN(3)]
	script := smtptest.Script{Extensions: modes[mode]}
	what = mode
	for range 1 + random.IntN(6) {
		at, nth, do := steps[random.IntN(len(steps))], 1+random.IntN(55), does[random.IntN(len(does))]
		script.Faults = append(script.Faults, smtptest.Fault{At: at, Nth: nth, Do: actions[do]})
		what += fmt.Sprintf("; %s %d: %s", at, nth, do)
	}
	server = smtptest.New(t, script)
	smtp = plain(t, server)
	smtp.Window = []int{1, 2, 64}[random.IntN(3)]
	return server, smtp, fmt.Sprintf("window %d, %s", smtp.Window, what)
}
