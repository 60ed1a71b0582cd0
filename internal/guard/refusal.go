package guard

import (
	"fmt"
	"slices"

	"mailshot/internal/identifier"
	"mailshot/internal/rule"
)

// hintReport is the next step where a message came out wrong although the
// template is not at fault.
const hintReport = "look at the message with --dry-run --out; if the template does not ask for this, report a defect"

// refuse notes a refusal of the row's message that shows nobody else's data.
func (r *Reader) refuse(id rule.ID, where, what, hint string) {
	r.add(cause{rule: id, where: where}, rule.Refusal{Rule: id, Where: where, What: what, Hint: hint})
}

// refuseFor notes that the data of the row at line other was found.
func (r *Reader) refuseFor(id rule.ID, other int, where, what, hint string) {
	r.add(cause{rule: id, other: other}, rule.Refusal{Rule: id, OtherLine: other, Where: where, What: what, Hint: hint})
}

func (r *Reader) add(c cause, f rule.Refusal) {
	if r.causes[c] || len(r.refusals) >= maxRefusals {
		return
	}
	r.causes[c] = true
	f.File, f.Line, f.Row = r.g.policy.List, r.row.Line, r.row.Number
	if r.row == nobody {
		f.File, f.Line = r.g.policy.Template, 0
	}
	r.refusals = append(r.refusals, f)
}

// joinCauses drops the refusal of a name that was read in an address: "ann.lee
// (at) a.example" is a name first.
func (r *Reader) joinCauses() {
	all := slices.Clone(r.refusals)
	r.refusals = slices.DeleteFunc(r.refusals, func(n rule.Refusal) bool {
		return n.Rule == rule.ForeignName && slices.ContainsFunc(all, func(a rule.Refusal) bool {
			return a.Rule == rule.ForeignAddress && a.OtherLine == n.OtherLine && a.Where == n.Where
		})
	})
}

// warn notes something worth a look, at the first place where it is found.
func (r *Reader) warn(where, what string) {
	c := cause{where: what}
	if r.causes[c] || len(r.warnings) >= maxRefusals {
		return
	}
	r.causes[c] = true
	r.warnings = append(r.warnings, rule.Warning{File: r.g.policy.List, Line: r.row.Line, Where: where, What: what})
}

// whose names a find by kind and row, never by value.
func whose(k identifier.Kind, line int) string {
	return fmt.Sprintf("the %s of the row at line %d", k, line)
}

// ruleFor gives the rule that another row's data of kind k breaks there.
func (p place) ruleFor(k identifier.Kind) rule.ID {
	if p.pairing {
		return rule.AttachmentPairing
	}
	switch k {
	case identifier.Address, identifier.Digest:
		return rule.ForeignAddress
	case identifier.Name:
		return rule.ForeignName
	}
	return rule.ForeignIdentifier
}

// hintFor gives the next step where another row's data of kind k was found.
func (p place) hintFor(k identifier.Kind) string {
	if p.pairing {
		return hintFile
	}
	switch k {
	case identifier.Address, identifier.Digest:
		return "look where the template takes it from; the sender's own address goes under identities, a column that names another person on purpose under relational"
	case identifier.Name:
		return "look at this row's cells; a column that names another person on purpose goes under relational, words that only look like a name under allow"
	}
	return "look at this row's cells; a column that names another person on purpose goes under relational, one that identifies nobody under columns as text"
}
