package guard

import (
	"crypto/sha256"
	"testing"

	"mailshot/internal/message"
	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// ownFile is a message with a file of the recipient's own.
func ownFile(t *testing.T, row *recipient.Row, name, content string) *message.Message {
	return finished(t, row, "Message-ID: <x1@shop.example>\r\nFrom: \"The Shop\" <news@shop.example>\r\nTo: "+row.Address.String()+
		"\r\nSubject: Hello\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_b1\"\r\n\r\n"+
		"--=_b1\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\nDear reader\r\n"+
		"--=_b1\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\""+name+"\"\r\n\r\n"+
		base64Lines(content)+"\r\n--=_b1--\r\n")
}

func TestOwnAttachment(t *testing.T) {
	p := policy(t)
	p.Plan.Parts = []PlannedPart{{Type: "multipart/mixed"}, {Depth: 1, Type: "text/plain"}, {Depth: 1, Type: "text/plain", Disposition: "attachment", PerRecipient: true}}
	p.AllowFiles = map[[32]byte]bool{sha256.Sum256([]byte("\x00scan")): true}
	for _, c := range []struct {
		name, file, content string
		rule                rule.ID
		line                int
	}{
		{"one's own", "KX-1000001.txt", "Ann Lee, KX-1000001", "", 0},
		{"another's address", "a.txt", "bob@b.example", rule.AttachmentPairing, bob},
		{"another's name", "a.csv", "last;first\r\nx;Bob Stone", rule.AttachmentPairing, bob},
		{"another's account", "a.txt", "KX-7730951", rule.AttachmentPairing, bob},
		{"another's account as its name", "KX-7730951.txt", "all is well", rule.ForeignIdentifier, bob},
		{"UTF-16 with another's address", "a.txt", "\xfe\xff" + utf16be("bob@b.example"), rule.AttachmentPairing, bob},
		{"unreadable", "a.bin", "\x00\x01", rule.UnreadableAttachment, 0},
		{"may stay unread", "a.bin", "\x00scan", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			row := person(t, 0)
			refusals, _ := New(p, indexOfPeople(t), len(people)).Reader().Judge(row, ownFile(t, row, c.file, c.content))
			check(t, refusals, c.rule, c.line)
		})
	}
	t.Run("two rows", func(t *testing.T) {
		g := New(p, indexOfPeople(t), len(people))
		for i := range 2 {
			row := person(t, i)
			refusals, _ := g.Reader().Judge(row, ownFile(t, row, "a.txt", "all is well"))
			if i == 0 {
				check(t, refusals, "", 0)
				continue
			}
			check(t, refusals, rule.AttachmentPairing, firstLine)
		}
	})
}
