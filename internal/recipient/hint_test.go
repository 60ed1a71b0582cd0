package recipient

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"testing"

	"mailshot/internal/rule"
)

// Causes that look alike have their own next steps.
func TestHints(t *testing.T) {
	for name, c := range map[string]struct {
		list, ending string
		use          Use
		hint         string
	}{
		"a row of another length":       {list: "email,name\na@x.example\n", hint: "separator"},
		"an object of other keys":       {list: `{"email":"a@x.example","name":"Ann"}` + "\n" + `{"name":"Bob"}`, ending: ".jsonl", hint: "the keys of the first"},
		"a title above the headings":    {list: "Members\nemail,name\na@x.example,Ann\nb@x.example,Bob\n", hint: "a title above them"},
		"a title above the addresses":   {list: "Members\na@x.example,Ann\nb@x.example,Bob\n", hint: "a title above them"},
		"one mailbox":                   {list: "email,name\na@x.example,Ann\na@x.example,Al\n", hint: "name the column"},
		"one mailbox told apart":        {list: "email,name,no\na@x.example,Ann,1\na@x.example,Al,1\n", use: Use{SharedMailboxes: "no"}, hint: "its own value in the column"},
		"no addresses, several columns": {list: "name,city\nAnn,Rome\n", hint: "add a column"},
	} {
		t.Run(name, func(t *testing.T) {
			hint := firstHint(t, write(t, "people"+cmp.Or(c.ending, ".csv"), c.list), c.use)
			if !strings.Contains(hint, c.hint) {
				t.Errorf("got %q, want %q", hint, c.hint)
			}
		})
	}
}

// firstHint is that of the first refusal, on opening the list or judging it.
func firstHint(t *testing.T, path string, use Use) string {
	l, err := Open(context.Background(), path, nil, Options{})
	var refused rule.Refused
	switch {
	case errors.As(err, &refused):
		return refused[0].Hint
	case err != nil:
		t.Fatal(err)
	}
	defer l.Close()
	refusals := judgeAll(t, l, use).Refusals
	if len(refusals) == 0 {
		t.Fatal("nothing was refused")
	}
	return refusals[0].Hint
}
