package guard

import (
	"net/textproto"
	"slices"
	"strings"
	"unicode"

	"mailshot/internal/address"
	"mailshot/internal/rule"
)

// allowedFields are the header fields that a message may have; a field that
// begins with X- may stand too, where the template declares it and it is not
// forbidden. List-* is RFC 2369, 2919 and 8058; Auto-Submitted RFC 3834.
var allowedFields = setOf(
	"date", "from", "sender", "reply-to", "to", "subject", "message-id", "mime-version",
	"content-type", "content-transfer-encoding", "content-language", "content-disposition",
	"list-unsubscribe", "list-unsubscribe-post", "list-id", "list-help", "list-archive",
	"list-owner", "list-post", "list-subscribe", "auto-submitted", "precedence", "feedback-id",
	"organization", "importance", "priority", "sensitivity", "keywords", "comments",
)

// partFields are the header fields that a part of a message may have.
var partFields = setOf(
	"content-type", "content-transfer-encoding", "content-disposition", "content-id",
	"content-description", "content-language", "content-location",
)

// forbiddenFields name recipients, or make a relay or a mail service write to
// some, or tell one recipient of another. None is ever allowed.
var forbiddenFields = setOf(
	"cc", "bcc", "apparently-to", "apparently-from", "delivered-to", "x-original-to", "envelope-to",
	"x-envelope-to", "x-envelope-from", "errors-to", "disposition-notification-to",
	"return-receipt-to", "return-path", "received", "x-smtpapi", "x-mailgun-recipient-variables",
	"x-mc-mergevars", "x-msys-api", "autocrypt-gossip", "original-recipient", "x-rcpt-to",
	"x-forwarded-to", "x-failed-recipients", "x-confirm-reading-to", "x-mc-bccaddress",
	"x-mc-preserverecipients", "mail-followup-to", "mail-reply-to", "followup-to",
)

// addressingWords are the words that an X- field must not have in its name.
var addressingWords = setOf("to", "cc", "bcc", "rcpt", "recipient", "recipients", "gossip", "mergevars")

func setOf(names ...string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, n := range names {
		set[n] = true
	}
	return set
}

// isForbidden takes a name in lower case.
func isForbidden(name string) bool {
	if forbiddenFields[name] || strings.HasPrefix(name, "resent-") {
		return true
	}
	rest, extension := strings.CutPrefix(name, "x-")
	return extension && slices.ContainsFunc(strings.FieldsFunc(rest, isNoLetter), func(w string) bool { return addressingWords[w] })
}

// spelled gives a known name in lower case as the standards spell it.
func spelled(name string) string {
	switch name {
	case "message-id":
		return "Message-ID"
	case "mime-version":
		return "MIME-Version"
	}
	return textproto.CanonicalMIMEHeaderKey(name)
}

func isNoLetter(r rune) bool { return r < 'a' || r > 'z' }

// fieldRules says which fields a campaign's messages may have.
type fieldRules struct {
	fixed map[string]string // values that the template declares, by name in lower case
}

func newFieldRules(p Policy) fieldRules {
	f := fieldRules{fixed: make(map[string]string, len(p.Headers))}
	for _, h := range p.Headers {
		f.fixed[plainName(h.Name)] = h.Value
	}
	return f
}

// plainName gives a name as it is compared, whatever its spelling.
func plainName(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// wrong says why a field must not stand in a message; "" where it may.
func (f fieldRules) wrong(name string) string {
	_, declared := f.fixed[name]
	switch {
	case isForbidden(name):
		return "a field that names recipients, or makes others write to some"
	case !isFieldName([]byte(name)):
		return "a field whose name is empty or not plain"
	case !allowedFields[name] && !(declared && strings.HasPrefix(name, "x-")):
		return "a field outside the allowed list"
	}
	return ""
}

const hintHeader = "take it out of headers; one message goes to one recipient, and help refusals lists the fields that may stand"

// judgeHeader looks at the message's own header: which fields, how often, with
// what in them.
func (r *Reader) judgeHeader(h *heading) {
	if h.flaw != "" {
		r.refuse(rule.Header, "header", h.flaw, hintReport)
	}
	for i, f := range h.fields {
		n := r.named(f.name)
		where := n.at(i)
		if n.wrong != "" {
			r.refuse(rule.Header, where, n.wrong, hintHeader)
		}
		if slices.ContainsFunc(h.fields[:i], func(o field) bool { return strings.EqualFold(o.name, f.name) }) {
			r.refuse(rule.Header, where, "a field that stands twice", hintReport)
		}
		r.judgeField(where, n.plain, f.value)
		r.scanField(place{name: where}, f.value)
	}
	r.judgeFields(h.fields)
}

// named is what is known of all fields of one name.
type named struct {
	plain string // the name in lower case
	where string // how a refusal names the field; "" where its position does
	wrong string // why it must not stand in a message; "" where it may
}

// named looks the name of a field up: most are the same in every message.
func (r *Reader) named(name string) named {
	n, known := r.names[name]
	if known {
		return n
	}
	n.plain = plainName(name)
	n.where, n.wrong = whereKnown(n.plain), r.g.fields.wrong(n.plain)
	if len(r.names) < maxHeadings {
		r.names[name] = n
	}
	return n
}

// at names the field at position i.
func (n named) at(i int) string {
	if n.where == "" {
		return "header field " + itoa(i+1)
	}
	return n.where
}

// whereKnown names a field by its name where that is one of those we know,
// which cannot hold anyone's data, and else gives "".
func whereKnown(name string) string {
	if allowedFields[name] || forbiddenFields[name] || partFields[name] {
		return "header " + spelled(name)
	}
	return ""
}

// judgeField looks at the fields whose value is known.
func (r *Reader) judgeField(where, name, value string) {
	p := &r.g.policy
	switch name {
	case "to":
		r.judgeTo(value)
	case "from":
		r.judgeSender(name, value, p.From)
	case "sender":
		r.judgeSender(name, value, p.Sender)
	case "reply-to":
		r.judgeSender(name, value, p.ReplyTo)
	case "message-id", "list-unsubscribe":
		r.claimField(name, value)
	}
	if want, ok := r.g.fields.fixed[name]; ok {
		if got, whole := decodeWords(value); !whole || unspaced(got) != unspaced(want) {
			r.refuse(rule.Header, where, "a fixed field has another value than the template gives it", hintReport)
		}
	}
}

// unspaced gives s without white space, which folding may change.
func unspaced(s string) string {
	if strings.IndexFunc(s, unicode.IsSpace) < 0 {
		return s
	}
	return strings.Join(strings.Fields(s), "")
}

// judgeTo demands that To is one mailbox, the row's.
func (r *Reader) judgeTo(value string) {
	name, a, ok := oneMailbox(value)
	switch {
	case !ok:
		r.refuse(rule.To, "header To", "it is not exactly one plain mailbox", "look at to-name and the cells it uses")
	case a != r.row.Address:
		r.refuse(rule.To, "header To", "it is not the row's address", hintReport)
	case holdsAddress(name):
		r.refuse(rule.To, "header To", "the display name holds an address", "look at to-name and the cells it uses")
	}
}

// judgeSender demands the mailbox that the campaign has for all messages.
func (r *Reader) judgeSender(field, value string, want address.Mailbox) {
	name, a, ok := oneMailbox(value)
	if !ok || a != want.Address || name != want.Name {
		r.refuse(rule.Sender, "header "+spelled(field), "it differs from the campaign's", hintReport)
	}
}

// judgeFields compares the names with the planned ones.
func (r *Reader) judgeFields(fields []field) {
	plan, next := &r.g.policy.Plan, 0
	for i, f := range fields {
		if next < len(plan.Fields) && strings.EqualFold(plan.Fields[next], f.name) {
			next++
			continue
		}
		if !slices.ContainsFunc(plan.Maybe, func(n string) bool { return strings.EqualFold(n, f.name) }) {
			r.refuse(rule.Structure, r.named(f.name).at(i), "a field that was not planned, or not there", hintReport)
		}
	}
	if next < len(plan.Fields) {
		r.refuse(rule.Structure, "header", "a planned field is missing", hintReport)
	}
}
