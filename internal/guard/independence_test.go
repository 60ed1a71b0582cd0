package guard

import (
	"go/ast"
	goparser "go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What builds messages and what reads them back share no code: this package
// knows no builder, and of package message only its values.
func TestIndependence(t *testing.T) {
	allowed := []string{
		"mailshot/internal/address", "mailshot/internal/identifier", "mailshot/internal/message",
		"mailshot/internal/recipient", "mailshot/internal/rule", "mailshot/internal/guard/reader",
	}
	values := []string{"Message", "Envelope", "Segment", "Part", "File"}
	names, err := filepath.Glob("*.go")
	names = slices.DeleteFunc(names, func(n string) bool { return strings.HasSuffix(n, "_test.go") })
	if err != nil || len(names) < 10 {
		t.Fatal("the sources were not found", err)
	}
	for _, name := range names {
		file, err := goparser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range file.Imports {
			path, _ := strconv.Unquote(i.Path.Value)
			builds := strings.Contains(path, "jordan-wright") || path == "mime/quotedprintable" || path == "mime/multipart"
			if builds || strings.HasPrefix(path, "mailshot/") && !slices.Contains(allowed, path) {
				t.Errorf("%s imports %s", name, path)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "message" && x.Obj == nil && !slices.Contains(values, s.Sel.Name) {
					t.Errorf("%s uses message.%s", name, s.Sel.Name)
				}
			}
			return true
		})
	}
}
