//go:build services

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"mailshot/internal/postfixtest"
)

var crashRounds = flag.Int("crash.rounds", 40, "how often TestCrash sends a list")

const (
	crashPeople = 200 // on each list
	crashShare  = 20  // rounds that one Postfix serves
)

// TestCrash kills the program at a random moment, settles by the server's log
// who is unknown, runs it again until it is done, and has the server's own
// record say that every recipient has one message.
func TestCrash(t *testing.T) {
	program := build(t)
	for first := 0; first < *crashRounds; first += crashShare {
		rounds := min(crashShare, *crashRounds-first)
		t.Run(fmt.Sprintf("rounds from %d", first), func(t *testing.T) {
			crashAll(t, program, rounds, func(r *round) { r.disturb = func(cmd *exec.Cmd) { r.signal(cmd, syscall.SIGKILL) } })
		})
	}
}

// TestCrashVariants does the same with what else goes wrong.
func TestCrashVariants(t *testing.T) {
	program := build(t)
	for name, set := range map[string]func(*round){
		"the connection is cut": func(r *round) { r.through = cutting(r.t, r.postfix.Addr, r.chance) },
		"the disk is full":      fullDisk,
		"the ledger is locked":  func(r *round) { r.disturb = r.lockLedger },
		"asked to end":          func(r *round) { r.disturb = func(cmd *exec.Cmd) { r.signal(cmd, syscall.SIGTERM) } },
		"stopped for a while": func(r *round) {
			r.disturb = func(cmd *exec.Cmd) {
				r.signal(cmd, syscall.SIGSTOP)
				time.Sleep(time.Duration(r.chance.IntN(1000)) * time.Millisecond)
				cmd.Process.Signal(syscall.SIGCONT)
			}
		},
	} {
		t.Run(name, func(t *testing.T) { crashAll(t, program, max(*crashRounds/8, 1), set) })
	}
}

// crashAll does rounds with a Postfix of their own, and looks at what it has.
func crashAll(t *testing.T, program string, rounds int, set func(*round)) {
	t.Helper()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	server := postfixtest.Start(t)
	var sum tally
	for n := range rounds {
		r := newRound(t, program, server, n, rand.New(rand.NewPCG(seed, uint64(n))))
		set(r)
		r.run()
		sum.add(r.tally)
	}
	t.Logf("%d rounds, %d runs disturbed: %d unknown settled as sent, %d as unsent; %d of them by hand",
		rounds, sum.disturbed, sum.sent, sum.unsent, sum.hand)
	got := arrivals(server.Delivered(t, rounds*crashPeople))
	for n := range rounds {
		for i := range crashPeople {
			if to := crashAddress(n, i); got[to] != 1 {
				t.Errorf("round %d: recipient %d has %d messages", n, i, got[to])
			}
		}
	}
	if len(got) != rounds*crashPeople {
		t.Errorf("%d recipients have messages, not %d", len(got), rounds*crashPeople)
	}
}

// arrivals counts messages by recipient.
func arrivals(messages [][]byte) map[string]int {
	got := map[string]int{}
	for _, content := range messages {
		_, after, _ := bytes.Cut(content, []byte("X-Original-To: "))
		to, _, _ := bytes.Cut(after, []byte("\n"))
		got[string(to)]++
	}
	return got
}

func crashAddress(round, i int) string { return fmt.Sprintf("p%d.r%d@a.example", i, round) }

// tally is what was seen in rounds.
type tally struct{ disturbed, sent, unsent, hand int }

func (t *tally) add(o tally) {
	t.disturbed += o.disturbed
	t.sent += o.sent
	t.unsent += o.unsent
	t.hand += o.hand
}

// round is one list that is sent until everybody has their message.
type round struct {
	tally
	t        *testing.T
	program  string
	postfix  *postfixtest.Server
	chance   *rand.Rand
	n        int
	campaign string
	template string
	list     string
	ledger   string
	log      string              // a copy of the server's
	through  string              // host:port that leads to the server
	before   func()              // a run that is to be disturbed; may be nil
	disturb  func(cmd *exec.Cmd) // while it runs; may be nil
	after    func()              // it; may be nil
	settle   func()              // who is unknown, after a run that is not the last
	done     func()              // after the last run; may be nil
}

func newRound(t *testing.T, program string, server *postfixtest.Server, n int, chance *rand.Rand) *round {
	t.Helper()
	dir := t.TempDir()
	r := &round{t: t, program: program, postfix: server, chance: chance, n: n, through: server.Addr,
		campaign: fmt.Sprintf("round-%d", n), template: filepath.Join(dir, "notice.txt"), list: filepath.Join(dir, "people.csv"),
		ledger: filepath.Join(dir, "ledger.db"), log: filepath.Join(dir, "mail.log")}
	r.settle = r.resolve
	var rows strings.Builder
	rows.WriteString("email\n")
	for i := range crashPeople {
		rows.WriteString(crashAddress(n, i) + "\n")
	}
	r.write(r.list, rows.String())
	r.write(r.template, "---\nfrom: desk@sender.example\nsubject: Your notice\n---\n"+strings.Repeat("A line of the notice.\n", 200))
	return r
}

func (r *round) write(name, content string) {
	r.t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// run sends until it is done; the first two runs are disturbed.
func (r *round) run() {
	r.t.Helper()
	var last []byte
	for try := range 12 {
		cmd := r.command("send", r.template, "-r", r.list, "--campaign", r.campaign, "--yes", "--retry-for", "0s",
			"--smtp", "smtp://"+r.through+"?tls=none", "--ledger", r.ledger)
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		code := r.attempt(cmd, try < 2)
		last = said.Bytes()
		if code == 0 {
			if r.done != nil {
				r.done()
			}
			return
		}
		r.settle()
	}
	r.t.Fatalf("%s is not done after many runs; the last said\n%s", r.campaign, last)
}

// attempt does one run, and gives its exit status: -1 where a signal ended it.
func (r *round) attempt(cmd *exec.Cmd, disturbed bool) int {
	r.t.Helper()
	if disturbed && r.before != nil {
		r.before()
	}
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	if disturbed && r.disturb != nil {
		r.disturbed++
		r.disturb(cmd)
	}
	cmd.Wait()
	if disturbed && r.after != nil {
		r.after()
	}
	return cmd.ProcessState.ExitCode()
}

func (r *round) command(args ...string) *exec.Cmd {
	cmd := exec.Command(r.program, args...)
	r.t.Cleanup(func() {
		if cmd.Process != nil && cmd.ProcessState == nil {
			cmd.Process.Kill()
			cmd.Wait()
		}
	})
	return cmd
}

// signal waits for a random moment and sends a signal.
func (r *round) signal(cmd *exec.Cmd, s syscall.Signal) {
	time.Sleep(time.Duration(r.chance.IntN(900)) * time.Millisecond)
	cmd.Process.Signal(s)
}

// resolve settles who is unknown by the server's log, once that covers them.
func (r *round) resolve() {
	r.t.Helper()
	byHand := false
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		r.write(r.log, r.postfix.Log(r.t))
		args := []string{"resolve", r.campaign, "--as", "unsent", "--yes", "--json", "--ledger", r.ledger}
		if !byHand {
			args = append(args, "--log", r.log)
		}
		cmd := r.command(args...)
		var said bytes.Buffer
		cmd.Stderr = &said
		out, err := cmd.Output()
		var exit *exec.ExitError
		switch {
		case err == nil:
			r.count(out)
			return
		case errors.As(err, &exit) && exit.ExitCode() == 2 && strings.Contains(said.String(), "no such campaign in the ledger"),
			strings.Contains(said.String(), "there is no ledger at"):
			return // it was killed before it began
		case strings.Contains(said.String(), "the log may be another server's") && !strings.Contains(said.String(), "does not cover"):
			r.count(out)
			byHand = true // it is not: nothing of the campaign came through
			continue
		case !errors.As(err, &exit) || exit.ExitCode() != 5 || time.Now().After(deadline):
			r.t.Fatalf("resolve: %v\n%s%s", err, out, said.String())
		}
		r.count(out)
	}
}

func (r *round) count(out []byte) {
	r.t.Helper()
	var settled struct{ Sent, Unsent int }
	if err := json.Unmarshal(out, &settled); err != nil {
		r.t.Fatal(err)
	}
	r.sent += settled.Sent
	r.unsent += settled.Unsent
}
