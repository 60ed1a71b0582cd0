package recipient

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailshot/internal/rule"
)

// write makes a list file and gives its path.
func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// open opens a CSV list with the given content.
func open(t testing.TB, content string, o Options) *List {
	t.Helper()
	l, err := Open(context.Background(), write(t, "people.csv", content), nil, o)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// judgeAll judges a list of which the template uses every column, unless use
// names some.
func judgeAll(t testing.TB, l *List, use Use) *Judgement {
	t.Helper()
	if use.Columns == nil {
		for _, c := range l.Columns() {
			if c.Name != "" {
				use.Columns = append(use.Columns, c.Name)
			}
		}
	}
	j, err := l.Judge(context.Background(), use)
	if err != nil {
		t.Fatalf("Judge: %v", err)
	}
	return j
}

// collect gives all rows.
func collect(t testing.TB, l *List) []*Row {
	t.Helper()
	var rows []*Row
	for row, err := range l.Rows(context.Background()) {
		if err != nil {
			t.Fatalf("Rows: %v", err)
		}
		rows = append(rows, row)
	}
	return rows
}

func wantFault(t *testing.T, err error, what string) {
	t.Helper()
	var fault *rule.Fault
	if !errors.As(err, &fault) || !strings.Contains(fault.What, what) {
		t.Errorf("got %v; want a fault: %s", err, what)
		return
	}
	if fault.Hint == "" {
		t.Errorf("%v: no hint", err)
	}
}
