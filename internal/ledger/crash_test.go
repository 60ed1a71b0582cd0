package ledger

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The test binary is its own child: another process that uses the ledger.
func TestMain(m *testing.M) {
	if role := os.Getenv("LEDGER_TEST_CHILD"); role != "" {
		if err := child(role, os.Getenv("LEDGER_TEST_PATH")); err != nil {
			fmt.Println(err)
		}
		return
	}
	os.Exit(m.Run())
}

// child says on its standard output what it has done.
func child(role, path string) error {
	ctx := context.Background()
	l, err := Open(ctx, path)
	if err != nil {
		return err
	}
	defer l.Close()
	r, err := l.Start(ctx, Campaign{ID: "spring", Recipients: 100}, false)
	if errors.Is(err, ErrLocked) {
		fmt.Println("locked")
		return nil
	}
	if err != nil {
		return err
	}
	defer r.Close()
	if role == "start" {
		fmt.Println("started")
		return nil
	}
	for n := 0; ; n += 5 {
		if err := step(ctx, r, n); err != nil {
			return err
		}
		if role == "once" {
			io.Copy(io.Discard, os.Stdin) // until it is killed
		}
	}
}

// step begins five recipients and finishes four of them.
func step(ctx context.Context, r *Run, n int) error {
	var attempts []Attempt
	var endings []Ending
	for i := n; i < n+5; i++ {
		attempts = append(attempts, Attempt{Key: spread(i), Line: i, Server: "mail.a.example:587"})
		endings = append(endings, Ending{Key: spread(i), Outcome: Accepted, Code: 250, At: time.Now()})
	}
	if err := r.Begin(ctx, attempts); err != nil {
		return err
	}
	fmt.Println("begun", n+5)
	if err := r.Finish(ctx, endings[:4]); err != nil {
		return err
	}
	fmt.Println("finished", n+4)
	return nil
}

type process struct {
	*exec.Cmd
	says *bufio.Scanner
}

// spawn starts a child; it is killed when the test ends.
func spawn(t *testing.T, role, path string) *process {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "LEDGER_TEST_CHILD="+role, "LEDGER_TEST_PATH="+path)
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return &process{cmd, bufio.NewScanner(out)}
}

// kill ends the child as kill -9 does, and gives all that it said until then.
func (p *process) kill(t *testing.T) []string {
	t.Helper()
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	var said []string
	for p.says.Scan() {
		said = append(said, p.says.Text())
	}
	p.Wait()
	return said
}

func (p *process) wantSay(t *testing.T, want string) {
	t.Helper()
	if p.says.Scan(); p.says.Text() != want {
		t.Fatalf("the other process says %q, want %q", p.says.Text(), want)
	}
}

func TestKilledBetweenBeginAndFinish(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	other := spawn(t, "once", path)
	other.wantSay(t, "begun 5")
	other.wantSay(t, "finished 4")
	l := openAt(t, path)
	_, err := l.Start(t.Context(), spring, true)
	wantError(t, err, ErrLocked)
	other.kill(t)
	r, err := l.Start(t.Context(), spring, true)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for n := range 6 {
		want := State{Tried: true, Outcome: Accepted, Attempts: 1}
		switch n {
		case 4:
			want.Outcome = Unknown
		case 5:
			want = State{}
		}
		if got := r.State(spread(n)); got != want {
			t.Errorf("recipient %d: %+v, want %+v", n, got, want)
		}
	}
	spawn(t, "start", path).wantSay(t, "locked")
}

// Whenever a run is killed, the ledger knows of all that it had been told.
func TestKilledAtAnyMoment(t *testing.T) {
	for round := range 6 {
		path := filepath.Join(t.TempDir(), "ledger.db")
		other := spawn(t, "on and on", path)
		for range round * round {
			other.says.Scan()
		}
		begun, finished := told(t, append([]string{other.says.Text()}, other.kill(t)...))
		l := openAt(t, path)
		r, err := l.Start(t.Context(), Campaign{ID: "spring"}, false)
		if err != nil {
			t.Fatal(err)
		}
		for n := range begun {
			if got := r.State(spread(n)); !got.Tried || (n < finished && n%5 != 4 && got.Outcome != Accepted) {
				t.Errorf("recipient %d of %d begun, %d finished: %+v", n, begun, finished, got)
			}
		}
		r.Close()
	}
}

// told reads how many were begun and finished out of what the child said.
func told(t *testing.T, said []string) (begun, finished int) {
	t.Helper()
	for _, line := range said {
		what, number, complete := strings.Cut(line, " ")
		n, err := strconv.Atoi(number)
		if complete && err != nil {
			t.Fatalf("the other process says %q", line)
		}
		switch what {
		case "begun":
			begun = n
		case "finished":
			finished = n
		}
	}
	return begun, finished
}

// Several processes make one ledger at the same time; one of them starts.
func TestMadeByManyAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	var others []*process
	for range 16 {
		others = append(others, spawn(t, "start", path))
	}
	started := 0
	for _, other := range others {
		other.says.Scan()
		switch other.says.Text() {
		case "started":
			started++
		case "locked":
		default:
			t.Errorf("a process says %q", other.says.Text())
		}
	}
	if started == 0 {
		t.Error("no process has started")
	}
}
