package cli

import (
	"strings"
	"testing"

	"mailshot/internal/delivery"
	"mailshot/internal/ledger"
)

func TestPrintSummary(t *testing.T) {
	var got strings.Builder
	printSummary(&got, "news", "accepted now", delivery.Summary{
		Progress: delivery.Progress{Recipients: 47, Accepted: 3, Rejected: 34, Deferred: 5, Unknown: 2, Pending: 3},
		Replies: map[delivery.Reply]int{
			{Outcome: ledger.Accepted, Step: "message", Code: 250}: 3,
			{Outcome: ledger.Rejected, Step: "SMTPUTF8"}:           2,
			{Outcome: ledger.Rejected, Step: "RCPT", Code: 550}:    20,
			{Outcome: ledger.Rejected, Step: "SIZE"}:               3,
			{Outcome: ledger.Rejected, Step: "message", Code: 554}: 2,
			{Outcome: ledger.Rejected, Step: "8BITMIME"}:           1,
			{Outcome: ledger.Deferred, Step: "RCPT", Code: 452}:    1,
			{Outcome: ledger.Deferred, Step: "RCPT", Code: 450}:    1,
			{Outcome: ledger.Unknown, Step: "message"}:             1,
			{Outcome: ledger.Unknown, Step: "message", Code: 999}:  1,
			{Outcome: ledger.Deferred, Step: "message", Code: 451}: 3,
			{Outcome: ledger.Rejected, Step: "message", Code: 552}: 6,
		},
	})
	want := `campaign news: 47 recipients
       3 accepted now
      34 rejected
         20 rejected: RCPT answered with 550
          6 rejected: the message answered with 552
          3 rejected: the message is larger than the server takes
          2 rejected: the server takes no SMTPUTF8 addresses
          2 rejected: the message answered with 554
          1 rejected: the server takes no 8BITMIME messages
       5 deferred
          3 deferred: the message answered with 451
          1 deferred: RCPT answered with 450
          1 deferred: RCPT answered with 452
       2 unknown
          1 unknown: the link broke at the message
          1 unknown: the message answered with 999
       3 pending
`
	if got.String() != want {
		t.Errorf("the summary is\n%s", got.String())
	}
}
