package campaign

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
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

// notByFiles are the rules that no template and no list can break: the program
// itself would have to go wrong, or the files to change while it runs.
var notByFiles = []rule.ID{rule.Envelope, rule.Line, rule.NotRepeatable, rule.Stale, rule.Wire}

const clearVerdict = "clear"

// A planted is one file of the corpus: a campaign and what is to become of it.
type planted struct {
	verdict string // a rule's id, or clear
	lines   []int  // where the rule refuses; none where it does not matter
	also    []string
	files   map[string][]byte
}

func TestCorpus(t *testing.T) {
	folders, err := os.ReadDir(corpus)
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		id := rule.ID(folder.Name())
		if _, ok := rule.Lookup(id); !ok || slices.Contains(notByFiles, id) {
			t.Errorf("%s is no rule, or none that files show", id)
		}
	}
	for _, entry := range rule.Table() {
		if !slices.Contains(notByFiles, entry.ID) {
			t.Run(string(entry.ID), func(t *testing.T) { testFolder(t, entry.ID) })
		}
	}
}

// testFolder runs what stands in the corpus for one rule.
func testFolder(t *testing.T, id rule.ID) {
	paths, err := filepath.Glob(filepath.Join(corpus, string(id), "*"))
	if err != nil {
		t.Fatal(err)
	}
	leaks, lookAlikes := 0, 0
	for _, path := range paths {
		p, err := readPlanted(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		name := filepath.Base(path)
		switch {
		case strings.HasPrefix(name, "leak-") && p.verdict == string(id):
			leaks++
		case strings.HasPrefix(name, "pass-") && p.verdict == clearVerdict:
			lookAlikes++
		default:
			t.Errorf("%s: leak-NAME.txtar has the verdict %s, pass-NAME.txtar the verdict %s", path, id, clearVerdict)
		}
		t.Run(strings.TrimSuffix(name, ".txtar"), func(t *testing.T) { t.Parallel(); p.run(t) })
	}
	if leaks < leastLeaks || lookAlikes < leastLookAlikes {
		t.Errorf("%d leaks and %d look-alikes, want at least %d and %d", leaks, lookAlikes, leastLeaks, leastLookAlikes)
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
	for name, content := range p.files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	refusals := checkFolder(t, dir)
	if p.verdict == clearVerdict {
		if len(refusals) > 0 {
			t.Errorf("refused: %v", refusals)
		}
		return
	}
	p.compare(t, refusals)
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

// checkFolder checks the campaign that stands in dir, whatever its formats.
func checkFolder(t *testing.T, dir string) []rule.Refusal {
	in := Input{Template: only(t, dir, "notice.*"), List: only(t, dir, "people.*"), Date: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	c, err := Load(t.Context(), in)
	if refused, ok := errors.AsType[rule.Refused](err); ok {
		return refused
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return judge(t, c).Refusals
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
