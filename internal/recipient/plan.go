package recipient

import (
	"slices"

	"mailshot/internal/rule"
)

// plan is a Use in terms of the list's columns.
type plan struct {
	kinds      []ColumnKind // one for each column
	used       []bool       // one for each column
	relational []bool       // one for each column
	apart      int          // column that tells rows of one mailbox apart; -1 for none
}

func (l *List) plan(use Use) (plan, error) {
	p := plan{kinds: make([]ColumnKind, len(l.columns)), apart: -1}
	for i, c := range l.columns {
		p.kinds[i] = ColumnKind{Column: c, Kind: l.guesses[i].kind, Why: l.guesses[i].why}
	}
	if err := l.declareKinds(p.kinds, use.Kinds); err != nil {
		return p, err
	}
	p.kinds[l.address].Kind = KindAddress
	l.named = l.spoken(use)
	for i := range p.kinds {
		p.kinds[i].Where = l.where(i)
	}
	var err error
	if p.used, err = l.mark(use.Columns, "the template"); err != nil {
		return p, err
	}
	if p.relational, err = l.mark(use.Relational, "relational"); err != nil {
		return p, err
	}
	if use.SharedMailboxes != "" {
		if p.apart = l.find(use.SharedMailboxes); p.apart < 0 {
			return p, l.lacks("shared-mailboxes", use.SharedMailboxes)
		}
	}
	return p, nil
}

func (l *List) declareKinds(kinds []ColumnKind, declared map[string]Kind) error {
	for name, kind := range declared {
		i := l.find(name)
		if i < 0 {
			return l.lacks("columns", name)
		}
		if !slices.Contains([]Kind{KindAddress, KindName, KindIdentifier, KindText, KindPrivate}, kind) {
			return &rule.Fault{File: l.source.name, What: "a column is declared to be of a kind that there is none",
				Hint: "the kinds are address, name, identifier, text and private"}
		}
		kinds[i].Kind, kinds[i].Why = kind, "declared"
	}
	return nil
}

// mark gives for each column whether names has it; whose says where the names
// were written.
func (l *List) mark(names []string, whose string) ([]bool, error) {
	marked := make([]bool, len(l.columns))
	for _, name := range names {
		i := l.find(name)
		if i < 0 {
			return nil, l.lacks(whose, name)
		}
		marked[i] = true
	}
	return marked, nil
}

func (l *List) lacks(whose, name string) error {
	return &rule.Fault{File: l.source.name, What: "the list has no column of a name that " + whose + " has",
		Hint: l.meant(name)}
}
