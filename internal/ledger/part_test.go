package ledger

import (
	"slices"
	"testing"
)

func TestCompare(t *testing.T) {
	part := func(kind Kind, name string, digest byte) Part { return Part{kind, name, [32]byte{digest}} }
	there := []Part{part(Template, "", 1), part(List, "", 1), part(Attachment, "from", 1), part(Option, "from", 1)}
	here := []Part{part(Option, "from", 1), part(List, "", 2), part(Template, "", 1), part(Attachment, "a", 1)}
	got := Compare(there, here)
	if !slices.Equal(got.Other, here[1:2]) || !slices.Equal(got.New, here[3:]) || !slices.Equal(got.Gone, there[2:3]) || got.Empty() {
		t.Errorf("changed are %+v", got)
	}
	slices.Reverse(there)
	if same := Compare(there, slices.Clone(there)); !same.Empty() {
		t.Errorf("of the same, %+v are changed", same)
	}
}
