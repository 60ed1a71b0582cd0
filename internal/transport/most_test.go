package transport

import (
	"testing"

	"mailshot/internal/ledger"
	"mailshot/internal/smtptest"
)

// TestMaxMessages: a connection takes so many messages and no more, in each
// mode, and is then closed in good order.
func TestMaxMessages(t *testing.T) {
	const most = 7
	messages := cleared(t, addresses(3*most), body)
	for mode, extensions := range modes {
		t.Run(mode, func(t *testing.T) {
			server := smtptest.New(t, smtptest.Script{Extensions: extensions})
			smtp := plain(t, server)
			smtp.MaxMessages = most
			for part := range 3 {
				results, err := deliver(t, connect(t, smtp), messages[part*most:])
				if err != nil || len(results) != most {
					t.Fatalf("%d results, %v", len(results), err)
				}
				for _, r := range results {
					if r.Outcome != ledger.Accepted {
						t.Errorf("%+v", r)
					}
				}
			}
			for _, c := range messages {
				if got := server.Accepted()[c.Envelope().To.String()]; got != 1 {
					t.Errorf("%d accepted", got)
				}
			}
		})
	}
}
