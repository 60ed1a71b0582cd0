package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"mailshot/internal/ledger"
	"mailshot/internal/rule"
)

// The exit codes; exitTable says what each means.
const (
	done        = 0
	failed      = 1
	wrongUse    = 2
	refused     = 3
	partly      = 4
	unknown     = 5
	Interrupted = 130
)

// exitCode is one row of the table of exit codes.
type exitCode struct {
	Code    int
	Meaning string
}

// exitTable is what help, README and commands say of the exit codes.
func exitTable() []exitCode {
	return []exitCode{
		{done, "done: every recipient accepted now or earlier, suppressed, or beyond --limit; or a check that passed"},
		{failed, "could not run: server unreachable from the start, TLS or credentials refused, ledger unusable, result not written; or stopped by the wire gate"},
		{wrongUse, "wrong use: flags, an unreadable file, a template that does not parse, a list that is no list, a campaign in the ledger that has another template"},
		{refused, "refused: a recipient could see another; nothing was sent"},
		{partly, "partly done: some recipients rejected or deferred, or the run ended early; run the same command again to go on"},
		{unknown, "outcome unknown for some: the link broke after a message was handed over; they are not sent to again, until `mailshot resolve` settles them"},
		{Interrupted, "interrupted; run the same command again to go on"},
	}
}

// line is the row as help shows it.
func (e exitCode) line() string { return hanging(fmt.Sprintf("  %3d  ", e.Code), e.Meaning) }

// exits is the annotation of a command that ends with one of codes, in words
// that fit it.
func exits(codes ...exitCode) map[string]string {
	var b strings.Builder
	for _, e := range codes {
		b.WriteString(e.line())
	}
	return map[string]string{exitsKey: b.String()}
}

// onlyPrints is the annotation of a command that does nothing else.
func onlyPrints() map[string]string {
	return exits(
		exitCode{done, "done"},
		exitCode{failed, "the result could not be written"},
		exitCode{wrongUse, "wrong use: no such command, flag or argument"},
	)
}

// exitsKey is the annotation that the usage template prints.
const exitsKey = "exits"

// usageError is a wrong use of the program.
type usageError struct{ what, hint string }

func (e *usageError) Error() string { return e.what }

// failure is a run that could not be, with the next step.
type failure struct{ what, hint string }

func (e *failure) Error() string { return e.what }

// ended is a run that ended short of everything; the result has said the rest.
type ended struct {
	code int
	hint string
}

func (e *ended) Error() string { return fmt.Sprintf("ended with %d", e.code) }

// errInterrupted is a command that was interrupted before anything was sent.
var errInterrupted = errors.New("interrupted: nothing was sent")

// errDeclined is a question that was answered with something else than yes.
var errDeclined = errors.New("that is not the number of messages: nothing was sent")

// Questions of resolve and suppress that were not answered with yes.
var (
	errNotSettled = errors.New("that is not the number of recipients: nothing was settled")
	errNotAgreed  = errors.New("that is not the number of recipients: nobody was suppressed")
)

// declined says whether somebody was asked and did not agree.
func declined(err error) bool {
	return errors.Is(err, errDeclined) || errors.Is(err, errNotSettled) || errors.Is(err, errNotAgreed)
}

// status is the one place where an error becomes an exit code.
func status(err error) int {
	var (
		end     *ended
		usage   *usageError
		fault   *rule.Fault
		late    *stopped
		refusal rule.Refusal
	)
	switch {
	case err == nil:
		return done
	case errors.As(err, &end):
		return end.code
	case errors.Is(err, context.Canceled), errors.Is(err, errInterrupted), declined(err):
		return Interrupted
	case errors.As(err, &usage), errors.As(err, &fault),
		errors.Is(err, ledger.ErrOtherTemplate), errors.Is(err, ledger.ErrOtherForm), errors.Is(err, ledger.ErrOtherDigest):
		return wrongUse
	case errors.As(err, &late), errors.As(err, &refusal) && refusal.Rule == rule.Wire:
		return failed
	}
	if list, _ := refusals(err); len(list) > 0 {
		return refused
	}
	return failed
}
