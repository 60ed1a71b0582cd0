package preview

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"
)

func contains(text, part string) bool { return strings.Contains(text, part) }

// cells gives all cells of people that say something of somebody.
func cells(t *testing.T) []string {
	rows, err := csv.NewReader(strings.NewReader(people)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, row := range rows[1:] {
		for _, cell := range row {
			if utf8.RuneCountInString(cell) > 2 && cell != "copper" { // which the template names
				all = append(all, cell)
			}
		}
	}
	return all
}

func TestWriteMasked(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	b := opened(t, files(t, nil), Options{Mask: true})
	n, err := b.Write(t.Context(), dir, nil)
	if err != nil || n != 6 {
		t.Fatalf("%d pages, %v", n, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 7 {
		t.Fatalf("%d files, %v", len(entries), err)
	}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		page := strings.ToLower(string(content))
		for _, cell := range cells(t) {
			if contains(page, strings.ToLower(cell)) {
				t.Errorf("%s shows the cell %q", e.Name(), cell)
			}
		}
		if !contains(page, "srcdoc=") || !contains(page, "hello") {
			t.Errorf("%s shows no message", e.Name())
		}
		if info, err := e.Info(); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s is %v, %v", e.Name(), info.Mode(), err)
		}
	}
	if info, err := os.Stat(dir); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Errorf("the folder is %v, %v", info.Mode(), err)
	}
	if _, err := b.Write(t.Context(), dir, nil); err == nil {
		t.Error("a folder that is not empty is taken")
	}
}

func TestWriteAsItIs(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	n, err := opened(t, files(t, nil), Options{}).Write(t.Context(), dir, []int{3})
	if err != nil || n != 1 {
		t.Fatalf("%d pages, %v", n, err)
	}
	page, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil || !contains(string(page), "Bodil Dahlgren") {
		t.Errorf("the page does not show the row, %v", err)
	}
}

// A campaign that is refused may show others' data in any of its messages.
func TestWriteRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	n, err := opened(t, files(t, leaky()), Options{Mask: true}).Write(t.Context(), dir, nil)
	if err != nil || n != 0 {
		t.Fatalf("%d pages, %v", n, err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("there is a folder")
	}
}

func TestPrint(t *testing.T) {
	b := opened(t, files(t, leaky()), Options{})
	var plain, coloured strings.Builder
	row := Telling{0, 2, []string{first}}
	for w, paper := range map[*strings.Builder]Paper{&plain: {}, &coloured: {Colours: true}} {
		if err := b.Print(w, row, 1, 1, paper); err != nil {
			t.Fatal(err)
		}
	}
	if contains(plain.String(), "\x1b") || !contains(plain.String(), "refused: ") {
		t.Errorf("printed plainly: %q", plain.String())
	}
	if !contains(coloured.String(), "\x1b[7mBodil Dahlgren\x1b[0m") {
		t.Errorf("printed in colours: %q", coloured.String())
	}
}

// Nothing in a message can move the cursor.
func TestPrintHarmless(t *testing.T) {
	if got := new(printer).paint(bold, "a\x1b[2Jb\r\u009bc\td"); got != "a?[2Jb??c\td" {
		t.Errorf("%q", got)
	}
}
