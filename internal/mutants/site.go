package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mailshot/internal/rule"
)

// guarded are the packages in which recipients are told apart; what refuses in
// them is a site.
var guarded = []string{"internal/recipient", "internal/message", "internal/guard", "internal/campaign"}

// A site is a place in the source that can be put out of action.
type site struct {
	rule rule.ID // that it refuses by; "" where it only looks
	file string  // from the module's root, with slashes
	line int
	what string // the source at it, in short
	edits
}

// edits put something before and behind a run of the source.
type edits []edit

type edit struct {
	from, to      int    // offsets in the file
	before, after string // %d stands for the site's number
}

func (s *site) String() string { return fmt.Sprintf("%s:%d %s", s.file, s.line, s.what) }

// findSites finds the sites of the module in root, in the order of the rules'
// table, those that only look behind them.
func findSites(root string) ([]*site, error) {
	ids, err := constants(filepath.Join(root, "internal/rule/rule.go"))
	if err != nil {
		return nil, err
	}
	var sites []*site
	for _, dir := range guarded {
		p, err := parse(root, dir, ids)
		if err != nil {
			return nil, err
		}
		p.findRefusals()
		if dir == "internal/guard" {
			p.findLooks()
		}
		sites = append(sites, p.sites...)
	}
	return inOrder(sites), nil
}

func inOrder(sites []*site) []*site {
	place := map[rule.ID]int{"": len(rule.Table())}
	for i, e := range rule.Table() {
		place[e.ID] = i
	}
	slices.SortStableFunc(sites, func(a, b *site) int { return place[a.rule] - place[b.rule] })
	return sites
}

// constants gives the names under which the source speaks of the rules.
func constants(path string) (map[string]rule.ID, error) {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		return nil, err
	}
	ids := map[string]rule.ID{}
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 {
			return true
		}
		if value, ok := v.Values[0].(*ast.BasicLit); ok {
			id := rule.ID(strings.Trim(value.Value, `"`))
			if _, ok := rule.Lookup(id); ok {
				ids[v.Names[0].Name] = id
			}
		}
		return true
	})
	return ids, nil
}

// A source is one package, without its tests.
type source struct {
	root  string
	fset  *token.FileSet
	files map[string]*ast.File // by path from the root
	text  map[string][]byte
	ids   map[string]rule.ID
	sites []*site
	seen  map[string]bool // sites, by rule and place
}

func parse(root, dir string, ids map[string]rule.ID) (*source, error) {
	p := &source{root: root, fset: token.NewFileSet(), files: map[string]*ast.File{}, text: map[string][]byte{}, ids: ids, seen: map[string]bool{}}
	entries, err := fs.Glob(os.DirFS(root), dir+"/*.go")
	if err != nil {
		return nil, err
	}
	for _, name := range entries {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return nil, err
		}
		p.text[name] = text
		if p.files[name], err = parser.ParseFile(p.fset, name, text, 0); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// eachNode visits the nodes of all files, each with those around it, the
// outermost first.
func (p *source) eachNode(visit func(name string, n ast.Node, around []ast.Node)) {
	for _, name := range slices.Sorted(maps.Keys(p.files)) {
		ast.PreorderStack(p.files[name], nil, func(n ast.Node, around []ast.Node) bool {
			visit(name, n, around)
			return true
		})
	}
}

func (p *source) offset(pos token.Pos) int { return p.fset.Position(pos).Offset }

// add notes a site at n, once.
func (p *source) add(name string, id rule.ID, n ast.Node, e edits) {
	key := fmt.Sprint(id, name, n.Pos())
	if p.seen[key] {
		return
	}
	p.seen[key] = true
	text := strings.Join(strings.Fields(string(p.text[name][p.offset(n.Pos()):p.offset(n.End())])), " ")
	if runes := []rune(text); len(runes) > 60 {
		text = string(runes[:60]) + "…"
	}
	p.sites = append(p.sites, &site{rule: id, file: name, line: p.fset.Position(n.Pos()).Line, what: text, edits: e})
}
