package template

import (
	"text/template/parse"
)

// maxSteps bounds what one rendering may do: a range counts as maxParts
// rounds, a called template as all that is in it.
const maxSteps = 5_000_000

// A costing counts the steps that a template takes at most.
type costing struct {
	trees  map[string]*parse.Tree
	known  map[string]int // by template; -1 while it is being counted
	circle *parse.TemplateNode
}

// expense gives the steps of a unit at most, no more than a little over
// maxSteps, and a call by which a template calls itself.
func expense(trees map[string]*parse.Tree) (int, *parse.TemplateNode) {
	c := &costing{trees: trees, known: make(map[string]int)}
	return c.list(trees[unitName].Root), c.circle
}

func (c *costing) list(l *parse.ListNode) int {
	if l == nil {
		return 0
	}
	steps := 0
	for _, n := range l.Nodes {
		steps = min(steps+1+c.node(n), maxSteps+1)
	}
	return steps
}

func (c *costing) node(n parse.Node) int {
	switch n := n.(type) {
	case *parse.IfNode:
		return c.list(n.List) + c.list(n.ElseList)
	case *parse.WithNode:
		return c.list(n.List) + c.list(n.ElseList)
	case *parse.RangeNode:
		return maxParts*(1+c.list(n.List)) + c.list(n.ElseList)
	case *parse.TemplateNode:
		return c.called(n)
	}
	return 0
}

func (c *costing) called(n *parse.TemplateNode) int {
	tree, known := c.trees[n.Name], c.known[n.Name]
	switch {
	case tree == nil:
		return 0
	case known < 0:
		c.circle = n
		return 0
	case known > 0:
		return known
	}
	c.known[n.Name] = -1
	steps := 1 + c.list(tree.Root)
	c.known[n.Name] = steps
	return steps
}
