package template

import (
	htmltemplate "html/template"
	"regexp"
	"strconv"
	"strings"
	"text/template/parse"
)

// The delimiters of Microsoft's conditional comments, in all forms in use:
// <!--[if mso]> … <![endif]-->, <!--[if !mso]><!--> … <!--<![endif]-->,
// <!--[if !mso]>--> and <![if !mso]> … <![endif]>.
var conditional = regexp.MustCompile(
	`<!--\s*\[if\b[^\]{}<>]*\]>(?:\s*(?:<!)?-->)?|<!\[if\b[^\]{}<>]*\]>|(?:<!--\s*)?<!\[endif\]\s*(?:--)?>`)

var openConditional = regexp.MustCompile(`<!--\s*\[if\b|<!\[endif\]`)

// conditionals are the delimiters that were taken out of a unit, with marks in
// their place. html/template deletes comments. With only the delimiters gone,
// what stands between them is escaped as the HTML that it is, and no value can
// end the comment, since none keeps its > unescaped.
type conditionals struct {
	mark  string
	found []string
}

// hideConditionals puts marks in place of the delimiters.
func hideConditionals(u unit, trees map[string]*parse.Tree) (*conditionals, error) {
	if at := brokenConditional(u.text); at >= 0 {
		return nil, u.fault(at, "a conditional comment is broken, or has an action in its condition", "")
	}
	c := &conditionals{mark: unusedMark(u.text)}
	for _, tree := range trees {
		eachText(tree.Root, func(n *parse.TextNode) {
			n.Text = conditional.ReplaceAllFunc(n.Text, func(delimiter []byte) []byte {
				c.found = append(c.found, string(delimiter))
				return []byte(c.mark + strconv.Itoa(len(c.found)-1) + "z")
			})
		})
	}
	return c, nil
}

// brokenConditional gives the offset of a delimiter that has none of the known
// forms, and would be taken for a comment; -1 for none.
func brokenConditional(text string) int {
	known := conditional.FindAllStringIndex(text, -1)
	for _, found := range openConditional.FindAllStringIndex(text, -1) {
		for len(known) > 0 && known[0][1] <= found[0] {
			known = known[1:]
		}
		if len(known) == 0 || known[0][0] > found[0] {
			return found[0]
		}
	}
	return -1
}

// restore puts the delimiters back, after the escapers have been added, so
// that no message costs anything.
func (c *conditionals) restore(t *htmltemplate.Template) {
	var pairs []string
	for i, delimiter := range c.found {
		pairs = append(pairs, c.mark+strconv.Itoa(i)+"z", delimiter)
	}
	back := strings.NewReplacer(pairs...)
	for _, one := range t.Templates() {
		if one.Tree == nil {
			continue
		}
		eachText(one.Tree.Root, func(n *parse.TextNode) { n.Text = []byte(back.Replace(string(n.Text))) })
	}
}

// eachText visits the literal text under a list.
func eachText(l *parse.ListNode, visit func(*parse.TextNode)) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.TextNode:
			visit(n)
		case *parse.IfNode:
			eachText(n.List, visit)
			eachText(n.ElseList, visit)
		case *parse.WithNode:
			eachText(n.List, visit)
			eachText(n.ElseList, visit)
		case *parse.RangeNode:
			eachText(n.List, visit)
			eachText(n.ElseList, visit)
		}
	}
}
