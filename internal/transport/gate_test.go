package transport

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"mailshot/internal/rule"
)

func opened(out io.Writer, next ...announced) *gate {
	g := newGate(out, func() {})
	g.open()
	for _, a := range next {
		g.announce(a)
	}
	return g
}

// write writes text through g in pieces.
func write(g *gate, piece int, text string) error {
	for len(text) > 0 {
		n := min(piece, len(text))
		if _, err := g.Write([]byte(text[:n])); err != nil {
			return err
		}
		text = text[n:]
	}
	return nil
}

const (
	gateMail = "MAIL FROM:<s@a.example>\r\n"
	gateRcpt = "RCPT TO:<r@a.example>\r\n"
)

var (
	first  = announced{"s@a.example", "r@a.example", len("Hello\r\n.\r\n")}
	second = announced{"s@a.example", "t@a.example", len("Bye\r\n")}
)

const (
	firstChunk    = "BDAT 10 LAST\r\nHello\r\n.\r\n"
	firstContent  = "Hello\r\n..\r\n.\r\n"
	secondChunk   = "RSET\r\nMAIL FROM:<s@a.example>\r\nRCPT TO:<t@a.example>\r\nBDAT 5 LAST\r\nBye\r\n"
	secondMessage = "RSET\r\nMAIL FROM:<s@a.example>\r\nRCPT TO:<t@a.example>\r\nDATA\r\nBye\r\n.\r\n"
)

func TestGateLetsThePlannedPass(t *testing.T) {
	for name, text := range map[string]string{
		"two messages":          gateMail + gateRcpt + "DATA\r\n" + firstContent + secondMessage + "QUIT\r\n",
		"two chunks":            gateMail + gateRcpt + firstChunk + secondChunk + "QUIT\r\n",
		"a chunk, then DATA":    gateMail + gateRcpt + firstChunk + secondMessage,
		"a refused recipient":   gateMail + gateRcpt + secondMessage,
		"a refused sender":      gateMail + secondMessage,
		"parameters":            "MAIL FROM:<s@a.example> SIZE=10 BODY=8BITMIME SMTPUTF8\r\n" + gateRcpt + "RSET\r\nQUIT\r\n",
		"nothing":               "QUIT\r\n",
		"a reset before it all": "RSET\r\nRSET\r\n" + gateMail,
	} {
		for _, piece := range []int{1, 2, 3, 7, 1000} {
			var passed bytes.Buffer
			if err := write(opened(&passed, first, second), piece, text); err != nil {
				t.Errorf("%s in pieces of %d: %v", name, piece, err)
			}
			if passed.String() != text {
				t.Errorf("%s in pieces of %d: passed %q", name, piece, passed.String())
			}
		}
	}
}

func TestGateRefuses(t *testing.T) {
	for name, c := range map[string]struct{ good, bad string }{
		"a second RCPT":                {gateMail + gateRcpt, gateRcpt},
		"another second RCPT":          {gateMail + gateRcpt, "RCPT TO:<t@a.example>\r\n"},
		"another RCPT":                 {gateMail, "RCPT TO:<t@a.example>\r\n"},
		"two in a RCPT":                {gateMail, "RCPT TO:<r@a.example>,<t@a.example>\r\n"},
		"a RCPT with ORCPT":            {gateMail, "RCPT TO:<r@a.example> ORCPT=rfc822;t@a.example\r\n"},
		"a RCPT in other letters":      {gateMail, "rcpt to:<r@a.example>\r\n"},
		"a RCPT without a MAIL":        {"", gateRcpt},
		"a RCPT after the message":     {gateMail + gateRcpt + "DATA\r\n" + firstContent, gateRcpt},
		"a MAIL within":                {gateMail, gateMail},
		"a MAIL after RCPT":            {gateMail + gateRcpt, gateMail},
		"a MAIL without RSET":          {gateMail + gateRcpt + "DATA\r\n" + firstContent, gateMail},
		"another MAIL":                 {"", "MAIL FROM:<x@a.example>\r\n"},
		"a MAIL with ENVID":            {"", "MAIL FROM:<s@a.example> ENVID=t+40a.example\r\n"},
		"a MAIL with AUTH":             {"", "MAIL FROM:<s@a.example> AUTH=t+40a.example\r\n"},
		"a MAIL with an address":       {"", "MAIL FROM:<s@a.example> SIZE=1t@a.example\r\n"},
		"a third MAIL":                 {gateMail + secondMessage, "RSET\r\n" + gateMail},
		"DATA without RCPT":            {gateMail, "DATA\r\n"},
		"DATA twice":                   {gateMail + gateRcpt + "DATA\r\n" + firstContent, "DATA\r\n"},
		"a short BDAT":                 {gateMail + gateRcpt, "BDAT 9 LAST\r\n"},
		"a long BDAT":                  {gateMail + gateRcpt, "BDAT 11 LAST\r\n"},
		"a BDAT that is not the last":  {gateMail + gateRcpt, "BDAT 10\r\n"},
		"a BDAT of nothing":            {gateMail + gateRcpt, "BDAT 0 LAST\r\n"},
		"a BDAT with more":             {gateMail + gateRcpt, "BDAT 10 LAST t@a.example\r\n"},
		"a BDAT with a sign":           {gateMail + gateRcpt, "BDAT +10 LAST\r\n"},
		"BDAT without RCPT":            {gateMail, "BDAT 10 LAST\r\n"},
		"BDAT twice":                   {gateMail + gateRcpt + firstChunk, "BDAT 10 LAST\r\n"},
		"BDAT after DATA":              {gateMail + gateRcpt + "DATA\r\n" + firstContent, "BDAT 10 LAST\r\n"},
		"a command within a chunk":     {gateMail + gateRcpt, "BDAT 10 LAST\r\nHello\r\nRSET\r\n"},
		"a chunk with a stuffed dot":   {gateMail + gateRcpt, "BDAT 10 LAST\r\n" + firstContent},
		"an LF in a chunk":             {gateMail + gateRcpt, "BDAT 10 LAST\r\nHello\n1234"},
		"a chunk without a last CR":    {gateMail + gateRcpt, "BDAT 10 LAST\r\nHello12345RSET\r\n"},
		"VRFY":                         {"", "VRFY r@a.example\r\n"},
		"EHLO when open":               {"", "EHLO a.example\r\n"},
		"AUTH when open":               {"", "AUTH PLAIN\r\n"},
		"an LF":                        {"", "RSET\n"},
		"a CR":                         {"", "RSET\rMAIL\r\n"},
		"a command after QUIT":         {"QUIT\r\n", "RSET\r\n"},
		"a command without an end":     {"", strings.Repeat("x", maxCommandLine+1)},
		"a message that is short":      {gateMail + gateRcpt + "DATA\r\n", "Hello\r\n.\r\n"},
		"an empty message":             {gateMail + gateRcpt + "DATA\r\n", ".\r\n"},
		"a message that is long":       {gateMail + gateRcpt + "DATA\r\n", "Hello\r\n..\r\nx\r\n.\r\n"},
		"a message without a last CR":  {gateMail + gateRcpt + "DATA\r\n", "Hello, world.\r\n"},
		"a dot that was not stuffed":   {gateMail + gateRcpt + "DATA\r\n", "Hello\r\n.x\r\n.\r\n"},
		"a lone dot in the message":    {gateMail + gateRcpt + "DATA\r\n", "Hello\r\n.\r\n.\r\n"},
		"an LF in the message":         {gateMail + gateRcpt + "DATA\r\n", "Hello\n..\r\n.\r\n"},
		"an LF at a line's start":      {gateMail + gateRcpt + "DATA\r\n", "Hello\r\n\n"},
		"a smuggled end":               {gateMail + gateRcpt + "DATA\r\n", "Hello\n.\r\n"},
		"a smuggled end with CR":       {gateMail + gateRcpt + "DATA\r\n", "Hello\r\n.\rx"},
		"an address with a line break": {"", "MAIL FROM:<s@a.example>\r\nRCPT TO:<t@a.example>\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, piece := range []int{1, 3, 1 << 20} {
				var passed bytes.Buffer
				shut := false
				g := opened(&passed, first, second)
				g.shut = func() { shut = true }
				if err := write(g, piece, c.good); err != nil {
					t.Fatal(err)
				}
				err := write(g, piece, c.bad)
				var refusal rule.Refusal
				if !errors.As(err, &refusal) || refusal.Rule != rule.Wire || refusal.Hint == "" || !shut {
					t.Fatalf("in pieces of %d: %v, shut %v", piece, err, shut)
				}
				if strings.Contains(refusal.Error(), "example") {
					t.Errorf("the refusal shows an address: %v", refusal)
				}
				if strings.Contains(passed.String()[len(c.good):], "t@a.example") || passed.String() == c.good+c.bad {
					t.Errorf("in pieces of %d it left: %q", piece, passed.String())
				}
				before := passed.Len()
				if _, err := g.Write([]byte("QUIT\r\n")); err == nil || passed.Len() != before {
					t.Error("something passed after the refusal")
				}
			}
		})
	}
}

func TestGateSettingUp(t *testing.T) {
	const good = "EHLO [127.0.0.1]\r\nSTARTTLS\r\nEHLO [127.0.0.1]\r\nAUTH PLAIN AGEAYg==\r\nAUTH LOGIN\r\nYQ==\r\n*\r\n"
	for _, bad := range []string{gateMail, gateRcpt, "r@a.example\r\n", "BDAT 1 LAST\r\n"} {
		var passed bytes.Buffer
		g := newGate(&passed, func() {})
		g.announce(first)
		if err := write(g, 5, good); err != nil {
			t.Fatal(err)
		}
		if err := write(g, 5, bad); err == nil || passed.String() != good {
			t.Errorf("%q: %v, %q", bad, err, passed.String())
		}
	}
	if err := write(newGate(io.Discard, func() {}), 5, "YQ==\r\n"); err == nil {
		t.Error("a dialogue without AUTH passed")
	}
}

// Where DATA is refused no content follows; where a message has begun, it has
// to end.
func TestGateWithhold(t *testing.T) {
	g := opened(io.Discard, first, second)
	if err := write(g, 100, gateMail+gateRcpt+"DATA\r\n"); err != nil {
		t.Fatal(err)
	}
	g.withhold()
	if err := write(g, 100, secondMessage); err != nil {
		t.Fatal(err)
	}
	g = opened(io.Discard, first, second)
	if err := write(g, 100, gateMail+gateRcpt+"DATA\r\nH"); err != nil {
		t.Fatal(err)
	}
	g.withhold()
	if err := write(g, 100, secondMessage); err == nil {
		t.Fatal("a message without an end passed")
	}
}

// Where DATA is taken though the recipient was refused, a lone dot follows.
func TestGateEmpty(t *testing.T) {
	for text, good := range map[string]bool{
		".\r\n" + secondMessage: true, firstContent: false, "\r\n.\r\n": false, secondMessage: false, "..\r\n.\r\n": false,
	} {
		g := opened(io.Discard, first, second)
		if err := write(g, 100, gateMail+gateRcpt+"DATA\r\n"); err != nil {
			t.Fatal(err)
		}
		g.empty()
		if err := write(g, 100, text); (err == nil) != good {
			t.Errorf("%q: %v", text, err)
		}
	}
	g := opened(io.Discard, first)
	g.empty()
	if err := write(g, 100, gateMail+gateRcpt+"DATA\r\n.\r\n"); err == nil {
		t.Error("an empty message passed though no DATA was taken")
	}
}

// FuzzGate: whatever is written, what passes holds no MAIL and no RCPT but the
// announced ones, each at most once.
func FuzzGate(f *testing.F) {
	f.Add(gateMail+gateRcpt+"DATA\r\n"+firstContent+secondMessage, uint8(4))
	f.Add(gateMail+gateRcpt+"RSET\r\n"+gateMail+gateRcpt, uint8(0))
	f.Add("RSET\r\nRSET\r\n"+gateMail+"RCPT TO:<x@a.example>\r\n", uint8(200))
	f.Add(gateMail+gateRcpt+"BDAT 0 LAST\r\nRSET\r\n"+gateMail, uint8(9))
	f.Fuzz(func(t *testing.T, text string, piece uint8) {
		var passed bytes.Buffer
		write(opened(&passed, announced{"s@a.example", "r@a.example", 0}), int(piece)+1, text)
		seen := strings.Split(passed.String(), "\r\n")
		counts := map[string]int{}
		for _, line := range seen {
			verb, _, _ := strings.Cut(line, " ")
			counts[verb]++
			if verb == "RCPT" && line+"\r\n" != gateRcpt || verb == "MAIL" && !strings.HasPrefix(line, "MAIL FROM:<s@a.example>") {
				t.Fatalf("%q passed", line)
			}
		}
		if counts["MAIL"] > 1 || counts["RCPT"] > 1 || counts["DATA"]+counts["BDAT"] > 1 {
			t.Fatalf("passed: %q", passed.String())
		}
	})
}

// Where the message before was accepted, and not within one, MAIL needs no RSET.
func TestGateFresh(t *testing.T) {
	const next = "MAIL FROM:<s@a.example>\r\nRCPT TO:<t@a.example>\r\n"
	for before, good := range map[string]bool{
		"":                               true,
		gateMail:                         false,
		gateMail + gateRcpt:              false,
		gateMail + gateRcpt + "DATA\r\n": false,
		gateMail + gateRcpt + "DATA\r\n" + firstContent: true,
		gateMail + gateRcpt + firstChunk:                true,
		gateMail + gateRcpt + "BDAT 10 LAST\r\nHello":   false,
	} {
		g := opened(io.Discard, first, second)
		if before == "" {
			g = opened(io.Discard, second)
		}
		if err := write(g, 100, before); err != nil {
			t.Fatal(err)
		}
		g.fresh()
		if err := write(g, 100, next); (err == nil) != good {
			t.Errorf("after %q: %v", before, err)
		}
	}
}
