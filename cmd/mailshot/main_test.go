package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"mailshot": main,
		"exits":    exits,
	})
}

// exits is the program "exits CODE mailshot ARGUMENT...", which is content
// where mailshot ends with CODE.
func exits() {
	want, err := strconv.Atoi(os.Args[1])
	if err != nil || os.Args[2] != "mailshot" {
		fmt.Fprintln(os.Stderr, "usage: exits CODE mailshot ARGUMENT...")
		os.Exit(2)
	}
	os.Args = os.Args[2:]
	if code := run(); code != want {
		fmt.Fprintf(os.Stderr, "exit status %d, not %d\n", code, want)
		os.Exit(1)
	}
}

// build builds the program into a folder of the test's.
func build(t testing.TB) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "mailshot")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return program
}
