//go:build unix

package bench

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"mailshot/internal/postgrestest"
	"mailshot/internal/smtptest"
)

// BenchmarkWorkers compares four workers that share a ledger in PostgreSQL, with
// one connection each, with one that has it to itself: messages a second into a
// server without CHUNKING, 50 ms away.
func BenchmarkWorkers(b *testing.B) {
	if !postgrestest.Installed() {
		fmt.Println("PostgreSQL is not installed")
		return
	}
	database := postgrestest.Start(b)
	for b.Loop() {
		one, four := together(b, database.Ledger(), 1), together(b, database.Ledger(), 4)
		b.ReportMetric(one, "one-messages/s")
		b.ReportMetric(four, "four-messages/s")
		b.ReportMetric(four/one, "ratio")
	}
	b.ReportMetric(0, "ns/op")
}

// share is how many messages there are for each worker.
const share = 500

// together gives how many messages a second workers deliver, from the first that
// the server has taken to the last.
func together(b *testing.B, ledger string, workers int) float64 {
	b.Helper()
	n := workers * share
	c := newCrowd(b, n)
	server := smtptest.New(b, smtptest.Script{Extensions: []string{"PIPELINING", "8BITMIME", "SMTPUTF8"}, Discard: true})
	address := far(b, fmt.Sprint(server.Host, ":", server.Port), away)
	var all errgroup.Group
	for range workers {
		all.Go(mailshot(b, job{crowd: c, server: address, connections: 1, ledger: ledger}))
	}
	must(b, all.Wait())
	var taken []time.Time
	for _, t := range server.Transactions() {
		taken = append(taken, t.At)
	}
	if len(taken) != n || len(server.Accepted()) != n {
		b.Fatalf("%d messages for %d, of whom %d have one", len(taken), n, len(server.Accepted()))
	}
	slices.SortFunc(taken, time.Time.Compare)
	return float64(n-1) / taken[n-1].Sub(taken[0]).Seconds()
}
