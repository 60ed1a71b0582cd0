package template

import (
	"bytes"
	"encoding/csv"
	"path"
	"slices"
	"strings"
	"testing"

	"mailshot/internal/recipient"
	"mailshot/templates"
)

// demo lays the built-in example out in a folder and reads one of its lists.
func demo(t *testing.T, template, list string) (*Source, [][]string) {
	t.Helper()
	content, err := templates.Files.ReadFile(template)
	if err != nil {
		t.Fatal(err)
	}
	source, err := Read(written(t, path.Base(template), string(content)))
	if err != nil {
		t.Fatal(err)
	}
	content, err = templates.Files.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return source, rows
}

func TestDemo(t *testing.T) {
	source, rows := demo(t, templates.DemoTemplate, templates.DemoList)
	if len(rows) != 13 {
		t.Fatalf("got %d rows", len(rows))
	}
	r := compiled(t, source, rows[0]...).Renderer()
	for i, row := range rows[1:] {
		made, err := r.Render(&recipient.Row{Line: i + 2, Cells: row})
		if err != nil {
			t.Fatal(err)
		}
		whole := made.Subject + made.ToName + string(made.Text) + string(made.HTML)
		if strings.Count(whole, row[3]) < 4 || made.ToName != row[2] {
			t.Errorf("row %d is not in its own message", i+1)
		}
		for _, other := range slices.Concat(rows[1:i+1], rows[i+2:]) {
			if strings.Contains(whole, other[0]) || strings.Contains(whole, other[2]) || strings.Contains(whole, other[3]) {
				t.Errorf("row %d: another shows", i+1)
			}
		}
		if i == 0 {
			golden(t, "demo.txt", made.Text)
			golden(t, "demo.html", made.HTML)
		}
	}
}

// The ways to get it wrong do so: else the demo would show nothing.
func TestDemoLeaks(t *testing.T) {
	source, rows := demo(t, templates.DemoLeakTemplate, templates.DemoList)
	made, err := compiled(t, source, rows[0]...).Renderer().Render(&recipient.Row{Cells: rows[1]})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(made.Text, []byte(rows[2][0])) || !bytes.Contains(made.HTML, []byte(rows[2][0])) {
		t.Error("the pasted rows are not in the message")
	}
	_, rows = demo(t, templates.DemoTemplate, templates.DemoLeakList)
	for _, row := range rows[1:] {
		if strings.Count(row[0], "@") != 6 {
			t.Errorf("got %d addresses in a cell", strings.Count(row[0], "@"))
		}
	}
}
