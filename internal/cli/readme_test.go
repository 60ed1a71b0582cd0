package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mailshot/internal/cli"
	"mailshot/internal/sink"
)

func readme(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(data, []byte("\n")); n > 180 {
		t.Errorf("the README has %d lines, and 180 are enough", n)
	}
	return string(data)
}

// TestReadmeSession runs what the README shows and compares what is printed.
func TestReadmeSession(t *testing.T) {
	text := readme(t)
	session, dir := blocks(text, "console"), t.TempDir()
	if len(session) != 1 {
		t.Fatalf("the README has %d sessions", len(session))
	}
	writeFiles(t, text, dir)
	url := serve(t)
	t.Chdir(dir)
	var got strings.Builder
	commands := 0
	for line := range strings.Lines(session[0]) {
		command, ok := strings.CutPrefix(line, "$ mailshot ")
		if !ok {
			continue
		}
		commands++
		fmt.Fprintf(&got, "%s%s", line, perform(dir, strings.ReplaceAll(command, readmeURL, url)))
	}
	if commands < 4 {
		t.Fatalf("only %d commands in the session", commands)
	}
	if want := session[0]; got.String() != want {
		t.Errorf("the README's session is not what the program does, which is:\n%s", got.String())
	}
}

// readmeURL is the server that the session sends to.
const readmeURL = "smtp://127.0.0.1:2525?tls=none"

// serve starts a sink and gives the URL to reach it.
func serve(t *testing.T) string {
	t.Helper()
	s, err := sink.Listen(sink.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(context.Background()) }()
	t.Cleanup(func() {
		s.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return "smtp://" + s.Addr() + "?tls=none"
}

// perform runs one command line and gives all that it prints, as a terminal
// would show it.
func perform(dir, line string) string {
	var out bytes.Buffer
	var args []string
	for _, word := range strings.Fields(line) {
		args = append(args, strings.Trim(word, "'"))
	}
	code := cli.Main(context.Background(), cli.Session{
		Args: args, Env: []string{"XDG_STATE_HOME=" + filepath.Join(dir, "state")},
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Now: time.Now,
	})
	if code != 0 {
		fmt.Fprintf(&out, "$ echo $?\n%d\n", code)
	}
	return strings.ReplaceAll(out.String(), filepath.Join(dir, "state"), "~/.local/state")
}

// blocks gives the fenced blocks of a language.
func blocks(text, language string) []string {
	var all []string
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(text, -1) {
		all = append(all, m[1])
	}
	return all
}

// writeFiles writes the files that the README shows: `name`: and a block.
func writeFiles(t *testing.T, text, dir string) {
	t.Helper()
	found := regexp.MustCompile("(?ms)^`([a-z.]+)`:\n\n```[a-z]+\n(.*?)^```$").FindAllStringSubmatch(text, -1)
	if len(found) != 2 {
		t.Fatalf("the README shows %d files", len(found))
	}
	for _, m := range found {
		if err := os.WriteFile(filepath.Join(dir, m[1]), []byte(m[2]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReadmeExitCodes(t *testing.T) {
	var table strings.Builder
	for _, e := range cli.ExitTable() {
		fmt.Fprintf(&table, "| %d | %s |\n", e.Code, e.Meaning)
	}
	contains(t, readme(t), table.String())
}

func TestReadmeCommands(t *testing.T) {
	var table strings.Builder
	for _, c := range cli.Commands() {
		var flags []string
		for _, f := range c.Flags {
			flags = append(flags, "`"+f+"`")
		}
		fmt.Fprintf(&table, "| `mailshot %s` | %s | %s |\n", strings.ReplaceAll(c.Use, "|", "\\|"), c.Short, strings.Join(flags, " "))
	}
	contains(t, readme(t), table.String())
}

// contains wants the lines of a table in the README, next to each other.
func contains(t *testing.T, text, table string) {
	t.Helper()
	if !strings.Contains(text, "|---|\n"+table+"\n") {
		t.Errorf("the README lacks this table, whole:\n%s", table)
	}
}

// TestReadmeLayout compares the folders that the README names with those that
// hold Go files or test data.
func TestReadmeLayout(t *testing.T) {
	_, layout, ok := strings.Cut(readme(t), "\n## Layout\n")
	if !ok {
		t.Fatal("the README has no layout")
	}
	var named []string
	for _, row := range regexp.MustCompile("(?m)^\\| (`[a-z/`, ]+`) \\|").FindAllStringSubmatch(layout, -1) {
		for _, name := range strings.Split(row[1], ", ") {
			named = append(named, strings.Trim(name, "`"))
		}
	}
	if !slices.IsSortedFunc(named, func(a, b string) int { return floor(a) - floor(b) }) {
		t.Errorf("the README names a package above one that it may import")
	}
	slices.Sort(named)
	if want := folders(t); !slices.Equal(named, want) {
		t.Errorf("the README names\n%q\nand there are\n%q", named, want)
	}
}

// floor puts what is for tests behind all else.
func floor(dir string) int {
	if f, ok := floors()[dir]; ok {
		return f
	}
	return 100
}

// folders gives the folders that hold Go files, and those of testdata.
func folders(t *testing.T) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(name))
		if dir = filepath.ToSlash(dir); !slices.Contains(all, dir) {
			all = append(all, dir)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Join(root, "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, "testdata/"+e.Name())
	}
	slices.Sort(all)
	return all
}
