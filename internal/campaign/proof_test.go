package campaign

import (
	"bytes"
	"errors"
	"net/mail"
	"strings"
	"testing"

	"mailshot/internal/address"
	"mailshot/internal/rule"
)

func TestProofs(t *testing.T) {
	c := load(t, write(t, map[string]string{"notice.txt": notice("to-name: \"{{ .name }}\"\nidentities: [staff@sender.example]\n"), "list.csv": list}))
	clear(t, c)
	to, err := address.Parse("staff@sender.example")
	if err != nil {
		t.Fatal(err)
	}
	proofs, err := c.Proofs(t.Context(), to, []int{4, 2})
	if err != nil || len(proofs) != 2 {
		t.Fatalf("%d proofs, %v", len(proofs), err)
	}
	ids := map[string]bool{}
	for i, line := range []int{2, 4} {
		var raw bytes.Buffer
		if _, err := proofs[i].WriteTo(&raw); err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(&raw)
		if err != nil {
			t.Fatal(err)
		}
		boxes, err := m.Header.AddressList("To")
		if err != nil || len(boxes) != 1 || boxes[0].Address != to.String() || proofs[i].Envelope().To != to {
			t.Errorf("line %d goes to %v, %v", line, boxes, err)
		}
		if subject := m.Header.Get("Subject"); !strings.HasPrefix(subject, "[test] About K") {
			t.Errorf("line %d has the subject %q", line, subject)
		}
		ids[m.Header.Get("Message-ID")] = true
	}
	for cleared, err := range c.Messages(t.Context(), func(Recipient) bool { return true }) {
		if err != nil {
			t.Fatal(err)
		}
		ids[cleared.MessageID()] = true
	}
	if len(ids) != 5 {
		t.Errorf("%d message ids of 3 messages and 2 proofs", len(ids))
	}
}

func TestProofsRefuse(t *testing.T) {
	c := load(t, write(t, map[string]string{"notice.txt": notice(""), "list.csv": list}))
	clear(t, c)
	own, ann := c.From().Address, address.Address{}
	if a, err := address.Parse("ann@a.example"); err == nil {
		ann = a
	}
	if c.IsOwn(ann) || !c.IsOwn(own) {
		t.Error("who the sender is")
	}
	if _, err := c.Proofs(t.Context(), ann, []int{2}); !isRefusal(err) {
		t.Errorf("a proof to a recipient: %v", err)
	}
	if _, err := c.Proofs(t.Context(), own, []int{2, 9}); err == nil || !strings.Contains(err.Error(), "line 9") {
		t.Errorf("a proof of no row: %v", err)
	}
}

func isRefusal(err error) bool {
	_, ok := errors.AsType[rule.Refusal](err)
	return ok
}
