//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"mailshot/internal/madeup"
	"mailshot/internal/smtptest"
)

// BenchmarkCheck runs `mailshot check` as a user would, and reports messages a
// second and the memory that the process had at most.
func BenchmarkCheck(b *testing.B) {
	b.Run("100000", func(b *testing.B) { benchmarkCheck(b, 100_000, 0) })
	b.Run("100000+5MB", func(b *testing.B) { benchmarkCheck(b, 100_000, 5<<20) })
	b.Run("1000000", func(b *testing.B) { benchmarkCheck(b, 1_000_000, 0) })
}

func benchmarkCheck(b *testing.B, rows, attachment int) {
	program := build(b)
	template, list := madeup.Campaign(b, rows)
	args := []string{"check", template, "-r", list}
	if attachment > 0 {
		leaflet := filepath.Join(b.TempDir(), "leaflet.txt")
		text := strings.Repeat("what the leaflet says to all who read it\n", attachment/41)
		if err := os.WriteFile(leaflet, []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
		args = append(args, "--attach", leaflet)
	}
	peak := 0.0
	for b.Loop() {
		cmd := exec.Command(program, args...)
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		peak = max(peak, resident(cmd.ProcessState))
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "messages/s")
	b.ReportMetric(peak, "MB-resident")
}

// BenchmarkSend sends to 1,000,000 as a user would, into a server on loopback
// that keeps nothing. It reports messages a second, check and all; the memory
// that the process had at most; the octets of the ledger for each recipient; and
// how long `mailshot status` takes then.
func BenchmarkSend(b *testing.B) {
	const rows = 1_000_000
	program := build(b)
	template, list := madeup.Campaign(b, rows)
	for b.Loop() {
		server := smtptest.New(b, smtptest.Script{Extensions: []string{"PIPELINING", "CHUNKING", "8BITMIME", "SMTPUTF8"}, Discard: true})
		book := filepath.Join(b.TempDir(), "ledger.db")
		sent, took := timed(b, exec.Command(program, "send", template, "-r", list, "--yes", "--ledger", book,
			"--smtp", fmt.Sprintf("smtp://%s:%d?tls=none", server.Host, server.Port)))
		if n := len(server.Accepted()); n != rows {
			b.Fatalf("%d of %d have a message", n, rows)
		}
		b.ReportMetric(rows/took.Seconds(), "messages/s")
		b.ReportMetric(resident(sent), "MB-resident")
		b.ReportMetric(float64(octets(b, book))/rows, "ledger-octets/row")
		_, took = timed(b, exec.Command(program, "status", "--ledger", book))
		b.ReportMetric(took.Seconds(), "status-s")
		server.Close()
	}
	b.ReportMetric(0, "ns/op")
}

// timed runs a command to its end, and says how long it took.
func timed(b *testing.B, cmd *exec.Cmd) (*os.ProcessState, time.Duration) {
	b.Helper()
	began := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return cmd.ProcessState, time.Since(began)
}

// octets is the size of a ledger, with what stands beside it.
func octets(b *testing.B, book string) (size int64) {
	b.Helper()
	names, err := filepath.Glob(book + "*")
	if err != nil || len(names) == 0 {
		b.Fatalf("there is no ledger: %v", err)
	}
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			b.Fatal(err)
		}
		size += info.Size()
	}
	return size
}

// resident is the most memory the process had, in MB.
func resident(state *os.ProcessState) float64 {
	unit := 1 << 10 // Linux counts in KiB, macOS in bytes
	if runtime.GOOS == "darwin" {
		unit = 1
	}
	return float64(state.SysUsage().(*syscall.Rusage).Maxrss) * float64(unit) / (1 << 20)
}
