package cli

import (
	"encoding/hex"
	"encoding/json"
	"io"

	"mailshot/internal/campaign"
	"mailshot/internal/delivery"
	"mailshot/internal/ledger"
	"mailshot/internal/rule"
)

// result is what `--json` prints of a check or a run.
type result struct {
	Command       string        `json:"command"`
	Campaign      string        `json:"campaign"`
	Digest        string        `json:"digest"`
	Verdict       string        `json:"verdict"`
	Recipients    int           `json:"recipients"`
	Accepted      int           `json:"accepted"`
	Already       int           `json:"already"`
	Pending       int           `json:"pending"`
	Skipped       int           `json:"skipped"`
	Suppressed    int           `json:"suppressed"`
	Rejected      int           `json:"rejected"`
	Deferred      int           `json:"deferred"`
	Unknown       int           `json:"unknown"`
	Refusals      []refusalJSON `json:"refusals"`
	RefusalsTotal int           `json:"refusals_total"`
	Warnings      []warningJSON `json:"warnings"`
	Parts         []partJSON    `json:"parts,omitempty"`
	Error         string        `json:"error,omitempty"`
	Hint          string        `json:"hint,omitempty"`
}

type refusalJSON struct {
	Rule      rule.ID `json:"rule"`
	File      string  `json:"file"`
	Row       int     `json:"row"`
	Line      int     `json:"line"`
	OtherLine int     `json:"other_line"`
	Where     string  `json:"where"`
	What      string  `json:"what"`
	Hint      string  `json:"hint"`
}

type warningJSON struct {
	File  string `json:"file"`
	Line  int    `json:"line"`
	Where string `json:"where"`
	What  string `json:"what"`
}

// partJSON is a part of a campaign that was cleared. Its digest can confirm a
// guess of the whole of it, as the campaign's own can.
type partJSON struct {
	Kind   ledger.Kind `json:"kind"`
	Name   string      `json:"name,omitempty"`
	Digest string      `json:"digest"`
}

func newPartJSON(p ledger.Part) partJSON {
	return partJSON{p.Kind, p.Name, "sha256:" + hex.EncodeToString(p.Digest[:])}
}

func newResult() *result {
	return &result{Refusals: []refusalJSON{}, Warnings: []warningJSON{}}
}

// judged takes over what a check found.
func (r *result) judged(v *campaign.Verdict) {
	r.Digest = v.Digest
	r.Recipients, r.Skipped = v.Recipients, v.Skipped
	for _, w := range v.Warnings {
		r.Warnings = append(r.Warnings, warningJSON(w))
	}
	for _, p := range v.Parts {
		r.Parts = append(r.Parts, newPartJSON(p))
	}
}

// maxListed is how many refusals are listed at most.
const maxListed = 100

// stood takes over where a run stands.
func (r *result) stood(p delivery.Progress) {
	r.Accepted, r.Already, r.Pending = p.Accepted, p.Already, p.Pending
	r.Rejected, r.Deferred, r.Unknown = p.Rejected, p.Deferred, p.Unknown
}

// settle fills in what err, with which the command ended, has to say.
func (r *result) settle(err error) {
	if r.Verdict == "" {
		r.Verdict = verdict(status(err))
	}
	list, total := refusals(err)
	for _, f := range list[:min(len(list), maxListed)] {
		r.Refusals = append(r.Refusals, refusalJSON{f.Rule, f.File, f.Row, f.Line, f.OtherLine, f.Where, f.What, f.Hint})
	}
	r.RefusalsTotal = total
	if total == 0 && (r.Verdict == "invalid" || r.Verdict == "failed") {
		r.Error, r.Hint = said(err), nextStep(err)
	}
}

// verdict is what a command that ended with code says in one word.
func verdict(code int) string {
	switch code {
	case done:
		return "clear"
	case wrongUse:
		return "invalid"
	case refused:
		return "refused"
	case partly:
		return "partial"
	case unknown:
		return "unknown"
	}
	return "failed"
}

// printJSON writes one object on one line.
func printJSON(w io.Writer, v any) {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	must(e.Encode(v))
}
