package recipient

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"mailshot/internal/madeup"
)

// BenchmarkMillionRows judges 1,000,000 rows of six columns, and says how much
// memory stays in use for the index and the marks of the rows.
func BenchmarkMillionRows(b *testing.B) {
	path := filepath.Join(b.TempDir(), "people.csv")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	if err := madeup.Write(f, 1_000_000); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		l, err := Open(context.Background(), path, nil, Options{})
		if err != nil {
			b.Fatal(err)
		}
		j, err := l.Judge(context.Background(), Use{Columns: []string{"first_name", "last_name", "account", "balance"}})
		if err != nil || j.Total > 0 {
			b.Fatal(err, j.Total)
		}
		b.StopTimer()
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/1e6, "MB-live")
		b.ReportMetric(float64(j.Index.Len()), "identifiers")
		b.StartTimer()
	}
}
