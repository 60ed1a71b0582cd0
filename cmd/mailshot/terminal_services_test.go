//go:build services

package main

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden captures anew")

// terminal is a tmux of the test's own with one shell in it.
type terminal struct {
	t      *testing.T
	dir    string // where the shell is at first, and its home
	socket string
}

// patience is how long a screen may take to show what is waited for.
const patience = 60 * time.Second

// newTerminal starts a shell in the folder dir, which finds the program.
func newTerminal(t *testing.T, program, dir string) *terminal {
	t.Helper()
	s := &terminal{t, dir, filepath.Join(t.TempDir(), "tmux")}
	shell := "env -u CI -u NO_COLOR HOME=" + dir + " XDG_STATE_HOME=" + dir + "/state HISTFILE=/dev/null TERM=tmux-256color PS1='$ ' PATH=" +
		filepath.Dir(program) + ":$PATH bash --norc --noprofile"
	s.tmux("-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "50", "-c", dir, shell)
	s.tmux("set-option", "-g", "history-limit", "10000")
	t.Cleanup(func() { s.tmux("kill-server") })
	s.await(`\$ $`)
	return s
}

func (s *terminal) tmux(args ...string) string {
	s.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-S", s.socket}, args...)...).CombinedOutput()
	if err != nil {
		s.t.Fatalf("tmux %s: %v\n%s", args[0], err, out)
	}
	return string(out)
}

// screen is all that has been shown, but for blanks at the ends.
func (s *terminal) screen() string {
	s.t.Helper()
	lines := strings.Split(s.tmux("capture-pane", "-p", "-S", "-"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	text := strings.TrimRight(strings.Join(lines, "\n"), "\n")
	if strings.HasSuffix(text, "$") {
		text += " " // that of the prompt
	}
	return text
}

// await waits until the screen shows what matches.
func (s *terminal) await(pattern string) {
	s.t.Helper()
	re := regexp.MustCompile(pattern)
	for deadline := time.Now().Add(patience); !re.MatchString(s.screen()); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("the screen never showed %s:\n%s", pattern, s.screen())
		}
	}
}

// key presses keys by their names in tmux, such as C-c.
func (s *terminal) key(names ...string) { s.tmux(append([]string{"send-keys"}, names...)...) }

// say types a line.
func (s *terminal) say(line string) {
	s.tmux("send-keys", "-l", line)
	s.key("Enter")
}

// do types a command and waits for its end.
func (s *terminal) do(command string) {
	s.t.Helper()
	before := strings.Count(s.screen(), "\n$ ")
	s.say(command)
	s.awaitPrompts(before + 1)
}

// clear empties the screen and forgets what it has shown.
func (s *terminal) clear() {
	s.t.Helper()
	s.say("clear")
	s.await(`^\$ $`)
	s.tmux("clear-history")
}

// awaitPrompts waits until n prompts more than the first have been shown, the
// last of them being the end of the screen.
func (s *terminal) awaitPrompts(n int) {
	s.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		text := s.screen()
		if strings.Count(text, "\n$ ") >= n && strings.HasSuffix(text, "\n$ ") {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("the command did not end:\n%s", text)
		}
	}
}

// masks are what differs from run to run.
var masks = []struct {
	what *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`sha256:[0-9a-f]{64}`), "sha256:DIGEST"},
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "127.0.0.1:PORT"},
	{regexp.MustCompile(`\w{3}, \d\d? \w{3} \d{4} \d\d:\d\d:\d\d [+]0000`), "DATE"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?Z?`), "TIME"},
	{regexp.MustCompile(`\b\d+(\.\d+)?(ms|s|m\d+s)\b`), "DURATION"},
	{regexp.MustCompile(`(?m)^\[=* *\] (\w+) .*$`), "BAR of $1"},
}

// golden compares the screen with testdata/terminal/name.txt.
func (s *terminal) golden(name string) {
	s.t.Helper()
	text := strings.ReplaceAll(s.screen(), s.dir, "~") + "\n"
	for _, m := range masks {
		text = m.what.ReplaceAllString(text, m.with)
	}
	file := filepath.Join("../../testdata/terminal", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			s.t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	if text != string(want) {
		s.t.Errorf("%s is not what the screen shows, which is\n%s", file, text)
	}
}

// TestTerminal is a first campaign as a person sends it.
func TestTerminal(t *testing.T) {
	program, dir := build(t), t.TempDir()
	url := startSink(t, program, filepath.Join(dir, "got"))
	s := newTerminal(t, program, dir)

	s.say("mailshot init spring")
	s.await(`What kind of campaign`)
	s.say("receit")
	s.await(`(?s)did you mean.*What kind of campaign`)
	s.say("receipt")
	s.await(`Who sends it`)
	s.say("Desk <desk@sender.example>")
	s.await(`Over which server`)
	s.say(url)
	s.awaitPrompts(1)
	s.do("cd spring")
	s.golden("init")

	s.clear()
	s.do("mailshot check receipt.html")
	s.golden("check")

	s.clear()
	s.say("mailshot preview receipt.html --terminal --row 5")
	s.await(`of 1`)
	s.golden("preview")
	s.key("q")
	s.awaitPrompts(1)

	s.clear()
	s.say("mailshot send receipt.html --rate 1/h")
	s.await(`to send them:$`)
	s.say("4")
	s.await(`1/4`)
	s.key("C-c")
	s.await(`stopping`)
	s.await(`(?s)pending.*\n\$ $`)
	s.do("echo status $?")
	s.do("mailshot send receipt.html --yes")
	s.do("mailshot report receipt -r people.csv")
	s.golden("send")
	if got, err := filepath.Glob(filepath.Join(dir, "got", "*.eml")); err != nil || len(got) != 4 {
		t.Errorf("%d messages arrived, %v", len(got), err)
	}
}
