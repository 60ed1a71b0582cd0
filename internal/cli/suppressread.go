package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"mailshot/internal/address"
	"mailshot/internal/rule"
)

// placed is an address, and where it was read.
type placed struct {
	address address.Address
	place   string // "line 3", "argument 1"
	line    int    // or the number of the argument
}

// addresses reads those that are named: arguments, lines of standard input, or
// a list.
func (o *suppressOptions) addresses(ctx context.Context, a *app) ([]placed, error) {
	switch {
	case o.verb == "import":
		return o.listed(ctx, a)
	case len(o.named) == 1 && o.named[0] == "-":
		return addressLines(ctx, a)
	}
	var all []placed
	for i, text := range o.named {
		parsed, err := address.Parse(strings.TrimSpace(text))
		if err != nil {
			return nil, &usageError{fmt.Sprintf("address %d: %v", i+1, err), "give each as name@domain"}
		}
		all = append(all, placed{parsed, fmt.Sprintf("address %d", i+1), i + 1})
	}
	return all, nil
}

// listed reads the addresses of a list as a campaign would.
func (o *suppressOptions) listed(ctx context.Context, a *app) ([]placed, error) {
	rows, err := openRows(ctx, a, o.named[0], o.addressColumn, "")
	if err != nil {
		return nil, err
	}
	defer rows.list.Close()
	if rows.skipped > 0 {
		fmt.Fprintf(a.Stderr, "mailshot: warning: %s left out for a bad or blank address\n", count(rows.skipped, "row"))
	}
	var all []placed
	for row, err := range rows.list.Rows(ctx) {
		if err != nil {
			return nil, rows.fault(err)
		}
		all = append(all, placed{row.Address, fmt.Sprintf("line %d", row.Line), row.Line})
	}
	return all, nil
}

// addressLines reads one address a line from standard input; blank lines, and
// those that begin with #, say nothing.
func addressLines(ctx context.Context, a *app) ([]placed, error) {
	var all []placed
	in := bufio.NewScanner(until{ctx, a.Stdin})
	for n := 1; in.Scan(); n++ {
		text := strings.TrimSpace(in.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		parsed, err := address.Parse(text)
		if err != nil {
			return nil, &rule.Fault{File: "standard input", Line: n, What: err.Error(), Hint: "give one address a line, or a list to `mailshot suppress import`"}
		}
		all = append(all, placed{parsed, fmt.Sprintf("line %d", n), n})
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(in.Err(), bufio.ErrTooLong):
		return nil, &rule.Fault{File: "standard input", What: "a line is too long for an address", Hint: "give one address a line"}
	case in.Err() != nil:
		return nil, &rule.Fault{File: "standard input", What: "it cannot be read to its end"}
	case len(all) == 0:
		return nil, &rule.Fault{File: "standard input", What: "no address", Hint: "give one address a line"}
	}
	return all, nil
}
