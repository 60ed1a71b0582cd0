package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// switchSource is the package that says which sites are on; MUTATION_OFF holds
// the numbers of those that are not.
const switchSource = `package mutation

import (
	"os"
	"strconv"
	"strings"
)

var off = func() (off [%d]bool) {
	for _, s := range strings.Fields(os.Getenv("MUTATION_OFF")) {
		n, err := strconv.Atoi(s)
		if err != nil {
			panic(err)
		}
		off[n] = true
	}
	return off
}()

// On says whether a site is on.
func On(n int) bool { return !off[n] }
`

// writeOverlay writes the changed copies of all files with sites into work, and
// gives the path of the list of them that the go command wants.
func writeOverlay(root, work string, sites []*site) (string, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	put := func(name, content string) error {
		to := filepath.Join(work, strings.ReplaceAll(name, "/", "_"))
		replace[filepath.Join(root, name)] = to
		return os.WriteFile(to, []byte(content), 0o600)
	}
	if err := put("internal/mutation/mutation.go", fmt.Sprintf(switchSource, len(sites))); err != nil {
		return "", err
	}
	byFile := map[string][]int{}
	for n, s := range sites {
		byFile[s.file] = append(byFile[s.file], n)
	}
	for name, numbers := range byFile {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return "", err
		}
		if err := put(name, changed(string(text), sites, numbers)); err != nil {
			return "", err
		}
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	path := filepath.Join(work, "overlay.json")
	return path, os.WriteFile(path, list, 0o600)
}

// An insertion is something put into a file.
type insertion struct {
	at, span int // span is below 0 for what closes
	text     string
}

// changed is text with the switches of its sites; of two at one place the wider
// one encloses the other.
func changed(text string, sites []*site, numbers []int) string {
	var all []insertion
	for _, n := range numbers {
		for _, e := range sites[n].edits {
			all = append(all, insertion{e.from, e.to - e.from, fmt.Sprintf(e.before, n)})
			if e.after != "" {
				all = append(all, insertion{e.to, e.from - e.to, e.after})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b insertion) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(b.span, a.span))
	})
	var b strings.Builder
	from := 0
	for _, i := range all {
		b.WriteString(text[from:i.at] + i.text)
		from = i.at
	}
	b.WriteString(text[from:])
	head, rest, _ := strings.Cut(b.String(), "\nimport ")
	return head + "\nimport \"mailshot/internal/mutation\"\nimport " + rest
}
