package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// serverLog writes what Postfix logs of those whom `resolve --json` has listed,
// "serverlog JSON LOG [LINE=taken|LINE=cut|open]...": the lines of a message
// that it took, or of one that was cut off, and whether a session goes on.
func serverLog(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	var listed struct {
		Rows []struct {
			Line      int    `json:"line"`
			MessageID string `json:"message_id"`
		} `json:"rows"`
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &listed))
	ids := map[string]string{}
	for _, r := range listed.Rows {
		ids[fmt.Sprint(r.Line)] = r.MessageID
	}
	var log strings.Builder
	say := func(after time.Duration, format string, args ...any) {
		at := time.Now().Add(after).Format(time.RFC3339Nano)
		fmt.Fprintf(&log, at+" mx postfix/"+format+"\n", args...)
	}
	say(-time.Minute, "smtpd[7]: connect from sender.example[192.0.2.1]")
	for i, arg := range args[2:] {
		line, what, _ := strings.Cut(arg, "=")
		if line == "open" {
			continue
		}
		if ids[line] == "" {
			ts.Fatalf("line %s is not listed", line)
		}
		say(0, "cleanup[8]: 4ABCDE%d: message-id=%s", i, ids[line])
		if what == "taken" {
			say(0, "qmgr[9]: 4ABCDE%d: from=<desk@sender.example>, size=512, nrcpt=1 (queue active)", i)
		}
	}
	if args[len(args)-1] != "open" {
		say(time.Second, "smtpd[7]: disconnect from sender.example[192.0.2.1]")
	}
	say(time.Second, "qmgr[9]: 4AAAAA: removed")
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(log.String()), 0o600))
}
