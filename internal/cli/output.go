package cli

import (
	"fmt"
	"io"
)

// output is a writer that keeps to itself that it could not write, until the
// command has ended: what it does matters more than what it says.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	if o.err == nil {
		_, o.err = o.w.Write(p)
	}
	return len(p), nil
}

// written says on standard error where the result could not be written, and
// gives the exit status for it.
func (a *app) written(code int) int {
	if a.stdout.err == nil {
		return code
	}
	fmt.Fprintln(a.Stderr, "mailshot: the result could not be written")
	switch {
	case code != done:
		return code
	case a.sent:
		hint(a.Stderr, "the sending itself is done, and `mailshot status` has it")
	default:
		hint(a.Stderr, "see that there is room where it goes, and that nobody has closed it")
	}
	return failed
}
