package message

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"

	"mailshot/internal/recipient"
)

// derive makes 26 letters and digits out of values, for one purpose: the same
// on every machine and in every run, and different for every other purpose.
func derive(purpose string, values ...string) string {
	h := sha256.New()
	for _, v := range append([]string{"mailshot/message", purpose}, values...) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(v)))
		h.Write(n[:])
		h.Write([]byte(v))
	}
	code := base32.StdEncoding.WithPadding(base32.NoPadding)
	return strings.ToLower(code.EncodeToString(h.Sum(nil)[:16]))
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
