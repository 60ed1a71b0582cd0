package guard

import (
	"bytes"
	"math/bits"
	"slices"
	"strings"

	"mailshot/internal/identifier"
	"mailshot/internal/message"
	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// One text is a list where it has addresses of so many rows, or two kinds of
// data of so many each, or anything of so many.
const (
	listAddresses = 3
	listPairs     = 5
	listRows      = identifier.MaxRows
)

// Constants judges once what all messages share: the template's own words and
// the shared attachments (foreign-in-template, list-as-message,
// unreadable-attachment), and the fixed header fields (header) and senders
// (sender).
func (g *Guard) Constants(shared []message.File) ([]rule.Refusal, []rule.Warning) {
	c := constants{Reader: g.Reader(), others: make(map[string]map[int]kinds), lists: make(map[string]bool)}
	c.row = nobody
	c.collect = c.note
	c.headers()
	c.senders()
	for _, t := range g.policy.Constants {
		c.at = t
		c.readConstant(t.Text)
	}
	for i, f := range shared {
		c.file(i, f)
	}
	g.refused = len(c.refusals) > 0
	return c.refusals, c.warnings
}

// constants is a Reader put to what no row is at fault for.
type constants struct {
	*Reader
	at     Constant                 // what is being read
	others map[string]map[int]kinds // by file, then by row: what of the row stands there
	lists  map[string]bool          // files that are the list
}

// kinds is a set of identifier.Kind.
type kinds uint8

// say notes a refusal once.
func (c *constants) say(f rule.Refusal) {
	key := cause{rule: f.Rule, other: f.OtherLine, where: f.File + f.Where}
	if f.OtherLine == 0 {
		key.where += itoa(f.Line)
	}
	if c.causes[key] {
		return
	}
	c.causes[key] = true
	c.refusals = append(c.refusals, f)
}

// headers refuses fixed fields that must not stand.
func (c *constants) headers() {
	for i, f := range c.g.policy.Headers {
		name := plainName(f.Name)
		why := c.g.fields.wrong(name)
		if why == "" && variable[name] {
			why = "a field that the program itself writes"
		}
		if why == "" {
			continue
		}
		c.say(rule.Refusal{
			Rule: rule.Header, File: c.g.policy.Template, Line: c.lineOf(f.Value),
			Where: whereFixed(i, name), What: why, Hint: hintHeader,
		})
	}
}

// variable are the fields that a template has keys of their own for.
var variable = setOf("date", "from", "sender", "reply-to", "to", "subject", "message-id", "mime-version",
	"content-type", "content-transfer-encoding", "content-disposition", "list-unsubscribe", "list-unsubscribe-post")

func whereFixed(i int, name string) string {
	if allowedFields[name] || forbiddenFields[name] || strings.HasPrefix(name, "resent-") {
		return "headers, " + spelled(name)
	}
	return "headers, entry " + itoa(i+1)
}

// lineOf gives the template's line at which a value of the front matter
// stands; 0 where it is not known.
func (c *constants) lineOf(value string) int {
	for _, t := range c.g.policy.Constants {
		if t.File == c.g.policy.Template && t.Text == value {
			return t.Line
		}
	}
	return 0
}

// senders refuses a Sender or Reply-To that is on the list and not declared.
func (c *constants) senders() {
	c.sender("sender", c.g.policy.Sender.Address.Canonical())
	c.sender("reply-to", c.g.policy.ReplyTo.Address.Canonical())
}

func (c *constants) sender(key, canonical string) {
	if canonical == "" || canonical == "@" || c.g.own.identities[canonical] {
		return
	}
	c.g.index.Scan([]byte(canonical), func(h identifier.Hit) bool {
		if h.Kind != identifier.Address || h.Start != 0 || h.End != len(canonical) {
			return true
		}
		c.g.own.written[h.Key] = true // one cause, one refusal
		c.say(rule.Refusal{
			Rule: rule.Sender, File: c.g.policy.Template, OtherLine: int(h.Lines[0]), Where: key,
			What: whose(h.Kind, int(h.Lines[0])),
			Hint: "if this person answers for the campaign, name the address under identities",
		})
		return true
	})
}

// readConstant reads a run of the template: as it stands, where a bare number
// may be markup's own, without Markdown's emphasis, and as HTML shows it.
func (r *Reader) readConstant(text string) {
	p := place{line: 1, markup: strings.ContainsRune(text, '<')}
	r.read(p, []byte(text))
	bare := p
	bare.lossy = true
	for _, marks := range emphases {
		if plain := withoutAny(text, marks); len(plain) < len(text) {
			r.read(bare, []byte(plain))
		}
	}
	if p.markup {
		r.readHTML(place{line: 1}, []byte(text), 0)
	}
}

// emphases are the marks that Markdown takes away within words, and all of them.
var emphases = [...]string{"*`~", "*`~_"}

func withoutAny(s, marks string) string {
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune(marks, c) {
			return -1
		}
		return c
	}, s)
}

// note takes what a Reader finds in a constant.
func (c *constants) note(p place, text []byte, h hit) {
	file := c.at.File
	if c.lists[file] {
		return
	}
	if c.isList(file, h.line, h.Kind) {
		c.list(p.name)
		return
	}
	line := c.at.Line
	if p.line > 0 {
		line += p.line - 1 + bytes.Count(text[:h.Start], []byte("\n"))
	}
	c.say(rule.Refusal{
		Rule: rule.ForeignInTemplate, File: file, Line: line, OtherLine: h.line, Where: p.name,
		What: whose(h.Kind, h.line), Hint: hintTemplate + c.hintColumns(h.Kind),
	})
}

// hintColumns says in which columns what is of kind k stands.
func (c *constants) hintColumns(k identifier.Kind) string {
	wanted, known := columnsOf[k]
	if !known {
		return ""
	}
	var columns []string
	for _, column := range c.g.policy.Kinds {
		if column.Kind == wanted && column.Where != "" {
			columns = append(columns, column.Where)
		}
	}
	if len(columns) == 0 {
		return ""
	}
	return "; in the list it stands under " + strings.Join(columns, " or ")
}

// columnsOf are the kinds of the columns that identifiers come from.
var columnsOf = map[identifier.Kind]recipient.Kind{
	identifier.Address: recipient.KindAddress, identifier.Digest: recipient.KindAddress, identifier.Name: recipient.KindName,
	identifier.Token: recipient.KindIdentifier, identifier.Private: recipient.KindPrivate,
}

const hintTemplate = "take it out; if it is the sender's own, name the address under identities; if it only looks like that row's data, list it under allow with a reason"

// isList says whether file holds the data of so many rows that it is the list.
func (c *constants) isList(file string, line int, k identifier.Kind) bool {
	rows := c.others[file]
	if rows == nil {
		rows = make(map[int]kinds)
		c.others[file] = rows
	}
	rows[line] |= 1 << k
	addresses, pairs := 0, 0
	for _, of := range rows {
		if of&(1<<identifier.Address) != 0 {
			addresses++
		}
		if bits.OnesCount8(uint8(of)) > 1 {
			pairs++
		}
	}
	return addresses >= listAddresses || pairs >= listPairs || len(rows) >= listRows
}

// list turns what was refused in the file at hand into the one cause it has.
func (c *constants) list(where string) {
	file := c.at.File
	c.lists[file] = true
	c.refusals = slices.DeleteFunc(c.refusals, func(f rule.Refusal) bool {
		return f.Rule == rule.ForeignInTemplate && f.File == file
	})
	c.say(rule.Refusal{
		Rule: rule.ListAsMessage, File: file, Where: where,
		What: "it is the list, or an export of it",
		Hint: "take it out; a message shows its own row only",
	})
}
