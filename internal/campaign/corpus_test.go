package campaign

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"mailshot/internal/rule"
)

// corpus holds a folder for each rule: small campaigns that leak, and their
// look-alikes that do not.
const corpus = "../../testdata/guard"

// What each rule must have, so that it is shown in more than one shape.
const (
	leastLeaks      = 3
	leastLookAlikes = 2
)

// byTests names the rules that no file shows, and the tests that do.
const byTests = corpus + "/by-tests.txt"

const clearVerdict = "clear"

// Folders of a planted file whose files take the place of the campaign's later:
// when it was checked, and when its sending has begun.
const (
	afterCheck = "after-check/"
	whileSent  = "while-sent/"
)

// A planted is one file of the corpus: a campaign and what is to become of it.
type planted struct {
	verdict string // a rule's id, or clear
	lines   []int  // where the rule refuses; none where it does not matter
	also    []string
	files   map[string][]byte
}

func TestCorpus(t *testing.T) {
	held := heldByTests(t)
	folders, err := filepath.Glob(filepath.Join(corpus, "*", ""))
	if err != nil || len(folders) == 0 {
		t.Fatal("no corpus", err)
	}
	for _, folder := range folders {
		id := rule.ID(filepath.Base(folder))
		if _, ok := rule.Lookup(id); folder != filepath.Clean(byTests) && (!ok || held[id]) {
			t.Errorf("%s is no rule, or one that tests hold", id)
		}
	}
	for _, entry := range rule.Table() {
		if !held[entry.ID] {
			t.Run(string(entry.ID), func(t *testing.T) { testFolder(t, entry.ID) })
		}
	}
}

// heldByTests reads byTests: lines of a rule, a package, a test in it, and why
// no file shows the rule. All of them must be there.
func heldByTests(t *testing.T) map[rule.ID]bool {
	content, err := os.ReadFile(byTests)
	if err != nil {
		t.Fatal(err)
	}
	held := map[rule.ID]bool{}
	for line := range strings.Lines(string(content)) {
		if held[rule.ID(strings.Fields(line + " -")[0])] {
			t.Errorf("%s: a rule twice: %s", byTests, line)
		}
		held[readHeld(t, line)] = true
	}
	return held
}

func readHeld(t *testing.T, line string) rule.ID {
	f := strings.Fields(line)
	if len(f) < 6 {
		t.Fatalf("%s: no rule, package, test and reason of a few words: %q", byTests, line)
	}
	if _, ok := rule.Lookup(rule.ID(f[0])); !ok {
		t.Errorf("%s: no rule %s", byTests, f[0])
	}
	sources, err := filepath.Glob(filepath.Join("../..", f[1], "*_test.go"))
	if err != nil || len(sources) == 0 {
		t.Fatalf("%s: no tests in %s", byTests, f[1])
	}
	for _, path := range sources {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(source), "\nfunc "+f[2]+"(t *testing.T)") {
			return rule.ID(f[0])
		}
	}
	t.Errorf("%s: no test %s in %s", byTests, f[2], f[1])
	return rule.ID(f[0])
}

// testFolder runs what stands in the corpus for one rule.
func testFolder(t *testing.T, id rule.ID) {
	paths, err := filepath.Glob(filepath.Join(corpus, string(id), "*"))
	if err != nil {
		t.Fatal(err)
	}
	all, err := readFolder(id, paths)
	if err != nil {
		t.Error(err)
	}
	for name, p := range all {
		t.Run(name, func(t *testing.T) { t.Parallel(); p.run(t) })
	}
}

// readFolder reads the files of one rule by their names, and demands enough of
// each sort.
func readFolder(id rule.ID, paths []string) (map[string]*planted, error) {
	all := map[string]*planted{}
	var wrong []error
	leaks, lookAlikes := 0, 0
	for _, path := range paths {
		p, err := readPlanted(path)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", path, err))
			continue
		}
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		all[name] = p
		switch {
		case strings.HasPrefix(name, "leak-") && p.verdict == string(id):
			leaks++
		case strings.HasPrefix(name, "pass-") && p.verdict == clearVerdict:
			lookAlikes++
		default:
			wrong = append(wrong, fmt.Errorf("%s: leak-NAME.txtar has the verdict %s, pass-NAME.txtar the verdict %s", path, id, clearVerdict))
		}
	}
	if leaks < leastLeaks || lookAlikes < leastLookAlikes {
		wrong = append(wrong, fmt.Errorf("%s: %d leaks and %d look-alikes, want at least %d and %d", id, leaks, lookAlikes, leastLeaks, leastLookAlikes))
	}
	return all, errors.Join(wrong...)
}

// The loader takes nothing that it does not know, and no folder without enough.
func TestCorpusLoader(t *testing.T) {
	const words, campaign = "What this file shows, in words.\n\n", "-- people.csv --\nemail\n"
	leak := words + "verdict: bad-address\n" + campaign
	pass := words + "verdict: clear\n" + campaign
	good := map[string]string{"leak-a.txtar": leak, "leak-b.txtar": leak, "leak-c.txtar": leak, "pass-a.txtar": pass, "pass-b.txtar": pass}
	for name, change := range map[string]map[string]string{
		"":                         nil,
		"unknown key":              {"leak-a.txtar": words + "verdict: bad-address\nlinee: 3\n" + campaign},
		"unknown rule":             {"leak-a.txtar": words + "verdict: bad\n" + campaign},
		"another rule's":           {"leak-a.txtar": words + "verdict: to\n" + campaign},
		"no number":                {"leak-a.txtar": words + "verdict: bad-address\nline: x\n" + campaign},
		"two verdicts":             {"leak-a.txtar": words + "verdict: bad-address\nverdict: clear\n" + campaign},
		"no words":                 {"leak-a.txtar": "verdict: bad-address\n" + campaign},
		"a leak that passes":       {"leak-a.txtar": pass},
		"another name":             {"x.txtar": leak},
		"another ending":           {"leak-d.txt": leak},
		"a file outside":           {"leak-a.txtar": leak + "-- ../x --\n"},
		"a file twice":             {"leak-a.txtar": leak + campaign},
		"base64 that is none":      {"leak-a.txtar": leak + "-- a.png.b64 --\n*\n"},
		"too few leaks":            {"leak-a.txtar": ""},
		"too few look-alikes":      {"pass-a.txtar": ""},
		"nothing where all should": {"leak-a.txtar": "", "leak-b.txtar": "", "leak-c.txtar": "", "pass-a.txtar": "", "pass-b.txtar": ""},
	} {
		files := maps.Clone(good)
		maps.Copy(files, change)
		maps.DeleteFunc(files, func(_, content string) bool { return content == "" })
		paths, err := filepath.Glob(filepath.Join(write(t, files), "*"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := readFolder(rule.BadAddress, paths); (err == nil) != (name == "") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// readPlanted reads a file of the corpus: what it shows in words, a blank
// line, its keys, and the campaign.
func readPlanted(path string) (*planted, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	archive := txtar.Parse(content)
	words, keys, ok := strings.Cut(strings.TrimSpace(string(archive.Comment)), "\n\n")
	if !ok || len(words) < 20 || filepath.Ext(path) != ".txtar" {
		return nil, errors.New("not a txtar file with what it shows in words, a blank line and its verdict")
	}
	p := &planted{files: map[string][]byte{}}
	for line := range strings.Lines(keys) {
		if err := p.key(strings.TrimSuffix(line, "\n")); err != nil {
			return nil, err
		}
	}
	for _, f := range archive.Files {
		if err := p.file(f); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// key reads one line such as "verdict: clear".
func (p *planted) key(line string) error {
	key, value, _ := strings.Cut(line, ": ")
	_, isRule := rule.Lookup(rule.ID(value))
	switch {
	case key == "verdict" && p.verdict == "" && (isRule || value == clearVerdict):
		p.verdict = value
	case key == "also" && isRule:
		p.also = append(p.also, value)
	case key == "line":
		n, err := strconv.Atoi(value)
		p.lines = append(p.lines, n)
		return err
	default:
		return fmt.Errorf("unknown key or value: %q", line)
	}
	return nil
}

// file takes a file of the campaign; one whose name ends in .b64 is binary.
func (p *planted) file(f txtar.File) error {
	name, binary := strings.CutSuffix(f.Name, ".b64")
	if _, twice := p.files[name]; twice || !fs.ValidPath(name) {
		return fmt.Errorf("the file %s twice, or outside", name)
	}
	p.files[name] = f.Data
	if !binary {
		return nil
	}
	content, err := base64.StdEncoding.DecodeString(string(f.Data))
	p.files[name] = content
	return err
}

// run compares what becomes of the campaign with what is to become of it.
func (p *planted) run(t *testing.T) {
	dir := t.TempDir()
	p.write(t, dir, "")
	refusals := p.refusals(t, dir)
	if p.verdict == clearVerdict {
		if len(refusals) > 0 {
			t.Errorf("refused: %v", refusals)
		}
		return
	}
	p.compare(t, refusals)
}

// write puts the campaign's files into dir, or those that take their place at
// one time.
func (p *planted) write(t *testing.T, dir, when string) {
	for name, content := range p.files {
		name, ok := strings.CutPrefix(name, when)
		if !ok || when == "" && (strings.HasPrefix(name, afterCheck) || strings.HasPrefix(name, whileSent)) {
			continue
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// compare demands the verdict's rule at its lines, the rules that come with
// it, and no more.
func (p *planted) compare(t *testing.T, refusals []rule.Refusal) {
	var found, want []string
	for _, r := range refusals {
		if string(r.Rule) == p.verdict && p.lines != nil {
			found = append(found, fmt.Sprintf("%s:%d", r.Rule, r.Line))
			continue
		}
		found = append(found, string(r.Rule))
	}
	for _, n := range p.lines {
		want = append(want, fmt.Sprintf("%s:%d", p.verdict, n))
	}
	if p.lines == nil {
		want = append(want, p.verdict)
	}
	want = append(want, p.also...)
	slices.Sort(found)
	slices.Sort(want)
	if found = slices.Compact(found); !slices.Equal(found, want) {
		t.Errorf("got %q, want %q: %v", found, want, refusals)
	}
}

// refusals does with the campaign that stands in dir, whatever its formats, all
// that comes before the network.
func (p *planted) refusals(t *testing.T, dir string) []rule.Refusal {
	in := Input{Template: only(t, dir, "notice.*"), List: only(t, dir, "people.*"), Date: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	c, err := Load(t.Context(), in)
	if err != nil {
		return refusalsIn(t, err)
	}
	t.Cleanup(func() { c.Close() })
	if v := judge(t, c); !v.Clear() {
		return v.Refusals
	}
	p.write(t, dir, afterCheck)
	if err := c.Fresh(); err != nil {
		return refusalsIn(t, err)
	}
	p.write(t, dir, whileSent)
	for _, err := range c.Messages(t.Context(), func(Recipient) bool { return true }) {
		if err != nil {
			return refusalsIn(t, err)
		}
	}
	return nil
}

// refusalsIn gives the refusals that err is.
func refusalsIn(t *testing.T, err error) []rule.Refusal {
	t.Helper()
	if refused, ok := errors.AsType[rule.Refused](err); ok {
		return refused
	}
	one, ok := errors.AsType[rule.Refusal](err)
	if !ok {
		t.Fatal(err)
	}
	return []rule.Refusal{one}
}

// only gives the one file in dir whose name matches pattern.
func only(t *testing.T, dir, pattern string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(paths) != 1 {
		t.Fatalf("%d files match %s, want one: %v", len(paths), pattern, err)
	}
	return paths[0]
}
