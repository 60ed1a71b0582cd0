package template

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// written writes a file into a new folder and gives its path.
func written(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// sourceOf reads a template made of front matter and body.
func sourceOf(t testing.TB, name, front, body string) *Source {
	t.Helper()
	source, err := Read(written(t, name, "---\n"+front+"\n---\n"+body))
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func columnsOf(names ...string) []recipient.Column {
	var columns []recipient.Column
	for _, name := range names {
		columns = append(columns, recipient.Column{Name: name, Heading: strings.ToUpper(name)})
	}
	return columns
}

func compiled(t testing.TB, source *Source, names ...string) *Template {
	t.Helper()
	made, err := source.Compile(columnsOf(names...))
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// render renders a body for one row, whose cells are given as name and value.
func render(t testing.TB, name, front, body string, cells ...string) (*Rendered, error) {
	t.Helper()
	var names []string
	row := &recipient.Row{Line: 7}
	for i := 0; i < len(cells); i += 2 {
		names = append(names, cells[i])
		row.Cells = append(row.Cells, cells[i+1])
	}
	source := sourceOf(t, name, front, body)
	made, err := source.Compile(columnsOf(names...))
	if err != nil {
		return nil, err
	}
	return made.Renderer().Render(row)
}

// faultOf demands that err is a fault.
func faultOf(t testing.TB, err error) *rule.Fault {
	t.Helper()
	var fault *rule.Fault
	if !errors.As(err, &fault) {
		t.Fatalf("got %v, want a fault", err)
	}
	return fault
}

func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
