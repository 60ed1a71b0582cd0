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

// FuzzList holds what the rest of the program builds on, for any bytes: an
// error that is the user's to mend, or rows of one shape in the order of the
// file; and no text that quotes a cell.
func FuzzList(f *testing.F) {
	words := ownWords(f)
	f.Fuzz(func(t *testing.T, data []byte, ending uint8) {
		name := "people" + []string{".csv", ".tsv", ".jsonl"}[ending%3]
		l, err := Open(context.Background(), write(t, name, string(data)), nil, Options{SkipBadRows: ending >= 128})
		if err != nil {
			checkError(t, err)
			return
		}
		defer l.Close()
		var columns []string
		for _, c := range l.Columns() {
			if c.Name != "" {
				columns = append(columns, c.Name)
			}
		}
		j, err := l.Judge(context.Background(), Use{Columns: columns})
		if err != nil {
			checkError(t, err)
			return
		}
		checkRows(t, l, j)
		checkTexts(t, l, j, words)
	})
}

// checkError wants an error that says what to do.
func checkError(t *testing.T, err error) {
	t.Helper()
	var fault *rule.Fault
	var refused rule.Refused
	if !errors.As(err, &fault) && !errors.As(err, &refused) {
		t.Fatalf("%T: %v", err, err)
	}
}

func checkRows(t *testing.T, l *List, j *Judgement) {
	t.Helper()
	last := &Row{Ordinal: -1}
	for row, err := range l.Rows(context.Background()) {
		if err != nil {
			t.Fatalf("Rows: %v", err)
		}
		if len(row.Cells) != len(l.Columns()) || row.Address.IsZero() {
			t.Fatalf("a row of %d cells for %d columns, address %q", len(row.Cells), len(l.Columns()), row.Address)
		}
		if row.Ordinal != last.Ordinal+1 || row.Number <= last.Number || row.Line <= last.Line {
			t.Fatalf("%+v after %+v", row, last)
		}
		last = row
	}
	if last.Ordinal+1 != j.Rows {
		t.Fatalf("%d rows, Judge counted %d", last.Ordinal+1, j.Rows)
	}
}

// checkTexts wants no cell of four characters or more in a refusal or warning,
// but for those that stand in a heading or that the program may say anyway.
func checkTexts(t *testing.T, l *List, j *Judgement, words string) {
	t.Helper()
	for _, c := range l.Columns() {
		words += c.Name + c.Heading
	}
	var said strings.Builder
	for _, r := range j.Refusals {
		said.WriteString(r.Where + r.What + r.Hint + string(r.Rule) + "\n")
	}
	for _, w := range j.Warnings {
		said.WriteString(w.Where + w.What + "\n")
	}
	_, err := l.eachRow(context.Background(), func(r record) {
		for _, cell := range r.cells {
			if len([]rune(cell)) >= 4 && strings.Contains(said.String(), cell) && !strings.Contains(words, cell) {
				t.Errorf("%q is quoted in %s", cell, said.String())
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// ownWords gives the source of the packages whose texts come up: what stands
// there cannot be told from a quotation.
func ownWords(f *testing.F) string {
	var all strings.Builder
	for _, pattern := range []string{"*.go", "../rule/*.go", "../identifier/identifier.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatal(pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			all.Write(text)
		}
	}
	return all.String()
}

// TestSeeds keeps the seeds of the fuzz target from being lost.
func TestSeeds(t *testing.T) {
	seeds, err := os.ReadDir("testdata/fuzz/FuzzList")
	if err != nil || len(seeds) < 20 {
		t.Errorf("%d seeds, %v", len(seeds), err)
	}
}
