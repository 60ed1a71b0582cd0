package bounce

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// report is a notification as Postfix writes it.
const report = `Return-Path: <>
Date: Sun,  1 Mar 2026 10:00:05 +0000 (UTC)
From: MAILER-DAEMON@mx.a.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: desk@sender.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="4XYZ.1/mx.a.example"
Message-Id: <bounce1@mx.a.example>

This is a MIME-encapsulated message.

--4XYZ.1/mx.a.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

<ann.lee@b.example>: host mx.b.example said: 550 5.1.1 unknown

--4XYZ.1/mx.a.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.a.example
Arrival-Date: Sun,  1 Mar 2026 10:00:01 +0000 (UTC)

Final-Recipient: rfc822; ann.lee@b.example
Original-Recipient: rfc822;ann.lee@b.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.b.example
Diagnostic-Code: smtp; 550 5.1.1 <ann.lee@b.example>: no such user

--4XYZ.1/mx.a.example
Content-Description: Undelivered Message
Content-Type: message/rfc822

Return-Path: <desk@sender.example>
From: desk@sender.example
To: ann.lee@b.example
Subject: Your index update
Message-ID: <k3j4h5@sender.example>

Hello.
--4XYZ.1/mx.a.example--
`

// edit replaces old by new, which must be there.
func edit(t testing.TB, old, new string) string {
	t.Helper()
	if !strings.Contains(report, old) {
		t.Fatalf("the report has no %q", old)
	}
	return strings.ReplaceAll(report, old, new)
}

// short is a Notice on one line; "none" for none.
func short(n Notice, err error) string {
	if err != nil {
		return "none"
	}
	return fmt.Sprintf("%s %d %s of %s", n.Action, n.Code, n.Enhanced, strings.Join(n.MessageIDs, ","))
}

func TestRead(t *testing.T) {
	for _, test := range []struct{ name, message, want string }{
		{"as it is", report, "failed 550 5.1.1 of k3j4h5@sender.example"},
		{"CRLF", edit(t, "\n", "\r\n"), "failed 550 5.1.1 of k3j4h5@sender.example"},
		{"delayed", edit(t, "Action: failed", "Action: Delayed"), "delayed 550 5.1.1 of k3j4h5@sender.example"},
		{"delivered", edit(t, "Action: failed\nStatus: 5.1.1", "Action: delivered\nStatus: 2.0.0 (ok)"), "delivered 550 2.0.0 of k3j4h5@sender.example"},
		{"one of two failed", edit(t, "\nFinal-Recipient: rfc822; ann.lee@b.example", "\nFinal-Recipient: rfc822; x@c.example\nAction: delivered\nStatus: 2.0.0\n\nFinal-Recipient: rfc822; y@c.example"), "failed 550 5.1.1 of k3j4h5@sender.example"},
		{"a mailbox that is full", edit(t, "Status: 5.1.1", "Status: 5.2.2 (mailbox full)"), "failed 550 5.2.2 of k3j4h5@sender.example"},
		{"no diagnostic", edit(t, "Diagnostic-Code: smtp; 550", "X-Other: x-unix; 550"), "failed 0 5.1.1 of k3j4h5@sender.example"},
		{"a status that is none", edit(t, "Status: 5.1.1", "Status: ann.lee@b.example"), "failed 550  of k3j4h5@sender.example"},
		{"headers alone are returned", edit(t, "Content-Type: message/rfc822", "Content-Type: text/rfc822-headers"), "failed 550 5.1.1 of k3j4h5@sender.example"},
		{"nothing is returned", edit(t, "Message-ID: <k3j4h5@sender.example>\n", ""), "none"},
		{"it says what it answers", strings.Replace(edit(t, "Message-ID: <k3j4h5@sender.example>\n", ""), "MIME-Version",
			"References: <a1@x.example> <b2@x.example>\nMIME-Version", 1), "failed 550 5.1.1 of a1@x.example,b2@x.example"},
		{"cut off behind the returned id", report[:strings.Index(report, "\nHello.")], "failed 550 5.1.1 of k3j4h5@sender.example"},
		{"no action", edit(t, "Action: failed\n", ""), "none"},
		{"a disposition notification", edit(t, "report-type=delivery-status", "report-type=disposition-notification"), "none"},
		{"a message about bounces", "Subject: bounces\nMessage-ID: <x@y.example>\n\n" + report, "none"},
		{"an empty message", "", "none"},
		{"noise", strings.Repeat("\x00\xff:", 1000), "none"},
		{"an unknown charset and encoding", edit(t, "charset=us-ascii", "charset=x-none\nContent-Transfer-Encoding: x-none"), "failed 550 5.1.1 of k3j4h5@sender.example"},
		{"a status part in base64", edit(t, "Content-Type: message/delivery-status\n\nReporting-MTA", "Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\nReporting-MTA"), "none"},
	} {
		n, err := Read(strings.NewReader(test.message))
		if got := short(n, err); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
		if err != nil && !errors.Is(err, ErrNoNotice) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestDate(t *testing.T) {
	n, err := Read(strings.NewReader(report))
	if want := time.Date(2026, 3, 1, 10, 0, 5, 0, time.UTC); err != nil || !n.At.Equal(want) {
		t.Errorf("%v, want %v, %v", n.At, want, err)
	}
}

func TestHard(t *testing.T) {
	for code, want := range map[string]bool{
		"5.1.1": true, "5.1.2": true, "5.1.10": true, "5.1.7": false, "5.1.8": false,
		"4.1.1": false, "5.2.2": false, "5.7.1": false, "5.10.1": false, "": false,
	} {
		if Hard(code) != want {
			t.Errorf("%q is hard: %v", code, !want)
		}
	}
}

// What a mailbox adds makes no other notification of it.
func TestIdentity(t *testing.T) {
	first, err := Read(strings.NewReader(report))
	if err != nil {
		t.Fatal(err)
	}
	for text, same := range map[string]bool{
		"X-Status: read\nReceived: by x\n" + edit(t, "\n", "\r\n"): true,
		edit(t, "bounce1@", "bounce2@"):                            false,
		edit(t, "Action: failed", "Action: delayed"):               false,
		edit(t, "k3j4h5", "k3j4h6"):                                false,
	} {
		n, err := Read(strings.NewReader(text))
		if err != nil || (n.ID == first.ID) != same {
			t.Errorf("the same %v, want %v, %v:\n%s", !same, same, err, text)
		}
	}
}

// all gives the messages of a source.
func all(t testing.TB, source string) []string {
	t.Helper()
	var got []string
	err := Each(strings.NewReader(source), func(r io.Reader) error {
		text, err := io.ReadAll(r)
		got = append(got, string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestEach(t *testing.T) {
	long := strings.Repeat("y", 10_000) + "\n"
	for _, test := range []struct {
		name, source string
		want         []string
	}{
		{"one message", report, []string{report}},
		{"an mbox of one", "From x Sun Mar  1\na: b\n\nc\n", []string{"a: b\n\nc\n"}},
		{"an mbox of two", "From x\na: b\n\nc\n\nFrom y\r\nd: e\n", []string{"a: b\n\nc\n\n", "d: e\n"}},
		{"From in the middle of a text", "From x\na: b\n\nc\nFrom here\n", []string{"a: b\n\nc\nFrom here\n"}},
		{"From behind a long line", "From x\na: b\n\n" + long + "From here\n", []string{"a: b\n\n" + long + "From here\n"}},
		{"a long From line", "From " + long + "a: b\n", []string{"a: b\n"}},
		{"an empty message", "From x\n\nFrom y\na: b\n", []string{"\n", "a: b\n"}},
		{"nothing", "", []string{""}},
	} {
		if got := all(t, test.source); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", test.want) {
			t.Errorf("%s: %.200q, want %.200q", test.name, got, test.want)
		}
	}
}

// Each goes on behind a message that was not read to its end.
func TestEachUnread(t *testing.T) {
	count := 0
	err := Each(strings.NewReader(strings.Repeat("From x\na: b\n\nc\n\n", 5)), func(io.Reader) error { count++; return nil })
	if err != nil || count != 5 {
		t.Errorf("%d messages, %v", count, err)
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"new/1.x", "cur/2.y:2,S", "tmp/3.z", "4.eml", "5.txt", "cur/deep/6"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Files(dir)
	want := []string{filepath.Join(dir, "new", "1.x"), filepath.Join(dir, "cur", "2.y:2,S"), filepath.Join(dir, "4.eml")}
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q, want %q, %v", got, want, err)
	}
	if _, err := Files(filepath.Join(dir, "none")); err == nil {
		t.Error("a file that is not there")
	}
}

// FuzzRead: whatever the input, what comes out is of the forms that are
// promised, and stands in the input.
func FuzzRead(f *testing.F) {
	f.Add(report)
	f.Add("From x\n" + report + "\nFrom y\n" + report)
	f.Fuzz(func(t *testing.T, source string) {
		err := Each(strings.NewReader(source), func(r io.Reader) error {
			n, err := Read(r)
			if err != nil && !errors.Is(err, ErrNoNotice) {
				t.Error(err)
			}
			if err == nil {
				wellFormed(t, n)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func wellFormed(t *testing.T, n Notice) {
	t.Helper()
	if weight(n.Action) == 0 || len(n.MessageIDs) == 0 || len(n.MessageIDs) > maxIDs {
		t.Errorf("%+v", n)
	}
	if n.Enhanced != "" && enhancedForm.FindString(n.Enhanced) != n.Enhanced {
		t.Errorf("enhanced code %q", n.Enhanced)
	}
	if n.Code != 0 && (n.Code < 200 || n.Code > 599) {
		t.Errorf("code %d", n.Code)
	}
	for _, id := range n.MessageIDs {
		if idForm.FindString("<"+id+">") != "<"+id+">" {
			t.Errorf("Message-ID %q", id)
		}
	}
}
