package guard

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"mailshot/internal/address"
	"mailshot/internal/message"
	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// sharedLetter is a message with a part that all share behind its text.
func sharedLetter(t testing.TB, row *recipient.Row, p *message.Part) *message.Message {
	head := "Message-ID: <x1@shop.example>\r\nFrom: \"The Shop\" <news@shop.example>\r\nTo: " + row.Address.String() +
		"\r\nSubject: Hello\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_b1\"\r\n\r\n" +
		"--=_b1\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\nDear reader\r\n" +
		"--=_b1\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"terms.pdf\"\r\n\r\n"
	m := finished(t, row, head)
	m.Segments = append(m.Segments, message.Segment{Shared: p}, message.Segment{Own: []byte("\r\n--=_b1--\r\n")})
	return m
}

func sharedPolicy(t testing.TB, content []byte) Policy {
	p := policy(t)
	p.Plan.Parts = []PlannedPart{
		{Type: "multipart/mixed"},
		{Depth: 1, Type: "text/plain"},
		{Depth: 1, Type: "application/pdf", Disposition: "attachment", File: "terms.pdf", Content: sha256.Sum256(content)},
	}
	return p
}

func partOf(content []byte) *message.Part {
	encoded := []byte(strings.TrimSuffix(base64Lines(string(content)), "\r\n"))
	return &message.Part{Encoded: encoded, SHA256: sha256.Sum256(encoded)}
}

var leaflet = bytes.Repeat([]byte("all is well and will be. "), 100)

func TestSharedPart(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*message.Message)
		rule   rule.ID
	}{
		{"as planned", func(*message.Message) {}, ""},
		{"another content", func(m *message.Message) { m.Segments[1].Shared = partOf([]byte("something else")) }, rule.Structure},
		{"another hash", func(m *message.Message) { m.Segments[1].Shared.SHA256[0]++ }, rule.Structure},
		{"another encoding", func(m *message.Message) {
			p := m.Segments[1].Shared
			p.Encoded = append([]byte(base64.StdEncoding.EncodeToString(leaflet[:30])+"\r\n"), p.Encoded...)
			p.SHA256 = sha256.Sum256(p.Encoded)
		}, rule.Structure},
		{"no base64", func(m *message.Message) {
			p := &message.Part{Encoded: []byte("bob@b.example")}
			p.SHA256 = sha256.Sum256(p.Encoded)
			m.Segments[1].Shared = p
		}, rule.Structure},
		{"long lines", func(m *message.Message) {
			p := &message.Part{Encoded: []byte(base64.StdEncoding.EncodeToString(leaflet))}
			p.SHA256 = sha256.Sum256(p.Encoded)
			m.Segments[1].Shared = p
		}, rule.Structure},
		{"own bytes in its place", func(m *message.Message) {
			m.Segments[1] = message.Segment{Own: partOf(leaflet).Encoded}
		}, rule.Structure},
		{"not there", func(m *message.Message) { m.Segments[1] = message.Segment{} }, rule.Structure},
		{"twice", func(m *message.Message) { m.Segments[2].Shared, m.Segments[2].Own = m.Segments[1].Shared, nil }, rule.Structure},
	} {
		t.Run(c.name, func(t *testing.T) {
			row := person(t, 0)
			m := sharedLetter(t, row, partOf(leaflet))
			c.change(m)
			refusals, _ := New(sharedPolicy(t, leaflet), indexOfPeople(t), len(people)).Reader().Judge(row, m)
			check(t, refusals, c.rule, 0)
		})
	}
}

func TestEnvelopeAndDate(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*message.Message)
		rule   rule.ID
	}{
		{"another recipient", func(m *message.Message) { m.Envelope.To = parse(t, "x@y.example") }, rule.Envelope},
		{"no recipient", func(m *message.Message) { m.Envelope.To = address.Address{} }, rule.Envelope},
		{"another sender", func(m *message.Message) { m.Envelope.From = parse(t, "x@y.example") }, rule.Envelope},
		{"another row", func(m *message.Message) { m.Line++ }, rule.Envelope},
		{"no Date", func(m *message.Message) { m.Prefix = nil }, rule.Structure},
		{"two Dates", func(m *message.Message) { m.Prefix = []byte(testDate + testDate) }, rule.Structure},
		{"Date and more", func(m *message.Message) { m.Prefix = []byte(testDate + "Cc: x@y.example\r\n") }, rule.Structure},
		{"Date with a comment", func(m *message.Message) { m.Prefix = []byte("Date: Mon, 23 Nov 2026 10:00:00 +0000 (bob)\r\n") }, rule.Structure},
		{"no date at all", func(m *message.Message) { m.Prefix = []byte("Date: today\r\n") }, rule.Structure},
		{"another field", func(m *message.Message) { m.Prefix = []byte("Received: x\r\n") }, rule.Structure},
		{"the wrong day", func(m *message.Message) { m.Prefix = []byte("Date: Tue, 23 Nov 2026 10:00:00 +0000\r\n") }, rule.Structure},
		{"a day of one digit", func(m *message.Message) { m.Prefix = []byte("Date: Sun, 1 Nov 2026 10:00:00 -0330\r\n") }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			row := person(t, 0)
			m := annsLetter().message(t, row)
			c.change(m)
			refusals, _ := New(policy(t), indexOfPeople(t), len(people)).Reader().Judge(row, m)
			check(t, refusals, c.rule, 0)
		})
	}
}

// clear checks a campaign of two messages, the second with a shared part.
func sealOf(t *testing.T) (*Seal, []*message.Message) {
	t.Helper()
	g := New(sharedPolicy(t, leaflet), indexOfPeople(t), 2)
	r, other := g.Reader(), g.Reader()
	var messages []*message.Message
	part := partOf(leaflet)
	for i := range 2 {
		row := person(t, i)
		m := sharedLetter(t, row, part)
		if refusals, _ := r.Judge(row, m); len(refusals) > 0 {
			t.Fatal(show(refusals))
		}
		if f := other.Repeat(row, sharedLetter(t, row, partOf(leaflet))); f != nil {
			t.Fatal(f)
		}
		messages = append(messages, m)
	}
	s, err := g.Seal()
	if err != nil {
		t.Fatal(err)
	}
	return s, messages
}

func TestClearedIsWrittenAsItWas(t *testing.T) {
	s, messages := sealOf(t)
	for _, m := range messages {
		c, err := s.Clear(m)
		if err != nil {
			t.Fatal(err)
		}
		var want, got bytes.Buffer
		want.Write(m.Prefix)
		for _, g := range m.Segments {
			want.Write(bytesOf(g))
		}
		n, err := c.WriteTo(&got)
		if err != nil || n != int64(want.Len()) || c.Size() != want.Len() || !bytes.Equal(got.Bytes(), want.Bytes()) {
			t.Fatalf("wrote %d of %d octets (Size %d), %v", n, want.Len(), c.Size(), err)
		}
		if c.Ordinal() != m.Ordinal || c.Line() != m.Line || c.Envelope() != m.Envelope {
			t.Error("the row or the envelope is not the message's")
		}
		if want := fmt.Sprintf("<x%d@shop.example>", m.Line-firstLine+1); c.MessageID() != want {
			t.Errorf("MessageID is %q, want %q", c.MessageID(), want)
		}
	}
}

// What was not judged, and judged to be fine, cannot be cleared.
func TestClearTakesNothingElse(t *testing.T) {
	for i, change := range changes {
		s, messages := sealOf(t)
		m := messages[1]
		change(m)
		c, err := s.Clear(m)
		if err == nil {
			_, err = c.WriteTo(new(bytes.Buffer))
		}
		var f rule.Refusal
		if !errors.As(err, &f) || f.Rule != rule.Wire {
			t.Errorf("change %d was cleared: %v", i, err)
		}
	}
}

// A message that changes after it was cleared goes out as it was, or is noticed
// before its last byte is written.
func TestWriteToWatches(t *testing.T) {
	for i, change := range changes {
		s, messages := sealOf(t)
		c, err := s.Clear(messages[1])
		if err != nil {
			t.Fatal(err)
		}
		var want, out bytes.Buffer
		if _, err := c.WriteTo(&want); err != nil {
			t.Fatal(err)
		}
		s, messages = sealOf(t) // another one, whose part was not written yet
		if c, err = s.Clear(messages[1]); err != nil {
			t.Fatal(err)
		}
		envelope := c.Envelope()
		change(messages[1])
		_, err = c.WriteTo(&out)
		if err == nil && bytes.Equal(out.Bytes(), want.Bytes()) && c.Envelope() == envelope && c.Ordinal() == 1 {
			continue
		}
		var f rule.Refusal
		if !errors.As(err, &f) || f.Rule != rule.Wire {
			t.Errorf("change %d was written: %v", i, err)
		}
		if bytes.HasSuffix(out.Bytes(), []byte("--=_b1--\r\n")) {
			t.Errorf("change %d: the last byte was written", i)
		}
	}
}

var changes = []func(m *message.Message){
	func(m *message.Message) { m.Segments[0].Own[0]++ },
	func(m *message.Message) { m.Segments[2].Own[0]++ },
	func(m *message.Message) { m.Segments[1].Shared.Encoded[0]++ },
	func(m *message.Message) { m.Segments[1].Shared = partOf([]byte("something else")) },
	func(m *message.Message) { m.Segments = m.Segments[:2] },
	func(m *message.Message) { m.Envelope.To = m.Envelope.From },
	func(m *message.Message) { m.Envelope.From = m.Envelope.To },
	func(m *message.Message) { m.Prefix = []byte("Cc: x@y.example\r\n") },
	func(m *message.Message) { m.Ordinal = 0 },
}

func TestClearOfWhatIsNotThere(t *testing.T) {
	s, messages := sealOf(t)
	for _, n := range []int{-1, 2} {
		m := *messages[0]
		m.Ordinal = n
		if _, err := s.Clear(&m); err == nil {
			t.Errorf("ordinal %d was cleared", n)
		}
	}
}

// A Date that was found good vouches for itself alone.
func TestClearReadsEveryDate(t *testing.T) {
	s, messages := sealOf(t)
	if _, err := s.Clear(messages[0]); err != nil {
		t.Fatal(err)
	}
	m := *messages[0]
	m.Prefix = []byte("Bcc: " + testDate[len("Bcc: "):])
	if _, err := s.Clear(&m); err == nil {
		t.Error("a field as long as the Date before was cleared in its place")
	}
}

// A digest frames what it is made of: bytes that move from one segment into
// the next, or into the envelope, make another.
func TestDigestFrames(t *testing.T) {
	row := person(t, 0)
	of := func(segments ...string) Digest {
		m := finished(t, row, "")
		m.Segments = nil
		for _, s := range segments {
			m.Segments = append(m.Segments, message.Segment{Own: []byte(s)})
		}
		d := newDigester()
		return d.of(m)
	}
	seen := make(map[Digest]string)
	for _, segments := range [][]string{{"ab", "c"}, {"a", "bc"}, {"abc"}, {"abc", ""}, {"", "abc"}} {
		d := of(segments...)
		if other, ok := seen[d]; ok {
			t.Errorf("%q and %s have one digest", segments, other)
		}
		seen[d] = fmt.Sprintf("%q", segments)
	}
}

func TestRepeat(t *testing.T) {
	g := New(policy(t), indexOfPeople(t), len(people))
	r, row := g.Reader(), person(t, 0)
	m := annsLetter()
	if f := r.Repeat(row, m.message(t, row)); f == nil {
		t.Error("a message that was not judged was repeated")
	}
	g = New(policy(t), indexOfPeople(t), 1)
	r = g.Reader()
	r.Judge(row, m.message(t, row))
	if _, err := g.Seal(); err == nil {
		t.Error("a Seal before the message was repeated")
	}
	other := m
	other.subject = "Hello again"
	f := r.Repeat(row, other.message(t, row))
	if f == nil || f.Rule != rule.NotRepeatable || f.Line != row.Line {
		t.Fatalf("a message that came out differently: %v", f)
	}
	if _, err := g.Seal(); err == nil {
		t.Error("a Seal although a message was not repeatable")
	}
}

func TestSealNeedsEveryRow(t *testing.T) {
	g := New(policy(t), indexOfPeople(t), 2)
	r, row := g.Reader(), person(t, 0)
	r.Judge(row, annsLetter().message(t, row))
	r.Repeat(row, annsLetter().message(t, row))
	if _, err := g.Seal(); err == nil {
		t.Error("a Seal although a row was not judged")
	}
	bad := annsLetter()
	bad.text = "bob@b.example\r\n"
	row = person(t, 2)
	row.Ordinal = 1
	r.Judge(row, bad.message(t, row))
	r.Repeat(row, bad.message(t, row))
	if _, err := g.Seal(); err == nil {
		t.Error("a Seal although a message was refused")
	}
}

// The sum says nothing of the order of the rows.
func TestSumHasNoOrder(t *testing.T) {
	sum := func(order ...int) [32]byte {
		g := New(policy(t), indexOfPeople(t), len(order))
		r := g.Reader()
		for ordinal, i := range order {
			row := person(t, i)
			row.Ordinal = ordinal
			m := annsLetter()
			m.to, m.text, m.html = row.Address.String(), "x\r\n", "y\r\n"
			if refusals, _ := r.Judge(row, m.message(t, row)); len(refusals) > 0 {
				t.Fatal(show(refusals))
			}
			r.Repeat(row, m.message(t, row))
		}
		s, err := g.Seal()
		if err != nil {
			t.Fatal(err)
		}
		return s.Sum()
	}
	if sum(0, 1, 2) != sum(2, 0, 1) {
		t.Error("the sum depends on the order")
	}
	if sum(0, 1, 2) == sum(0, 1, 3) {
		t.Error("the sum does not depend on the messages")
	}
}

func TestZeroClearedPanics(t *testing.T) {
	var c Cleared
	for name, call := range map[string]func(){
		"Envelope":  func() { c.Envelope() },
		"Ordinal":   func() { c.Ordinal() },
		"Line":      func() { c.Line() },
		"Size":      func() { c.Size() },
		"Digest":    func() { c.Digest() },
		"MessageID": func() { c.MessageID() },
		"NeedsUTF8": func() { c.NeedsUTF8() },
		"EightBit":  func() { c.EightBit() },
		"WriteTo":   func() { c.WriteTo(new(bytes.Buffer)) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			call()
		})
	}
}

func TestNeeds(t *testing.T) {
	const zoe = 5
	for _, c := range []struct {
		name           string
		row            int
		change         func(*letter)
		utf8, eightBit bool
	}{
		{"ASCII", 0, func(*letter) {}, false, false},
		{"8-bit text", 0, func(l *letter) { l.text += "Grüße\r\n" }, false, true},
		{"8-bit text in quoted-printable", 0, func(l *letter) {
			l.text, l.textEncoding = "Gr=C3=BC=C3=9Fe\r\n", "quoted-printable"
		}, false, false},
		{"UTF-8 in the header", 0, func(l *letter) { l.subject = "Grüße" }, true, true},
		{"UTF-8 in the envelope", zoe, func(*letter) {}, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			row, l := person(t, c.row), annsLetter()
			if c.row != 0 {
				l.to, l.text, l.html = row.Address.String(), "x\r\n", "y\r\n"
			}
			c.change(&l)
			row.Ordinal = 0
			g := New(policy(t), indexOfPeople(t), 1)
			r := g.Reader()
			if refusals, _ := r.Judge(row, l.message(t, row)); len(refusals) > 0 {
				t.Fatal(show(refusals))
			}
			r.Repeat(row, l.message(t, row))
			s, err := g.Seal()
			if err != nil {
				t.Fatal(err)
			}
			cleared, err := s.Clear(l.message(t, row))
			if err != nil {
				t.Fatal(err)
			}
			if cleared.NeedsUTF8() != c.utf8 || cleared.EightBit() != c.eightBit {
				t.Errorf("NeedsUTF8 %v, EightBit %v", cleared.NeedsUTF8(), cleared.EightBit())
			}
		})
	}
}
