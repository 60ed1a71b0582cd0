package template

import (
	"errors"
	htmltemplate "html/template"
	"io"
	"regexp"
	"strconv"
	"strings"
	texttemplate "text/template"
	"text/template/parse"

	"mailshot/internal/rule"
)

// A program is a unit that has been compiled.
type program struct {
	unit unit
	run  interface {
		Execute(w io.Writer, row any) error
	}
	direct  direct   // does the same as run, for most rows; nil where it cannot
	columns []string // that it uses
	derived bool     // a text made of HTML: what blank lines end it is chance
}

// analysed is a unit whose trees have been walked.
type analysed struct {
	trees   map[string]*parse.Tree
	used    map[string]bool
	strings []*parse.StringNode
}

// analyse parses and walks a unit.
func analyse(u unit, columns []string) (*analysed, error) {
	trees, err := parseUnit(u)
	if err != nil {
		return nil, err
	}
	steps, circle := expense(trees)
	if circle != nil {
		return nil, u.fault(int(circle.Pos), "the template "+strconv.Quote(circle.Name)+" calls itself", "")
	}
	if steps > maxSteps {
		return nil, u.fault(0, "the template could take more than five million steps for one row", "nest range less deeply")
	}
	w := &walk{unit: u, columns: columns, trees: trees, bodies: make(map[string]scope), used: make(map[string]bool)}
	w.body(unitName, 0, inRow)
	if w.fault != nil {
		return nil, w.fault
	}
	for name := range trees {
		if _, called := w.bodies[name]; !called {
			delete(trees, name)
		}
	}
	return &analysed{trees: trees, used: w.used, strings: w.strings}, nil
}

func compileText(u unit, columns []string) (*program, error) {
	a, err := analyse(u, columns)
	if err != nil {
		return nil, err
	}
	t := texttemplate.New(unitName).Option("missingkey=error").Funcs(functionMap())
	for name, tree := range a.trees {
		if _, err := t.AddParseTree(name, tree); err != nil {
			return nil, &rule.Fault{File: u.file, What: "the template does not compile"}
		}
	}
	return a.program(u, t, t.Lookup(unitName).Tree), nil
}

func compileHTML(u unit, columns []string) (*program, error) {
	a, err := analyse(u, columns)
	if err != nil {
		return nil, err
	}
	comments, err := hideConditionals(u, a.trees)
	if err != nil {
		return nil, err
	}
	t := htmltemplate.New(unitName).Option("missingkey=error").Funcs(htmltemplate.FuncMap(functionMap()))
	for name, tree := range a.trees {
		if _, err := t.AddParseTree(name, tree); err != nil {
			return nil, &rule.Fault{File: u.file, What: "the template does not compile"}
		}
	}
	t = t.Lookup(unitName) // AddParseTree makes a new one of the same name
	if err := escape(u, t); err != nil {
		return nil, err
	}
	comments.restore(t)
	return a.program(u, t, t.Tree), nil
}

// escape makes html/template add its escapers, which it does before the first
// execution; that the execution then lacks a row is no matter.
func escape(u unit, t *htmltemplate.Template) error {
	var unsafe *htmltemplate.Error
	if err := t.Execute(io.Discard, map[string]string{}); !errors.As(err, &unsafe) {
		return nil
	}
	at := 0
	switch {
	case unsafe.Node != nil:
		at = int(unsafe.Node.Position())
	case unsafe.Line > 0:
		at = lineStart(u.text, unsafe.Line)
	}
	what, _, _ := strings.Cut(unsafe.Description, ": {state") // html/template's own context
	return u.fault(at, "the HTML cannot be made safe: "+firstWords(what), "close every tag, attribute, style and script where it was opened")
}

func (a *analysed) program(u unit, run interface {
	Execute(w io.Writer, row any) error
}, tree *parse.Tree) *program {
	p := &program{unit: u, run: run, direct: directly(tree.Root)}
	for name := range a.used {
		p.columns = append(p.columns, name)
	}
	return p
}

var execError = regexp.MustCompile(`^template: ` + unitName + `:(\d+):(\d+): `)

// emptyCell is how text/template reports a key that Render left out; the name
// is that of a column, which the template itself has written.
var emptyCell = regexp.MustCompile(`map has no entry for key "([^"]*)` + needed + `"$`)

// fault maps an error of an execution. Its text may quote a cell and is not
// passed on; line is that of the row in the list.
func (p *program) fault(err error, line int) *rule.Fault {
	if errors.Is(err, errOutput) {
		return p.unit.fault(0, "a part of the message would be larger than 10 MiB"+forRow(line), "")
	}
	text := err.Error()
	at := p.offset(text)
	if empty := emptyCell.FindStringSubmatch(text); empty != nil {
		return p.unit.fault(at, "the cell "+empty[1]+" is empty"+forRow(line),
			"give a default, {{ ."+empty[1]+` | default "…" }}, or put it under {{ if .`+empty[1]+" }}")
	}
	if m, ok := misused(err); ok {
		return p.unit.fault(at, m.Error()+forRow(line), "")
	}
	return p.unit.fault(at, "this cannot be computed"+forRow(line), "see mailshot help template for what the functions take")
}

func forRow(line int) string { return " for the row at line " + strconv.Itoa(line) + " of the list" }

// offset reads the place out of an error of text/template.
func (p *program) offset(text string) int {
	place := execError.FindStringSubmatch(text)
	if place == nil {
		return 0
	}
	line, _ := strconv.Atoi(place[1])
	column, _ := strconv.Atoi(place[2])
	return lineStart(p.unit.text, line) + column
}

// hasFields says whether it prints anything of a row.
func (p *program) hasFields() bool { return len(p.columns) > 0 }
