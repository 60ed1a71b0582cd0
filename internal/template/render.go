package template

import (
	"bytes"
	"errors"
	"strings"
	"unicode"

	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// Renderer renders one row after another; it is used by one goroutine.
type Renderer struct {
	template *Template
	row      map[string]string // the cells as the templates see them
	line     output
	text     output
	html     output
	made     Rendered
}

// Renderer gives a new Renderer.
func (t *Template) Renderer() *Renderer {
	return &Renderer{template: t, row: make(map[string]string, 2*len(t.cells))}
}

// Rendered is what a row makes of a template. Its byte slices are the
// Renderer's own and are overwritten by the next Render.
type Rendered struct {
	Subject         string
	ToName          string
	ListUnsubscribe string   // one URL or mailto; "" for none
	OneClick        bool     // https, and made from a field of the row (RFC 8058)
	Text            []byte   // LF line ends; never nil
	HTML            []byte   // LF line ends; nil where there is none
	Files           []string // rendered paths of the per-recipient attachments, in the order of Front.Attachments
}

// Render renders row. Errors are *rule.Fault with the template's line; they
// name the row by its line in the list.
func (r *Renderer) Render(row *recipient.Row) (*Rendered, error) {
	r.take(row)
	for _, step := range []func(int) error{r.headers, r.bodies} {
		if err := step(row.Line); err != nil {
			return nil, err
		}
	}
	return &r.made, nil
}

// take puts the cells of a row where the templates find them. A cell of
// nothing but white space is an empty one.
func (r *Renderer) take(row *recipient.Row) {
	for _, c := range r.template.cells {
		value := ""
		if c.position < len(row.Cells) {
			value = unixLines(row.Cells[c.position])
		}
		if strings.TrimSpace(value) == "" {
			r.row[c.name] = ""
			delete(r.row, c.needed)
			continue
		}
		r.row[c.name], r.row[c.needed] = value, value
	}
}

func (r *Renderer) headers(line int) (err error) {
	t := r.template
	if r.made.Subject, err = r.words(t.subject, line, "the subject"); err != nil {
		return err
	}
	if r.made.ToName, err = r.short(t.toName, line); err != nil {
		return err
	}
	if err := r.unsubscribe(line); err != nil {
		return err
	}
	r.made.Files = r.made.Files[:0]
	for _, p := range t.files {
		name, err := r.words(p, line, "the name of an attachment")
		if err != nil {
			return err
		}
		r.made.Files = append(r.made.Files, name)
	}
	return nil
}

// unsubscribe renders the link and says whether it is good for one click: RFC
// 8058 section 3.1 wants https, and enough in the URI to know the recipient by.
func (r *Renderer) unsubscribe(line int) error {
	p := r.template.unsubscribe
	link, err := r.short(p, line)
	if err != nil {
		return err
	}
	if link != "" && !isLink(link) && !strings.ContainsFunc(link, unicode.IsControl) { // package message refuses controls for the row
		return p.unit.fault(0, "list-unsubscribe is not one https: or mailto: URL"+forRow(line),
			"escape what a URL cannot hold: {{ .token | urlquery }}")
	}
	r.made.ListUnsubscribe = link
	r.made.OneClick = p.hasFields() && strings.HasPrefix(link, "https://")
	return nil
}

// isLink holds a URL against the characters of RFC 3986 section 2; the comma
// and the brackets would end it in a List-Unsubscribe field (RFC 2369).
func isLink(s string) bool {
	if !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") && !strings.HasPrefix(s, "mailto:") {
		return false
	}
	return !strings.ContainsFunc(s, func(c rune) bool {
		return c <= ' ' || c > '~' || strings.ContainsRune("<>\"\\^`{|},", c)
	})
}

func (r *Renderer) bodies(line int) error {
	t := r.template
	if err := r.run(t.text, &r.text, line); err != nil {
		return err
	}
	r.made.Text = r.text.bytes
	if len(bytes.TrimSpace(r.made.Text)) == 0 {
		return t.text.unit.fault(0, "the text is empty"+forRow(line), "where the HTML has no words, name a text file under text")
	}
	if t.text.derived {
		r.made.Text = append(bytes.TrimRight(r.made.Text, "\n"), '\n')
	}
	if t.html == nil {
		return nil
	}
	if err := r.run(t.html, &r.html, line); err != nil {
		return err
	}
	if bytes.Contains(r.html.bytes, []byte("ZgotmplZ")) {
		return &rule.Fault{File: t.html.unit.file,
			What: "a cell cannot stand safely where the HTML puts it" + forRow(line),
			Hint: "links must begin with https:, http: or mailto:, and no cell can be a style or a script"}
	}
	r.made.HTML = r.html.bytes
	return nil
}

// words renders a string that must not be blank.
func (r *Renderer) words(p *program, line int, what string) (string, error) {
	s, err := r.short(p, line)
	if err == nil && strings.TrimSpace(s) == "" {
		return "", p.unit.fault(0, what+" is empty"+forRow(line), "")
	}
	return s, err
}

// short renders what becomes a string.
func (r *Renderer) short(p *program, line int) (string, error) {
	if err := r.run(p, &r.line, line); err != nil {
		return "", err
	}
	return string(r.line.bytes), nil
}

func (r *Renderer) run(p *program, into *output, line int) error {
	if err := r.execute(p, into); err != nil {
		return p.fault(err, line)
	}
	if bytes.IndexByte(into.bytes, '\r') >= 0 {
		return p.unit.fault(0, "an action writes a carriage return", `write \n for a line break`)
	}
	return nil
}

func (r *Renderer) execute(p *program, into *output) error {
	if p.direct != nil {
		done := false
		if into.bytes, done = p.direct.render(into.bytes[:0], r.row); done {
			return nil
		}
	}
	into.bytes = into.bytes[:0]
	return p.run.Execute(into, r.row)
}

// maxOutput bounds each of a message's alternatives, in bytes.
const maxOutput = 10 << 20

var errOutput = errors.New("output too large")

// An output is a buffer that does not grow beyond maxOutput.
type output struct{ bytes []byte }

func (o *output) Write(p []byte) (int, error) {
	if len(o.bytes)+len(p) > maxOutput {
		return 0, errOutput
	}
	o.bytes = append(o.bytes, p...)
	return len(p), nil
}
