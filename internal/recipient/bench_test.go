//go:build unix

package recipient

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"mailshot/internal/madeup"
)

// What a process of its own is asked to do with the list that an environment
// variable names, instead of running tests.
const (
	listToIndex = "RECIPIENT_BENCHMARK_INDEX"
	listToJudge = "RECIPIENT_BENCHMARK_JUDGE"
)

func TestMain(m *testing.M) {
	for variable, work := range map[string]func(*List) error{listToIndex: indexList, listToJudge: judgeList} {
		if path := os.Getenv(variable); path != "" {
			os.Exit(timed(path, work))
		}
	}
	os.Exit(m.Run())
}

// timed prints how many seconds work took.
func timed(path string, work func(*List) error) (status int) {
	begin := time.Now()
	l, err := Open(context.Background(), path, nil, Options{})
	if err == nil {
		err = work(l)
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println(time.Since(begin).Seconds())
	return 0
}

// indexList reads the list and makes the index of its identifiers.
func indexList(l *List) error {
	p, err := l.plan(Use{})
	if err != nil {
		return err
	}
	people := newPeople(l, p.kinds)
	_, err = l.eachRow(context.Background(), people.values, people.persons)
	runtime.KeepAlive(people.index())
	return err
}

// judgeList applies every rule of the list gate.
func judgeList(l *List) error {
	j, err := l.Judge(context.Background(), Use{Columns: []string{"first_name", "last_name", "account", "balance"}})
	if err == nil && j.Total > 0 {
		err = fmt.Errorf("%d refusals", j.Total)
	}
	runtime.KeepAlive(j)
	return err
}

// BenchmarkMillionRows takes a list of 1,000,000 rows of six columns in a
// process of its own. It reports how long that took to index the identifiers,
// and to judge the whole list; what processor time the process used; and how
// much memory it had at most.
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
	b.Run("index", func(b *testing.B) { benchmarkProcess(b, listToIndex, path) })
	b.Run("judge", func(b *testing.B) { benchmarkProcess(b, listToJudge, path) })
}

func benchmarkProcess(b *testing.B, variable, path string) {
	var seconds, processor, peak float64
	for b.Loop() {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), variable+"="+path)
		out, err := cmd.Output()
		if err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		var took float64
		if _, err := fmt.Sscan(string(out), &took); err != nil {
			b.Fatal(err)
		}
		seconds += took
		processor += (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
		peak = max(peak, resident(cmd.ProcessState))
	}
	n := float64(b.N)
	b.ReportMetric(seconds/n, "s")
	b.ReportMetric(processor/n, "processor-s")
	b.ReportMetric(peak, "MB-resident")
	b.ReportMetric(0, "ns/op")
}

// resident is the most memory the process had, in MB.
func resident(state *os.ProcessState) float64 {
	unit := 1 << 10 // Linux counts in KiB, macOS in bytes
	if runtime.GOOS == "darwin" {
		unit = 1
	}
	return float64(state.SysUsage().(*syscall.Rusage).Maxrss) * float64(unit) / (1 << 20)
}
