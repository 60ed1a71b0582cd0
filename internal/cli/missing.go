package cli

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"mailshot/internal/campaign"
	"mailshot/internal/ledger"
)

// maxLines is how many lines of a list are named in one sentence.
const maxLines = 10

// tellMissing warns of those who were tried by an earlier run and have left the
// list since.
func (d *delivering) tellMissing(ctx context.Context, a *app) error {
	var failed error
	lines, err := d.run.Missing(ctx, func(yield func(ledger.Key) bool) {
		each := func(to campaign.Recipient) bool { yield(d.key(to)); return false }
		for _, err := range d.campaign.Messages(ctx, each) {
			failed = err
		}
	})
	if err != nil || failed != nil || len(lines) == 0 {
		return cmp.Or(failed, err)
	}
	what := fmt.Sprintf("%s of an earlier run left the list since: %s of the list as it was", count(len(lines), "recipient"), lineList(lines))
	fmt.Fprintf(a.Stderr, "mailshot: warning: %s\n", what)
	a.result.Warnings = append(a.result.Warnings, warningJSON{What: what})
	return nil
}

// lineList names lines, the first of many.
func lineList(lines []int) string {
	if len(lines) == 1 {
		return fmt.Sprintf("line %d", lines[0])
	}
	var names []string
	for _, n := range lines[:min(len(lines), maxLines)] {
		names = append(names, strconv.Itoa(n))
	}
	text := "lines " + strings.Join(names, ", ")
	if more := len(lines) - maxLines; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
