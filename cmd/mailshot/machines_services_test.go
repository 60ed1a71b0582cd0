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
	for deadline := time.Now().Add(10 * time.Minute); m.server.Taken() < n; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d messages of %d after ten minutes", m.server.Taken(), n)
		}
	}
}

// audit says how many are unknown, after it has compared what the server has
// got with what the ledger says of each.
func (m *machines) audit(t *testing.T, rows int) (unknown int) {
	t.Helper()
	l, err := ledger.Open(t.Context(), m.ledger)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	outcomes := map[ledger.Key]ledger.Outcome{}
	for r, err := range l.Recipients(t.Context(), "index-update") {
		if err != nil {
			t.Fatal(err)
		}
		outcomes[r.Key] = r.Outcome
	}
	got := m.server.Accepted()
	for n := range rows {
		to, err := address.Parse(madeup.Row(n)[0])
		if err != nil {
			t.Fatal(err)
		}
		outcome, tried := outcomes[l.Key(to, "")]
		switch times := got[to.String()]; {
		case tried && outcome == ledger.Accepted && times == 1:
		case tried && outcome == ledger.Unknown && times <= 1:
			unknown++
		default:
			t.Errorf("recipient %d: tried %t, %v, and got it %d times", n, tried, outcome, times)
		}
		delete(got, to.String())
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
