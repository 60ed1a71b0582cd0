package message

import (
	"fmt"
	"strings"

	"mailshot/internal/rule"
	"mailshot/internal/template"
)

// maxFieldName leaves room for an encoded word after the longest name.
const maxFieldName = 50

// judgeFixed refuses a field of the front matter that cannot stand in the
// header beside those before it and the fields that every message has. Which of
// the others are harmless is for package guard to say.
func judgeFixed(h template.Header, before []template.Header) *rule.Refusal {
	if !isFieldName(h.Name) {
		return &rule.Refusal{Rule: rule.Header, Where: fmt.Sprintf("header field %d of the front matter", len(before)+1),
			What: "not the name of a header field", Hint: "a name has at most 50 letters, digits and '-'"}
	}
	where := "header " + h.Name
	if isReserved(h.Name) {
		return &rule.Refusal{Rule: rule.Header, Where: where, What: "a field that the template cannot set",
			Hint: "take it out of headers; each message names its own recipient and nobody else"}
	}
	for _, b := range before {
		if strings.EqualFold(b.Name, h.Name) {
			return &rule.Refusal{Rule: rule.Header, Where: where, What: "a field that stands twice", Hint: "leave one"}
		}
	}
	if hasControl(h.Value) {
		r := controlInTemplate("", where)
		return &r
	}
	return nil
}

// isFieldName says whether name is one that every reader takes: RFC 5322
// section 3.6.8 allows more.
func isFieldName(name string) bool {
	return name != "" && len(name) <= maxFieldName && !strings.ContainsFunc(name, func(r rune) bool {
		return !isAlphanumeric(r) && r != '-'
	})
}

func isAlphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

// isReserved says whether a field is written by this package, or names further
// recipients.
func isReserved(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "date", "message-id", "from", "sender", "reply-to", "to", "cc", "bcc", "subject",
		"list-unsubscribe", "list-unsubscribe-post", "mime-version":
		return true
	}
	return strings.HasPrefix(name, "content-") || strings.HasPrefix(name, "resent-")
}
