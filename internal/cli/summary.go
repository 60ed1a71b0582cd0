package cli

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"

	"mailshot/internal/delivery"
	"mailshot/internal/ledger"
)

// printSummary writes how many recipients stand where, and what the server said
// of those who have no message. gone is what is said of the messages of this run.
func printSummary(w io.Writer, id, gone string, s delivery.Summary) {
	fmt.Fprintf(w, "campaign %s: %s\n", id, count(s.Recipients, "recipient"))
	for _, n := range []struct {
		count   int
		what    string
		replies []delivery.Reply
	}{
		{s.Accepted, gone, nil},
		{s.Already, "accepted earlier", nil},
		{s.Rejected, "rejected", repliesOf(s, ledger.Rejected)},
		{s.Deferred, "deferred", repliesOf(s, ledger.Deferred)},
		{s.Unknown, "unknown", repliesOf(s, ledger.Unknown)},
		{s.Pending, "pending", nil},
	} {
		if n.count == 0 {
			continue
		}
		fmt.Fprintf(w, "%8d %s\n", n.count, n.what)
		for _, r := range n.replies {
			fmt.Fprintf(w, "%11d %s: %s\n", s.Replies[r], n.what, cause(r))
		}
	}
}

// repliesOf gives the replies that led to an outcome, the most frequent first.
func repliesOf(s delivery.Summary, o ledger.Outcome) []delivery.Reply {
	all := slices.SortedFunc(maps.Keys(s.Replies), func(a, b delivery.Reply) int {
		return cmp.Or(s.Replies[b]-s.Replies[a], cmp.Compare(a.Step, b.Step), a.Code-b.Code)
	})
	return slices.DeleteFunc(all, func(r delivery.Reply) bool { return r.Outcome != o })
}

// cause says why a message has the outcome that it has.
func cause(r delivery.Reply) string {
	switch r.Step {
	case "SIZE":
		return "the message is larger than the server takes"
	case "SMTPUTF8":
		return "the server takes no SMTPUTF8 addresses"
	case "8BITMIME":
		return "the server takes no 8BITMIME messages"
	}
	step := r.Step
	if step == "message" {
		step = "the message"
	}
	if r.Code == 0 {
		return "the link broke at " + step
	}
	return fmt.Sprintf("%s answered with %d", step, r.Code)
}
