package pdftext

import (
	"os"
	"path/filepath"
	"testing"
)

// TestFiles reads what other programs made.
func TestFiles(t *testing.T) {
	want := map[string][]string{
		"cairo.pdf":             {bob, "Müller", "Анна", "ffi"},
		"groff.pdf":             {bob, "Müller", "KX-7730951", "efficient"},
		"groff-ghostscript.pdf": {bob, "Müller", "KX-7730951", "efficient", "several"},
		"reportlab.pdf":         {bob, "Müller", "KX-7730951"},
	}
	files, err := filepath.Glob("testdata/*.pdf")
	if err != nil || len(files) != len(want) {
		t.Fatal(files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pieces, err := take(content, 8<<20)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, w := range want[filepath.Base(file)] {
			if !holds(pieces, w) {
				t.Errorf("%s: no %s in\n%s", file, w, shown(pieces))
			}
		}
	}
}
