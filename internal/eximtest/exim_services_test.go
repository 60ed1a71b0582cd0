//go:build services

package eximtest

import (
	"bytes"
	"net/smtp"
	"testing"
)

func TestDelivered(t *testing.T) {
	s := Start(t, "  deny domains = c.example")
	message := []byte("Subject: one\r\n\r\nhello\r\n")
	if err := smtp.SendMail(s.Addr, nil, "a@a.example", []string{"c@c.example"}, message); err == nil {
		t.Error("c.example was not refused")
	}
	if err := smtp.SendMail(s.Addr, nil, "a@a.example", []string{"b@b.example"}, message); err != nil {
		t.Fatal(err)
	}
	got := s.Delivered(t, 1)
	if len(got) != 1 || !bytes.Contains(got[0], []byte("Envelope-to: b@b.example\n")) || !bytes.HasSuffix(got[0], []byte("\n\nhello\n")) {
		t.Errorf("delivered %q", got)
	}
}
