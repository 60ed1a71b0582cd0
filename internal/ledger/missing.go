package ledger

import (
	"context"
	"iter"
	"slices"
)

// Missing gives, in ascending order, the lines on which those stood who had
// been tried before the run and are not among listed any more: lines of the
// list as it was. Errors are *Error.
func (r *Run) Missing(ctx context.Context, listed iter.Seq[Key]) ([]int, error) {
	gone := r.tried()
	if len(gone) == 0 {
		return nil, nil
	}
	for k := range listed {
		delete(gone, k)
	}
	if len(gone) == 0 {
		return nil, nil
	}
	var lines []int
	for known, err := range r.ledger.Recipients(ctx, r.as.ID) {
		if err != nil {
			return nil, err
		}
		if gone[known.Key] {
			lines = append(lines, known.Line)
		}
	}
	slices.Sort(lines)
	return lines, nil
}

// tried gives those who had been tried before the run.
func (r *Run) tried() map[Key]bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	all := map[Key]bool{}
	for i := range r.index.slots {
		if known := &r.index.slots[i]; known.n != 0 && known.atStart != untried {
			all[known.key] = true
		}
	}
	return all
}
