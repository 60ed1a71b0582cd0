package campaign

import (
	"context"
	"slices"

	"mailshot/internal/address"
	"mailshot/internal/guard"
	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// IsOwn says whether an address is the sender's: `from`, or one of `identities`.
func (c *Campaign) IsOwn(a address.Address) bool {
	front := c.template.Front()
	own := func(o address.Address) bool { return o.Canonical() == a.Canonical() }
	return own(front.From.Address) || slices.ContainsFunc(front.Identities, own)
}

// Proofs makes the messages of the rows at these lines once more, after a Check
// that was clear, as proofs to one of the sender's own addresses: in the order of
// the list, each row once. Errors are rule.Refusal, or a *rule.Fault for a line
// at which no row begins that is written to.
func (c *Campaign) Proofs(ctx context.Context, to address.Address, lines []int) ([]guard.Cleared, error) {
	var proofs []guard.Cleared
	m, found := c.maker(), map[int]bool{}
	for row, err := range c.list.Rows(ctx) {
		if err != nil {
			return nil, c.changed(err, rule.Stale)
		}
		if !slices.Contains(lines, row.Line) {
			continue
		}
		found[row.Line] = true
		proof, err := c.proof(m, row, to)
		if err != nil {
			return nil, err
		}
		proofs = append(proofs, proof)
	}
	for _, line := range lines {
		if !found[line] {
			return nil, NoRow(line)
		}
	}
	return proofs, nil
}

// proof makes the message for row and its proof, and has both cleared.
func (c *Campaign) proof(m *maker, row *recipient.Row, to address.Address) (guard.Cleared, error) {
	cleared, err := c.clear(m, row)
	if err != nil {
		return guard.Cleared{}, err
	}
	made, err := m.makeProof(row, to)
	if err != nil {
		return guard.Cleared{}, err
	}
	return guard.ClearProof(cleared, made)
}
