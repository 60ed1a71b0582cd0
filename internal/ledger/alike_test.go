package ledger

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestAlikes(t *testing.T) {
	at := time.Unix(1_800_000_000, 0)
	taken := Ending{Outcome: Accepted, Code: 250, Enhanced: "2.0.0", At: at}
	other := func(change func(*Ending)) Ending {
		e := taken
		change(&e)
		return e
	}
	refused := other(func(e *Ending) { e.Outcome, e.Code, e.Enhanced, e.Reply = Rejected, 550, "5.1.1", "no such user" })
	for name, c := range map[string]struct {
		ns      []uint32
		endings []Ending
		want    string
	}{
		"none":                {nil, nil, ""},
		"one":                 {[]uint32{7}, []Ending{taken}, "7-7"},
		"in any order":        {[]uint32{5, 3, 4}, []Ending{taken, taken, taken}, "3-5"},
		"with a gap":          {[]uint32{3, 4, 6}, []Ending{taken, taken, taken}, "3-4 6-6"},
		"one refused":         {[]uint32{3, 4, 5}, []Ending{taken, refused, taken}, "3-3 4-4 5-5"},
		"all refused alike":   {[]uint32{3, 4}, []Ending{refused, refused}, "3-4"},
		"other words":         {[]uint32{3, 4}, []Ending{refused, other(func(e *Ending) { *e = refused; e.Reply = "over quota" })}, "3-3 4-4"},
		"another code":        {[]uint32{3, 4}, []Ending{taken, other(func(e *Ending) { e.Code = 251 })}, "3-3 4-4"},
		"other keys":          {[]uint32{3, 4}, []Ending{taken, other(func(e *Ending) { e.Key = spread(1) })}, "3-4"},
		"at about one time":   {[]uint32{3, 4}, []Ending{taken, other(func(e *Ending) { e.At = at.Add(-99 * time.Millisecond) })}, "3-4"},
		"at another time":     {[]uint32{3, 4}, []Ending{taken, other(func(e *Ending) { e.At = at.Add(100 * time.Millisecond) })}, "3-3 4-4"},
		"taken back":          {[]uint32{3, 4}, []Ending{other(func(e *Ending) { e.NotSent = true }), other(func(e *Ending) { e.NotSent = true })}, "3-3 4-4"},
		"slowly, one by one":  {[]uint32{3, 4, 5}, []Ending{taken, other(func(e *Ending) { e.At = at.Add(60 * time.Millisecond) }), other(func(e *Ending) { e.At = at.Add(120 * time.Millisecond) })}, "3-4 5-5"},
		"deferred and beside": {[]uint32{3, 4}, []Ending{taken, other(func(e *Ending) { e.Outcome = Deferred })}, "3-3 4-4"},
	} {
		ended := make([]record, len(c.ns))
		for i, n := range c.ns {
			ended[i] = record{n: n, now: standing(c.endings[i].Outcome)}
		}
		var got []string
		for a := range alikes(c.endings, ended) {
			got = append(got, fmt.Sprintf("%d-%d", a.first.n, a.last))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}
