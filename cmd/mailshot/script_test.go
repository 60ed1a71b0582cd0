package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/testscript"

	"mailshot/internal/dnstest"
	"mailshot/internal/smtptest"
)

// scripts are the specification of the command line.
const scripts = "../../testdata/script"

// hear undoes what nohup and a shell's & do to all that runs under them: a
// signal that is ignored stays so in a child, one that is caught does not.
func hear() {
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGHUP} {
		if signal.Ignored(s) {
			signal.Notify(make(chan os.Signal, 1), s)
		}
	}
}

func TestScripts(t *testing.T) {
	if found, err := filepath.Glob(scripts + "/*.txtar"); err != nil || len(found) < 30 {
		t.Fatalf("only %d scripts, %v", len(found), err)
	}
	hear()
	testscript.Run(t, testscript.Params{
		Dir:                 scripts,
		Setup:               setUp,
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"server":      server,
			"loginserver": loginServer,
			"mails":       mails,
			"accepted":    accepted,
			"once":        once,
			"waitmails":   waitMails,
			"waitline":    waitLine,
			"grepcells":   grepCells,
			"digest":      digest,
			"readme":      readme,
			"serverlog":   serverLog,
			"bounce":      bounceMail,
			"dns":         dns,
			"connected":   connected,
		},
	})
}

// world is what the commands of one script share.
type world struct {
	tb     testing.TB
	server *smtptest.Server
}

type worldKey struct{}

// setUp gives a script a home of its own.
func setUp(env *testscript.Env) error {
	env.Values[worldKey{}] = &world{tb: env.T().(testing.TB)}
	env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
	env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
	env.Setenv("LEDGER", filepath.Join(env.WorkDir, "state", "mailshot", "ledger.db"))
	return nil
}

// readme writes the commands that the README begins with into a file, with the
// server of the script: "readme FILE".
func readme(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	text, err := os.ReadFile("../../README.md")
	ts.Check(err)
	_, after, _ := strings.Cut(string(text), "\n```sh\n")
	commands, _, found := strings.Cut(after, "```\n")
	url := "smtp://127.0.0.1:2525?tls=none"
	if !found || strings.Count(commands, "\n") > 6 || !strings.Contains(commands, url) {
		ts.Fatalf("the README begins with other commands: %s", commands)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(commands, url, ts.Getenv("SMTP"))), 0o600))
}

func worldOf(ts *testscript.TestScript) *world { return ts.Value(worldKey{}).(*world) }

// server starts a server, "server [STEP[:NTH]=ANSWER]...", and puts the URL to
// reach it into $SMTP, its port into $SERVERPORT. An answer is a reply, or hang
// or drop.
func server(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	w := worldOf(ts)
	var script smtptest.Script
	for _, arg := range args {
		script.Faults = append(script.Faults, fault(ts, arg))
	}
	w.server = smtptest.New(w.tb, script)
	ts.Setenv("SERVERPORT", strconv.Itoa(w.server.Port))
	ts.Setenv("SMTP", fmt.Sprintf("smtp://%s:%d?tls=none", w.server.Host, w.server.Port))
}

// loginServer starts a server with TLS that "someone" logs in to with SECRET,
// "loginserver MECHANISM SECRET", and puts the URL to reach it into $SMTP. It
// wants a certificate of the client's where MECHANISM is "certificate"; then
// $CERT and $KEY are files of one that it takes.
func loginServer(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	w := worldOf(ts)
	authority := smtptest.NewAuthority(w.tb)
	script := smtptest.Script{TLS: authority.Config(w.tb, "127.0.0.1", time.Now().Add(time.Hour))}
	if args[0] == "certificate" {
		script.TLS = authority.Demanding(script.TLS)
		cert, key := authority.Client(w.tb)
		ts.Setenv("CERT", cert)
		ts.Setenv("KEY", key)
	} else {
		script.Mechanisms, script.Users = args[:1], map[string]string{"someone": args[1]}
	}
	w.server = smtptest.New(w.tb, script)
	ts.Setenv("SMTP", fmt.Sprintf("smtp://%s:%d?tls-ca=%s", w.server.Host, w.server.Port, authority.File))
}

// dns starts a DNS server with the zone in a file, "dns FILE", and puts its
// address into $DNS.
func dns(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	ts.Setenv("DNS", dnstest.New(worldOf(ts).tb, ts.ReadFile(args[0])).Addr)
}

func fault(ts *testscript.TestScript, arg string) smtptest.Fault {
	at, answer, ok := strings.Cut(arg, "=")
	step, nth, _ := strings.Cut(at, ":")
	n, err := strconv.Atoi("0" + nth)
	if !ok || err != nil {
		ts.Fatalf("%s is not STEP[:NTH]=ANSWER", arg)
	}
	f := smtptest.Fault{At: smtptest.Step(step), Nth: n, Do: smtptest.Reply(answer)}
	switch answer {
	case "hang":
		f.Do = smtptest.Hang
	case "drop":
		f.Do = smtptest.Drop
	}
	return f
}

// mails wants the server to have seen so many MAIL, "mails N".
func mails(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	if got := len(worldOf(ts).server.Transactions()); got != number(ts, args[0]) {
		ts.Fatalf("the server saw %d MAIL", got)
	}
}

// accepted wants the server to have accepted one message for each address
// named, and for nobody else: "accepted ADDRESS...".
func accepted(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	got := worldOf(ts).server.Accepted()
	for _, a := range args {
		if got[a] != 1 {
			ts.Fatalf("%s was accepted %d times", a, got[a])
		}
	}
	if len(got) != len(args) {
		ts.Fatalf("messages for %d recipients were accepted", len(got))
	}
}

// once wants nobody to have been handed two messages, accepted or not.
func once(ts *testscript.TestScript, neg bool, _ []string) {
	never(ts, neg)
	got := map[string]int{}
	for _, t := range worldOf(ts).server.Transactions() {
		to := strings.Join(t.To, ",")
		if got[to]++; t.Ended && got[to] > 1 {
			ts.Fatalf("%s was handed %d messages", to, got[to])
		}
	}
}

// connected waits until the server was connected to.
func connected(ts *testscript.TestScript, neg bool, _ []string) {
	never(ts, neg)
	wait(ts, "connection", func() bool { return worldOf(ts).server.Connections() > 0 })
}

// waitMails waits until the server has seen so many messages end.
func waitMails(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	want := number(ts, args[0])
	wait(ts, "messages", func() bool {
		ended := 0
		for _, t := range worldOf(ts).server.Transactions() {
			if t.Ended {
				ended++
			}
		}
		return ended >= want
	})
}

// waitLine waits until a file that a program writes has what matches, "waitline
// FILE PATTERN", and puts that into $FOUND.
func waitLine(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	pattern := regexp.MustCompile("(?m)" + args[1])
	wait(ts, "line", func() bool {
		text, err := os.ReadFile(ts.MkAbs(args[0]))
		found := pattern.FindString(string(text))
		ts.Setenv("FOUND", found)
		return err == nil && found != ""
	})
}

func wait(ts *testscript.TestScript, what string, there func() bool) {
	for range 2000 {
		if there() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("no %s after 20 s", what)
}

var digestForm = regexp.MustCompile(`sha256:[0-9a-f]{64}`)

// digest puts the digest that the last program printed into $DIGEST.
func digest(ts *testscript.TestScript, neg bool, _ []string) {
	never(ts, neg)
	found := digestForm.FindString(ts.ReadFile("stdout"))
	if found == "" {
		ts.Fatalf("no digest in stdout")
	}
	ts.Setenv("DIGEST", found)
}

// grepCells fails where a cell of a list shows in an output: "grepcells LIST
// OUTPUT...". Headings may show, and cells of fewer than four letters.
func grepCells(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	r := csv.NewReader(strings.NewReader(ts.ReadFile(args[0])))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	rows, err := r.ReadAll()
	if err != nil || len(rows) < 2 {
		ts.Fatalf("%s is no list: %v", args[0], err)
	}
	for _, name := range args[1:] {
		output := strings.ToLower(ts.ReadFile(name))
		for i, row := range rows[1:] {
			for _, cell := range row {
				if shows(output, cell) {
					ts.Fatalf("%s shows a cell of row %d of %s", name, i+1, args[0])
				}
			}
		}
	}
}

// shows says whether a cell, or a line or an address in it, stands in output.
func shows(output, cell string) bool {
	for _, part := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune("\r\n;,", r) }) {
		part = strings.ToLower(strings.TrimSpace(part))
		if utf8.RuneCountInString(part) >= 4 && strings.Contains(output, part) {
			return true
		}
	}
	return false
}

func number(ts *testscript.TestScript, s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		ts.Fatalf("%s is no number", s)
	}
	return n
}

func never(ts *testscript.TestScript, neg bool) {
	if neg {
		ts.Fatalf("! does not go with this command")
	}
}
