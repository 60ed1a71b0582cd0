package recipient

import (
	"context"
	"slices"
	"testing"
)

func openJSON(t *testing.T, content string) (*List, error) {
	t.Helper()
	l, err := Open(context.Background(), write(t, "people.jsonl", content), nil, Options{})
	if err == nil {
		t.Cleanup(func() { l.Close() })
	}
	return l, err
}

func TestJSONLines(t *testing.T) {
	l, err := openJSON(t, `{"E-Mail":"a@x.example","name":"Ann \"A\"","n":12.50,"vip":true,"note":null}
`+"\n"+`{"name":"Bob\nRay","E-Mail":" b@x.example ","n":4,"vip":false,"note":"x"}`)
	if err != nil {
		t.Fatal(err)
	}
	if names := []string{l.Columns()[0].Name, l.Columns()[4].Name}; !slices.Equal(names, []string{"e_mail", "note"}) {
		t.Errorf("got %q", names)
	}
	judgeAll(t, l, Use{})
	rows := collect(t, l)
	if want := []string{"a@x.example", `Ann "A"`, "12.50", "true", ""}; len(rows) != 2 || !slices.Equal(rows[0].Cells, want) {
		t.Fatalf("got %+v", rows)
	}
	if want := []string{"b@x.example", "Bob\nRay", "4", "false", "x"}; !slices.Equal(rows[1].Cells, want) {
		t.Errorf("got %q", rows[1].Cells)
	}
	if rows[0].Line != 1 || rows[1].Line != 3 || rows[1].Number != 2 {
		t.Errorf("lines %d and %d", rows[0].Line, rows[1].Line)
	}
}

func TestJSONLinesOfAnotherShape(t *testing.T) {
	l, err := openJSON(t, `{"email":"a@x.example","name":"Ann"}
{"email":"b@x.example"}
{"email":"c@x.example","nom":"Cy"}
{"email":"d@x.example","name":"Di","city":"Rome"}
{"email":"e@x.example","email":"f@x.example"}
`)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"ragged-row 2", "ragged-row 3", "ragged-row 4", "ragged-row 5"}
	if got := describe(judgeAll(t, l, Use{}).Refusals); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestJSONLinesFaults(t *testing.T) {
	for list, what := range map[string]string{
		"":                                  "empty",
		"\n\n":                              "empty",
		"{}\n":                              "no headings",
		"[1]\n":                             "no JSON object",
		"email,name\n":                      "no JSON object",
		`{"email":"a@x.example"`:            "no JSON object",
		`{"email"`:                          "no JSON object",
		`{"email":`:                         "no JSON object",
		`{"email":"a@x.example"} {}`:        "behind",
		`{"email":"a@x.example","tags":[]}`: "object or an array",
		`{"a@x.example":1}`:                 "address where headings",
	} {
		_, err := openJSON(t, list)
		wantFault(t, err, what)
	}
}
