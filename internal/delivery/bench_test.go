package delivery

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"mailshot/internal/campaign"
	"mailshot/internal/ledger"
	"mailshot/internal/madeup"
	"mailshot/internal/smtptest"
	"mailshot/internal/transport"
)

// crowd is how many people a run of BenchmarkLedger has.
const crowd = 100_000

// BenchmarkLedger compares the delivery pass with the ledger on the disk, and
// with the same in memory: four connections to a sink on loopback that keeps
// nothing. Each is done five times, in turns, which evens out what else the
// machine does; cost-% is by how much the best pass takes longer.
func BenchmarkLedger(b *testing.B) {
	template, list := madeup.Campaign(b, crowd)
	c, err := campaign.Load(b.Context(), campaign.Input{Template: template, List: list, Date: time.Now()})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	if v, err := c.Check(b.Context(), nil); err != nil || !v.Clear() {
		b.Fatal(err)
	}
	server := smtptest.New(b, smtptest.Script{Extensions: []string{"PIPELINING", "CHUNKING", "8BITMIME", "SMTPUTF8"}, Discard: true})
	b.ResetTimer()
	for range b.N {
		var onDisk, inMemory []time.Duration
		for range 5 {
			onDisk = append(onDisk, timed(b, c, server, func() (*ledger.Ledger, error) {
				return ledger.Open(b.Context(), filepath.Join(b.TempDir(), "ledger.db"))
			}))
			inMemory = append(inMemory, timed(b, c, server, func() (*ledger.Ledger, error) { return ledger.Memory(b.Context()) }))
		}
		slices.Sort(onDisk)
		slices.Sort(inMemory)
		b.ReportMetric(crowd/onDisk[0].Seconds(), "messages/s")
		b.ReportMetric(crowd/inMemory[0].Seconds(), "in-memory-messages/s")
		b.ReportMetric(100*(onDisk[0].Seconds()/inMemory[0].Seconds()-1), "cost-%")
		b.Log(onDisk, inMemory)
	}
}

// timed is how long a delivery pass takes.
func timed(b *testing.B, c *campaign.Campaign, server *smtptest.Server, open func() (*ledger.Ledger, error)) time.Duration {
	l, err := open()
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	run, err := l.Start(b.Context(), ledger.Campaign{ID: "bench", Recipients: crowd}, false)
	if err != nil {
		b.Fatal(err)
	}
	defer run.Close()
	to := &transport.URL{Host: server.Host, Port: server.Port, Security: transport.Plain}
	smtp, err := transport.NewSMTP(to, transport.Credentials{})
	if err != nil {
		b.Fatal(err)
	}
	r := &Run{
		Source: c, Recipients: crowd, Ledger: run, Server: smtp, Connections: 4, MaxRejected: 0, Drain: time.Second,
		Key: func(r campaign.Recipient) ledger.Key { return l.Key(r.Address, r.Apart) },
	}
	began := time.Now()
	sum, err := r.Do(b.Context())
	if err != nil || sum.Accepted != crowd {
		b.Fatal(fmt.Sprintf("%+v", sum), err)
	}
	return time.Since(began)
}
