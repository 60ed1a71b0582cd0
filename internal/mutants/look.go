package main

import (
	"go/ast"
	"strings"
)

// lookers are how the names of methods begin that look for somebody.
var lookers = []string{"read", "scan", "search", "unfold", "match", "decode", "judge", "claim", "children", "file", "headers", "senders", "sender"}

// findLooks finds the statements that look for somebody, and the undoings.
func (p *source) findLooks() {
	p.eachNode(func(name string, n ast.Node, around []ast.Node) {
		switch n := n.(type) {
		case *ast.ExprStmt:
			if call, ok := n.X.(*ast.CallExpr); ok && isLook(call) {
				p.add(name, "", n, p.wrapped(n))
			}
		case *ast.FuncDecl:
			if isUndoing(n) {
				at := p.offset(n.Body.Lbrace) + 1
				p.add(name, "", n.Name, edits{{at, at, " if !mutation.On(%d) { return dst, false }; ", ""}})
			}
		}
	})
}

func isLook(call *ast.CallExpr) bool {
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	for _, start := range lookers {
		if strings.HasPrefix(method.Sel.Name, start) {
			return true
		}
	}
	return false
}

// isUndoing says whether f is one of the ways in which a view is made.
func isUndoing(f *ast.FuncDecl) bool {
	params := f.Type.Params.List
	return f.Recv == nil && len(params) == 1 && len(params[0].Names) == 2 && params[0].Names[0].Name == "dst" && params[0].Names[1].Name == "src" &&
		f.Type.Results != nil && len(f.Type.Results.List) == 2
}
