package template

import (
	"encoding/hex"
	"errors"
	"strings"
	"unicode"

	"mailshot/internal/address"
	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// The parsers of YAML and Markdown take time by the square of what is nested
// without sense: some seconds for these sizes.
const (
	maxMatter   = 64 << 10 // bytes of front matter
	maxBody     = 10 << 20 // bytes of a body
	maxMarkdown = 64 << 10 // bytes of a Markdown body
)

// splitMatter cuts a file with LF line ends into front matter and body. The
// front matter begins with a line break in place of its first ---, so that its
// lines count as the file's; body stands at the line bodyLine.
func splitMatter(file, text string) (matter, body string, bodyLine int, err error) {
	first, rest, _ := strings.Cut(text, "\n")
	if strings.TrimRight(first, " \t") != "---" {
		return "", "", 0, &rule.Fault{File: file, Line: 1,
			What: "this is no template: it does not begin with front matter",
			Hint: "begin the file with a line of ---, the settings (from, subject), and another ---; a list goes to --recipients"}
	}
	line, at := 2, 0
	for at < len(rest) {
		one, _, _ := strings.Cut(rest[at:], "\n")
		next := min(at+len(one)+1, len(rest))
		if strings.TrimRight(one, " \t") == "---" {
			return "\n" + rest[:at], rest[next:], line + 1, tooLong(file, at)
		}
		line, at = line+1, next
	}
	return "", "", 0, &rule.Fault{File: file, Line: 1, What: "the front matter does not end", Hint: "put a line of --- after it"}
}

func tooLong(file string, matter int) error {
	if matter <= maxMatter {
		return nil
	}
	return &rule.Fault{File: file, What: "the front matter is larger than 64 KiB", Hint: "is this a template?"}
}

// A frontReader turns YAML values into a Front and keeps the first fault.
type frontReader struct {
	file  string
	fault *rule.Fault
}

func (r *frontReader) refuse(v value, what, hint string) {
	if r.fault == nil {
		r.fault = &rule.Fault{File: r.file, Line: v.line, Column: v.column, What: what, Hint: hint}
	}
}

// line is a value that must be one line without controls.
func (r *frontReader) line(key string, v value) string {
	if strings.ContainsFunc(v.text, unicode.IsControl) {
		r.refuse(v, key+" holds a line break or another control character", "write it on one line")
	}
	return v.text
}

func (r *frontReader) lines(key string, vs []value) []string {
	var all []string
	for _, v := range vs {
		if v.text == "" {
			r.refuse(v, key+" has an empty entry", "")
		}
		all = append(all, r.line(key, v))
	}
	return all
}

// constant is a line that is the same in every message.
func (r *frontReader) constant(key string, v value) string {
	if hasAction(v.text) {
		r.refuse(v, key+" is the same in every message and takes no {{ }}", "")
	}
	return r.line(key, v)
}

func (r *frontReader) mailbox(key string, v value) address.Mailbox {
	if v.text == "" {
		return address.Mailbox{}
	}
	m, err := address.ParseMailbox(r.constant(key, v))
	if err != nil {
		r.refuse(v, key+": "+reason(err), "write it as name@domain or Name <name@domain>")
	}
	return m
}

func (r *frontReader) address(key string, v value) address.Address {
	a, err := address.Parse(r.line(key, v))
	if err != nil {
		r.refuse(v, key+": "+reason(err), "write it as name@domain")
	}
	return a
}

// reason says why an address was not taken, in the words of package address.
func reason(err error) string {
	for _, known := range []error{address.ErrBlank, address.ErrSeveral, address.ErrControl} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return address.ErrSyntax.Error()
}

// front reads m; defaultCampaign is the id where it gives none.
func (r *frontReader) front(m *matter, defaultCampaign string) Front {
	f := Front{
		Campaign:        r.constant("campaign", m.Campaign),
		From:            r.mailbox("from", m.From),
		ReplyTo:         r.mailbox("reply-to", m.ReplyTo),
		Sender:          r.mailbox("sender", m.Sender),
		ToName:          r.line("to-name", m.ToName),
		Subject:         r.line("subject", m.Subject),
		Preheader:       r.line("preheader", m.Preheader),
		HTML:            r.constant("html", m.HTML),
		Text:            r.constant("text", m.Text),
		Inline:          r.lines("inline", m.Inline),
		ListUnsubscribe: r.line("list-unsubscribe", m.ListUnsubscribe),
		SharedMailboxes: r.line("shared-mailboxes", m.SharedMailboxes),
		Relational:      r.lines("relational", m.Relational),
		Attachments:     r.attachments(m.Attachments),
		Headers:         r.headers(m.Headers),
		Columns:         r.columns(m.Columns),
		Allow:           r.allow(m.Allow),
		AllowFiles:      r.allowFiles(m.AllowFiles),
	}
	for _, v := range m.Identities {
		f.Identities = append(f.Identities, r.address("identities", v))
	}
	if f.Campaign == "" {
		f.Campaign = defaultCampaign
	}
	if strings.TrimSpace(f.Subject) == "" {
		r.refuse(value{line: 1}, "the front matter has no subject", "add a line such as subject: News for {{ .first_name }}")
	}
	return f
}

func (r *frontReader) attachments(list []attachment) []Attachment {
	var all []Attachment
	for _, a := range list {
		if a.File.text == "" {
			r.refuse(a.File, "attachments has an entry without a file", "")
		}
		all = append(all, Attachment{
			File:        r.line("attachments", a.File),
			MustContain: r.line("must-contain", a.MustContain),
		})
	}
	return all
}

func (r *frontReader) headers(list pairs) []Header {
	var all []Header
	for _, h := range list {
		if h.key.text == "" {
			r.refuse(h.key, "headers has an entry without a name", "")
		}
		all = append(all, Header{r.line("headers", h.key), r.constant("headers", h.value)})
	}
	return all
}

func (r *frontReader) columns(list pairs) map[string]recipient.Kind {
	all := make(map[string]recipient.Kind, len(list))
	for _, c := range list {
		switch kind := recipient.Kind(c.value.text); kind {
		case recipient.KindAddress, recipient.KindName, recipient.KindIdentifier, recipient.KindText, recipient.KindPrivate:
			all[r.line("columns", c.key)] = kind
		default:
			r.refuse(c.value, "unknown kind of column", "one of address, name, identifier, text, private")
		}
	}
	return all
}

const wantsReason = "say under reason why it is allowed"

func (r *frontReader) allow(list []allowance) []Allow {
	var all []Allow
	for _, a := range list {
		switch {
		case a.Value.text == "" || a.SHA256.text != "":
			r.refuse(a.place(), "an entry of allow is a value and a reason", wantsReason)
		case a.Reason.text == "":
			r.refuse(a.Value, "an entry of allow has no reason", wantsReason)
		}
		all = append(all, Allow{a.Value.text, a.Reason.text})
	}
	return all
}

func (r *frontReader) allowFiles(list []allowance) []AllowFile {
	var all []AllowFile
	for _, a := range list {
		sum, err := hex.DecodeString(a.SHA256.text)
		switch {
		case a.Value.text != "" || err != nil || len(sum) != 32:
			r.refuse(a.place(), "an entry of allow-files is a sha256 of 64 hexadecimal digits and a reason", "")
			continue
		case a.Reason.text == "":
			r.refuse(a.SHA256, "an entry of allow-files has no reason", wantsReason)
		}
		all = append(all, AllowFile{[32]byte(sum), a.Reason.text})
	}
	return all
}

// place is where the entry stands in the file.
func (a allowance) place() value {
	for _, v := range []value{a.Value, a.SHA256, a.Reason} {
		if v.line > 0 {
			return v
		}
	}
	return value{line: 1}
}
