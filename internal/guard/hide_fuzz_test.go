package guard

import (
	"encoding/binary"
	"fmt"
	"testing"

	"mailshot/internal/identifier"
	"mailshot/internal/madeup"
	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// The list of the fuzz target: whose message it is, and two whose addresses are
// as long as theirs.
var hideable = [][]string{
	{"ann@a.example", "bob@b.example", "e.v@e.example"},
	{"ann.archer@a1.mail.example", "bob-bakers@b2.mail.example", "c_carv+r@ccc.mail.example"},
}

// FuzzHidden hides a listed address in a message, behind a chain of encodings
// that programs undo, and demands that it is refused; and hides the row's own
// in the same way, so that it is not refused for the encoding.
func FuzzHidden(f *testing.F) {
	for seed := range uint64(500) {
		f.Add(someInput(seed))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		addresses := hideable[madeup.NewDice(input).N(2)]
		other := addresses[1+len(input)%2]
		raw := hiddenMessage(input, other)
		if refusals := judgeHidden(t, addresses, raw); !isFound(refusals) {
			own := judgeHidden(t, addresses, hiddenMessage(input, addresses[0]))
			t.Fatalf("%s was not found, but%s\nits own:%s\n%s", other, show(refusals), show(own), raw)
		}
	})
}

// someInput is a start for the dice.
func someInput(seed uint64) []byte {
	return binary.BigEndian.AppendUint64(nil, seed*0x9E3779B97F4A7C15)
}

// isFound says whether one of the refusals is for another's address.
func isFound(refusals []rule.Refusal) bool {
	for _, r := range refusals {
		switch r.Rule {
		case rule.ForeignAddress, rule.AttachmentPairing, rule.To:
			return true
		}
	}
	return false
}

// judgeHidden judges raw as the message for the first of addresses.
func judgeHidden(t *testing.T, addresses []string, raw string) []rule.Refusal {
	b := identifier.NewBuilder(len(addresses))
	for i, a := range addresses {
		b.AddAddress(firstLine+i, parse(t, a).Canonical())
	}
	row := &recipient.Row{Ordinal: 0, Number: 1, Line: firstLine, Address: parse(t, addresses[0]), Cells: addresses[:1]}
	p := policy(t)
	p.Kinds = []recipient.ColumnKind{column("email", recipient.KindAddress)}
	p.Plan.Parts = []PlannedPart{{Type: "multipart/mixed"}, {Depth: 1, Type: "multipart/alternative"}, {Depth: 2, Type: "text/plain"}, {Depth: 2, Type: "text/html"},
		{Depth: 1, Type: "application/octet-stream", Disposition: "attachment", PerRecipient: true, MustContain: -1}}
	refusals, _ := New(p, b.Build(), 1).Reader().Judge(row, finished(t, row, raw))
	return refusals
}

// hiddenMessage is a message in which s is hidden in one place.
func hiddenMessage(input []byte, s string) string {
	h := hiding{madeup.NewDice(input)}
	h.N(2) // which addresses
	to, subject, extra := hideable[0][0], "Hello", ""
	if len(s) != len(to) {
		to = hideable[1][0]
	}
	text, html := "Dear reader\r\n", "<p>Dear reader</p>\r\n"
	name, content := "a.txt", "hello\r\n"
	switch place := h.N(8); place {
	case 0:
		subject = "for " + h.words(s)
	case 1:
		extra = "List-Unsubscribe: <" + h.link(s) + ">\r\n"
	case 2:
		text = h.prose(s)
	case 3, 4:
		html = h.document(s)
	case 5:
		name = s + ".txt"
	default:
		name, content = h.file(s, 0)
	}
	return "Message-ID: <x1@shop.example>\r\nFrom: \"The Shop\" <news@shop.example>\r\nTo: " + to + "\r\nSubject: " + subject + "\r\n" + extra +
		"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_b0\"\r\n\r\n--=_b0\r\n" +
		"Content-Type: multipart/alternative; boundary=\"=_b1\"\r\n\r\n--=_b1\r\n" + h.leaf("text/plain", text) + "\r\n--=_b1\r\n" + h.leaf("text/html", html) + "\r\n--=_b1--\r\n\r\n" +
		"--=_b0\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment;\r\n " + h.parameter("filename", name) + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
		base64Lines(content) + "\r\n--=_b0--\r\n"
}

// leaf is a part of text.
func (h hiding) leaf(mediaType, body string) string {
	encoded, charset := h.charset(body)
	encoded, transfer := h.transfer(encoded)
	return fmt.Sprintf("Content-Type: %s; charset=%s\r\nContent-Transfer-Encoding: %s\r\n\r\n%s", mediaType, charset, transfer, encoded)
}

// The fuzz target says nothing where a message is refused for how it is written:
// most must be clear with the row's own address.
func TestHiddenOwnIsClear(t *testing.T) {
	const cases = 500
	clean := 0
	why := map[string]int{}
	for seed := range uint64(cases) {
		input := someInput(seed)
		addresses := hideable[madeup.NewDice(input).N(2)]
		refusals := judgeHidden(t, addresses, hiddenMessage(input, addresses[0]))
		if len(refusals) == 0 {
			clean++
			continue
		}
		why[refusals[0].Where+": "+refusals[0].What]++
	}
	t.Logf("%d of %d clear; %v", clean, cases, why)
	if clean < cases*4/5 {
		t.Errorf("only %d of %d messages are clear with the row's own address", clean, cases)
	}
}
