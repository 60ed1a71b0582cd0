package cli

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"os"
	"regexp"
	"strings"

	"mailshot/internal/campaign"
	"mailshot/internal/ledger"
	"mailshot/internal/rule"
)

// approval is the campaign that --approved gives leave to send.
type approval struct {
	digest   string
	file     string        // that it was read from; "" for none
	campaign string        // its id; "" where there is no file
	parts    []ledger.Part // none where they are not known
}

// maxApproval is the most octets of a file for --approved: room for a warning
// about each of several hundred thousand rows.
const maxApproval = 64 << 20

const approvalHint = "give the digest that `mailshot check` prints, or the file that `mailshot check --json` was written to"

// readApproval reads what --approved gives, a digest or a file; nil for "".
func readApproval(given string) (*approval, error) {
	if given == "" {
		return nil, nil
	}
	if isDigest(given) {
		return &approval{digest: given}, nil
	}
	if _, err := os.Stat(given); err != nil {
		return nil, &usageError{"--approved is neither a digest nor a file that is there", approvalHint}
	}
	data, err := readRegular(given, maxApproval)
	if err != nil {
		return nil, &rule.Fault{File: given, What: "the approval cannot be used: " + reason(err), Hint: approvalHint}
	}
	return parseApproval(given, data)
}

// parseApproval takes what check or a dry run printed of a campaign that was
// clear.
func parseApproval(file string, data []byte) (*approval, error) {
	var printed result
	other := &rule.Fault{File: file, What: "the approval is not what `mailshot check --json` prints", Hint: approvalHint}
	if err := json.Unmarshal(data, &printed); err != nil || printed.Command != "check" && printed.Command != "send" {
		return nil, other
	}
	if printed.Verdict != "clear" {
		return nil, &rule.Fault{File: file, What: "the approval cannot be used: its verdict is not clear", Hint: "check the campaign again, and give what is printed when it is clear"}
	}
	g := &approval{digest: printed.Digest, file: file, campaign: printed.Campaign}
	whole := isDigest(g.digest)
	for _, p := range printed.Parts {
		part, ok := p.part()
		whole = whole && ok
		g.parts = append(g.parts, part)
	}
	if !whole {
		return nil, other
	}
	return g, nil
}

var digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

func isDigest(s string) bool { return digestForm.MatchString(s) }

// part gives what was printed, and whether it can have been.
func (p partJSON) part() (ledger.Part, bool) {
	part := ledger.Part{Kind: p.Kind, Name: p.Name}
	if !isDigest(p.Digest) {
		return part, false
	}
	_, err := hex.Decode(part.Digest[:], []byte(p.Digest[len("sha256:"):]))
	return part, err == nil
}

// judgeApproval says whether the campaign is the approved one.
func (o *sendOptions) judgeApproval(ctx context.Context, a *app, given *approval, c *campaign.Campaign, v *campaign.Verdict) error {
	if given.file != "" && given.campaign != c.ID() {
		return &rule.Fault{File: given.file, What: "the approval is of another campaign than " + c.ID(),
			Hint: "give the file of this campaign, or check and send with the same --campaign"}
	}
	if given.digest == v.Digest {
		return nil
	}
	if len(given.parts) == 0 {
		given.parts = o.partsInLedger(ctx, a, c.ID(), given.digest)
	}
	return given.stale(c, v)
}

// partsInLedger gives what the campaign of that digest was made of, if the
// ledger knows. Whatever keeps it from being read, the campaign is refused.
func (o *sendOptions) partsInLedger(ctx context.Context, a *app, id, digest string) []ledger.Part {
	named, err := a.ledgerPath(o.ledger)
	if err != nil || !ledger.IsServer(named) && missing(named) {
		return nil
	}
	l, err := ledger.OpenToRead(ctx, named)
	if err != nil {
		return nil
	}
	defer l.Close()
	parts, err := l.Parts(ctx, id, digest)
	if err != nil {
		return nil
	}
	return parts
}

// stale refuses a campaign that is not the approved one, and says which part of
// it is another, as far as is known.
func (g *approval) stale(c *campaign.Campaign, v *campaign.Verdict) rule.Refusal {
	r := rule.Refusal{Rule: rule.Stale, Hint: "look at the campaign again, and approve the new digest"}
	if g.file == "" && len(g.parts) == 0 {
		r.Hint += "; --approved with the file that `mailshot check --json` is written to says which it is"
	}
	changed := ledger.Compare(g.parts, v.Parts)
	switch {
	case len(g.parts) == 0:
		r.What = "list, template, attachments or options are not those that were approved"
	case !changed.Empty():
		r.What = "not what was approved: " + changes(changed)
	case c.HasOwnFiles():
		r.What = "not what was approved: an attachment that is one recipient's own is another, or the version of mailshot; all else is the same"
	default:
		r.What = "not what was approved: the version of mailshot is another; list, template, attachments and options are the same"
	}
	r.What += "; the digest is " + v.Digest
	return r
}

// changes names the parts that are others.
func changes(e *ledger.Changed) string {
	var what []string
	for _, of := range []struct {
		parts []ledger.Part
		are   string
	}{{e.Other, "changed"}, {e.New, "added"}, {e.Gone, "gone"}} {
		for _, p := range of.parts {
			what = append(what, p.String()+" "+of.are)
		}
	}
	return strings.Join(what, ", ")
}
