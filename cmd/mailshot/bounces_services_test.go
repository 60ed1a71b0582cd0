//go:build services

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"mailshot/internal/postfixtest"
	"mailshot/internal/postgrestest"
)

// TestBounces has a real Postfix take a message that it cannot deliver, and
// reads what comes back to the sender, with each kind of ledger.
func TestBounces(t *testing.T) {
	for name, ledger := range map[string]func(*testing.T) string{
		"file":       func(t *testing.T) string { return filepath.Join(t.TempDir(), "ledger.db") },
		"PostgreSQL": func(t *testing.T) string { return postgrestest.Start(t).Ledger() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("MAILSHOT_LEDGER", ledger(t))
			comesBack(t)
		})
	}
}

// comesBack sends to two people, one of whom is not there, and goes on with what
// comes back.
func comesBack(t *testing.T) {
	program, dir := build(t), t.TempDir()
	server := postfixtest.Start(t, "transport_maps = inline:{{b.example = error:5.1.1 no such user}}", "smtpd_reject_unlisted_recipient = no")
	template, list, box := filepath.Join(dir, "news.txt"), filepath.Join(dir, "people.csv"), filepath.Join(dir, "box")
	for name, text := range map[string]string{
		template: "---\nfrom: desk@sender.example\nsubject: Your notice\n---\nHello.\n",
		list:     "email\nann.lee@a.example\nbo.dahl@b.example\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	drive(t, program, "send", template, "-r", list, "--yes", "--smtp", "smtp://"+server.Addr+"?tls=none")
	if err := os.MkdirAll(filepath.Join(box, "new"), 0o700); err != nil {
		t.Fatal(err)
	}
	// What was delivered: one to Ann, one that came back.
	for i, content := range server.Delivered(t, 2) {
		if err := os.WriteFile(filepath.Join(box, "new", fmt.Sprint(i)), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []struct {
		args []string
		says string
	}{
		{[]string{"bounces", box}, `(?m)^2 messages read, 1 notification among them: 1 recorded now, 0 known already$`},
		{[]string{"bounces", box}, `(?m): 0 recorded now, 1 known already$`},
		{[]string{"report", "news"}, `(?m)^ +1 bounced 5\.1\.1: there is no such mailbox$`},
		{[]string{"suppress", "add", "--hard-bounces", "--yes"}, `(?m)^1 recipient added `},
		{[]string{"send", template, "-r", list, "--yes", "--campaign", "next", "--dry-run"}, `(?m)^ +1 suppressed$`},
	} {
		if out := drive(t, program, want.args...); !regexp.MustCompile(want.says).MatchString(out) {
			t.Errorf("%q says\n%s", want.args, out)
		}
	}
}
