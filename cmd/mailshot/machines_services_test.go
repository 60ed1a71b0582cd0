//go:build services

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"mailshot/internal/ledger"
	"mailshot/internal/madeup"
	"mailshot/internal/postgrestest"
	"mailshot/internal/smtptest"
)

// many is how many recipients the machines share.
const many = 5_000

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
	for deadline := time.Now().Add(2 * time.Minute); len(m.server.Accepted()) < n; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d messages of %d after two minutes", len(m.server.Accepted()), n)
		}
	}
}

// audit says how many are unknown, after it has compared what the server has
// got with what the ledger says of it.
func (m *machines) audit(t *testing.T, rows int) (unknown int) {
	t.Helper()
	got := m.server.Accepted()
	for to, times := range got {
		if times != 1 {
			t.Errorf("%s got it %d times", to, times)
		}
	}
	l, err := ledger.Open(t.Context(), m.ledger)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	outcomes := map[ledger.Outcome]int{}
	for r, err := range l.Recipients(t.Context(), "index-update") {
		if err != nil {
			t.Fatal(err)
		}
		outcomes[r.Outcome]++
	}
	accepted, unknown := outcomes[ledger.Accepted], outcomes[ledger.Unknown]
	if accepted+unknown != rows || accepted > len(got) || len(got) > rows {
		t.Errorf("the ledger says %v, the server got %d of %d", outcomes, len(got), rows)
	}
	return unknown
}

// Two of four machines are gone in the middle of it, and one comes back: each
// recipient gets it once, or is reported as unknown.
func TestMachines(t *testing.T) {
	m := newMachines(t, many, "--rate", "1000/s")
	var running []*exec.Cmd
	for range 4 {
		running = append(running, m.start())
	}
	for i, at := range []int{many / 5, 2 * many / 5} {
		m.await(t, at)
		running[i].Process.Kill()
	}
	running = append(running[2:], m.start())
	m.await(t, many/2)
	for _, cmd := range running {
		cmd.Wait()
		if code := cmd.ProcessState.ExitCode(); code != 0 && code != 5 {
			t.Errorf("exit status %d: %s", code, cmd.Stderr)
		}
		silent(t, fmt.Sprint(cmd.Stdout, cmd.Stderr))
	}
	t.Logf("%d unknown of %d", m.audit(t, many), many)
}

// The database is started again in the middle of it: the runs wait and go on.
func TestDatabaseRestarted(t *testing.T) {
	const rows = 1000
	m := newMachines(t, rows, "--rate", "200/s")
	running := []*exec.Cmd{m.start(), m.start()}
	for _, at := range []int{rows / 4, rows / 2} {
		m.await(t, at)
		m.database.Down(t)
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
