package guard

import (
	"hash/maphash"
	"math/bits"
	"slices"
	"strings"
	"sync/atomic"

	"mailshot/internal/identifier"
	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// claims knows which row was the first with what only one may have. It takes a
// word for each, however long they are: the upper bits are a hash, the lower
// ones the row's ordinal and one. Where a hash of what is left of 64 bits is
// another's by chance, a message is refused for nothing: one campaign in some
// 100,000 of a million rows.
type claims struct {
	slots []atomic.Uint64 // 0 where free; a claim is in the first that was free from its place on
	width int             // bits of an ordinal and one
	rows  []claimant      // by ordinal; each is written before its first claim
	seed  maphash.Seed
}

// claimant is the row behind a claim.
type claimant struct {
	line    uint32
	mailbox uint32 // hash of its address
}

// newClaims makes room for so many claims by each of rows rows.
func newClaims(rows, each int) *claims {
	return &claims{
		slots: make([]atomic.Uint64, rows*each*4/3+1),
		width: bits.Len(uint(rows)),
		rows:  make([]claimant, rows),
		seed:  maphash.MakeSeed(),
	}
}

// open says who claims.
func (c *claims) open(row *recipient.Row) {
	mailbox := maphash.String(c.seed, row.Address.Canonical())
	c.rows[row.Ordinal] = claimant{uint32(row.Line), uint32(mailbox)}
}

// claim takes what has this hash for the row of that ordinal, and gives the
// ordinal of the row that has it. ok is false where there is no room.
func (c *claims) claim(hash uint64, ordinal int) (first int, ok bool) {
	mine := hash<<c.width | uint64(ordinal+1)
	high, _ := bits.Mul64(hash, uint64(len(c.slots)))
	for i := range c.slots {
		slot := &c.slots[(int(high)+i)%len(c.slots)]
		held := slot.Load()
		if held == 0 && slot.CompareAndSwap(0, mine) {
			return ordinal, true
		}
		if held = slot.Load(); held>>c.width == mine>>c.width {
			return int(held&(1<<c.width-1)) - 1, true
		}
	}
	return 0, false
}

// unique says what must not stand in two messages of one campaign.
type unique struct {
	columns []int           // of tokens
	shared  map[string]bool // links that are the template's own, or allowed
}

func newUnique(p Policy, relational []int) unique {
	u := unique{shared: make(map[string]bool)}
	for i, k := range p.Kinds {
		if holdsTokens(k) && !slices.Contains(relational, i) {
			u.columns = append(u.columns, i)
		}
	}
	for _, c := range p.Constants {
		u.shared[unspaced(c.Text)] = true
	}
	for _, v := range p.Allow {
		u.shared[unspaced(v)] = true
	}
	return u
}

// holdsTokens says whether every cell of a column is to be one row's alone, as
// the list gate sees it: identifiers that were declared so, or are long,
// random, and else all different.
func holdsTokens(k recipient.ColumnKind) bool {
	return k.Kind == recipient.KindIdentifier && (k.Why == "declared" || k.Why == "data")
}

// claimsOfMessage is how many claims a message makes: its Message-ID, a link to
// leave, and its row's tokens.
func (u *unique) claimsOfMessage() int { return 2 + len(u.columns) }

// ownToken is a way in which a token of the row is found, and what it is claimed
// under, however it was found.
type ownToken struct{ key, claim uint64 }

// tokens are those of one row, and the claims of those that stand in its
// message.
type tokens struct {
	known []ownToken
	found []uint64
	keys  []uint64
}

// beginTokens gets ready for a row's tokens.
func (r *Reader) beginTokens() {
	t := &r.tokens
	t.known, t.found = t.known[:0], t.found[:0]
	for _, i := range r.g.unique.columns {
		if i >= len(r.row.Cells) {
			continue
		}
		t.keys = r.g.index.Keys(t.keys[:0], strings.TrimSpace(r.row.Cells[i]))
		for _, key := range t.keys {
			t.known = append(t.known, ownToken{key, t.keys[len(t.keys)-1]})
		}
	}
}

// note notes one of the row's own identifiers, which stands in its message.
func (t *tokens) note(h identifier.Hit) {
	for _, k := range t.known {
		if k.key == h.Key && h.Kind == identifier.Token && !slices.Contains(t.found, k.claim) {
			t.found = append(t.found, k.claim)
		}
	}
}

// claimTokens refuses tokens that stand in another row's message as well.
func (r *Reader) claimTokens() {
	for _, hash := range r.tokens.found {
		r.claim(hash, "", "an identifier of this row", false)
	}
}

// claimField refuses a Message-ID, or a link to leave that is made from a field
// of the row, that is also another row's.
func (r *Reader) claimField(name, value string) {
	switch name {
	case "message-id":
		r.claim(r.g.claims.hash(name, value), "header Message-ID", "the Message-ID", true)
	case "list-unsubscribe":
		if !r.g.unique.shared[strings.Trim(unspaced(value), "<>")] {
			r.claim(r.g.claims.hash(name, value), "header List-Unsubscribe", "the link to leave", false)
		}
	}
}

func (c *claims) hash(name, value string) uint64 {
	var h maphash.Hash
	h.SetSeed(c.seed)
	h.WriteString(name)
	h.WriteByte(':')
	h.WriteString(unspaced(value))
	return h.Sum64()
}

// claim takes what has this hash for the row. Two rows of one mailbox may have
// the same, unless it is strictly for one message.
func (r *Reader) claim(hash uint64, where, what string, strictly bool) {
	c, ordinal := r.g.claims, r.row.Ordinal
	if ordinal < 0 || ordinal >= len(c.rows) {
		return // settle refuses it
	}
	first, ok := c.claim(hash, ordinal)
	if !ok {
		r.refuse(rule.TokenInTwo, where, "more that must be unique than was announced", hintReport)
		return
	}
	other := c.rows[first]
	if first == ordinal || !strictly && other.mailbox == c.rows[ordinal].mailbox {
		return
	}
	r.refuseFor(rule.TokenInTwo, int(other.line), where, what+" stands in the message of the row at line "+itoa(int(other.line))+" too",
		"correct the list, or make the link from a column that is different for each; declare the column as text if it identifies nobody")
}
