package guard

import (
	"bytes"
	"regexp"
	"strings"

	"mailshot/internal/message"
	"mailshot/internal/rule"
)

// proofMark is what the subject of a proof begins with.
const proofMark = "[test] "

// ClearProof clears a proof of a message that was cleared: the same message to
// one of the sender's own addresses, for the sender to look at. Its envelope and
// To name that address, its subject is marked, its Message-ID is another, and
// every other octet is that of c: so it shows the data of c's row, and of no
// other. The error is a rule.Refusal.
func ClearProof(c Cleared, proof *message.Message) (Cleared, error) {
	s, e := c.seal, proof.Envelope
	if !s.own[e.To.Canonical()] {
		return Cleared{}, s.refuseProof(c, rule.Envelope, "a proof goes to `from` or one of `identities`, and this address is neither")
	}
	if e.From != c.m.Envelope.From || proof.Ordinal != c.m.Ordinal || proof.Line != c.m.Line {
		return Cleared{}, s.refuseProof(c, rule.Envelope, "the proof is not of the row that it is for")
	}
	if !dateAlone(proof.Prefix) || !proves(c.m, proof) {
		return Cleared{}, s.refuseProof(c, rule.Structure, "the proof differs from the message in more than To, subject and Message-ID")
	}
	kept := *proof
	d := newDigester()
	return Cleared{m: &kept, seal: s, digest: d.of(proof), needs: needsOf(proof)}, nil
}

func (s *Seal) refuseProof(c Cleared, id rule.ID, what string) rule.Refusal {
	return rule.Refusal{Rule: id, File: s.list, Line: c.m.Line, What: what, Hint: "nothing was sent; if the template does not ask for this, report a defect"}
}

// proves says whether proof is m in all but the three fields. Those stand in the
// first segment.
func proves(m, proof *message.Message) bool {
	if len(m.Segments) == 0 || len(m.Segments) != len(proof.Segments) {
		return false
	}
	for i, s := range m.Segments[1:] {
		t := proof.Segments[i+1]
		if s.Shared != t.Shared || !bytes.Equal(s.Own, t.Own) {
			return false
		}
	}
	header, body := splitHeader(m.Segments[0].Own)
	other, otherBody := splitHeader(proof.Segments[0].Own)
	return bytes.Equal(body, otherBody) && provesHeader(m, proof, foldedFields(header), foldedFields(other))
}

// foldedFields cuts a header block into its fields, folded as they are.
func foldedFields(block []byte) []string {
	var all []string
	for line := range strings.Lines(string(block)) {
		if n := len(all); n > 0 && (line[0] == ' ' || line[0] == '\t') {
			all[n-1] += line
			continue
		}
		all = append(all, line)
	}
	return all
}

func provesHeader(m, proof *message.Message, fields, others []string) bool {
	if len(fields) != len(others) {
		return false
	}
	for i, f := range fields {
		if !provesField(m, proof, f, others[i]) {
			return false
		}
	}
	return true
}

// provesField compares one field with the proof's.
func provesField(m, proof *message.Message, field, other string) bool {
	name, value, _ := strings.Cut(field, ":")
	otherName, otherValue, _ := strings.Cut(other, ":")
	if name != otherName {
		return false
	}
	value, otherValue = unfolded(value), unfolded(otherValue)
	switch strings.ToLower(name) {
	case "to":
		display, to, ok := oneMailbox(value)
		otherDisplay, otherTo, otherOK := oneMailbox(otherValue)
		return ok && otherOK && display == otherDisplay && to == m.Envelope.To && otherTo == proof.Envelope.To
	case "subject":
		subject, ok := decodeWords(value)
		marked, otherOK := decodeWords(otherValue)
		return ok && otherOK && marked == proofMark+subject
	case "message-id":
		return proofID.MatchString(otherValue) && value != otherValue && domainOf(value) == domainOf(otherValue)
	}
	return field == other
}

// proofID is a Message-ID that is a hash and shows nothing.
var proofID = regexp.MustCompile(`^<[a-z2-7]{26}@[^<>@\s]+>$`)

func domainOf(id string) string { return id[strings.LastIndexByte(id, '@')+1:] }

// unfolded gives a field's value on one line (RFC 5322 section 2.2.3).
func unfolded(value string) string {
	return strings.TrimSpace(strings.ReplaceAll(value, "\r\n", ""))
}
