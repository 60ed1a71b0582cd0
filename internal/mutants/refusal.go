package main

import (
	"go/ast"
	"go/token"

	"mailshot/internal/rule"
)

// findRefusals finds where a rule is spoken of so that it refuses, and not to
// compare with it.
func (p *source) findRefusals() {
	p.eachNode(func(name string, n ast.Node, around []ast.Node) {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return
		}
		x, ok := s.X.(*ast.Ident)
		id, isRule := p.ids[s.Sel.Name]
		if !ok || !isRule || x.Name != "rule" || isCompared(around) {
			return
		}
		p.refusal(name, id, around, 0)
	})
}

// isCompared says whether the innermost of around compares what stands in it.
func isCompared(around []ast.Node) bool {
	b, ok := around[len(around)-1].(*ast.BinaryExpr)
	return ok && (b.Op == token.EQL || b.Op == token.NEQ)
}

// maxHops is how many names a refusal is followed through.
const maxHops = 3

// refusal finds what to put out of action where a rule is named: the statement
// around it, or whatever uses the name that it is given.
func (p *source) refusal(name string, id rule.ID, around []ast.Node, hops int) {
	for i := len(around) - 1; i >= 0; i-- {
		switch n := around[i].(type) {
		case *ast.ExprStmt:
			p.add(name, id, n, p.wrapped(n))
			return
		case *ast.IfStmt:
			p.add(name, id, n.Cond, edits{{p.offset(n.Cond.Pos()), p.offset(n.Cond.End()), "mutation.On(%d) && (", ")"}})
			return
		case *ast.AssignStmt:
			if _, before := around[i-1].(*ast.IfStmt); before {
				continue // its condition decides
			}
			if n.Tok == token.ASSIGN {
				p.add(name, id, n, p.wrapped(n))
				return
			}
			p.carried(id, n.Lhs[0].(*ast.Ident).Name, noCall, around[:i], hops)
			return
		case *ast.ReturnStmt:
			if !isLast(n, around[:i]) {
				p.add(name, id, n, p.wrapped(n))
				return
			}
			if f, ok := around[i-2].(*ast.FuncDecl); ok && givesPointer(f) {
				at := p.offset(n.Pos())
				p.add(name, id, n, edits{{at, at, "if !mutation.On(%d) { return nil }; ", ""}})
				return
			}
		case *ast.FuncDecl:
			p.carried(id, n.Name.Name, n.Type.Params.NumFields(), nil, hops)
			return
		case *ast.ValueSpec:
			p.carried(id, n.Names[0].Name, noCall, nil, hops)
			return
		}
	}
}

// givesPointer says whether f gives one pointer, which is nil for no refusal.
func givesPointer(f *ast.FuncDecl) bool {
	results := f.Type.Results
	if results.NumFields() != 1 {
		return false
	}
	_, pointer := results.List[0].Type.(*ast.StarExpr)
	return pointer
}

// isLast says whether a return statement ends its function, or a switch that
// does.
func isLast(n *ast.ReturnStmt, around []ast.Node) bool {
	block, ok := around[len(around)-1].(*ast.BlockStmt)
	if !ok {
		return false
	}
	_, inFunc := around[len(around)-2].(*ast.FuncDecl)
	return inFunc && block.List[len(block.List)-1] == ast.Stmt(n)
}

// noCall stands for the number of parameters of what is no function.
const noCall = -1

// carried goes on with the uses of a name: in the function of around, or in the
// package. Methods of one name are told apart by how many parameters they have.
func (p *source) carried(id rule.ID, carrier string, params int, around []ast.Node, hops int) {
	if hops == maxHops {
		return
	}
	var within *ast.FuncDecl
	for _, n := range around {
		if f, ok := n.(*ast.FuncDecl); ok {
			within = f
		}
	}
	p.eachNode(func(name string, n ast.Node, around []ast.Node) {
		x, ok := n.(*ast.Ident)
		if !ok || x.Name != carrier || isDeclared(x, around) {
			return
		}
		if within != nil && (x.Pos() < within.Pos() || x.Pos() > within.End()) {
			return
		}
		if call := callOf(x, around); params == noCall || call != nil && len(call.Args) == params {
			p.refusal(name, id, around, hops+1)
		}
	})
}

// callOf gives the call of the function, or the method, that x names.
func callOf(x *ast.Ident, around []ast.Node) *ast.CallExpr {
	callee := ast.Expr(x)
	if s, ok := around[len(around)-1].(*ast.SelectorExpr); ok {
		callee, around = s, around[:len(around)-1]
	}
	if call, ok := around[len(around)-1].(*ast.CallExpr); ok && call.Fun == callee {
		return call
	}
	return nil
}

// isDeclared says whether x is declared here, given a part, or a name of
// something else.
func isDeclared(x *ast.Ident, around []ast.Node) bool {
	switch n := around[len(around)-1].(type) {
	case *ast.FuncDecl, *ast.ValueSpec, *ast.Field:
		return true
	case *ast.AssignStmt:
		return n.Lhs[0] == ast.Expr(x)
	case *ast.KeyValueExpr:
		return n.Key == ast.Expr(x)
	case *ast.SelectorExpr:
		_, called := around[len(around)-2].(*ast.CallExpr)
		return !called
	}
	return false
}

// wrapped makes a statement one that is done only while its site is on.
func (p *source) wrapped(n ast.Node) edits {
	return edits{{p.offset(n.Pos()), p.offset(n.End()), "if mutation.On(%d) { ", " }"}}
}
