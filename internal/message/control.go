package message

import (
	"strings"
	"unicode"

	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// hasControl says whether v holds a character that can end a header field, or
// that readers treat in ways of their own: C0, DEL and C1.
func hasControl(v string) bool { return strings.ContainsFunc(v, unicode.IsControl) }

const (
	controlWhat = "a control character (such as a line break)"
	controlHint = "take it out; line breaks can stand in the body only"
)

// controlInRow refuses what a row makes of the part called where.
func controlInRow(row *recipient.Row, where string) rule.Refusal {
	return rule.Refusal{Rule: rule.ControlCharacter, Line: row.Line, Row: row.Number,
		Where: where, What: controlWhat, Hint: controlHint}
}

// controlInTemplate refuses what stands in the template itself.
func controlInTemplate(path, where string) rule.Refusal {
	return rule.Refusal{Rule: rule.ControlCharacter, File: path, Where: where, What: controlWhat, Hint: controlHint}
}
