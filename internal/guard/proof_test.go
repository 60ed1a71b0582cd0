package guard

import (
	"strings"
	"testing"

	"mailshot/internal/address"
	"mailshot/internal/message"
	"mailshot/internal/rule"
)

// clearedLetter gives Ann's letter cleared, in a campaign of which staff are an
// identity.
func clearedLetter(t *testing.T) (Cleared, letter) {
	t.Helper()
	p := policy(t)
	p.Identities = []address.Address{parse(t, "staff@shop.example")}
	g := New(p, indexOfPeople(t), 1)
	row, l, r := person(t, 0), annsLetter(), g.Reader()
	if refusals, _ := r.Judge(row, l.message(t, row)); len(refusals) > 0 {
		t.Fatalf("refused:%s", show(refusals))
	}
	if refusal := r.Repeat(row, l.message(t, row)); refusal != nil {
		t.Fatal(refusal)
	}
	s, err := g.Seal()
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Clear(l.message(t, row))
	if err != nil {
		t.Fatal(err)
	}
	return c, l
}

// proofOf is the proof of Ann's letter to one of the sender's addresses.
func proofOf(t *testing.T, l letter, to string) *message.Message {
	l.to = strings.Replace(l.to, "ann@a.example", to, 1)
	l.subject = "[test] " + l.subject
	l.id = "<abcdefghijklmnopqrstuvwxyz@shop.example>"
	m := l.message(t, person(t, 0))
	m.Envelope.To = parse(t, to)
	return m
}

func TestClearProof(t *testing.T) {
	c, l := clearedLetter(t)
	for _, to := range []string{"news@shop.example", "staff@shop.example", "NEWS@Shop.example"} {
		proof := proofOf(t, l, to)
		cleared, err := ClearProof(c, proof)
		if err != nil {
			t.Errorf("to %s: %v", to, err)
			continue
		}
		if cleared.Envelope().To != parse(t, to) || cleared.Line() != c.Line() {
			t.Errorf("to %s: %+v", to, cleared.Envelope())
		}
		proof.Envelope.To = parse(t, "bob@b.example") // it is the caller's own
		var text strings.Builder
		if _, err := cleared.WriteTo(&text); err != nil || !strings.Contains(text.String(), "\r\nSubject: [test] Hello Ann\r\n") {
			t.Errorf("to %s: %v, %s", to, err, text.String())
		}
	}
}

func TestClearProofRefuses(t *testing.T) {
	c, l := clearedLetter(t)
	const to = "news@shop.example"
	changed := func(change func(*letter)) func(*message.Message) {
		return func(m *message.Message) {
			other := l
			change(&other)
			*m = *proofOf(t, other, to)
		}
	}
	replaced := func(from, by string) func(*message.Message) {
		return func(m *message.Message) {
			text := string(m.Segments[0].Own)
			if !strings.Contains(text, from) {
				t.Fatalf("no %q in %s", from, text)
			}
			m.Segments[0].Own = []byte(strings.Replace(text, from, by, 1))
		}
	}
	for name, change := range map[string]func(*message.Message){
		"to a recipient":          func(m *message.Message) { *m = *proofOf(t, l, "bob@b.example") },
		"to the row itself":       func(m *message.Message) { *m = *proofOf(t, l, "ann@a.example") },
		"to a stranger":           func(m *message.Message) { *m = *proofOf(t, l, "x@shop.example") },
		"to nobody":               func(m *message.Message) { m.Envelope.To = address.Address{} },
		"envelope to another":     func(m *message.Message) { m.Envelope.To = parse(t, "bob@b.example") },
		"envelope to another own": func(m *message.Message) { m.Envelope.To = parse(t, "staff@shop.example") },
		"another sender":          func(m *message.Message) { m.Envelope.From = parse(t, "x@shop.example") },
		"another row":             func(m *message.Message) { m.Ordinal, m.Line = 1, bob },
		"another line":            func(m *message.Message) { m.Line = bob },
		"another text":            changed(func(l *letter) { l.text += "Bob Stone\r\n" }),
		"another subject":         changed(func(l *letter) { l.subject = "Hello Bob Stone" }),
		"another field":           changed(func(l *letter) { l.extra = "Cc: bob@b.example\r\n" }),
		"another display name":    changed(func(l *letter) { l.to = `"Bob Stone" <ann@a.example>` }),
		"two in To":               replaced("<"+to+">", "<"+to+">, bob@b.example"),
		"the message's own To":    replaced("<"+to+">", "<ann@a.example>"),
		"no mark":                 replaced("[test] ", ""),
		"two marks":               replaced("[test] ", "[test] [test] "),
		"folded subject":          replaced("Hello Ann\r\n", "Hello Ann\r\n\tbob@b.example\r\n"),
		"the message's own id":    replaced("<abcdefghijklmnopqrstuvwxyz@shop.example>", "<x1@shop.example>"),
		"an id that speaks":       replaced("<abcdefghijklmnopqrstuvwxyz@", "<bob=b.example@"),
		"an id of another domain": replaced("z@shop.example>", "z@b.example>"),
		"a field gone":            replaced("MIME-Version: 1.0\r\n", ""),
		"fields in another order": replaced("MIME-Version: 1.0\r\n", "Mime-Version: 1.0\r\n"),
		"more than a date":        func(m *message.Message) { m.Prefix = []byte(testDate + "Bcc: bob@b.example\r\n") },
		"a part more":             func(m *message.Message) { m.Segments = append(m.Segments, message.Segment{Own: []byte("x")}) },
		"nothing":                 func(m *message.Message) { m.Segments = nil },
	} {
		m := proofOf(t, l, to)
		change(m)
		_, err := ClearProof(c, m)
		refusal, ok := err.(rule.Refusal)
		if !ok {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if strings.Contains(refusal.Error()+refusal.Hint, "bob") {
			t.Errorf("%s: %v shows whom it is about", name, refusal)
		}
	}
}
