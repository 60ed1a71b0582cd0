package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

var began = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

// sample is a report of one campaign with every outcome.
func sample() *Report {
	r := New(Campaign{ID: "spring <b>", Digest: "sha256:0", Recipients: 109, Started: began, Updated: began.Add(time.Hour)})
	for i := range 100 {
		r.Add(Recipient{Line: i + 2, Outcome: Accepted, Code: 250, Attempts: 1, Domain: "a.example",
			Begun: began.Add(time.Duration(i) * time.Second), Ended: began.Add(time.Duration(i)*time.Second + 40*time.Millisecond)})
	}
	for i := range 3 {
		r.Add(Recipient{Line: 102 + i, Outcome: Rejected, Code: 550, Enhanced: "5.1.1", Reply: "550 5.1.1 <script>alert(1)</script>", Attempts: 1,
			Begun: began, Ended: began.Add(3 * time.Second), Domain: "b.example", Address: "ann@b.example"})
	}
	r.Add(Recipient{Line: 105, Outcome: Deferred, Code: 451, Attempts: 2, Domain: "b.example", Begun: began, Ended: began})
	r.Add(Recipient{Line: 106, Outcome: Unknown, Attempts: 1, Domain: "c.example", Begun: began})
	r.Add(Recipient{Line: 107, Outcome: Bounced, Code: 550, Enhanced: "5.2.2", Attempts: 1, Domain: "c.example", Begun: began, Ended: began.Add(-time.Second)})
	r.Add(Recipient{Line: 108, Outcome: Suppressed})
	r.Untried(2)
	return r
}

func TestSummedUp(t *testing.T) {
	r := sample()
	var counts, failures, domains strings.Builder
	for _, o := range Outcomes() {
		fmt.Fprintf(&counts, "%s %d ", o, r.Count(o))
	}
	for _, f := range r.Failures() {
		fmt.Fprintf(&failures, "%d %s %d %s,", f.Count, f.Outcome, f.Code, f.Enhanced)
	}
	for _, d := range r.Domains(10) {
		fmt.Fprintf(&domains, "%s %d of %d,", d.Domain, d.Failed, d.Count)
	}
	for _, test := range []struct{ got, want string }{
		{counts.String(), "accepted 100 bounced 1 rejected 3 deferred 1 unknown 1 pending 2 suppressed 1 "},
		{failures.String(), "3 rejected 550 5.1.1,1 bounced 550 5.2.2,1 deferred 451 ,1 unknown 0 ,"},
		{domains.String(), "b.example 4 of 4,c.example 2 of 2,a.example 0 of 100,"},
	} {
		if test.got != test.want {
			t.Errorf("%s\nwant %s", test.got, test.want)
		}
	}
	if got := r.Quantile(0.5); got != 40*time.Millisecond {
		t.Errorf("half of the replies within %v", got)
	}
	if got := r.Domains(1); len(got) != 1 {
		t.Errorf("%d domains, not one", len(got))
	}
}

func TestExplain(t *testing.T) {
	for _, test := range []struct {
		f    Failure
		want string
	}{
		{Failure{Rejected, 550, "5.1.1"}, "there is no such mailbox"},
		{Failure{Deferred, 452, "4.2.2"}, "the mailbox is full"},
		{Failure{Deferred, 451, "4.7.1"}, "the server does not take it from you for now, as with greylisting"},
		{Failure{Deferred, 450, "4.1.1"}, "the server does not know yet whether there is such a mailbox"},
		{Failure{Rejected, 550, "5.7.999"}, "the server refuses it by its rules"},
		{Failure{Rejected, 550, "5.0.0"}, "there is no such mailbox, or the server refuses it"},
		{Failure{Rejected, 599, ""}, "the server refuses it for good"},
		{Failure{Deferred, 499, ""}, "the server does not take it now"},
		{Failure{Deferred, 0, ""}, "it was not handed over"},
		{Failure{Unknown, 550, "5.1.1"}, "the link broke after the message was handed over: the server may have it"},
	} {
		if got := Explain(test.f); got.What != test.want || got.Do == "" {
			t.Errorf("%+v: %+v, want %q", test.f, got, test.want)
		}
	}
	for _, o := range []Outcome{Rejected, Bounced} {
		if got := Explain(Failure{o, 0, "5.4.9"}); strings.Contains(got.Do, "run the same command again") {
			t.Errorf("%s: %q, though nobody is tried again", o, got.Do)
		}
	}
	if got := Explain(Failure{Deferred, 0, "4.4.9"}); got.Do != goOn {
		t.Errorf("deferred: %q, want %q", got.Do, goOn)
	}
	for detail, m := range details() {
		if m.What == "" || m.Do == "" || !regexp.MustCompile(`^\d+\.\d+$`).MatchString(detail) {
			t.Errorf("%s: %+v", detail, m)
		}
	}
}

func TestPlots(t *testing.T) {
	for _, test := range []struct {
		apart time.Duration
		bars  int
		unit  string
	}{
		{0, 1, "1s"},
		{10 * time.Second, 11, "1s"},
		{time.Hour, 31, "2m0s"},
		{40 * 24 * time.Hour, 41, "24h0m0s"},
		{9 * 365 * 24 * time.Hour, 10, "8760h0m0s"},
		{100 * 365 * 24 * time.Hour, 61, "8760h0m0s"},
	} {
		r := New(Campaign{})
		r.Add(Recipient{Outcome: Accepted, Ended: began})
		r.Add(Recipient{Outcome: Accepted, Ended: began.Add(test.apart)})
		p := r.Times()
		total := 0
		for _, b := range p.Bars {
			total += b.Count
		}
		if total != 2 || p.Unit != test.unit || len(p.Bars) < test.bars || len(p.Bars) > test.bars+1 {
			t.Errorf("%v apart: %d bars of %s for %d", test.apart, len(p.Bars), p.Unit, total)
		}
	}
	if p := New(Campaign{}).Times(); len(p.Bars) != 0 {
		t.Error("bars for nobody")
	}
	got := ""
	for _, b := range sample().ReplyTimes().Bars {
		if b.Count > 0 {
			got += fmt.Sprintf("%s %d,", b.Label, b.Count)
		}
	}
	if want := "≤ 1 ms 1,≤ 50 ms 100,≤ 5 s 3,"; got != want {
		t.Errorf("reply times %q, want %q", got, want)
	}
}

func pageOf(t *testing.T, r *Report, addresses bool) string {
	t.Helper()
	var out bytes.Buffer
	if err := r.HTML(&out, began, addresses); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestPage reads the page with another parser than made it: what it has, that
// it runs nothing and loads nothing, and that its policy fits its style.
func TestPage(t *testing.T) {
	text := pageOf(t, sample(), false)
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	var style string
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		seen[n.Data]++
		for _, a := range n.Attr {
			switch a.Key {
			case "src", "href", "style", "srcset", "action", "xlink:href":
				t.Errorf("<%s %s>", n.Data, a.Key)
			}
		}
		if n.Data == "style" {
			style = n.FirstChild.Data
		}
	}
	if seen["script"]+seen["link"]+seen["img"]+seen["iframe"] > 0 || seen["svg"] != 2 || seen["desc"] != 2 || seen["table"] != 3 || seen["h1"] != 1 {
		t.Errorf("elements %v", seen)
	}
	sum := sha256.Sum256([]byte(style))
	if policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(html.UnescapeString(text), policy) {
		t.Errorf("the page lacks the policy %s", policy)
	}
	if strings.Contains(style, "url(") || strings.Contains(style, "@import") {
		t.Error("the style loads something")
	}
	for _, want := range []string{"spring &lt;b&gt;", "there is no such mailbox", "550 5.1.1", "b.example", "&lt;script&gt;", "2026-03-01T10:00:00Z", "half of them within 40ms"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(text, "ann@b.example") {
		t.Error("the page shows an address that nobody asked for")
	}
	if !strings.Contains(pageOf(t, sample(), true), "ann@b.example") {
		t.Error("the page lacks an address that was asked for")
	}
}

// TestPageOfNothing has no empty tables and plots.
func TestPageOfNothing(t *testing.T) {
	text := pageOf(t, New(Campaign{ID: "none"}), false)
	if strings.Contains(text, "<table") || strings.Contains(text, "<svg") || !strings.Contains(text, "<dt>accepted</dt>") {
		t.Error(text)
	}
}

// TestPageLimit lists some of many, and says so.
func TestPageLimit(t *testing.T) {
	r := New(Campaign{ID: "many"})
	for i := range maxFailed + 5 {
		r.Add(Recipient{Line: i, Outcome: Rejected, Code: 550})
	}
	if text := pageOf(t, r, false); !strings.Contains(text, "the first 1000 of 1005") || len(r.Failed) != maxFailed {
		t.Error("the page does not say that it lists some of many")
	}
}

func TestCSV(t *testing.T) {
	var out bytes.Buffer
	for _, addresses := range []bool{false, true} {
		out.Reset()
		c, err := NewCSV(&out, addresses)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range []Recipient{
			{Line: 2, Outcome: Accepted, Code: 250, Enhanced: "2.0.0", Attempts: 1, Begun: began, Ended: began, Address: "=1+1@a.example"},
			{Line: 3, Outcome: Rejected, Code: 550, Reply: "=cmd|' /C calc'!A0"},
		} {
			if err := c.Add(r); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&out).ReadAll()
		if err != nil || len(rows) != 3 {
			t.Fatal(rows, err)
		}
		if rows[2][4] != "'=cmd|' /C calc'!A0" || rows[1][7] != "2026-03-01T10:00:00Z" || rows[2][7] != "" {
			t.Errorf("%q", rows)
		}
		if addresses != (len(rows[1]) == 9) || addresses && rows[1][8] != "'=1+1@a.example" {
			t.Errorf("with addresses %v: %q", addresses, rows[1])
		}
	}
}
