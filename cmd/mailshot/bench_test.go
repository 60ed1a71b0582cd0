//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"mailshot/internal/madeup"
)

// BenchmarkCheck runs `mailshot check` as a user would, and reports messages a
// second and the memory that the process had at most.
func BenchmarkCheck(b *testing.B) {
	b.Run("100000", func(b *testing.B) { benchmarkCheck(b, 100_000, 0) })
	b.Run("100000+5MB", func(b *testing.B) { benchmarkCheck(b, 100_000, 5<<20) })
	b.Run("1000000", func(b *testing.B) { benchmarkCheck(b, 1_000_000, 0) })
}

func benchmarkCheck(b *testing.B, rows, attachment int) {
	program := filepath.Join(b.TempDir(), "mailshot")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
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

// resident is the most memory the process had, in MB.
func resident(state *os.ProcessState) float64 {
	unit := 1 << 10 // Linux counts in KiB, macOS in bytes
	if runtime.GOOS == "darwin" {
		unit = 1
	}
	return float64(state.SysUsage().(*syscall.Rusage).Maxrss) * float64(unit) / (1 << 20)
}
