package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// notification is what comes back: for whom, of what, and why.
const notification = `Return-Path: <>
Date: Sun, 1 Mar 2026 10:00:05 +0000
From: MAILER-DAEMON@mx.a.example
To: desk@sender.example
Message-ID: <%[1]d.bounce@mx.a.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

<%[2]s>: it came back

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.a.example

Final-Recipient: rfc822; %[2]s
Action: %[3]s
Status: %[4]s
Diagnostic-Code: smtp; %[5]s <%[2]s> no

--b
Content-Type: text/rfc822-headers

From: desk@sender.example
To: %[2]s
Message-ID: %[6]s

--b--
`

var messageIDField = regexp.MustCompile(`(?im)^Message-ID: (<[^>\r]+>)`)

// bounceMail appends notifications to an mbox, for messages that the server has
// accepted: "bounce MBOX ADDRESS=ACTION,STATUS,CODE...".
func bounceMail(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	sent := map[string]string{}
	for _, t := range worldOf(ts).server.Transactions() {
		if id := messageIDField.FindSubmatch(t.Content); id != nil && len(t.To) == 1 {
			sent[t.To[0]] = string(id[1])
		}
	}
	box, err := os.OpenFile(ts.MkAbs(args[0]), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	ts.Check(err)
	defer box.Close()
	for i, arg := range args[1:] {
		to, what, _ := strings.Cut(arg, "=")
		why := strings.Split(what, ",")
		if sent[to] == "" || len(why) != 3 {
			ts.Fatalf("no message of %s came, or no reason is given", to)
		}
		_, err := fmt.Fprintf(box, "From MAILER-DAEMON Sun Mar  1 10:00:05 2026\n"+notification+"\n", i, to, why[0], why[1], why[2], sent[to])
		ts.Check(err)
	}
}
