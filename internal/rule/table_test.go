package rule

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"
	"testing"
)

// declared gives the values of the ID constants as the source has them.
func declared(t *testing.T) []ID {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "rule.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var ids []ID
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := v.Type.(*ast.Ident); !ok || kind.Name != "ID" {
			return true
		}
		value, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, ID(value))
		return true
	})
	return ids
}

func TestTableHoldsEveryRuleOnce(t *testing.T) {
	times := make(map[ID]int)
	for _, e := range Table() {
		times[e.ID]++
	}
	ids := declared(t)
	if len(ids) < 20 {
		t.Fatalf("found only %d rules in the source", len(ids))
	}
	for _, id := range ids {
		if times[id] != 1 {
			t.Errorf("%s stands in the table %d times", id, times[id])
		}
		delete(times, id)
	}
	for id := range times {
		t.Errorf("%s stands in the table and is no rule", id)
	}
}

func TestEntriesAreWhole(t *testing.T) {
	for _, e := range Table() {
		v := reflect.ValueOf(e)
		for i := range v.NumField() {
			if v.Field(i).String() == "" {
				t.Errorf("%s has no %s", e.ID, v.Type().Field(i).Name)
			}
		}
	}
}

func TestLookup(t *testing.T) {
	if e, ok := Lookup(SharedMailbox); !ok || e.ID != SharedMailbox {
		t.Errorf("Lookup(%s) = %v, %v", SharedMailbox, e, ok)
	}
	if _, ok := Lookup("no-such-rule"); ok {
		t.Error("found a rule that does not exist")
	}
}

func TestTableIsACopy(t *testing.T) {
	Table()[0].Stops = "changed"
	if Table()[0].Stops == "changed" {
		t.Error("the table can be changed from outside")
	}
}

func TestErrors(t *testing.T) {
	tests := []struct {
		err  error
		want string
	}{
		{
			Refusal{Rule: SharedMailbox, File: "people.csv", Line: 14, What: "same mailbox as line 3, with other data"},
			"people.csv:14: same mailbox as line 3, with other data [shared-mailbox]",
		},
		{
			Refusal{Rule: ForeignAddress, File: "people.csv", Line: 14, Where: "body, line 12", What: "the address of the row at line 3"},
			"people.csv:14: body, line 12: the address of the row at line 3 [foreign-address]",
		},
		{
			Refusal{Rule: AddressColumn, File: "people.csv", What: "no column holds addresses"},
			"people.csv: no column holds addresses [address-column]",
		},
		{Refusal{Rule: Header, Where: "header Cc", What: "not allowed"}, "header Cc: not allowed [header]"},
		{Refusal{Rule: Wire, What: "an answer out of step"}, "an answer out of step [wire]"},
		{Refused{{Rule: Stale, What: "first"}, {Rule: Wire, What: "second"}}, "first [stale]"},
		{&Fault{File: "a.md", Line: 3, Column: 7, What: "unknown key"}, "a.md:3:7: unknown key"},
		{&Fault{File: "a.md", Line: 3, What: "unknown key"}, "a.md:3: unknown key"},
		{&Fault{File: "a.md", What: "cannot be read"}, "a.md: cannot be read"},
		{&Fault{What: "no template"}, "no template"},
	}
	for _, test := range tests {
		if got := test.err.Error(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}
