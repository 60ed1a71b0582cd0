package template

import (
	"strings"
	"text/template/parse"
)

// A direct program does what text/template would do with a tree, without its
// reflection, for trees of literal text, cells, functions over strings, and
// conditions on these. It does only what leaves no room for another reading:
// where a value would have to be escaped, or anything fails, it gives up, and
// the library renders the row from the beginning, with its own errors.
type direct []step

// A step appends what one node prints; false gives up.
type step func(dst []byte, row map[string]string) ([]byte, bool)

// A term is what an argument or a pipeline comes to; false gives up.
type term func(row map[string]string) (string, bool)

// render appends what the program makes of a row; false gives up.
func (d direct) render(dst []byte, row map[string]string) ([]byte, bool) {
	good := true
	for _, s := range d {
		if dst, good = s(dst, row); !good || len(dst) > maxOutput {
			return dst, false
		}
	}
	return dst, true
}

// directly gives the program of a tree; nil where the tree holds anything else.
func directly(l *parse.ListNode) direct {
	d, ok := directList(l, directFunctions())
	if !ok {
		return nil
	}
	return d
}

func directList(l *parse.ListNode, functions map[string]any) (direct, bool) {
	if l == nil {
		return nil, true
	}
	d := make(direct, 0, len(l.Nodes))
	for _, n := range l.Nodes {
		s := directStep(n, functions)
		if s == nil {
			return nil, false
		}
		d = append(d, s)
	}
	return d, true
}

func directStep(n parse.Node, functions map[string]any) step {
	switch n := n.(type) {
	case *parse.TextNode:
		text := n.Text
		return func(dst []byte, _ map[string]string) ([]byte, bool) { return append(dst, text...), true }
	case *parse.ActionNode:
		v := directPipe(n.Pipe, functions)
		if v == nil {
			return nil
		}
		return func(dst []byte, row map[string]string) ([]byte, bool) {
			s, ok := v(row)
			return append(dst, s...), ok
		}
	case *parse.IfNode:
		return directIf(n, functions)
	}
	return nil
}

// directIf is a condition, which a string meets if it is not empty.
func directIf(n *parse.IfNode, functions map[string]any) step {
	condition := directPipe(n.Pipe, functions)
	yes, good := directList(n.List, functions)
	no, also := directList(n.ElseList, functions)
	if condition == nil || !good || !also {
		return nil
	}
	return func(dst []byte, row map[string]string) ([]byte, bool) {
		s, ok := condition(row)
		switch {
		case !ok:
			return dst, false
		case s != "":
			return yes.render(dst, row)
		}
		return no.render(dst, row)
	}
}

func directPipe(p *parse.PipeNode, functions map[string]any) (v term) {
	if len(p.Decl) > 0 {
		return nil
	}
	for _, c := range p.Cmds {
		if v = directCommand(c, v, functions); v == nil {
			return nil
		}
	}
	return v
}

// directCommand is one command of a pipeline; piped is what comes into it, nil
// for the first.
func directCommand(c *parse.CommandNode, piped term, functions map[string]any) term {
	name, ok := c.Args[0].(*parse.IdentifierNode)
	if !ok {
		if piped != nil || len(c.Args) > 1 {
			return nil
		}
		return directOperand(c.Args[0], functions)
	}
	var args []term
	for _, a := range c.Args[1:] {
		v := directOperand(a, functions)
		if v == nil {
			return nil
		}
		args = append(args, v)
	}
	if piped != nil {
		args = append(args, piped)
	}
	return directCall(functions[name.Ident], args)
}

func directOperand(n parse.Node, functions map[string]any) term {
	switch n := n.(type) {
	case *parse.FieldNode:
		if len(n.Ident) == 1 {
			return directCell(n.Ident[0])
		}
	case *parse.VariableNode:
		if len(n.Ident) == 2 && n.Ident[0] == "$" {
			return directCell(n.Ident[1])
		}
	case *parse.StringNode:
		text := n.Text
		return func(map[string]string) (string, bool) { return text, true }
	case *parse.PipeNode:
		return directPipe(n, functions)
	}
	return nil
}

func directCell(name string) term {
	return func(row map[string]string) (string, bool) {
		s, ok := row[name]
		return s, ok
	}
}

// directCall calls a function over strings with as many values as it takes.
func directCall(function any, args []term) term {
	if escaper, ok := function.(unchanged); ok {
		return escaper.directly(args)
	}
	call, takes := directFunction(function)
	if call == nil || takes != len(args) {
		return nil
	}
	return func(row map[string]string) (string, bool) {
		var s [maxArgs]string
		for i, a := range args {
			var ok bool
			if s[i], ok = a(row); !ok {
				return "", false
			}
		}
		result, err := call(s)
		return result, err == nil
	}
}

// maxArgs is how many strings a function takes at most.
const maxArgs = 3

// directFunction gives a function over strings one form, and says how many it
// takes; nil for what is no such function.
func directFunction(function any) (call func([maxArgs]string) (string, error), takes int) {
	switch f := function.(type) {
	case func(string) (string, error):
		return func(s [maxArgs]string) (string, error) { return f(s[0]) }, 1
	case func(string, string) string:
		return func(s [maxArgs]string) (string, error) { return f(s[0], s[1]), nil }, 2
	case func(string, string) (string, error):
		return func(s [maxArgs]string) (string, error) { return f(s[0], s[1]) }, 2
	case func(string, string, string) (string, error):
		return func(s [maxArgs]string) (string, error) { return f(s[0], s[1], s[2]) }, 3
	}
	return nil, 0
}

// unchanged stands for an escaper of html/template: it says whether the escaper
// leaves a text as it is. What it would change is left to the library.
type unchanged func(string) bool

func (u unchanged) directly(args []term) term {
	if len(args) != 1 {
		return nil
	}
	return func(row map[string]string) (string, bool) {
		s, ok := args[0](row)
		return s, ok && u(s)
	}
}

// directFunctions are the functions that a direct program can call: those over
// strings alone, and those of html/template that leave most texts as they are.
func directFunctions() map[string]any {
	calls := map[string]any{
		"_html_template_htmlescaper":   unchanged(isPlainHTML),
		"_html_template_attrescaper":   unchanged(isPlainHTML),
		"_html_template_rcdataescaper": unchanged(isPlainHTML),
		"_html_template_urlescaper":    unchanged(isUnreserved),
		"_html_template_urlnormalizer": unchanged(isUnreserved),
	}
	for _, f := range functionTable() {
		calls[f.Name] = f.call
	}
	return calls
}

// isPlainHTML says whether s means the same in HTML and in its attributes.
func isPlainHTML(s string) bool { return !strings.ContainsAny(s, "\x00\"&'+<>") }

// isUnreserved says whether s is of characters that no URL has any other use
// for (RFC 3986 section 2.3).
func isUnreserved(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0) {
			return false
		}
	}
	return true
}
