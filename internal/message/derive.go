package message

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"

	"mailshot/internal/recipient"
)

var lowerBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// derive makes 26 letters and digits out of values, for one purpose: the same
// on every machine and in every run, and different for every other purpose.
func derive(purpose string, values ...string) string {
	framed := make([]byte, 0, 256)
	for _, v := range append([]string{"mailshot/message", purpose}, values...) {
		framed = append(binary.BigEndian.AppendUint64(framed, uint64(len(v))), v...)
	}
	sum := sha256.Sum256(framed)
	return lowerBase32.EncodeToString(sum[:16])
}

// messageID gives the id of the message for row, in the sender's domain. It is
// made from what tells recipients of a campaign apart, so that a second try has
// the id of the first.
func (c *Composer) messageID(row *recipient.Row) string {
	apart := ""
	if c.apart >= 0 {
		apart = row.Cells[c.apart]
	}
	return derive("Message-ID", c.campaign, row.Address.Canonical(), apart) + "@" + c.plan.from.Address.Domain()
}
