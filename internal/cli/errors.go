package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mailshot/internal/ledger"
	"mailshot/internal/rule"
	"mailshot/internal/transport"
)

// end says what went wrong, prints the result as JSON where it was asked for,
// and gives the exit status.
func (a *app) end(cmd *cobra.Command, err error) int {
	code := status(err)
	if code != done {
		a.explain(err)
	}
	if !a.wantsJSON(cmd) {
		return code
	}
	a.result.Command = cmd.Name()
	a.result.settle(err)
	if end := (*ended)(nil); a.answer == nil || code != done && !errors.As(err, &end) {
		a.answer = a.result
	}
	printJSON(a.Stdout, a.answer)
	return code
}

// wantsJSON asks the arguments as well: flags may not have been parsed.
func (a *app) wantsJSON(cmd *cobra.Command) bool {
	flag := cmd.Flags().Lookup("json")
	return flag != nil && (flag.Value.String() == "true" || slices.Contains(a.Args, "--json"))
}

// explain writes what is wrong, and the next step on a line of its own.
func (a *app) explain(err error) {
	var (
		end  *ended
		late *stopped
	)
	list, total := refusals(err)
	switch {
	case errors.As(err, &end):
		hint(a.Stderr, end.hint)
	case errors.As(err, &late):
		fmt.Fprintf(a.Stderr, "mailshot: %s\n", rule.Printable(late.Error()))
		hint(a.Stderr, late.refusal.Hint)
		fmt.Fprintln(a.Stderr, "mailshot: the run was stopped; what was sent is written down")
	case len(list) > 0:
		printRefusals(a.Stderr, list, total)
	default:
		fmt.Fprintf(a.Stderr, "mailshot: %s\n", rule.Printable(said(err)))
		hint(a.Stderr, nextStep(err))
	}
}

// said is err in words: what was interrupted says it in those of a library, and
// errors.Join puts each error on a line of its own.
func said(err error) string {
	if status(err) == Interrupted && !declined(err) {
		return errInterrupted.Error()
	}
	return strings.ReplaceAll(err.Error(), "\n", "; ")
}

func hint(w io.Writer, s string) {
	if s != "" {
		fmt.Fprintf(w, "hint: %s\n", rule.Printable(s))
	}
}

// nextStep is the hint that goes with err.
func nextStep(err error) string {
	var (
		usage *usageError
		fail  *failure
		fault *rule.Fault
		smtp  *transport.Error
		book  *ledger.Error
	)
	switch {
	case errors.As(err, &usage):
		return usage.hint
	case errors.As(err, &fail):
		return fail.hint
	case errors.As(err, &fault):
		return fault.Hint
	case errors.As(err, &smtp):
		return smtp.Hint
	case errors.As(err, &book):
		return book.Hint
	case isUnfit(err):
		return "run the same command again when the server is well; nobody was rejected for this"
	case tooManyRejected(err):
		return "look at the reply codes above, mend what the server has against the sender, then send again; --max-rejected 100% is for a list that is known to be bad"
	}
	return ""
}

// reason says why a file could not be used; the error's own text would quote
// its path.
func reason(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	case errors.Is(err, fs.ErrExist):
		return "it is there already"
	case errors.Is(err, errFolder), errors.Is(err, errDevice), errors.Is(err, errNotRegular), errors.Is(err, errTooLarge):
		return err.Error()
	}
	return "it cannot be read"
}
