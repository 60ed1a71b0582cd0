package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"mailshot/internal/report"
)

// maxShown is how many recipients are shown one by one.
const maxShown = 20

// printReport writes a report that fits a screen.
func printReport(w io.Writer, j *joined, addresses bool) {
	r := j.report
	fmt.Fprintf(w, "campaign %s: %s, begun %s\n", r.Campaign.ID, count(r.Campaign.Recipients, "recipient"), report.Stamp(r.Campaign.Started))
	for _, o := range report.Outcomes() {
		if n := r.Count(o); n > 0 {
			fmt.Fprintf(w, "%8d %s\n", n, o)
		}
	}
	for _, f := range r.Failures() {
		m := report.Explain(f.Failure)
		fmt.Fprintf(w, "\n%s\n", strings.TrimSuffix(hanging(fmt.Sprintf("%8d ", f.Count), failureName(f.Failure)+": "+m.What), "\n"))
		fmt.Fprint(w, hanging("         ", m.Do))
	}
	printMissing(w, r, addresses)
}

// failureName is an outcome with its codes.
func failureName(f report.Failure) string {
	name := string(f.Outcome)
	if f.Code > 0 {
		name += " " + strconv.Itoa(f.Code)
	}
	if f.Enhanced != "" {
		name += " " + f.Enhanced
	}
	return name
}

// printMissing lists those who did not get their message, or may not have.
func printMissing(w io.Writer, r *report.Report, addresses bool) {
	if len(r.Failed) == 0 {
		return
	}
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(t, "LINE\tOUTCOME\tREPLY\tATTEMPTS\tTIME")
	if addresses {
		fmt.Fprint(t, "\tADDRESS")
	}
	fmt.Fprintln(t)
	for _, p := range r.Failed[:min(len(r.Failed), maxShown)] {
		fmt.Fprintf(t, "%d\t%s\t%s\t%d\t%s", p.Line, p.Outcome, reply(p), p.Attempts, report.Stamp(p.Ended))
		if addresses {
			fmt.Fprint(t, "\t"+p.Address)
		}
		fmt.Fprintln(t)
	}
	t.Flush()
	if len(r.Failed) > maxShown {
		fmt.Fprintf(w, "and more; --csv lists everybody\n")
	}
}

// reply is what the server said: its codes and, masked, its words.
func reply(p report.Recipient) string {
	return strings.TrimSpace(strings.TrimPrefix(fmt.Sprintf("%d %s", p.Code, p.Enhanced), "0") + " " + p.Reply)
}

type reportJSON struct {
	Command    string         `json:"command"`
	Campaign   string         `json:"campaign"`
	Digest     string         `json:"digest"`
	Recipients int            `json:"recipients"`
	Accepted   int            `json:"accepted"`
	Bounced    int            `json:"bounced"`
	Rejected   int            `json:"rejected"`
	Deferred   int            `json:"deferred"`
	Unknown    int            `json:"unknown"`
	Pending    int            `json:"pending"`
	Suppressed int            `json:"suppressed"`
	Started    string         `json:"started"` // RFC 3339
	Updated    string         `json:"updated"` // RFC 3339
	Failures   []failureJSON  `json:"failures"`
	Rows       []reportedJSON `json:"rows"`
}

type failureJSON struct {
	Outcome  report.Outcome `json:"outcome"`
	Code     int            `json:"code"`
	Enhanced string         `json:"enhanced"`
	Count    int            `json:"count"`
	What     string         `json:"what"`
	Hint     string         `json:"hint"`
}

type reportedJSON struct {
	Line     int            `json:"line"`
	Outcome  report.Outcome `json:"outcome"`
	Code     int            `json:"code"`
	Enhanced string         `json:"enhanced"`
	Reply    string         `json:"reply"`
	Attempts int            `json:"attempts"`
	Begun    string         `json:"begun"` // RFC 3339; "" for never
	Ended    string         `json:"ended"` // RFC 3339; "" for not yet
	Address  string         `json:"address,omitempty"`
}

func reportOf(j *joined, addresses bool) reportJSON {
	r := j.report
	out := reportJSON{
		Command: "report", Campaign: r.Campaign.ID, Digest: r.Campaign.Digest, Recipients: r.Campaign.Recipients,
		Accepted: r.Count(report.Accepted), Bounced: r.Count(report.Bounced), Rejected: r.Count(report.Rejected),
		Deferred: r.Count(report.Deferred), Unknown: r.Count(report.Unknown), Pending: r.Count(report.Pending),
		Suppressed: r.Count(report.Suppressed), Started: report.Stamp(r.Campaign.Started), Updated: report.Stamp(r.Campaign.Updated),
		Failures: []failureJSON{}, Rows: []reportedJSON{},
	}
	for _, f := range r.Failures() {
		m := report.Explain(f.Failure)
		out.Failures = append(out.Failures, failureJSON{f.Outcome, f.Code, f.Enhanced, f.Count, m.What, m.Do})
	}
	for _, p := range j.all {
		row := reportedJSON{p.Line, p.Outcome, p.Code, p.Enhanced, p.Reply, p.Attempts, report.Stamp(p.Begun), report.Stamp(p.Ended), ""}
		if addresses {
			row.Address = p.Address
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}
