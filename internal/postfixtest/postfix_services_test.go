//go:build services

package postfixtest

import (
	"bytes"
	"net/smtp"
	"testing"
)

func TestDelivered(t *testing.T) {
	s := Start(t)
	err := smtp.SendMail(s.Addr, nil, "a@a.example", []string{"b@b.example"}, []byte("Subject: one\r\n\r\nhello\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	got := s.Delivered(t, 1)
	if len(got) != 1 || !bytes.Contains(got[0], []byte("X-Original-To: b@b.example\n")) || !bytes.HasSuffix(got[0], []byte("\n\nhello\n")) {
		t.Errorf("delivered %q", got)
	}
}
