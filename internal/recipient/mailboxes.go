package recipient

import (
	"cmp"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"

	"mailshot/internal/rule"
)

// sharedMailboxes looks at rows whose mailboxes are the same, or may be: it
// drops those that say the same, refuses those that do not, and warns of two
// spellings.
func (j *judge) sharedMailboxes() {
	j.order = j.byMailbox()
	order := j.order
	var same, spellings tally
	for start := 0; start < len(order); {
		end := start + 1
		for end < len(order) && j.marks[order[end]].folded == j.marks[order[start]].folded {
			end++
		}
		if end-start > 1 {
			j.oneMailbox(order[start:end], &same, &spellings)
		}
		start = end
	}
	j.same = same.count
	same.warn(j.found, "%d rows say the same to the same mailbox as a row before them, and were dropped")
	spellings.warn(j.found, "%d addresses differ from another in dots or a plus tag alone and may be the same mailbox")
}

// byMailbox gives the positions of the marks, those of one mailbox together,
// in the order of the file.
func (j *judge) byMailbox() []uint32 {
	type seat struct {
		folded uint64 // of the mark, which is far away in memory
		mark   uint32
	}
	all := make([]seat, len(j.marks))
	for i := range all {
		all[i] = seat{j.marks[i].folded, uint32(i)}
	}
	slices.SortFunc(all, func(x, y seat) int {
		if x.folded != y.folded {
			return cmp.Compare(x.folded, y.folded)
		}
		a, b := &j.marks[x.mark], &j.marks[y.mark]
		return cmp.Or(cmp.Compare(a.spelling, b.spelling), cmp.Compare(a.apart, b.apart), cmp.Compare(x.mark, y.mark))
	})
	order := make([]uint32, len(all))
	for i, s := range all {
		order[i] = s.mark
	}
	return order
}

// isMailbox says whether a row of the list is mailed at a canonical address.
func (j *judge) isMailbox(canonical string) bool {
	folded := maphash.String(j.seed, foldTag(canonical))
	spelling := uint32(maphash.String(j.seed, canonical))
	_, found := slices.BinarySearchFunc(j.order, folded, func(i uint32, _ uint64) int {
		m := &j.marks[i]
		return cmp.Or(cmp.Compare(m.folded, folded), cmp.Compare(m.spelling, spelling))
	})
	return found
}

// oneHousehold says whether the rows at two lines are mailed at one mailbox.
func (j *judge) oneHousehold(line, other uint32) bool {
	a, b := j.markAt(line), j.markAt(other)
	return a != nil && b != nil && a.folded == b.folded && a.spelling == b.spelling
}

// markAt gives the mark of the row at line; nil where it has none.
func (j *judge) markAt(line uint32) *mark {
	i, found := slices.BinarySearchFunc(j.marks, line, func(m mark, line uint32) int { return cmp.Compare(m.line, line) })
	if !found {
		return nil
	}
	return &j.marks[i]
}

// oneMailbox judges rows whose mailboxes are the same but for dots and tags.
func (j *judge) oneMailbox(rows []uint32, same, spellings *tally) {
	first := &j.marks[rows[0]]
	for k, row := range rows[1:] {
		m, before := &j.marks[row], &j.marks[rows[k]]
		switch {
		case m.spelling != before.spelling:
			spellings.add(int(m.line))
			first = m
		case m.apart != first.apart:
			first = m
		case m.used != first.used:
			j.found.refuse(rule.Refusal{Rule: rule.SharedMailbox, Line: int(m.line), Row: int(m.number), OtherLine: int(first.line),
				What: fmt.Sprintf("same mailbox as line %d, with other data", first.line),
				Hint: j.hintShared()})
		default:
			same.add(int(m.line))
			j.out = append(j.out, m.number)
		}
	}
}

// hintShared is the next step where rows of one mailbox differ.
func (j *judge) hintShared() string {
	if j.plan.apart >= 0 {
		return "remove one, or give each its own value in the column that shared-mailboxes names"
	}
	return "remove one, or name the column that tells them apart under shared-mailboxes"
}

// foldTag gives a canonical address without the dots and the plus tag that
// some providers do not look at.
func foldTag(canonical string) string {
	at := strings.LastIndexByte(canonical, '@')
	local, _, _ := strings.Cut(canonical[:at], "+")
	if len(local) == at && !strings.Contains(local, ".") {
		return canonical
	}
	return strings.ReplaceAll(local, ".", "") + canonical[at:]
}

// isRole says whether a local part is one that usually reaches several people.
func isRole(local string) bool {
	switch strings.ToLower(local) {
	case "all", "everyone", "everybody", "staff", "team", "list", "members", "users", "company", "group", "employees", "all-staff", "allstaff",
		"alle", "mitarbeiter", "tous", "equipe", "todos", "tutti":
		return true
	}
	return false
}
