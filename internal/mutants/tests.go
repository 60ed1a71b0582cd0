package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"mailshot/internal/rule"
)

// corpusPackage is the one whose TestCorpus runs testdata/guard.
const corpusPackage = "internal/campaign"

// tooLong is how long one run may take; a test that hangs has failed.
const tooLong = 2 * time.Minute

// heldTest is the test that holds a rule which no file of the corpus shows.
type heldTest struct{ dir, name string }

// readHeld reads which rules tests hold; the loader of the corpus judges it.
func readHeld(root string) (map[rule.ID]heldTest, error) {
	content, err := os.ReadFile(filepath.Join(root, "testdata/guard/by-tests.txt"))
	if err != nil {
		return nil, err
	}
	held := map[rule.ID]heldTest{}
	for line := range strings.Lines(string(content)) {
		f := strings.Fields(line)
		if len(f) < 3 {
			return nil, fmt.Errorf("by-tests.txt: %q", line)
		}
		held[rule.ID(f[0])] = heldTest{f[1], f[2]}
	}
	return held, nil
}

// tests are the test binaries that have the switches in them.
type tests struct {
	root, work string
	held       map[rule.ID]heldTest
	binaries   map[string]string // by package
}

// build makes them, and sees to it that all pass while every site is on.
func (t *tests) build(sites []*site) error {
	overlay, err := writeOverlay(t.root, t.work, sites)
	if err != nil {
		return err
	}
	dirs := map[string]bool{corpusPackage: true}
	for _, h := range t.held {
		dirs[h.dir] = true
	}
	for dir := range dirs {
		binary := filepath.Join(t.work, strings.ReplaceAll(dir, "/", "_")+".test")
		build := exec.Command("go", "test", "-c", "-vet=off", "-overlay", overlay, "-o", binary, "./"+dir)
		build.Dir = t.root
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("the changed sources do not compile: %w\n%s", err, out)
		}
		t.binaries[dir] = binary
	}
	failed, err := t.miss("", nil)
	if err == nil && len(failed) > 0 {
		err = fmt.Errorf("fails with every rule on: %s", failed[0])
	}
	return err
}

// miss puts sites out of action and gives what fails then: of the leaks of a
// rule, or of all for "", or of the test that holds it.
func (t *tests) miss(id rule.ID, off []int) ([]string, error) {
	if h, ok := t.held[id]; ok {
		return t.run(h.dir, "^"+h.name+"$", off)
	}
	return t.run(corpusPackage, fmt.Sprintf("^TestCorpus$/^%s$/^leak-", cmp.Or(string(id), ".*")), off)
}

// failure is the line of a test that failed; the innermost come last.
var failure = regexp.MustCompile(`(?m)^ *--- FAIL: (\S+)`)

// run runs tests of a package with some sites off, and gives those that fail.
func (t *tests) run(dir, pattern string, off []int) ([]string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), tooLong)
	defer cancel()
	test := exec.CommandContext(ctx, t.binaries[dir], "-test.failfast", "-test.run", pattern)
	test.Dir = filepath.Join(t.root, dir)
	test.Env = append(os.Environ(), "MUTATION_OFF="+strings.Trim(fmt.Sprint(off), "[]"))
	out, err := test.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil && strings.Contains(string(out), "no tests to run"):
		return nil, fmt.Errorf("%s has no tests %s", dir, pattern)
	case err == nil:
		return nil, nil
	case !errors.As(err, &exit):
		return nil, err
	}
	var failed []string
	for _, m := range failure.FindAllStringSubmatch(string(out), -1) {
		failed = append(failed, m[1])
	}
	slices.SortFunc(failed, func(a, b string) int { return strings.Count(b, "/") - strings.Count(a, "/") })
	return append(failed, "a panic"), nil // which is told in another way
}
