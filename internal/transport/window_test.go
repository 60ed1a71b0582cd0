package transport

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mailshot/internal/guard"
	"mailshot/internal/ledger"
	"mailshot/internal/rule"
	"mailshot/internal/smtptest"
)

// pipelinedServer has the modes' extensions and faults.
func pipelinedServer(t *testing.T, mode string, faults ...smtptest.Fault) (*smtptest.Server, *SMTP) {
	t.Helper()
	server := smtptest.New(t, smtptest.Script{Extensions: modes[mode], Faults: faults})
	return server, plain(t, server)
}

func TestWindow(t *testing.T) {
	w := window{most: 64}
	var sizes []int
	note := func(outcome ledger.Outcome, code, n int) {
		for range n {
			w.note(Result{Outcome: outcome, Code: code})
			sizes = append(sizes, w.now)
		}
	}
	note(ledger.Accepted, 250, 8)
	note(ledger.Rejected, 550, 5)
	note(ledger.Accepted, 250, 2)
	note(ledger.Rejected, 0, 1) // the server was not asked
	want := []int{1, 2, 4, 8, 16, 32, 64, 64, 16, 4, 1, 0, 0, 1, 2, 2}
	if !slices.Equal(sizes, want) {
		t.Errorf("%v, want %v", sizes, want)
	}
}

// A refused recipient's BDAT, or lone dot, is refused as well; the outcome is
// that of the RCPT, and all others get theirs.
func TestRefusedRecipientInPipeline(t *testing.T) {
	const hit = 7
	messages := cleared(t, addresses(20), body)
	refuse := smtptest.Fault{At: smtptest.Rcpt, Nth: hit + 1, Do: actions["5yz"]}
	for name, c := range map[string]struct {
		mode    string
		answer  smtptest.Action // to DATA or BDAT
		outcome ledger.Outcome
		ends    bool
	}{
		"BDAT refused": {"chunked", smtptest.Reply("503 5.5.1 no RCPT"), ledger.Rejected, false},
		"BDAT taken":   {"chunked", smtptest.Reply("250 2.0.0 taken"), ledger.Unknown, true},
		"BDAT unknown": {"chunked", smtptest.Reply("500 5.5.1 what is BDAT"), ledger.Unknown, true},
		"DATA refused": {"pipelined", smtptest.Reply("554 5.5.1 no RCPT"), ledger.Rejected, false},
		"DATA taken":   {"pipelined", smtptest.Reply("354 go ahead"), ledger.Rejected, false},
	} {
		t.Run(name, func(t *testing.T) {
			server, smtp := pipelinedServer(t, c.mode, refuse, smtptest.Fault{At: smtptest.NoRcpt, Do: c.answer})
			results, err := deliver(t, connect(t, smtp), messages)
			if (err != nil) != c.ends || !c.ends && len(results) != len(messages) {
				t.Fatal(len(results), err)
			}
			for i, r := range results {
				if i == hit && (r.Outcome != c.outcome || r.Step != stepRcpt && !c.ends) || i < hit && r.Outcome != ledger.Accepted {
					t.Errorf("message %d: %v at %s", i, r.Outcome, r.Step)
				}
			}
			for _, got := range server.Transactions() {
				if len(got.Refused) > 0 && c.mode == "pipelined" && len(got.Content) > 0 {
					t.Errorf("content for nobody: %q", got.Content)
				}
			}
			if !c.ends {
				checkTruth(t, server, results)
			}
		})
	}
}

// What had left before a message that has changed is answered; the message
// itself does not end, and nothing leaves behind it.
func TestChangedMessageInPipeline(t *testing.T) {
	const hit = 9
	for _, mode := range []string{"pipelined", "chunked"} {
		t.Run(mode, func(t *testing.T) {
			messages := cleared(t, addresses(20), body)
			messages[hit].WriteTo(changer{})
			server, smtp := pipelinedServer(t, mode)
			results, err := deliver(t, connect(t, smtp), messages)
			var refusal rule.Refusal
			if !errors.As(err, &refusal) || refusal.Rule != rule.Wire {
				t.Fatalf("error %v", err)
			}
			accepted := server.Accepted()
			for i, r := range results {
				to := r.Cleared.Envelope().To.String()
				if !r.NotSent && (r.Outcome != ledger.Accepted || i >= hit) || r.NotSent == (accepted[to] == 1) {
					t.Errorf("message %d: %v at %s, unsent %v", i, r.Outcome, r.Step, r.NotSent)
				}
			}
		})
	}
}

// A server that stops reading, or answering, is given up in time, and every
// message taken has its result.
func TestStalledServer(t *testing.T) {
	t.Parallel()
	messages := cleared(t, addresses(12), strings.Repeat(body, 30000))
	var all sync.WaitGroup
	for mode := range modes {
		for _, at := range []smtptest.Step{smtptest.Mail, smtptest.Content, smtptest.Message} {
			server, smtp := pipelinedServer(t, mode, smtptest.Fault{At: at, Nth: 4, Do: smtptest.Stall})
			impatient(&smtp.Timeouts, 3*time.Second)
			all.Go(func() {
				if wrong := stalled(t.Context(), smtp, messages); wrong != "" {
					t.Errorf("%s, %s: %s", mode, at, wrong)
				}
				server.Close()
			})
		}
	}
	all.Wait()
}

// stalled says what is wrong with a delivery to a server that stalls at the
// fourth message; a busy machine may make it stall before.
func stalled(ctx context.Context, smtp *SMTP, messages []guard.Cleared) string {
	conn, err := smtp.Connect(ctx)
	if err != nil {
		return err.Error()
	}
	defer conn.Close()
	results, wrong, err := handOver(ctx, conn, messages)
	if wrong != "" || !presentable(err) || len(results) == 0 {
		return fmt.Sprintf("%s, %d results, error %v", wrong, len(results), err)
	}
	for i, r := range results {
		if r.Outcome == ledger.Accepted && i >= 3 {
			wrong += fmt.Sprintf("message %d is accepted. ", i)
		}
	}
	return wrong
}

// When ctx is done, what was taken is brought to its end, and no more taken;
// where Close comes before that, it ends at once.
func TestDrain(t *testing.T) {
	messages := cleared(t, addresses(200), body)
	for mode := range modes {
		t.Run(mode, func(t *testing.T) {
			server, smtp := pipelinedServer(t, mode)
			ctx, cancel := context.WithCancel(t.Context())
			results, err := untilCanceled(t, ctx, cancel, connect(t, smtp), messages)
			if !errors.Is(err, context.Canceled) || len(results) < 50 {
				t.Error(len(results), err)
			}
			for _, r := range results {
				if r.Outcome != ledger.Accepted {
					t.Errorf("%v at %s", r.Outcome, r.Step)
				}
			}
			checkTruth(t, server, results)
		})
		t.Run(mode+", then closed", func(t *testing.T) {
			server, smtp := pipelinedServer(t, mode, smtptest.Fault{At: smtptest.Message, Nth: 100, Do: smtptest.Hang})
			conn := connect(t, smtp)
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(200*time.Millisecond, func() { conn.Close() })
			results, err := untilCanceled(t, ctx, cancel, conn, messages[:100])
			if err == nil {
				t.Error("no error")
			}
			for i, r := range results {
				if (r.Outcome == ledger.Accepted) != (i < 99) {
					t.Errorf("message %d: %v at %s", i, r.Outcome, r.Step)
				}
			}
			server.Close()
		})
	}
}

// untilCanceled delivers messages and cancels at the fiftieth result; every
// message taken must have its result.
func untilCanceled(t *testing.T, ctx context.Context, cancel func(), conn Conn, messages []guard.Cleared) ([]Result, error) {
	t.Helper()
	in, out := make(chan guard.Cleared, len(messages)), make(chan Result)
	for _, c := range messages {
		in <- c
	}
	ended := make(chan error, 1)
	go func() {
		ended <- conn.Deliver(ctx, in, out)
		close(out)
	}()
	var results []Result
	for r := range out {
		if results = append(results, r); len(results) == 50 && len(messages) > 100 {
			cancel()
		}
	}
	if len(in)+len(results) != len(messages) {
		t.Errorf("%d results, %d left", len(results), len(in))
	}
	return results, <-ended
}

// After the server has ended the session nothing more is written, and what waits
// for a reply waits.
func TestReady(t *testing.T) {
	for name, c := range map[string]struct {
		first *flight
		muted bool
		want  int
	}{
		"all":              {&flight{todo: []string{stepReset, stepMail}}, false, 4},
		"up to DATA":       {&flight{todo: []string{stepRcpt, stepData, stepMessage}}, false, 2},
		"behind DATA":      {&flight{todo: []string{stepMessage}, awaited: []string{stepRcpt, stepData}}, false, 0},
		"behind the 354":   {&flight{todo: []string{stepMessage}}, false, 3},
		"alone":            {&flight{alone: true, todo: []string{stepMail, stepRcpt}}, false, 1},
		"alone, unheard":   {&flight{alone: true, todo: []string{stepRcpt}, awaited: []string{stepMail}}, false, 0},
		"the session over": {&flight{todo: []string{stepReset}}, true, 0},
	} {
		p := &pipeline{muted: c.muted, flights: []*flight{c.first, {todo: []string{stepReset, stepMail}}}}
		if got := p.ready(nil); len(got) != c.want {
			t.Errorf("%s: %d steps, want %d", name, len(got), c.want)
		}
	}
}
