package cli_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const root = "../.."

// floors gives each package its floor: it imports from lower ones only.
func floors() map[string]int {
	return map[string]int{
		"templates":                     0,
		"internal/address":              0,
		"internal/identifier":           0,
		"internal/maillog":              0,
		"internal/nearest":              0,
		"internal/rule":                 0,
		"internal/sink":                 0,
		"internal/mutants":              1,
		"internal/recipient":            1,
		"internal/template":             2,
		"internal/guard/reader/pdftext": 2,
		"internal/message":              3,
		"internal/guard/reader":         3,
		"internal/guard":                4,
		"internal/ledger":               5,
		"internal/campaign":             6,
		"internal/transport":            7,
		"internal/delivery":             8,
		"internal/preview":              9,
		"internal/report":               9,
		"internal/doctor":               9,
		"internal/rehearsal":            9,
		"internal/bounce":               9,
		"internal/cli":                  10,
		"cmd/mailshot":                  11,
		"internal/release":              11,
	}
}

// forTests are packages that tests alone may import.
func forTests() map[string]bool {
	return map[string]bool{
		"internal/bench":        true,
		"internal/dnstest":      true,
		"internal/eximtest":     true,
		"internal/madeup":       true,
		"internal/postfixtest":  true,
		"internal/postgrestest": true,
		"internal/smtptest":     true,
	}
}

// An importing is one import of a package of this module.
type importing struct {
	file, from, to string
}

func TestFloors(t *testing.T) {
	all := importings(t)
	if len(all) < 30 {
		t.Fatalf("only %d imports were found: the sources are not where they were", len(all))
	}
	for _, i := range all {
		if wrong := misplaced(i); wrong != "" {
			t.Errorf("%s: %s", i.file, wrong)
		}
	}
}

// TestFloorsCanFail feeds the judgement what it is there to find.
func TestFloorsCanFail(t *testing.T) {
	for _, i := range []importing{
		{"x.go", "internal/guard", "internal/transport"},
		{"x.go", "internal/guard", "internal/guard"},
		{"x.go", "internal/madeupnew", ""},
		{"x.go", "internal/cli", "internal/nowhere"},
		{"x.go", "internal/cli", "internal/smtptest"},
	} {
		if misplaced(i) == "" {
			t.Errorf("%s may import %s", i.from, i.to)
		}
	}
	if wrong := misplaced(importing{"x_test.go", "internal/transport", "internal/smtptest"}); wrong != "" {
		t.Error(wrong)
	}
}

// misplaced says what is wrong with an import; "" for nothing. An import of ""
// stands for the package itself.
func misplaced(i importing) string {
	test := strings.HasSuffix(i.file, "_test.go") || forTests()[i.from]
	from, known := floors()[i.from]
	to, target := floors()[i.to]
	switch {
	case !known && !forTests()[i.from]:
		return "package " + i.from + " has no floor"
	case i.to == "" || test && forTests()[i.to]:
		return ""
	case !target:
		return i.from + " imports " + i.to + ", which has no floor"
	case !test && to >= from:
		return i.from + " imports " + i.to + ", which does not lie below it"
	}
	return ""
}

// importings gives all imports within the module, and each package once with "".
func importings(t *testing.T) []importing {
	t.Helper()
	var all []importing
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(name))
		if err != nil {
			return err
		}
		from := filepath.ToSlash(dir)
		all = append(all, importing{name, from, ""})
		for _, spec := range f.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if to, ok := strings.CutPrefix(p, "mailshot/"); ok && path.Clean(to) != from {
				all = append(all, importing{name, from, to})
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
