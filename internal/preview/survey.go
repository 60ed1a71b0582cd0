package preview

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/unicode/bidi"

	"mailshot/internal/campaign"
	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// Telling is a row whose message is worth a look, and why.
type Telling struct {
	Ordinal, Line int
	Why           []string // such as "longest message"; none of the row's data
}

// maxKept is how many rows' refusals a Survey keeps; more would be read by
// nobody.
const maxKept = 1000

// Survey watches a check and finds the rows whose messages tell the most. It is
// safe for concurrent use.
type Survey struct {
	columns []recipient.Column
	used    []int // columns that the template mentions
	rows    int

	mu       sync.Mutex
	best     map[string]best // by what they are best at
	judged   []uint64        // bits by ordinal
	refusals map[int][]rule.Refusal
	faults   map[int]error
}

// best is the row that has the most of something, and how much: of several the
// first.
type best struct{ ordinal, line, score int }

// NewSurvey gives a Survey of the campaign.
func NewSurvey(l *campaign.Look) *Survey {
	return &Survey{
		columns: l.Columns(), used: l.Used(), rows: l.Recipients(),
		best: map[string]best{}, judged: make([]uint64, l.Recipients()/64+1),
		refusals: map[int][]rule.Refusal{}, faults: map[int]error{},
	}
}

// What a row can be best at, in the order in which it is shown; refusals come
// before, and empty cells after.
const (
	first    = "first"
	last     = "last"
	longest  = "longest message"
	shortest = "shortest message"
	unusual  = "most unusual characters"
	rtl      = "right to left"
	unmade   = "no message"
)

// See takes in what became of a row; it is for Look.Check.
func (s *Survey) See(seen campaign.Seen) {
	s.mu.Lock()
	defer s.mu.Unlock()
	row := seen.Row
	s.judged[row.Ordinal/64] |= 1 << (row.Ordinal % 64)
	if row.Ordinal == 0 {
		s.offer(first, row, 0)
	}
	if row.Ordinal == s.rows-1 {
		s.offer(last, row, 0)
	}
	s.offerCells(row)
	if seen.Err != nil {
		s.notMade(row, seen.Err)
		return
	}
	s.offer(longest, row, seen.Message.Size())
	s.offer(shortest, row, -seen.Message.Size())
	s.refused(row, seen.Refusals)
}

func (s *Survey) offer(what string, row *recipient.Row, score int) {
	b, known := s.best[what]
	if !known || score > b.score || score == b.score && row.Ordinal < b.ordinal {
		s.best[what] = best{row.Ordinal, row.Line, score}
	}
}

// offerCells looks at what the template takes from the row.
func (s *Survey) offerCells(row *recipient.Row) {
	strange, turned := 0, 0
	for _, i := range s.used {
		if strings.TrimSpace(row.Cells[i]) == "" {
			s.offer(emptyCell(s.columns[i]), row, 0)
		}
		for _, r := range row.Cells[i] {
			if isRightToLeft(r) {
				turned++
			} else {
				strange += strangeness(r)
			}
		}
	}
	if strange > 0 {
		s.offer(unusual, row, strange)
	}
	if turned > 0 {
		s.offer(rtl, row, turned)
	}
}

func emptyCell(c recipient.Column) string { return c.Name + " is empty" }

// strangeness is how likely a character is to be shown wrongly somewhere.
func strangeness(r rune) int {
	switch {
	case r < 0x80:
		return 0
	case r < 0x100:
		return 1
	case r < 0x10000:
		return 2
	}
	return 4
}

func isRightToLeft(r rune) bool {
	if r < 0x590 {
		return false
	}
	p, _ := bidi.LookupRune(r)
	return p.Class() == bidi.R || p.Class() == bidi.AL
}

// notMade notes a row that no message can be made of.
func (s *Survey) notMade(row *recipient.Row, err error) {
	if refusal, ok := errors.AsType[rule.Refusal](err); ok {
		s.refused(row, []rule.Refusal{refusal})
	}
	s.offer(unmade, row, 0)
	if len(s.faults) < maxKept {
		s.faults[row.Ordinal] = err
	}
}

func (s *Survey) refused(row *recipient.Row, refusals []rule.Refusal) {
	for _, r := range refusals {
		s.offer(refusedFor(r.Rule), row, 0)
	}
	if len(refusals) > 0 && len(s.refusals) < maxKept {
		s.refusals[row.Ordinal] = refusals
	}
}

func refusedFor(id rule.ID) string { return "refused: " + string(id) }

// of gives what was found of a row; known is false where it has not been judged.
func (s *Survey) of(ordinal int) (refusals []rule.Refusal, fault error, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refusals[ordinal], s.faults[ordinal], s.judged[ordinal/64]>>(ordinal%64)&1 == 1
}

// Telling gives the telling rows that are known, each once: what is refused
// first, then the first, the last, and so on.
func (s *Survey) Telling() []Telling {
	s.mu.Lock()
	defer s.mu.Unlock()
	order := []string{first, last, longest, shortest, unusual, rtl}
	for _, i := range s.used {
		order = append(order, emptyCell(s.columns[i]))
	}
	for _, what := range slices.SortedFunc(maps.Keys(s.best), func(a, b string) int {
		return cmp.Or(s.best[a].ordinal-s.best[b].ordinal, cmp.Compare(a, b))
	}) {
		if !slices.Contains(order, what) {
			order = slices.Insert(order, slices.Index(order, first), what)
		}
	}
	var all []Telling
	for _, what := range order {
		if b, ok := s.best[what]; ok {
			all = tell(all, b, what)
		}
	}
	return all
}

// tell adds a reason to the row's entry.
func tell(all []Telling, b best, why string) []Telling {
	for i := range all {
		if all[i].Ordinal == b.ordinal {
			all[i].Why = append(all[i].Why, why)
			return all
		}
	}
	return append(all, Telling{b.ordinal, b.line, []string{why}})
}
