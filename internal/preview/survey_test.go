package preview

import (
	"slices"
	"strings"
	"testing"

	"mailshot/internal/rule"
)

// why gives what each telling row is shown for, by line.
func why(all []Telling) map[int][]string {
	m := map[int][]string{}
	for _, t := range all {
		m[t.Line] = t.Why
	}
	return m
}

func TestTelling(t *testing.T) {
	b := opened(t, files(t, nil), Options{})
	if s := b.State(); !s.Done || s.Err != nil || !s.Verdict.Clear() {
		t.Fatalf("state %+v", s)
	}
	got := b.survey.Telling()
	want := map[int][]string{
		2: {first, "note is empty"},
		7: {last, shortest},
		3: {longest},
		4: {"first_name is empty"},
		5: {rtl},
		6: {unusual},
	}
	for line, reasons := range why(got) {
		slices.Sort(reasons)
		slices.Sort(want[line])
		if !slices.Equal(reasons, want[line]) {
			t.Errorf("line %d is telling for %q, want %q", line, reasons, want[line])
		}
	}
	if len(got) != len(want) || got[0].Line != 2 {
		t.Errorf("%d telling rows, the first at line %d", len(got), got[0].Line)
	}
}

func TestTellingRefusals(t *testing.T) {
	b := opened(t, files(t, leaky()), Options{})
	if s := b.State(); s.Err != nil || s.Verdict.Clear() {
		t.Fatalf("state %+v", s)
	}
	refused, _, known := b.survey.of(0)
	if !known || len(refused) == 0 || refused[0].OtherLine != 3 {
		t.Fatalf("line 2: %v, known %v", refused, known)
	}
	if got := b.survey.Telling()[0]; got.Line != 2 || !strings.HasPrefix(got.Why[0], "refused: ") {
		t.Errorf("the first telling row is %+v", got)
	}
	if refused, _, known := b.survey.of(1); !known || len(refused) > 0 {
		t.Errorf("line 3: %v, known %v", refused, known)
	}
}

func TestTellingFault(t *testing.T) {
	b := opened(t, files(t, map[string]string{"news.html": strings.Replace(news, ` | default "customer" }},</p>`, " }},</p>", 1)}), Options{})
	s := b.State()
	if fault, ok := s.Err.(*rule.Fault); !ok || fault.Line == 0 {
		t.Fatalf("state %+v", s)
	}
	if reasons := why(b.survey.Telling())[4]; !slices.Contains(reasons, unmade) {
		t.Errorf("line 4 is telling for %q", reasons)
	}
	view, err := b.message(2, static{})
	if err != nil || view.Trouble == "" || view.Frames != nil {
		t.Errorf("the message of line 4: %+v, %v", view, err)
	}
}
