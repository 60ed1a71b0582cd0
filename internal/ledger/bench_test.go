package ledger

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// spread gives the key of the n-th of many recipients, spread as an HMAC is.
func spread(n int) (k Key) {
	binary.BigEndian.PutUint64(k[:], uint64(n)*0x9e3779b97f4a7c15)
	binary.BigEndian.PutUint64(k[8:], uint64(n))
	return k
}

const batch = 100

// batchFrom gives attempts at the recipients from n on, and their endings.
func batchFrom(n int) ([]Attempt, []Ending) {
	attempts, endings := make([]Attempt, batch), make([]Ending, batch)
	for i := range attempts {
		k := spread(n + i)
		attempts[i] = Attempt{Key: k, Line: n + i, MessageID: "<0123456789abcdef0123456789abcdef@news.a.example>", Server: "mail.a.example:587"}
		endings[i] = Ending{Key: k, Outcome: Accepted, Code: 250, Enhanced: "2.0.0", At: time.Unix(1_800_000_000, 0)}
	}
	return attempts, endings
}

// BenchmarkBatch begins and finishes batches of 100 in a file; the disk's
// fsync is in it, twice a batch.
func BenchmarkBatch(b *testing.B) {
	l, err := Open(b.Context(), filepath.Join(b.TempDir(), "ledger.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	benchmarkBatch(b, l)
}

// BenchmarkBatchInMemory is the same without a disk.
func BenchmarkBatchInMemory(b *testing.B) {
	l, err := Memory(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	benchmarkBatch(b, l)
}

func benchmarkBatch(b *testing.B, l *Ledger) {
	r, err := l.Start(b.Context(), Campaign{ID: "spring", Recipients: 100_000}, false)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	rows := 0
	for b.Loop() {
		attempts, endings := batchFrom(rows)
		if err := r.Begin(b.Context(), attempts); err != nil {
			b.Fatal(err)
		}
		if err := r.Finish(b.Context(), endings); err != nil {
			b.Fatal(err)
		}
		rows += batch
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
}

// BenchmarkStart starts a campaign of 100,000 that was tried before, and gives
// the size of its ledger.
func BenchmarkStart(b *testing.B) {
	path := filepath.Join(b.TempDir(), "ledger.db")
	rows := fill(b, path, 100_000)
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	l, err := Open(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	for b.Loop() {
		r, err := l.Start(b.Context(), Campaign{ID: "spring", Recipients: rows}, false)
		if err != nil {
			b.Fatal(err)
		}
		r.Close()
	}
	b.ReportMetric(float64(info.Size())/float64(rows), "disk-bytes/row")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*rows), "ns/row")
}

// fill makes a ledger in which rows recipients have accepted.
func fill(t testing.TB, path string, rows int) int {
	t.Helper()
	l, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r, err := l.Start(t.Context(), Campaign{ID: "spring", Recipients: rows}, false)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for n := 0; n < rows; n += batch {
		attempts, endings := batchFrom(n)
		if err := r.Begin(t.Context(), attempts); err != nil {
			t.Fatal(err)
		}
		if err := r.Finish(t.Context(), endings); err != nil {
			t.Fatal(err)
		}
	}
	return rows
}

func BenchmarkKey(b *testing.B) {
	l, err := Memory(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	a := mailbox(b, "ann.of.the.many@a.example")
	for b.Loop() {
		l.Key(a, "")
	}
}
