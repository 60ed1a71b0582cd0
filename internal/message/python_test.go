//go:build services

package message

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"
)

// python is Debian's, so that the test does not depend on what else is in PATH.
const python = "/usr/bin/python3"

// keep writes c's message, and what it must read as, into folder.
func (c *campaign) keep(t *testing.T, folder, name string) {
	t.Helper()
	m := c.compose(t)
	want := c.expected(t, m)
	for i := range want.Files {
		want.Files[i].Content = hex.EncodeToString([]byte(want.Files[i].Content))
	}
	if want.Files == nil {
		want.Files = []readFile{}
	}
	described, err := json.Marshal(struct {
		*reading
		Defects []string
	}{want, []string{}})
	if err != nil {
		t.Fatal(err)
	}
	for ending, content := range map[string][]byte{".eml": written(t, m), ".json": described} {
		if err := os.WriteFile(filepath.Join(folder, name+ending), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func readByPython(t *testing.T, folder string) {
	t.Helper()
	out, err := exec.Command(python, filepath.Join("testdata", "readback.py"), folder).CombinedOutput()
	if err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
}

func TestReadsBackByPython(t *testing.T) {
	folder := t.TempDir()
	for name, make := range golden {
		make(t).keep(t, folder, name)
	}
	readByPython(t, folder)
}

// TestManyNamesReadBackByPython draws display names, subjects and file names.
func TestManyNamesReadBackByPython(t *testing.T) {
	folder := t.TempDir()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		c := drawn(t, rt)
		c.keep(t, folder, fmt.Sprintf("drawn%04d", n))
		n++
	})
	readByPython(t, folder)
}
