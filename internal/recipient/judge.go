package recipient

import (
	"context"
	"errors"
	"io"
	"slices"

	"mailshot/internal/identifier"
	"mailshot/internal/rule"
)

// Use says how a campaign uses the list; the gate needs it.
type Use struct {
	Columns         []string        // names of the columns whose data can reach a message
	Kinds           map[string]Kind // front matter's `columns`
	SharedMailboxes string          // name of the column that tells rows of one mailbox apart; "" for none
	Relational      []string        // names of columns that name another person on purpose
	Allow           []string        // values that may stand anywhere
}

// Judgement is what the list gate found.
type Judgement struct {
	Index    *identifier.Index
	Kinds    []ColumnKind
	Rows     int // rows that Rows will yield
	Skipped  int // rows left out for their address, by SkipBadRows
	Same     int // rows dropped because an earlier row says the same to the same mailbox
	Refusals []rule.Refusal
	Total    int            // refusals counted; Refusals holds the first 100 of each rule
	Warnings []rule.Warning // one for each skipped row, and a few
}

// ColumnKind says what a column was taken for and why.
type ColumnKind struct {
	Column      Column
	Kind        Kind
	Why         string // "declared", "heading and data", ...
	Where       string // how a refusal names it: "column account", or "column 3" where only the list has its name
	Identifiers int    // values of it that identify somebody
}

// Judge reads the whole list and applies the rules of the list gate. Rows is
// to be called after it. The error is for what could not be read, for front
// matter that names columns the list lacks (*rule.Fault), and ErrChanged where
// the list is written to at the same time.
func (l *List) Judge(ctx context.Context, use Use) (*Judgement, error) {
	plan, err := l.plan(use)
	if err != nil {
		return nil, err
	}
	j := newJudge(l, plan)
	first, err := l.eachRow(ctx, j.row, j.people.values, j.people.persons, j.align)
	if err != nil {
		return nil, err
	}
	j.betweenRows()
	result := j.result()
	slices.Sort(j.out)
	foreign := newForeign(j, result.Index, use)
	second, err := l.eachRow(ctx, foreign.row)
	if err != nil {
		return nil, err
	}
	foreign.columns()
	if first.sum != second.sum {
		return nil, ErrChanged
	}
	if err := foreign.settle(ctx); err != nil {
		return nil, err
	}
	first.out = j.out
	l.judged = &first
	result.Refusals, result.Total, result.Warnings = j.found.inOrder(), j.found.total, j.found.warnings
	return result, nil
}

// eachRow reads the list once, hands each row but the blank ones at the end to
// each of visits, and gives what was read. A blank row in between comes without
// its cells. The visits go on beside each other, each in the order of the file;
// none does when eachRow returns. A record is overwritten after they had it.
func (l *List) eachRow(ctx context.Context, visits ...func(record)) (judged, error) {
	rows, err := l.rows(ctx)
	if err != nil {
		return judged{}, err
	}
	defer rows.close()
	handing := handTo(visits)
	err = rows.each(handing.add)
	handing.end()
	if err != nil {
		return judged{}, err
	}
	sum, err := rows.tape.sum()
	if err != nil {
		return judged{}, unreadable(l.source.name, err)
	}
	return judged{stamp: rows.tape.stamp, sum: sum}, nil
}

// each calls visit for each row that is left, as eachRow says.
func (t *table) each(visit func(record)) error {
	var blanks []record
	for {
		r, err := t.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if r.blank() {
			blanks = append(blanks, record{number: r.number, line: r.line})
			continue
		}
		for _, blank := range blanks {
			visit(blank)
		}
		blanks = blanks[:0]
		visit(r)
	}
}
