//go:build services

package main

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"mailshot/internal/address"
	"mailshot/internal/ledger"
	"mailshot/internal/madeup"
	"mailshot/internal/postgrestest"
	"mailshot/internal/smtptest"
)

var machinesPeople = flag.Int("machines.people", 5_000, "how many recipients TestMachines has")

// machines is a campaign that is sent from several of them.
type machines struct {
	server   *smtptest.Server
	database *postgrestest.Server
	ledger   string
	start    func() *exec.Cmd
}

func newMachines(t *testing.T, rows int, flags ...string) *machines {
	t.Helper()
	program, template, list := build(t), "", ""
	template, list = madeup.Campaign(t, rows)
	m := &machines{
		server:   smtptest.New(t, smtptest.Script{Extensions: []string{"PIPELINING", "8BITMIME", "SMTPUTF8", "CHUNKING"}, Discard: true}),
		database: postgrestest.Start(t),
	}
	m.ledger = m.database.Ledger()
	m.start = func() *exec.Cmd {
		cmd := exec.Command(program, append([]string{"send", template, "-r", list, "--yes",
			"--smtp", fmt.Sprintf("smtp://127.0.0.1:%d?tls=none", m.server.Port)}, flags...)...)
		cmd.Env = append(os.Environ(), "MAILSHOT_LEDGER="+m.ledger)
		cmd.Stdout, cmd.Stderr = &bytes.Buffer{}, &bytes.Buffer{}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
		return cmd
	}
	return m
}

// await waits until the server has accepted so many messages.
func (m *machines) await(t *testing.T, n int) {
	t.Helper()
	seen, since := 0, time.Now()
	for ; seen < n; time.Sleep(time.Millisecond) {
		if now := m.server.Taken(); now > seen {
			seen, since = now, time.Now()
		}
		if time.Since(since) > 2*time.Minute {
			t.Fatalf("%d messages of %d, and none for two minutes", seen, n)
		}
	}
}

// people gives the addresses of a list by what the ledger knows them by.
func people(t *testing.T, l *ledger.Ledger, rows int) map[ledger.Key]string {
	t.Helper()
	all := map[ledger.Key]string{}
	for n := range rows {
		to, err := address.Parse(madeup.Row(n)[0])
		if err != nil {
			t.Fatal(err)
		}
		all[l.Key(to, "")] = to.String()
	}
	return all
}

// open opens the ledger, as a machine of its own.
func (m *machines) open(t *testing.T) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), m.ledger)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

const ofMachines = "index-update" // the campaign

// outcomes gives what the ledger says of those who were tried.
func outcomes(t *testing.T, l *ledger.Ledger) map[ledger.Key]ledger.Outcome {
	t.Helper()
	all := map[ledger.Key]ledger.Outcome{}
	for r, err := range l.Recipients(t.Context(), ofMachines) {
		if err != nil {
			t.Fatal(err)
		}
		all[r.Key] = r.Outcome
	}
	return all
}

// audit says how many are unknown, after it has compared what the server has
// got with what the ledger says of each.
func (m *machines) audit(t *testing.T, rows int) (unknown int) {
	t.Helper()
	l := m.open(t)
	got, all := m.server.Accepted(), outcomes(t, l)
	for key, to := range people(t, l, rows) {
		outcome, tried := all[key]
		switch times := got[to]; {
		case tried && outcome == ledger.Accepted && times == 1:
		case tried && outcome == ledger.Unknown && times <= 1:
			unknown++
		default:
			t.Errorf("%s: tried %t, %v, and got it %d times", to, tried, outcome, times)
		}
		delete(got, to)
	}
	if len(got) > 0 {
		t.Errorf("%d got it who are not on the list", len(got))
	}
	return unknown
}

// Two of four machines are gone at random moments, and one comes back: each
// recipient gets it once, or is reported as unknown.
func TestMachines(t *testing.T) {
	rows, seed := *machinesPeople, rand.Uint64()
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	moments := []int{chance.IntN(rows * 4 / 5), chance.IntN(rows * 4 / 5)}
	slices.Sort(moments)
	m := newMachines(t, rows, "--rate", fmt.Sprintf("%d/s", rows/5)) // for five seconds at least
	var running []*exec.Cmd
	for range 4 {
		running = append(running, m.start())
	}
	for i, at := range moments {
		m.await(t, 1+at)
		running[i].Process.Kill()
	}
	running = append(running[2:], m.start())
	for _, cmd := range running {
		cmd.Wait()
		if code := cmd.ProcessState.ExitCode(); code != 0 && code != 5 {
			t.Errorf("exit status %d: %s", code, cmd.Stderr)
		}
		silent(t, fmt.Sprint(cmd.Stdout, cmd.Stderr))
	}
	t.Logf("killed after %d and %d messages; %d unknown of %d", moments[0], moments[1], m.audit(t, rows), rows)
}

// The database is started again in the middle of it, once after a crash: the
// runs wait and go on, and everybody gets it once.
func TestDatabaseRestarted(t *testing.T) {
	const rows = 1000
	m := newMachines(t, rows, "--rate", "200/s")
	running := []*exec.Cmd{m.start(), m.start()}
	for i, end := range []func(testing.TB){m.database.Down, m.database.Crash} {
		m.await(t, (i+1)*rows/4)
		end(t)
		m.database.Up(t)
	}
	for _, cmd := range running {
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %s", err, cmd.Stderr)
		}
	}
	if unknown := m.audit(t, rows); unknown != 0 {
		t.Errorf("%d are unknown", unknown)
	}
}

// A machine sleeps for longer than it is held to live, and wakes when those whom
// it had begun have been settled, rightly, and sent to: nobody gets it twice.
func TestAsleep(t *testing.T) {
	m := newMachines(t, crowd)
	l := m.open(t)
	asleep := m.start()
	m.await(t, crowd/4)
	asleep.Process.Signal(syscall.SIGSTOP)
	for _, unsent := m.unknown(t, l); unsent == 0; _, unsent = m.unknown(t, l) {
		if m.server.Taken() == crowd {
			t.Fatal("it has sent all before it slept")
		}
		asleep.Process.Signal(syscall.SIGCONT)
		time.Sleep(5 * time.Millisecond)
		asleep.Process.Signal(syscall.SIGSTOP)
	}
	m.finish(t, m.start(), 5)
	settled, unsent := m.unknown(t, l)
	if err := l.Resolve(t.Context(), ofMachines, settled); err != nil {
		t.Fatal(err)
	}
	m.finish(t, m.start(), 0)
	asleep.Process.Signal(syscall.SIGCONT)
	m.finish(t, asleep, 1)
	if want := ledger.ErrLapsed.Error(); !strings.Contains(fmt.Sprint(asleep.Stderr), want) {
		t.Errorf("%s: want %q", asleep.Stderr, want)
	}
	if left := m.audit(t, crowd); left != 0 {
		t.Errorf("%d are unknown", left)
	}
	t.Logf("%d were begun, %d of them had not left", len(settled), unsent)
}

// unknown settles who is unknown by what the server has got, and says how many
// have not got it.
func (m *machines) unknown(t *testing.T, l *ledger.Ledger) (settled []ledger.Resolution, unsent int) {
	t.Helper()
	got, all := m.server.Accepted(), people(t, l, crowd)
	for key, outcome := range outcomes(t, l) {
		if outcome != ledger.Unknown {
			continue
		}
		sent := got[all[key]] > 0
		settled = append(settled, ledger.Resolution{Key: key, Sent: sent, Evidence: "by hand", Who: "ann@desk", At: time.Now()})
		if !sent {
			unsent++
		}
	}
	return settled, unsent
}

// finish waits for a machine, and wants its exit status.
func (m *machines) finish(t *testing.T, cmd *exec.Cmd, want int) {
	t.Helper()
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != want {
		t.Errorf("exit status %d, want %d: %s", code, want, cmd.Stderr)
	}
}
