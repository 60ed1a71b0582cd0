package campaign

import (
	"slices"

	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// pair sees to it that no two rows use one per-recipient file, unless the
// entry's must-contain column holds the same for both.
func (ck *check) pair(row *recipient.Row, paths []string) []rule.Refusal {
	if len(paths) == 0 {
		return nil
	}
	ck.mu.Lock()
	defer ck.mu.Unlock()
	var refusals []rule.Refusal
	for i, path := range paths {
		owner, taken := ck.owners[path]
		if !taken {
			ck.owners[path] = row
			continue
		}
		if owner == row || ck.campaign.share(i, owner, row) {
			continue
		}
		refusals = append(refusals, rule.Refusal{
			Rule: rule.AttachmentPairing, File: ck.campaign.list.Name(), Line: row.Line, Row: row.Number,
			OtherLine: owner.Line, Where: ownPart(i), What: "the file belongs to another row too",
			Hint: "give each row a file of its own, or add must-contain with a column that both rows share",
		})
	}
	return refusals
}

// share says whether two rows hold the same value in the must-contain column
// of the i-th per-recipient attachment.
func (c *Campaign) share(i int, a, b *recipient.Row) bool {
	column := c.mustContain[i]
	return column >= 0 && a.Cells[column] != "" && a.Cells[column] == b.Cells[column]
}

// mustContainColumns gives, for each per-recipient attachment in order, the
// position of its must-contain column; -1 for none.
func (c *Campaign) mustContainColumns() []int {
	var columns []int
	for _, a := range c.template.Front().Attachments {
		if a.PerRecipient() {
			columns = append(columns, c.column(a.MustContain))
		}
	}
	return columns
}

// column is the position of the column with this name; -1 for none.
func (c *Campaign) column(name string) int {
	return slices.IndexFunc(c.list.Columns(), func(column recipient.Column) bool { return column.Name == name })
}
