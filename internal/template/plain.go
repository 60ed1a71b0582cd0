package template

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"mailshot/internal/rule"
)

// plainText derives the text alternative of HTML, once for all messages. Links
// stand behind their words, lists keep their bullets and numbers.
//
// html2text is not used here: it puts a space between </b> and the comma that
// follows, numbers no lists, and draws a rule as long as the placeholder under
// a heading.
func plainText(file, masked string, m *mask, line int) (unit, error) {
	document, err := html.Parse(strings.NewReader(masked))
	if err != nil {
		return unit{}, &rule.Fault{File: file, What: "no text can be derived from the HTML", Hint: "name a text file under text"}
	}
	w := &plainWriter{mask: m, fresh: true}
	w.children(document)
	return m.restore(file, strings.TrimSpace(w.out.String())+"\n", line), nil
}

// A plainWriter writes the text of an HTML document.
type plainWriter struct {
	mask   *mask
	out    strings.Builder
	indent []string // what each line begins with
	breaks int      // line breaks owed before the next word
	space  bool     // a space is owed before the next word
	fresh  bool     // no word has been written on this line
	paid   int      // line breaks that stand before an action or a bullet already
	raw    bool     // within pre
}

func (w *plainWriter) children(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c)
	}
}

func (w *plainWriter) node(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		w.text(n.Data)
	case html.CommentNode:
		if marks := w.mask.controls(n.Data); marks != "" {
			w.control(marks)
		}
	case html.ElementNode:
		w.element(n)
	default:
		w.children(n)
	}
}

func (w *plainWriter) element(n *html.Node) {
	switch n.DataAtom {
	case atom.Head, atom.Style, atom.Script, atom.Title, atom.Template, atom.Noscript:
	case atom.Br:
		w.breaks = min(w.breaks+1, 2)
	case atom.Hr:
		w.block(2, func() { w.word("----------") })
	case atom.Img:
		w.text(attribute(n, "alt"))
	case atom.A:
		w.children(n)
		w.link(n)
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table, atom.Dl, atom.Figure:
		w.block(2, func() { w.children(n) })
	case atom.Ul, atom.Ol:
		w.list(n)
	case atom.Li:
		w.item(n, "- ")
	case atom.Blockquote:
		w.block(2, func() { w.indented("> ", n) })
	case atom.Pre:
		w.block(2, func() { w.raw = true; w.children(n); w.raw = false })
	case atom.Td, atom.Th:
		w.cell(n)
	case atom.Div, atom.Tr, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Center, atom.Dt, atom.Dd, atom.Address, atom.Form:
		w.block(1, func() { w.children(n) })
	default:
		w.children(n)
	}
}

// block writes something with line breaks before and after it.
func (w *plainWriter) block(breaks int, inside func()) {
	w.owe(breaks)
	inside()
	w.owe(breaks)
}

func (w *plainWriter) owe(breaks int) {
	w.breaks = max(w.breaks, breaks-w.paid)
}

func (w *plainWriter) indented(prefix string, n *html.Node) {
	w.flush()
	w.hang(prefix, prefix, n)
}

// hang writes the children of n behind first, and behind prefix on every
// further line.
func (w *plainWriter) hang(first, prefix string, n *html.Node) {
	w.out.WriteString(first)
	w.fresh, w.paid = true, 2
	w.indent = append(w.indent, prefix)
	w.children(n)
	w.indent = w.indent[:len(w.indent)-1]
}

// list numbers an ordered list, unless actions decide how many items it has.
func (w *plainWriter) list(n *html.Node) {
	breaks := 2
	if n.Parent != nil && n.Parent.DataAtom == atom.Li {
		breaks = 1
	}
	numbered := n.DataAtom == atom.Ol && !w.hasControls(n)
	number := 0
	w.block(breaks, func() {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if !numbered || c.DataAtom != atom.Li {
				w.node(c)
				continue
			}
			number++
			w.item(c, strconv.Itoa(number)+". ")
		}
	})
}

func (w *plainWriter) hasControls(n *html.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.CommentNode && w.mask.controls(c.Data) != "" {
			return true
		}
	}
	return false
}

func (w *plainWriter) item(n *html.Node, bullet string) {
	w.block(1, func() {
		w.flush()
		w.hang(bullet, strings.Repeat(" ", len(bullet)), n)
	})
}

// cell separates the cells of a table with headings; any other table is layout.
func (w *plainWriter) cell(n *html.Node) {
	if !hasHeadings(n) {
		w.block(1, func() { w.children(n) })
		return
	}
	if previous(n) {
		w.text(" | ")
	}
	w.children(n)
}

func hasHeadings(cell *html.Node) bool {
	for n := cell; n != nil; n = n.Parent {
		if n.DataAtom == atom.Table {
			return n.FirstChild != nil && contents(n, atom.Thead)
		}
	}
	return false
}

func contents(n *html.Node, child atom.Atom) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == child {
			return true
		}
	}
	return false
}

// previous says whether a cell has another before it in its row.
func previous(cell *html.Node) bool {
	for c := cell.PrevSibling; c != nil; c = c.PrevSibling {
		if c.Type == html.ElementNode {
			return true
		}
	}
	return false
}

// link writes where a link goes, unless its words say so.
func (w *plainWriter) link(n *html.Node) {
	target := strings.TrimPrefix(strings.TrimSpace(attribute(n, "href")), "mailto:")
	if target == "" || strings.HasPrefix(target, "#") || strings.HasSuffix(w.out.String(), target) {
		return
	}
	w.space = !w.fresh
	w.word("(" + target + ")")
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// text writes words, with the white space of HTML collapsed.
func (w *plainWriter) text(s string) {
	if w.raw {
		w.rawText(s)
		return
	}
	if s == "" {
		return
	}
	words := strings.FieldsFunc(s, isSpace)
	if isSpace(rune(s[0])) {
		w.space = true
	}
	for i, one := range words {
		if i > 0 {
			w.space = true
		}
		w.word(one)
	}
	if len(words) > 0 && isSpace(rune(s[len(s)-1])) {
		w.space = true
	}
}

// isSpace is white space as HTML collapses it; a no-break space is none.
func isSpace(r rune) bool { return strings.ContainsRune(" \t\n\r\f", r) }

func (w *plainWriter) rawText(s string) {
	for i, line := range strings.Split(strings.TrimSuffix(s, "\n"), "\n") {
		if i > 0 {
			w.breaks = 1
		}
		w.word(line)
	}
}

// word writes what must not be broken.
func (w *plainWriter) word(s string) {
	w.flush()
	if w.space && !w.fresh {
		w.out.WriteByte(' ')
	}
	w.out.WriteString(s)
	w.space, w.fresh, w.paid = false, false, 0
}

// control writes actions that steer. Line breaks that are owed are written
// before them, so that what an {{ if }} leaves out takes its line breaks with it.
func (w *plainWriter) control(marks string) {
	w.paid = min(w.paid+w.breaks, 2)
	if w.out.Len() == 0 {
		w.paid = 2
	}
	w.flush()
	if w.space && !w.fresh {
		w.out.WriteByte(' ')
		w.fresh = true
	}
	w.space = false
	w.out.WriteString(marks)
}

// flush writes the line breaks that are owed.
func (w *plainWriter) flush() {
	if w.breaks == 0 {
		return
	}
	if w.out.Len() > 0 {
		prefix := strings.Join(w.indent, "")
		for i := range w.breaks {
			if i > 0 {
				w.out.WriteString(strings.TrimRight(prefix, " "))
			}
			w.out.WriteByte('\n')
		}
		w.out.WriteString(prefix)
	}
	w.breaks, w.space, w.fresh = 0, false, true
}
