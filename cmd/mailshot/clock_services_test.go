//go:build services

package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"mailshot/internal/maillog"
)

// TestCrashClock does what TestCrash does, with a clock that was ahead and is
// set right: the machine's own cannot be, so the times that an earlier run has
// written into the ledger are moved ahead.
func TestCrashClock(t *testing.T) {
	crashAll(t, build(t), max(*crashRounds/8, 1), clockSetBack)
}

// clockSetBack has the clock set back after the first run, and at times after
// a later one.
func clockSetBack(r *round) {
	r.disturb = func(cmd *exec.Cmd) { r.signal(cmd, syscall.SIGKILL) }
	runs := 0
	r.settle = func() {
		if runs++; runs == 1 || r.chance.IntN(2) == 0 {
			r.moveAhead(r.ahead())
		}
		r.resolveByRecord()
		r.look()
	}
	r.done = r.look
}

// ahead is a day as a rule, and at times less or more than the day that the
// clocks of server and sender may be apart.
func (r *round) ahead() time.Duration {
	return []time.Duration{time.Hour, 24 * time.Hour, 24 * time.Hour, 49 * time.Hour}[r.chance.IntN(4)]
}

// moveAhead adds to every time in the ledger, if there is one yet.
func (r *round) moveAhead(by time.Duration) {
	r.t.Helper()
	if _, err := os.Stat(r.ledger); err != nil {
		return
	}
	db, err := sql.Open("sqlite", r.ledger)
	if err != nil {
		r.t.Fatal(err)
	}
	defer db.Close()
	all := updates(r.t, db)
	for _, update := range all {
		if _, err := db.Exec(update, by.Milliseconds()); err != nil {
			r.t.Fatalf("%s: %v", update, err)
		}
	}
	if len(all) == 0 {
		return // it was killed before it had tables
	}
	var left int
	err = db.QueryRow(`SELECT count(*) FROM recipient WHERE begun <= $1`, time.Now().UnixMilli()).Scan(&left)
	if err != nil || left > 0 {
		r.t.Fatalf("%d recipients were not moved ahead: %v", left, err)
	}
}

// updates gives the statements that add to all columns that hold times.
func updates(t *testing.T, db *sql.DB) (all []string) {
	t.Helper()
	rows, err := db.Query(`SELECT m.name, i.name FROM sqlite_master AS m, pragma_table_info(m.name) AS i
		WHERE m.type = 'table' AND i.name IN ('started', 'updated', 'begun', 'ended', 'at', 'recorded')`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprintf(`UPDATE %s SET %s = %[2]s + $1`, table, column))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// negative is a number below zero, and no part of a time, an id or a style.
var negative = regexp.MustCompile(`(?m)(?:^|[ \t(:>])-[0-9]`)

// look wants status and report to work, and none to show what is below zero.
func (r *round) look() {
	r.t.Helper()
	for _, args := range [][]string{
		{"status"}, {"status", "--json"},
		{"report", r.campaign}, {"report", r.campaign, "--json"}, {"report", r.campaign, "--csv"},
		{"report", r.campaign, "-r", r.list, "--html", "-"},
	} {
		out, err := r.command(append(args, "--ledger", r.ledger)...).CombinedOutput()
		if notBegun(err, out) {
			return
		}
		if err != nil {
			r.t.Fatalf("mailshot %q: %v\n%s", args, err, out)
		}
		if at := negative.FindIndex(out); at != nil {
			r.t.Errorf("mailshot %q shows what is below zero: %q", args, out[max(at[0]-80, 0):min(at[1]+40, len(out))])
		}
	}
}

// notBegun says whether the program was killed before the campaign was in the
// ledger.
func notBegun(err error, said []byte) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && exit.ExitCode() == 2 &&
		(bytes.Contains(said, []byte("no such campaign in the ledger")) || bytes.Contains(said, []byte("there is no ledger at")))
}

// resolveByRecord settles who is unknown by the server's log; and by hand, as
// its mailbox shows them, those of whom the program will not take its word.
func (r *round) resolveByRecord() {
	r.t.Helper()
	log := r.postfix.Log(r.t)
	if r.chance.IntN(2) == 0 {
		log += later()
	}
	r.write(r.log, log)
	cmd := r.command("resolve", r.campaign, "--as", "unsent", "--log", r.log, "--yes", "--json", "--ledger", r.ledger)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if notBegun(err, said.Bytes()) {
		return
	}
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 5) {
		r.t.Fatalf("resolve: %v\n%s%s", err, out, said.String())
	}
	r.count(out)
	r.byHand(out)
}

// later is what the server logs in a month: a log that ends with it covers what
// was begun by a clock that was ahead.
func later() string {
	return time.Now().AddDate(0, 1, 0).Format(time.RFC3339) + " postfix.example postfix/anvil[1]: statistics: max cache size 1\n"
}

// awaitSessions waits until the server has ended all its sessions.
func (r *round) awaitSessions() {
	r.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		log, err := maillog.Read(strings.NewReader(r.postfix.Log(r.t)), time.Now(),
			func(string) bool { return true }, func(string, time.Time) {})
		if err != nil {
			r.t.Fatal(err)
		}
		if log.Open == 0 {
			return
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("the server has %d open sessions still", log.Open)
		}
	}
}

// byHand settles those that `resolve --json` has left, once the server is done.
func (r *round) byHand(resolved []byte) {
	r.t.Helper()
	var left struct{ Rows []struct{ Line int } }
	if err := json.Unmarshal(resolved, &left); err != nil {
		r.t.Fatal(err)
	}
	r.hand += len(left.Rows)
	r.awaitSessions()
	got := arrivals(r.postfix.Delivered(r.t, 0))
	lines := map[string][]string{}
	for _, row := range left.Rows {
		as := "unsent"
		if got[crashAddress(r.n, row.Line-2)] > 0 { // the list has a heading
			as = "sent"
		}
		lines[as] = append(lines[as], "--line", fmt.Sprint(row.Line))
	}
	for as, these := range lines {
		args := append([]string{"resolve", r.campaign, "--as", as, "--yes", "--json", "--ledger", r.ledger}, these...)
		out, err := r.command(args...).Output()
		var exit *exec.ExitError
		if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 5) { // the other half is unknown still
			r.t.Fatalf("resolve --as %s: %v", as, err)
		}
		r.count(out)
	}
}
