package guard

import (
	"crypto/sha256"
	"strings"
	"testing"

	"mailshot/internal/address"
	"mailshot/internal/identifier"
	"mailshot/internal/message"
	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

func constantAt(line int, text string) func(*Policy) {
	return func(p *Policy) {
		p.Constants = append(p.Constants, Constant{File: p.Template, Line: line, Text: text})
	}
}

func all(changes ...func(*Policy)) func(*Policy) {
	return func(p *Policy) {
		for _, change := range changes {
			change(p)
		}
	}
}

func declared(name, value string) func(*Policy) {
	return func(p *Policy) { p.Headers = append(p.Headers, Field{name, value}) }
}

func TestConstants(t *testing.T) {
	staffIsIdentity := func(p *Policy) { p.Identities = []address.Address{parse(t, "staff@shop.example")} }
	replyToStaff := func(p *Policy) { p.ReplyTo.Address = parse(t, "staff@shop.example") }
	for _, c := range []struct {
		name  string
		plant func(*Policy)
		files []message.File
		rule  rule.ID
		file  string
		line  int
		other int
	}{
		{name: "clean", plant: constantAt(3, "Dear friend,\nall is well.")},
		{name: "address", plant: constantAt(3, "Dear friend,\nask bob@b.example."), rule: rule.ForeignInTemplate, file: "news.html", line: 4, other: bob},
		{name: "address in HTML", plant: constantAt(3, "<p>ask\nbob@<b>b.example</b></p>"), rule: rule.ForeignInTemplate, file: "news.html", line: 4, other: bob},
		{name: "name", plant: constantAt(7, "Greetings from Bob Stone"), rule: rule.ForeignInTemplate, file: "news.html", line: 7, other: bob},
		{name: "account", plant: constantAt(7, "code KX-7730951"), rule: rule.ForeignInTemplate, file: "news.html", line: 7, other: bob},
		{name: "allowed", plant: all(constantAt(7, "code KX-7730951"), func(p *Policy) { p.Allow = []string{"kx 7730951"} })},
		{name: "allowed address", plant: all(constantAt(7, "bob@b.example"), func(p *Policy) { p.Allow = []string{"bob@b.example"} })},
		{name: "allowed in part only", plant: all(constantAt(7, "bob@b.example KX-7730951"), func(p *Policy) { p.Allow = []string{"bob@b.example"} }), rule: rule.ForeignInTemplate, file: "news.html", line: 7, other: bob},
		{name: "staff", plant: constantAt(7, "Ask Staff Person, staff@shop.example"), rule: rule.ForeignInTemplate, file: "news.html", line: 7, other: staff},
		{name: "staff who are an identity", plant: all(constantAt(7, "Ask Staff Person, staff@shop.example, +49 170 555 6667"), staffIsIdentity)},
		{name: "staff in HTML", plant: all(constantAt(7, "<b>Staff</b> Pers&#111;n"), staffIsIdentity)},
		{name: "From on the list", plant: all(func(p *Policy) { p.From.Address = parse(t, "staff@shop.example") }, constantAt(1, "staff@shop.example"))},
		{name: "Reply-To on the list", plant: all(replyToStaff, constantAt(2, "staff@shop.example")), rule: rule.Sender, file: "news.html", other: staff},
		{name: "Reply-To on the list, an identity", plant: all(replyToStaff, staffIsIdentity, constantAt(2, "staff@shop.example"))},
		{name: "the list in the body", plant: constantAt(5, "ann@a.example\nbob@b.example\namaria@c.example\n"), rule: rule.ListAsMessage, file: "news.html"},
		{name: "the list in pieces", plant: all(constantAt(5, "ann@a.example"), constantAt(6, "bob@b.example"), constantAt(7, "amaria@c.example")), rule: rule.ListAsMessage, file: "news.html"},
		{name: "Cc", plant: all(declared("Cc", "boss@shop.example"), constantAt(4, "boss@shop.example")), rule: rule.Header, file: "news.html", line: 4},
		{name: "bcc with spaces", plant: declared(" bCC ", "boss@shop.example"), rule: rule.Header, file: "news.html"},
		{name: "X-Mailgun-Recipient-Variables", plant: declared("X-Mailgun-Recipient-Variables", "{}"), rule: rule.Header, file: "news.html"},
		{name: "Resent-Bcc", plant: declared("Resent-Bcc", "x@y.example"), rule: rule.Header, file: "news.html"},
		{name: "X-Forwarded-To", plant: declared("X-Forwarded-To", "x@y.example"), rule: rule.Header, file: "news.html"},
		{name: "To", plant: declared("To", "x@y.example"), rule: rule.Header, file: "news.html"},
		{name: "a field of HTTP", plant: declared("Set-Cookie", "x"), rule: rule.Header, file: "news.html"},
		{name: "fields that may stand", plant: all(declared("X-Campaign", "autumn"), declared("Precedence", "bulk"), declared("Auto-Submitted", "auto-generated"), declared("X-PM-Message-Stream", "x"), declared("X-Mailgun-Tag", "x"), declared("X-MC-Tags", "x"), declared("Feedback-ID", "x"))},
		{name: "attachment with an address", files: attach("a.txt", "ask bob@b.example"), rule: rule.ForeignInTemplate, file: "files/a.txt", line: 1, other: bob},
		{name: "attachment without", files: attach("a.txt", "all is well")},
		{name: "the list attached, exported anew", files: attach("a.csv", "mail;x\nann@a.example;1\nbob@b.example;1\namaria@c.example;1\n"), rule: rule.ListAsMessage, file: "files/a.csv"},
		{name: "the list attached", plant: func(p *Policy) { p.Fingerprint = sha256.Sum256([]byte("PK\x00")) }, files: attach("a.bin", "PK\x00"), rule: rule.ListAsMessage, file: "files/a.bin"},
		{name: "attachment that cannot be read", files: attach("a.bin", "\x00\x01\x02"), rule: rule.UnreadableAttachment, file: "files/a.bin"},
		{name: "attachment that may stay unread", plant: func(p *Policy) {
			p.AllowFiles = map[[32]byte]bool{sha256.Sum256([]byte("\x00\x01\x02")): true}
		}, files: attach("a.bin", "\x00\x01\x02")},
		{name: "file name", files: attach("KX-7730951.txt", "all is well"), rule: rule.ForeignInTemplate, file: "files/KX-7730951.txt", line: 1, other: bob},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := policy(t)
			if c.plant != nil {
				c.plant(&p)
			}
			g := New(p, indexOfPeople(t), len(people))
			refusals, _ := g.Constants(c.files)
			if c.rule == "" {
				check(t, refusals, "", 0)
				return
			}
			f := refusals[0]
			if f.Rule != c.rule || f.File != c.file || f.Line != c.line || f.OtherLine != c.other || f.Hint == "" {
				t.Fatalf("want %s at %s:%d for line %d, but%s", c.rule, c.file, c.line, c.other, show(refusals))
			}
			if len(refusals) != 1 {
				t.Fatalf("one cause, %d refusals:%s", len(refusals), show(refusals))
			}
			if _, err := g.Seal(); err == nil {
				t.Error("a Seal although a constant was refused")
			}
		})
	}
}

func attach(name, content string) []message.File {
	return []message.File{{Name: name, Path: "files/" + name, Content: []byte(content)}}
}

// What is the row's own, the sender's or allowed may stand in a message.
func TestOwn(t *testing.T) {
	for _, c := range []struct {
		name   string
		person int
		text   string
		change func(*Policy)
		rule   rule.ID
		line   int
		warned bool
	}{
		{name: "longer name of one's own", person: 3, text: "Dear Anna Maria Schmidt"},
		{name: "shorter name of another", person: 0, text: "Dear Maria Schmidt", rule: rule.ForeignName, line: maria},
		{name: "longer name of another", person: 2, text: "Dear Anna Maria Schmidt", rule: rule.ForeignName, line: annaMaria},
		{name: "own cell", person: 0, text: "referred by PAUL@p.example", rule: rule.ForeignAddress, line: paul},
		{name: "relational cell", person: 0, text: "referred by PAUL@p.example", change: func(p *Policy) { p.Relational = []string{"referrer"} }},
		{name: "relational cell of another", person: 1, text: "referred by paul@p.example", change: func(p *Policy) { p.Relational = []string{"referrer"} }, rule: rule.ForeignAddress, line: paul},
		{name: "identity that the template does not name", person: 0, text: "ask staff@shop.example", change: func(p *Policy) {
			p.Identities = []address.Address{parse(t, "staff@shop.example")}
		}, rule: rule.ForeignAddress, line: staff},
		{name: "identity that the template names", person: 0, text: "ask staff@shop.example", change: all(constantAt(1, "ask staff@shop.example"), func(p *Policy) {
			p.Identities = []address.Address{parse(t, "staff@shop.example")}
		})},
		{name: "allowed", person: 0, text: "Bob Stone", change: func(p *Policy) { p.Allow = []string{"bob stone"} }},
		{name: "words of row and template", person: 8, text: "Dear Jack, Friday is near", change: constantAt(1, "Friday is near"), warned: true},
		{name: "words of row and HTML", person: 8, text: "Dear Jack, Friday is near", change: constantAt(1, ",</p>\n<p><b>Friday</b> is near"), warned: true},
		{name: "words of HTML and row", person: 9, text: "Black Jack Friday", change: constantAt(1, "<p>Black Jack <b title=\""), warned: true},
		{name: "words of the template alone", person: 0, text: "Ask Jack. Friday is near", change: constantAt(1, "Ask Jack. Black Friday is near"), rule: rule.ForeignName, line: jack},
		{name: "words that do not meet", person: 8, text: "Dear Jack, Friday is near", change: constantAt(1, "On Friday"), rule: rule.ForeignName, line: jack},
		{name: "words that meet the other way round", person: 9, text: "Dear Jack, Friday is near", change: constantAt(1, "Jack likes"), rule: rule.ForeignName, line: jack},
		{name: "cells that name another", person: 9, text: "your child Maria Schmidt", rule: rule.ForeignName, line: maria},
		{name: "relational cells that name another", person: 9, text: "your child Maria Schmidt", change: func(p *Policy) { p.Relational = []string{"city", "referrer"} }},
		{name: "cells of which one is relational", person: 9, text: "your child Maria Schmidt", change: func(p *Policy) { p.Relational = []string{"city"} }, rule: rule.ForeignName, line: maria},
		{name: "a word of neither", person: 8, text: "Dear Jack, Friday is near", rule: rule.ForeignName, line: jack},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := policy(t)
			if c.change != nil {
				c.change(&p)
			}
			row := &recipient.Row{Ordinal: 8, Number: 9, Line: 30, Address: parse(t, "jack@other.example"), Cells: []string{"Jack", "Black", "jack@other.example", "", "", ""}}
			if c.person == 9 {
				row.Address, row.Cells = parse(t, "eve@other.example"), []string{"Eve", "Friday", "eve@other.example", "", "Maria", "Schmidt"}
			}
			if c.person < len(people) {
				row = person(t, c.person)
			}
			m := annsLetter()
			m.to, m.text, m.html = row.Address.String(), c.text+"\r\n", "\r\n"
			g := New(p, indexOfPeople(t), len(people)+1)
			refusals, warnings := g.Reader().Judge(row, m.message(t, row))
			check(t, refusals, c.rule, c.line)
			want := 0
			if c.warned {
				want = 1 // although it stands in the body and in the source
			}
			if len(warnings) != want {
				t.Errorf("%d warnings, want %d: %v", len(warnings), want, warnings)
			}
		})
	}
}

// The own name, begun with another of its words, may be another's.
func TestOwnNameTurned(t *testing.T) {
	b := identifier.NewBuilder(3)
	b.Add(2, identifier.Name, "Ann Lee")
	b.Add(3, identifier.Name, "Lee Ann")
	b.Add(4, identifier.Name, "Ann Berlin")
	g := New(policy(t), b.Build(), 1)
	for text, want := range map[string]rule.ID{"Lee, Ann": "", "Ann Berlin": rule.ForeignName} {
		row, l := person(t, 0), annsLetter()
		l.to, l.text, l.html = "ann@a.example", text+"\r\n", "\r\n"
		refusals, warnings := g.Reader().Judge(row, l.message(t, row))
		check(t, refusals, want, map[bool]int{true: 4}[want != ""])
		if want == "" && len(warnings) != 1 {
			t.Errorf("warnings: %v", warnings)
		}
	}
}

// A name in an address is the address, and one cause.
func TestNameInAddress(t *testing.T) {
	const spot, other = 9, "bob.stone@b.example"
	b := identifier.NewBuilder(1)
	b.AddAddress(spot, other)
	b.Add(spot, identifier.Name, "Bob Stone")
	x := b.Build()
	for text, want := range map[string]rule.ID{
		other: rule.ForeignAddress, "bob.stone (at) b.example": rule.ForeignAddress, "bob&period;stone&commat;b.example": rule.ForeignAddress,
		"Bob Stone": rule.ForeignName, "bob.stone@c.example": rule.ForeignName,
	} {
		row, l := person(t, 0), annsLetter()
		l.text, l.html = text+"\r\n", "<p>"+text+"</p>\r\n"
		refusals, _ := New(policy(t), x, 1).Reader().Judge(row, l.message(t, row))
		check(t, refusals, want, spot)
		if len(refusals) != 1 {
			t.Errorf("%s: one cause, but%s", text, show(refusals))
		}
		p := policy(t)
		constantAt(3, text)(&p)
		refusals, _ = New(p, x, 1).Constants(nil)
		check(t, refusals, rule.ForeignInTemplate, spot)
		if (refusals[0].What == whose(identifier.Address, spot)) != (want == rule.ForeignAddress) && text == other || len(refusals) != 1 {
			t.Errorf("constant %s:%s", text, show(refusals))
		}
	}
}

// A cell with a number holds it whatever its form; an address of more than
// MaxRows rows is each one's own.
func TestOwnByForm(t *testing.T) {
	b := identifier.NewBuilder(40)
	for line := 2; line < 32; line++ {
		b.AddAddress(line, "house@h.example")
	}
	b.Add(99, identifier.Token, "12345678")
	x := b.Build()
	row := &recipient.Row{Ordinal: 0, Number: 30, Line: 31, Address: parse(t, "house@h.example"), Cells: []string{"12345678.00"}}
	m := annsLetter()
	m.to, m.text, m.html = "house@h.example", "house@h.example, 12345678\r\n", "\r\n"
	refusals, _ := New(policy(t), x, 1).Reader().Judge(row, m.message(t, row))
	check(t, refusals, "", 0)
	row.Cells[0] = "no number"
	refusals, _ = New(policy(t), x, 1).Reader().Judge(row, m.message(t, row))
	check(t, refusals, rule.ForeignIdentifier, 99)
}

func TestHeadersMustBeConstant(t *testing.T) {
	p := policy(t)
	declared("X-Campaign", "autumn 2026, the "+strings.Repeat("long ", 20)+"one")(&p)
	p.Plan.Maybe = append(p.Plan.Maybe, "X-Campaign")
	m := annsLetter()
	m.extra = "X-Campaign: autumn 2026, the\r\n " + strings.Repeat("long ", 20) + "one\r\n"
	check(t, judge(t, p, m), "", 0)
	m.extra = "X-Campaign: autumn 2025\r\n"
	check(t, judge(t, p, m), rule.Header, 0)
}
