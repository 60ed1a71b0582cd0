package template

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template/parse"

	"mailshot/internal/nearest"
	"mailshot/internal/rule"
)

// A scope is what . and $ are at a place of a template.
type scope int

const (
	inRow   scope = iota // the row: fields are cells
	inValue              // inside with and range, or a template called with a value
)

// needed marks the name of a cell that is printed as it is: Render gives it to
// the template under this name only where it is not empty, and
// missingkey=error does the rest, at no cost.
const needed = "!"

// A walk goes over the parse trees of one unit. It refuses what a template
// must not do, marks the cells that must not be empty, and collects what the
// template uses.
type walk struct {
	unit    unit
	columns []string // names that the list has
	trees   map[string]*parse.Tree
	bodies  map[string]scope // templates walked so far, with what . is in them
	dot     scope            // at this place
	dollar  scope            // in this template
	used    map[string]bool
	strings []*parse.StringNode
	fault   *rule.Fault // the first
}

func (w *walk) refuse(at parse.Pos, what, hint string) {
	if w.fault == nil {
		w.fault = w.unit.fault(int(at), what, hint)
	}
}

// parseUnit parses a unit into its trees, by name; its own is unitName.
func parseUnit(u unit) (map[string]*parse.Tree, error) {
	if at := tooDeep(u.text); at >= 0 {
		return nil, u.fault(at, "if, with, range and define stand in one another more than 500 deep", "each else if counts as one deeper")
	}
	trees := make(map[string]*parse.Tree)
	tree := parse.New(unitName)
	tree.Mode = parse.SkipFuncCheck
	if _, err := tree.Parse(u.text, "", "", trees); err != nil {
		return nil, parseFault(u, err)
	}
	if trees[unitName] == nil {
		trees[unitName] = tree // text/template leaves an empty one out
	}
	return trees, nil
}

// unitName is the name under which text/template knows a unit; it is the one
// in the positions that its errors begin with.
const unitName = "mailshot unit"

var parseError = regexp.MustCompile(`^template: ` + unitName + `:(\d+): (.*)`)

// parseFault maps an error of the parser. Its words quote the template only.
func parseFault(u unit, err error) *rule.Fault {
	found := parseError.FindStringSubmatch(err.Error())
	if found == nil {
		return &rule.Fault{File: u.file, What: "the template does not parse"}
	}
	place, words := found[1], found[2]
	if began := startedAt.FindStringSubmatch(words); began != nil {
		place, words = began[1], startedAt.ReplaceAllString(words, "")
	}
	line, _ := strconv.Atoi(place)
	fault := u.fault(lineStart(u.text, line), firstWords(words), "")
	fault.Column = 0
	return fault
}

var startedAt = regexp.MustCompile(` started at ` + unitName + `:(\d+)`)

// lineStart is the offset of a 1-based line.
func lineStart(text string, line int) int {
	at := 0
	for ; line > 1; line-- {
		next := strings.IndexByte(text[at:], '\n')
		if next < 0 {
			return len(text)
		}
		at += next + 1
	}
	return at
}

// body walks a template that is called with dot.
func (w *walk) body(name string, at parse.Pos, dot scope) {
	tree := w.trees[name]
	if tree == nil {
		w.refuse(at, "there is no template "+strconv.Quote(name)+" to call", "")
		return
	}
	if before, walked := w.bodies[name]; walked {
		if before != dot {
			w.refuse(at, "a template is called with the row at one place and with a value at another", "")
		}
		return
	}
	w.bodies[name] = dot
	outerDot, outerDollar := w.dot, w.dollar
	w.dot, w.dollar = dot, dot
	w.list(tree.Root)
	w.dot, w.dollar = outerDot, outerDollar
}

func (w *walk) list(l *parse.ListNode) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		w.node(n)
	}
}

func (w *walk) node(n parse.Node) {
	switch n := n.(type) {
	case *parse.ActionNode:
		w.pipe(n.Pipe, len(n.Pipe.Decl) == 0)
	case *parse.IfNode:
		w.branch(&n.BranchNode, w.dot)
	case *parse.WithNode:
		w.branch(&n.BranchNode, inValue)
	case *parse.RangeNode:
		w.branch(&n.BranchNode, inValue)
		n.Pipe.Cmds = append(n.Pipe.Cmds, call(n.Pos, eachName))
	case *parse.TemplateNode:
		w.call(n)
	}
}

// branch walks if, with or range; inside is what . is in its first list.
func (w *walk) branch(b *parse.BranchNode, inside scope) {
	w.pipe(b.Pipe, false)
	outer := w.dot
	w.dot = inside
	w.list(b.List)
	w.dot = outer
	w.list(b.ElseList)
}

func (w *walk) call(n *parse.TemplateNode) {
	switch {
	case n.Pipe == nil:
		w.refuse(n.Pos, "a template is called without a value", `write {{ template "name" . }}`)
	case w.isRow(n.Pipe):
		w.body(n.Name, n.Pos, inRow)
	default:
		w.pipe(n.Pipe, false)
		w.body(n.Name, n.Pos, inValue)
	}
}

// isRow says whether a pipeline is nothing but the row.
func (w *walk) isRow(p *parse.PipeNode) bool {
	if len(p.Decl) > 0 || len(p.Cmds) != 1 || len(p.Cmds[0].Args) != 1 {
		return false
	}
	switch n := p.Cmds[0].Args[0].(type) {
	case *parse.DotNode:
		return w.dot == inRow
	case *parse.VariableNode:
		return len(n.Ident) == 1 && n.Ident[0] == "$" && w.dollar == inRow
	}
	return false
}

// pipe walks a pipeline from its end, since the last command decides whether
// what is piped into it may be empty. strict says that the result is printed.
func (w *walk) pipe(p *parse.PipeNode, strict bool) {
	for i := len(p.Cmds) - 1; i >= 0; i-- {
		strict = w.command(p.Cmds[i], i > 0, strict)
	}
}

// command walks one command and says how strict it is with what is piped in.
func (w *walk) command(c *parse.CommandNode, piped, strict bool) bool {
	name, ok := c.Args[0].(*parse.IdentifierNode)
	if !ok {
		if piped || len(c.Args) > 1 {
			w.refuse(c.Pos, "this is no function and takes no arguments", "only a function can stand after | or before a value")
		}
		c.Args[0] = w.operand(c.Args[0], strict)
		return false
	}
	args := len(c.Args) - 1
	if piped {
		args++
	}
	tolerance := w.function(name)
	for i := 1; i < len(c.Args); i++ {
		c.Args[i] = w.operand(c.Args[i], tolerance.strict(i == args, strict))
	}
	return tolerance.strict(true, strict)
}

// function looks a function up.
func (w *walk) function(name *parse.IdentifierNode) tolerance {
	var names []string
	for _, f := range functionTable() {
		if f.Name == name.Ident {
			return f.tolerance
		}
		names = append(names, f.Name)
	}
	w.refuse(name.Pos, "there is no function "+name.Ident, didYouMean(nearest.To(name.Ident, names), "see mailshot help template"))
	return passesOn
}

// strict says whether an argument must not be empty; strict is what the result
// must be.
func (t tolerance) strict(last, strict bool) bool {
	switch t {
	case needsAll:
		return true
	case takesEmpty:
		return false
	case fillsLast:
		return strict && !last
	case firstFound:
		return strict && last
	}
	return strict
}

// operand walks one value; it returns what is to stand in its place.
func (w *walk) operand(n parse.Node, strict bool) parse.Node {
	switch n := n.(type) {
	case *parse.FieldNode:
		w.field(n.Pos, w.dot, n.Ident, strict)
	case *parse.VariableNode:
		return w.variable(n, strict)
	case *parse.DotNode:
		return w.value(n, n.Pos, w.dot, strict)
	case *parse.PipeNode:
		w.pipe(n, strict)
	case *parse.StringNode:
		w.strings = append(w.strings, n)
	case *parse.IdentifierNode:
		w.function(n)
	case *parse.ChainNode:
		w.refuse(n.Pos, "a value has no fields", "")
	case *parse.NilNode:
		w.refuse(n.Pos, "nil is no value of a row", "")
	}
	return n
}

func (w *walk) variable(n *parse.VariableNode, strict bool) parse.Node {
	scope := inValue
	if n.Ident[0] == "$" {
		scope = w.dollar
	}
	if len(n.Ident) > 1 {
		w.field(n.Pos, scope, n.Ident[1:], strict)
		return n
	}
	return w.value(n, n.Pos, scope, strict)
}

// value walks . or a variable as a whole.
func (w *walk) value(n parse.Node, at parse.Pos, scope scope, strict bool) parse.Node {
	if scope == inRow {
		w.refuse(at, "the row as a whole is no value", "name one of its columns, such as {{ .first_name }}")
	}
	if !strict {
		return n
	}
	checked := call(at, needName)
	checked.Args = append(checked.Args, n)
	return &parse.PipeNode{NodeType: parse.NodePipe, Pos: at, Cmds: []*parse.CommandNode{checked}}
}

func call(at parse.Pos, name string) *parse.CommandNode {
	function := parse.NewIdentifier(name).SetPos(at)
	return &parse.CommandNode{NodeType: parse.NodeCommand, Pos: at, Args: []parse.Node{function}}
}

// field walks a cell; names holds its column's name.
func (w *walk) field(at parse.Pos, scope scope, names []string, strict bool) {
	name := names[0]
	switch {
	case scope == inValue:
		w.refuse(at, "."+name+" is not to be had here, where . is a value", "inside with and range write {{ $."+name+" }}")
	case len(names) > 1:
		w.refuse(at, "a cell has no fields", "")
	case !slices.Contains(w.columns, name):
		w.refuse(at, "the list has no column "+name, didYouMean(nearest.To(name, w.columns), "the first line of the list names its columns"))
	}
	w.used[name] = true
	if strict {
		names[0] += needed
	}
}
