package recipient

import (
	"context"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"

	"mailshot/internal/address"
	"mailshot/internal/rule"
)

var errNotJudged = errors.New("the list was not judged")

// Rows yields the rows that are to be mailed, in the order of the file. A Row
// and its Cells may be kept. The last pair holds an error where reading failed
// or where the list is no longer the one that was judged (ErrChanged).
func (l *List) Rows(ctx context.Context) iter.Seq2[*Row, error] {
	return func(yield func(*Row, error) bool) {
		err := l.yieldRows(ctx, yield)
		var fault *rule.Fault
		if errors.As(err, &fault) && errors.Is(l.Fresh(), ErrChanged) {
			err = ErrChanged // which is why it cannot be read
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// errStopped says that whoever takes the rows wants no more.
var errStopped = errors.New("stopped")

func (l *List) yieldRows(ctx context.Context, yield func(*Row, error) bool) error {
	if l.judged == nil {
		return errNotJudged
	}
	rows, err := l.rows(ctx)
	if err != nil {
		return err
	}
	defer rows.close()
	if rows.tape.stamp != l.judged.stamp {
		if err := l.Fresh(); err != nil {
			return err
		}
	}
	if err := l.eachMailed(rows, yield); err != nil {
		if errors.Is(err, errStopped) {
			return nil
		}
		return err
	}
	return l.compare(rows.tape)
}

// eachMailed yields every row that Judge has not left out.
func (l *List) eachMailed(rows *table, yield func(*Row, error) bool) error {
	out := l.judged.out
	ordinal := 0
	for {
		r, err := rows.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if len(out) > 0 && out[0] == uint32(r.number) {
			out = out[1:]
			continue
		}
		if r.blank() {
			continue
		}
		row, ok := l.row(r)
		if !ok {
			return ErrChanged
		}
		row.Ordinal = ordinal
		ordinal++
		if !yield(row, nil) {
			return errStopped
		}
	}
}

// row makes a Row of a record; false where Judge would have left it out.
func (l *List) row(r record) (*Row, bool) {
	cells, ok := l.fit(r)
	if !ok {
		return nil, false
	}
	cells = slices.Clone(cells)
	cells[l.address] = strings.TrimSpace(cells[l.address])
	a, err := address.Parse(cells[l.address])
	if err != nil {
		return nil, false
	}
	return &Row{Number: r.number, Line: r.line, Address: a, Cells: cells}, true
}

// Fresh says whether the list's bytes are still those that Judge read;
// ErrChanged where they are not.
func (l *List) Fresh() error {
	if l.judged == nil {
		return errNotJudged
	}
	tape, err := l.source.play()
	if err != nil {
		return err
	}
	defer tape.close()
	return l.compare(tape)
}

// compare reads the tape to its end and compares it with what Judge read.
func (l *List) compare(t *tape) error {
	sum, err := t.sum()
	if err != nil {
		return unreadable(l.source.name, err)
	}
	if sum != l.judged.sum {
		return ErrChanged
	}
	return nil
}
