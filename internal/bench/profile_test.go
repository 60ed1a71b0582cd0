package bench

import (
	"fmt"
	"testing"
)

// BenchmarkMailshot is mailshot's part of the table alone, to be profiled.
func BenchmarkMailshot(b *testing.B) {
	all := servers(b)
	for _, r := range rows() {
		if all[r.server] == nil {
			continue
		}
		b.Run(fmt.Sprint(r.server, "-", r.connections, "/", r.away), func(b *testing.B) {
			c := newCrowd(b, r.ours)
			address := far(b, all[r.server].address, r.away)
			b.ResetTimer()
			b.StopTimer()
			for range b.N {
				send := mailshot(b, job{crowd: c, server: address, connections: r.connections})
				all[r.server].settle()
				b.StartTimer()
				must(b, send())
				b.StopTimer()
			}
			b.ReportMetric(float64(b.N*r.ours)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}
