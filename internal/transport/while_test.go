package transport

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"mailshot/internal/ledger"
)

// Once nothing may leave any more nothing does: what had not left whole comes
// back unsent, what had is answered.
func TestWhile(t *testing.T) {
	const n = 20
	messages := cleared(t, addresses(n), body)
	for mode := range modes {
		for most := range int32(15) {
			t.Run(fmt.Sprint(mode, most), func(t *testing.T) {
				server, smtp := pipelinedServer(t, mode)
				var asked atomic.Int32
				conn := connect(t, While(smtp, func() error {
					if asked.Add(1) > most {
						return &ledger.Error{Err: ledger.ErrLapsed}
					}
					return nil
				}))
				results, err := deliver(t, conn, messages)
				conn.Close()
				stopped := asked.Load() > most
				if asked.Load() > most+1 || stopped != errors.Is(err, ledger.ErrLapsed) || !stopped && (err != nil || len(results) < n) {
					t.Errorf("%d results, error %v, asked %d times", len(results), err, asked.Load())
				}
				got := server.Accepted()
				for _, r := range results {
					to := r.Cleared.Envelope().To.String()
					if accepted := r.Outcome == ledger.Accepted; accepted != (got[to] == 1) || r.NotSent == accepted {
						t.Errorf("%s was accepted %d times: %+v", to, got[to], r)
					}
				}
			})
		}
	}
}

// What leads no further than this machine is not asked for.
func TestWhileNowhere(t *testing.T) {
	asking := While(Nowhere(), func() error { return &ledger.Error{Err: ledger.ErrLapsed} })
	results, err := deliver(t, connect(t, asking), cleared(t, addresses(1), body))
	if err != nil || len(results) != 1 || results[0].Outcome != ledger.Accepted {
		t.Errorf("%+v, %v", results, err)
	}
}
