package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"mailshot/internal/delivery"
	"mailshot/internal/ledger"
	"mailshot/internal/rule"
	"mailshot/internal/transport"
)

func TestStatus(t *testing.T) {
	for _, test := range []struct {
		err  error
		code int
		hint string // part of what is said next
	}{
		{nil, 0, ""},
		{errors.New("anything else"), 1, ""},
		{&failure{"it broke", "mend it"}, 1, "mend it"},
		{&transport.Error{Step: "connect", Hint: "start it"}, 1, "start it"},
		{rule.Refusal{Rule: rule.Wire, What: "two RCPT", Hint: "report it"}, 1, "report it"},
		{&stopped{rule.Refusal{Rule: rule.Wire, What: "x", Hint: "report it"}}, 1, "report it"},
		{&stopped{rule.Refusal{Rule: rule.Stale, What: "x", Hint: "check again"}}, 1, "written down"},
		{&ledger.Error{Err: ledger.ErrLocked, Hint: "wait"}, 1, "wait"},
		{&ledger.Error{Err: ledger.ErrNewer, Hint: "use the newer"}, 1, "use the newer"},
		{&delivery.TooManyRejected{Rejected: 7, Of: 20}, 1, "--max-rejected 100%"},
		{&usageError{"wrong", "right"}, 2, "right"},
		{&rule.Fault{File: "a.md", What: "wrong", Hint: "right"}, 2, "right"},
		{&ledger.Error{Err: ledger.ErrOtherTemplate, Hint: "--amend"}, 2, "--amend"},
		{&ledger.Error{Err: ledger.ErrOtherForm, Hint: "--campaign"}, 2, "--campaign"},
		{&refusedError{[]rule.Refusal{{Rule: rule.To, What: "x", Hint: "cure"}}, 1}, 3, "cure"},
		{rule.Refused{{Rule: rule.DuplicateHeading, What: "x", Hint: "cure"}}, 3, "cure"},
		{rule.Refusal{Rule: rule.Stale, What: "x", Hint: "cure"}, 3, "cure"},
		{&ended{4, "again"}, 4, "again"},
		{&ended{5, "ask"}, 5, "ask"},
		{&ended{130, "again"}, 130, "again"},
		{context.Canceled, 130, ""},
		{errInterrupted, 130, ""},
	} {
		err := test.err
		if err != nil {
			err = fmt.Errorf("doing it: %w", err)
		}
		if code := status(err); code != test.code {
			t.Errorf("%v ends with %d", err, code)
		}
		if err == nil {
			continue
		}
		var said bytes.Buffer
		(&app{Session: Session{Stderr: &said}}).explain(err)
		if !strings.Contains(said.String(), test.hint) || test.hint != "" && !strings.Contains(said.String(), "\nhint: ") && !strings.HasPrefix(said.String(), "hint: ") {
			t.Errorf("%v is explained as\n%s", err, said.String())
		}
	}
}

// Where what failed could not be undone either, both are said in one line.
func TestTwoErrors(t *testing.T) {
	away := errors.New("it cannot be reached")
	err := errors.Join(&ledger.Error{Doing: "start in", Err: away, Hint: "wait"}, &ledger.Error{Doing: "unlock", Err: away})
	const both = "start in the ledger in memory: it cannot be reached; unlock the ledger in memory: it cannot be reached"
	var said bytes.Buffer
	(&app{Session: Session{Stderr: &said}}).explain(err)
	if want := "mailshot: " + both + "\nhint: wait\n"; said.String() != want {
		t.Errorf("two errors are explained as\n%swant\n%s", said.String(), want)
	}
	var r result
	if r.settle(err); r.Error != both || r.Hint != "wait" {
		t.Errorf("two errors in JSON: %q, %q", r.Error, r.Hint)
	}
}

func TestCodeOf(t *testing.T) {
	trouble := &transport.Error{Step: "MAIL"}
	for _, test := range []struct {
		name    string
		summary delivery.Summary
		code    int
		verdict string
	}{
		{"all", delivery.Summary{Progress: delivery.Progress{Accepted: 2, Already: 1}}, 0, "sent"},
		{"limited", delivery.Summary{Progress: delivery.Progress{Accepted: 2, Pending: 1}, Limited: true}, 0, "sent"},
		{"pending", delivery.Summary{Progress: delivery.Progress{Accepted: 2, Pending: 1}}, 4, "partial"},
		{"rejected", delivery.Summary{Progress: delivery.Progress{Rejected: 1}}, 4, "partial"},
		{"deferred", delivery.Summary{Progress: delivery.Progress{Deferred: 1}}, 4, "partial"},
		{"trouble", delivery.Summary{Progress: delivery.Progress{Accepted: 1}, Trouble: trouble}, 4, "partial"},
		{"too many", delivery.Summary{Progress: delivery.Progress{Pending: 9}, Trouble: &delivery.TooManyRejected{}}, 4, "partial"},
		{"unknown", delivery.Summary{Progress: delivery.Progress{Unknown: 1, Rejected: 1}}, 5, "unknown"},
		{"limited and unknown", delivery.Summary{Progress: delivery.Progress{Unknown: 1, Pending: 1}, Limited: true}, 5, "unknown"},
		{"interrupted", delivery.Summary{Progress: delivery.Progress{Pending: 1}, Interrupted: true}, 130, "partial"},
		{"interrupted and unknown", delivery.Summary{Progress: delivery.Progress{Unknown: 1}, Interrupted: true}, 130, "unknown"},
	} {
		code := codeOf(test.summary)
		if verdict := (&sendOptions{}).verdictOf(test.summary, code); code != test.code || verdict != test.verdict {
			t.Errorf("%s ends with %d, %s", test.name, code, verdict)
		}
	}
	if v := (&sendOptions{server: serverOptions{dryRun: true}}).verdictOf(delivery.Summary{}, 0); v != "clear" {
		t.Errorf("a dry run is %s", v)
	}
}
