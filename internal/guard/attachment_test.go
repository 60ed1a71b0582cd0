package guard

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"strings"
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

// A small file may hold much.
func TestUnpacked(t *testing.T) {
	line := strings.Repeat("all is well ", 100) + "\n"
	for size, want := range map[int]rule.ID{65 << 20: "", 257 << 20: rule.UnreadableAttachment} {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write(bytes.Repeat([]byte(line), size/len(line)))
		z.Close()
		refusals, _ := New(policy(t), indexOfPeople(t), len(people)).Constants(attach("a.txt.gz", b.String()))
		check(t, refusals, want, 0)
	}
}

func TestOwnAttachment(t *testing.T) {
	p := policy(t)
	p.Plan.Parts = []PlannedPart{{Type: "multipart/mixed"}, {Depth: 1, Type: "text/plain"}, {Depth: 1, Type: "text/plain", Disposition: "attachment", PerRecipient: true, MustContain: -1}}
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

// What the template and the row say does not make another's file one's own.
func TestSwappedAttachment(t *testing.T) {
	for _, c := range []struct {
		name, constant, file, content string
		rule                          rule.ID
	}{
		{"words of the row and the template", "Best,\nBob", "1.txt", "Payslip of Bob Stone", rule.AttachmentPairing},
		{"words of the template", "the stone of bob", "1.txt", "Payslip of Bob Stone", rule.AttachmentPairing},
		{"as its name", "Bob", "Bob Stone.txt", "Payslip", rule.ForeignName},
		{"one's own", "Best,\nBob", "Ann Stone.txt", "Payslip of Ann Stone", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, row := pairingPolicy(t, -1), person(t, 0)
			constantAt(1, c.constant)(&p)
			row.Cells = append([]string{"Ann", "Stone"}, row.Cells[2:]...)
			refusals, warnings := New(p, indexOfPeople(t), len(people)).Reader().Judge(row, ownFile(t, row, c.file, c.content))
			check(t, refusals, c.rule, map[bool]int{true: bob}[c.rule != ""])
			if c.rule == "" && len(warnings) > 0 {
				t.Errorf("warnings: %v", warnings)
			}
		})
	}
}

// Rows of one unit may share a file that holds the unit; the city of these rows
// is their unit.
func TestMustContain(t *testing.T) {
	const city, empty = 4, 5
	for _, c := range []struct {
		name, file, content string
		column, row         int
		rule                rule.ID
		line                int
	}{
		{"holds it", "a.txt", "for Berlin, all is well", city, 0, "", 0},
		{"holds it in capitals", "a.txt", "(BERLIN)", city, 0, "", 0},
		{"holds it in UTF-16", "a.txt", "\xfe\xff" + utf16be("Berlin"), city, 0, "", 0},
		{"holds its account, cut otherwise", "a.txt", "KX 1000 001", 3, 0, "", 0},
		{"lacks it", "a.txt", "for Rome", city, 0, rule.AttachmentPairing, 0},
		{"holds it in a longer word", "a.txt", "for Berliners", city, 0, rule.AttachmentPairing, 0},
		{"blank", "a.txt", "for nobody", empty, 1, rule.AttachmentPairing, 0},
		{"no such cell", "a.txt", "for nobody", 99, 0, rule.AttachmentPairing, 0},
		{"nothing asked for", "a.txt", "for Rome", -1, 0, "", 0},
		{"a person has looked", "a.bin", "\x00scan", city, 0, "", 0},
		{"nobody has looked", "a.bin", "\x00\x01", city, 0, rule.UnreadableAttachment, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			row := person(t, c.row)
			g := New(pairingPolicy(t, c.column), indexOfPeople(t), len(people))
			refusals, _ := g.Reader().Judge(row, ownFile(t, row, c.file, c.content))
			check(t, refusals, c.rule, c.line)
		})
	}
}

func pairingPolicy(t *testing.T, column int) Policy {
	p := policy(t)
	p.Plan.Parts = []PlannedPart{{Type: "multipart/mixed"}, {Depth: 1, Type: "text/plain"},
		{Depth: 1, Type: "text/plain", Disposition: "attachment", PerRecipient: true, MustContain: column}}
	p.AllowFiles = map[[32]byte]bool{sha256.Sum256([]byte("\x00scan")): true}
	return p
}

func TestOneFileForSeveralRows(t *testing.T) {
	const berlin, paris, empty = 0, 1, 5
	for _, c := range []struct {
		name          string
		column, other int
		content       string
		line          int
	}{
		{"of one unit", 4, 2, "for Berlin", 0},
		{"of one unit, unread", 4, 2, "\x00scan", 0},
		{"of two units", 4, paris, "for Berlin and Paris", firstLine},
		{"of no unit", empty, 2, "for Berlin", firstLine},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := pairingPolicy(t, c.column)
			g := New(p, indexOfPeople(t), len(people))
			first, other := person(t, berlin), person(t, c.other)
			if c.column == empty {
				first.Cells = append(first.Cells[:empty:empty], "")
			}
			g.Reader().Judge(first, ownFile(t, first, "a.txt", c.content))
			refusals, _ := g.Reader().Judge(other, ownFile(t, other, "a.txt", c.content))
			id := rule.AttachmentPairing
			if c.line == 0 {
				id = ""
			}
			check(t, refusals, id, c.line)
		})
	}
}

// A file for each language is many rows': each but the first is refused once,
// and what the hint says cures it.
func TestFileForEachLanguage(t *testing.T) {
	const language = 5
	for column, want := range map[int]int{-1: 1, language: 0} {
		g := New(pairingPolicy(t, column), indexOfPeople(t), len(people))
		for i := range 3 {
			row := person(t, i)
			row.Cells = append(row.Cells[:language:language], "de")
			refusals, _ := g.Reader().Judge(row, ownFile(t, row, "guide-de.txt", "lang: de\r\nalles gut"))
			if i > 0 && len(refusals) != want {
				t.Fatalf("column %d, row %d: want %d refusals, but%s", column, i, want, show(refusals))
			}
			for _, f := range refusals {
				if f.OtherLine != firstLine || !strings.Contains(f.What, "same content") || !strings.Contains(f.Hint, "add must-contain") {
					t.Errorf("column %d: %+v", column, f)
				}
			}
		}
	}
}
