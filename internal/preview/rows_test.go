package preview

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mailshot/internal/recipient"
)

func TestRows(t *testing.T) {
	dir := files(t, nil)
	b := opened(t, dir, Options{})
	var want []*recipient.Row
	for row, err := range b.look.Rows(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, row)
	}
	if n, whole := b.rows.count(); n != len(want) || n != 6 || !whole {
		t.Fatalf("%d rows of %d, whole: %v", n, len(want), whole)
	}
	for _, w := range slices.Backward(want) {
		got, err := b.rows.at(w.Ordinal)
		if err != nil || got.Line != w.Line || got.Number != w.Number || got.Address != w.Address || !slices.Equal(got.Cells, w.Cells) {
			t.Errorf("row %d is %+v, %v, want %+v", w.Ordinal, got, err, w)
		}
		if ordinal, err := b.rows.find(w.Line); err != nil || ordinal != w.Ordinal {
			t.Errorf("line %d is row %d, %v", w.Line, ordinal, err)
		}
	}
	for _, line := range []int{-1, 0, 1, 8, 1 << 40} {
		if _, err := b.rows.find(line); err == nil {
			t.Errorf("a row begins at line %d", line)
		}
	}
	for _, ordinal := range []int{-1, 6} {
		if _, err := b.rows.at(ordinal); err == nil {
			t.Errorf("there is a row %d", ordinal)
		}
	}
}

func TestSearch(t *testing.T) {
	var list strings.Builder
	list.WriteString(people)
	for n := range 150 {
		fmt.Fprintf(&list, "member%d@m.example,Greta,Greta Number%d,KX-88%05d,copper,\n", n, n, n*7)
	}
	b := opened(t, files(t, map[string]string{"people.csv": list.String()}), Options{})
	for what, want := range map[string]int{"ZOË": 1, "kx-7731": 5, "a.example": 1, "nobody": 0, "157": 1} {
		found, next := b.rows.search(t.Context(), what, 0, 100)
		if len(found) != want || next != -1 {
			t.Errorf("%q: %d rows, then %d", what, len(found), next)
		}
	}
	found, next := b.rows.search(t.Context(), "greta", 0, 100)
	if len(found) != 100 || found[0] != 6 || next != 106 {
		t.Fatalf("%d rows, then %d", len(found), next)
	}
	found, next = b.rows.search(t.Context(), "greta", next, 100)
	if len(found) != 50 || next != -1 {
		t.Fatalf("%d more rows, then %d", len(found), next)
	}
}
