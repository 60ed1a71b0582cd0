package template

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"mailshot/internal/address"
	"mailshot/internal/nearest"
	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// A cell is one that the template uses.
type cell struct {
	position int // in Row.Cells
	name     string
	needed   string // the name under which a template asks for it where it must not be empty
}

// A compiler compiles a source against the columns of one list.
type compiler struct {
	*Source
	columns   []recipient.Column
	names     []string
	programs  []*program
	constants []Constant
}

// Compile compiles subject, display name, bodies, link and file names against
// the columns of the list. Errors are *rule.Fault.
func (s *Source) Compile(columns []recipient.Column) (*Template, error) {
	c := &compiler{Source: s, columns: columns}
	for _, column := range columns {
		c.names = append(c.names, column.Name)
	}
	t := &Template{source: s}
	for _, step := range []func(*Template) error{c.front, c.headers, c.paths, c.bodies} {
		if err := step(t); err != nil {
			return nil, err
		}
	}
	t.cells = c.cells(&t.front)
	t.constants = c.constants
	return t, nil
}

// front resolves the columns that the front matter names.
func (c *compiler) front(t *Template) error {
	f := c.Front
	var err error
	name := func(given string) string {
		found, fault := c.column(given)
		err = cmp.Or(err, fault)
		return found
	}
	if f.SharedMailboxes != "" {
		f.SharedMailboxes = name(f.SharedMailboxes)
	}
	f.Relational = slices.Clone(f.Relational)
	for i := range f.Relational {
		f.Relational[i] = name(f.Relational[i])
	}
	f.Columns = make(map[string]recipient.Kind, len(c.Front.Columns))
	for _, given := range slices.Sorted(maps.Keys(c.Front.Columns)) {
		f.Columns[name(given)] = c.Front.Columns[given]
	}
	f.Attachments = slices.Clone(f.Attachments)
	for i, a := range f.Attachments {
		if a.MustContain != "" {
			f.Attachments[i].MustContain = name(a.MustContain)
		}
	}
	t.front = f
	return err
}

// column finds a column by its name or by its heading.
func (c *compiler) column(given string) (string, error) {
	for _, column := range c.columns {
		if column.Name == given || column.Heading == given {
			return column.Name, nil
		}
	}
	at := c.at["column "+given]
	return given, &rule.Fault{File: c.path, Line: at.line, Column: at.column,
		What: "the list has no column " + given, Hint: didYouMean(nearest.To(given, c.names), "")}
}

// value is a value of the front matter as a unit. A flag may have given
// another than the file has; then it has no place.
func (c *compiler) value(key, text string) unit {
	if at, ok := c.at[key]; ok && at.text == text {
		return newUnit(c.path, text, at.line, at.column)
	}
	return made(c.path, text, 0)
}

// line compiles a value of the front matter.
func (c *compiler) line(key, text string) (*program, error) {
	return c.compile(c.value(key, text))
}

// compile compiles text that stands in the user's files.
func (c *compiler) compile(u unit) (*program, error) {
	if err := c.collect(u); err != nil {
		return nil, err
	}
	return c.finish(compileText(u, c.names))
}

func (c *compiler) finish(p *program, err error) (*program, error) {
	if err != nil {
		return nil, err
	}
	c.programs = append(c.programs, p)
	return p, nil
}

func (c *compiler) headers(t *Template) (err error) {
	if t.subject, err = c.line("subject", t.front.Subject); err != nil {
		return err
	}
	if t.toName, err = c.line("to-name", t.front.ToName); err != nil {
		return err
	}
	if t.unsubscribe, err = c.line("list-unsubscribe", t.front.ListUnsubscribe); err != nil {
		return err
	}
	c.mailbox("from", t.front.From)
	c.mailbox("reply-to", t.front.ReplyTo)
	c.mailbox("sender", t.front.Sender)
	for _, h := range t.front.Headers {
		c.fixed("headers "+h.Name, h.Value)
	}
	return nil
}

// fixed is a value that is no template.
func (c *compiler) fixed(key, text string) {
	c.constants = append(c.constants, Constant{File: c.path, Line: c.at[key].line, Text: text})
}

func (c *compiler) mailbox(key string, m address.Mailbox) {
	if !m.Address.IsZero() {
		c.fixed(key, strings.TrimSpace(m.Name+" <"+m.Address.String()+">"))
	}
}

func (c *compiler) paths(t *Template) error {
	for _, a := range t.front.Attachments {
		if !a.PerRecipient() {
			c.fixed("attachments "+a.File, a.File)
			continue
		}
		p, err := c.line("attachments "+a.File, a.File)
		if err != nil {
			return err
		}
		t.files = append(t.files, p)
	}
	for _, name := range t.front.Inline {
		c.fixed("inline "+name, name)
	}
	return nil
}

// bodies compiles the alternatives: those that are written, and those that are
// derived.
func (c *compiler) bodies(t *Template) error {
	preheader := c.value("preheader", t.front.Preheader)
	if err := c.collect(preheader); err != nil {
		return err
	}
	if err := c.text(t); err != nil {
		return err
	}
	page, err := c.page()
	if err != nil {
		return err
	}
	if page == nil {
		if preheader.text != "" {
			return preheader.fault(0, "a preheader needs HTML, and this template has none", "remove it, or name an HTML file under html")
		}
		return nil
	}
	t.html, err = c.finish(compileHTML(withPreheader(*page, preheader), c.names))
	return err
}

// text compiles the text alternative.
func (c *compiler) text(t *Template) (err error) {
	if c.kind == ".txt" {
		t.text, err = c.compile(c.body)
		return err
	}
	if err := c.collect(c.body); err != nil {
		return err
	}
	if c.Source.text != nil {
		t.text, err = c.compile(*c.Source.text)
		return err
	}
	derived, err := c.derivedText()
	if err != nil {
		return err
	}
	if t.text, err = c.finish(compileText(derived, c.names)); err != nil {
		return err
	}
	t.text.derived = true
	return nil
}

func (c *compiler) derivedText() (unit, error) {
	line, _ := c.body.position(0)
	if c.kind == ".html" {
		masked, m := maskHTML(c.body)
		return plainText(c.path, masked, m, line)
	}
	masked, m, err := markdownHTML(c.body)
	if err != nil {
		return unit{}, err
	}
	return plainText(c.path, masked, m, line)
}

// page gives the HTML alternative; nil for none.
func (c *compiler) page() (*unit, error) {
	switch {
	case c.Source.html != nil:
		return c.Source.html, c.collect(*c.Source.html)
	case c.kind == ".html":
		return &c.body, nil
	case c.kind == ".txt":
		return nil, nil
	}
	line, _ := c.body.position(0)
	masked, m, err := markdownHTML(c.body)
	if err != nil {
		return nil, err
	}
	page := m.restore(c.path, laidOut(masked), line)
	return &page, nil
}

// collect judges a unit where it stands in the user's file, and keeps its
// words.
func (c *compiler) collect(u unit) error {
	a, err := analyse(u, c.names)
	if err != nil {
		return err
	}
	for _, s := range segments(u.text) {
		if !s.action {
			c.word(u, s.start, u.text[s.start:s.end])
		}
	}
	for _, s := range a.strings {
		c.word(u, int(s.Pos), s.Text)
	}
	return nil
}

func (c *compiler) word(u unit, at int, text string) {
	line, _ := u.position(at)
	c.constants = append(c.constants, Constant{File: u.file, Line: line, Text: text})
}

// cells are those that any program or attachment needs, in the order of the list.
func (c *compiler) cells(f *Front) []cell {
	used := make(map[string]bool)
	for _, p := range c.programs {
		for _, name := range p.columns {
			used[name] = true
		}
	}
	for _, a := range f.Attachments {
		used[a.MustContain] = true
	}
	var all []cell
	for i, name := range c.names {
		if used[name] {
			all = append(all, cell{position: i, name: name, needed: name + needed})
		}
	}
	return all
}
