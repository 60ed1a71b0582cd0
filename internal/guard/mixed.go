package guard

import (
	"bytes"
	"html"
	"slices"
	"strings"

	"mailshot/internal/identifier"
	"mailshot/internal/recipient"
)

// edges are the words with which runs of the template begin and end. Only
// there a value of the row can join them.
type edges struct{ begins, ends map[string]bool }

// newEdges looks at every run as it stands and as HTML shows it, so many words
// deep.
func newEdges(constants []Constant, depth int) edges {
	e := edges{make(map[string]bool), make(map[string]bool)}
	for _, c := range constants {
		e.add(wordsOf(c.Text), depth)
		e.add(wordsOf(html.UnescapeString(withoutTags(c.Text))), depth)
	}
	return e
}

func (e edges) add(words []string, depth int) {
	for n := 1; n <= min(len(words), depth); n++ {
		e.begins[joined(words[:n])] = true
		e.ends[joined(words[len(words)-n:])] = true
	}
}

func joined(words []string) string { return strings.Join(words, " ") }

// withoutTags drops the tags of a piece of HTML, which may begin and end
// within one.
func withoutTags(piece string) string {
	var b strings.Builder
	if end := strings.IndexByte(piece, '>'); end >= 0 && !strings.Contains(piece[:end], "<") {
		piece = piece[end+1:]
	}
	for {
		text, tag, found := strings.Cut(piece, "<")
		b.WriteString(text + " ")
		if !found {
			return b.String()
		}
		_, piece, _ = strings.Cut(tag, ">")
	}
}

// isMixed says whether a name came about where words of the row and of the
// template met, or is the row's own name in another order. Words that are all
// the row's, and another's name together, are that other's name.
func (r *Reader) isMixed(text []byte) bool {
	words := wordsOf(string(text))
	return r.isOwnTurned(words) || r.isJoined(words)
}

// isNeighbours says whether a name came about where one cell ends and the next
// begins: "Toledo", a line end and "José" in an address above a greeting, or
// "Ruiz <rosario". Something else than one space is between the words, and some
// of them are the row's names while all others stand in its text or its address,
// or all stand in one cell that names nobody.
// In a file, which the row's cells did not make, only a line end tells.
func (r *Reader) isNeighbours(text []byte, file bool) bool {
	if file && bytes.IndexByte(text, '\n') < 0 || !file && !isApart(text) {
		return false
	}
	var names, others []string
	for i, cell := range r.row.Cells {
		switch r.kind(i) {
		case recipient.KindName:
			names = append(names, cell)
		case recipient.KindText, recipient.KindAddress:
			others = append(others, cell)
		}
	}
	words, name := wordsOf(string(text)), wordsIn(names)
	return isSplit(words, name, wordsIn(others)) || hasAll(name, words) && repeats(words) || r.areInOneText(words)
}

// areInOneText says whether all words stand in one cell of text that names nobody,
// and in another order: where "Noël in Paris" is printed twice, one below the
// other, "Paris" stands over "Noël". In their order it is the cell that says them.
func (r *Reader) areInOneText(words []string) bool {
	for i, cell := range r.row.Cells {
		if r.kind(i) != recipient.KindText {
			continue
		}
		if hasAll(wordsIn([]string{cell}), words) && !inOrder(wordsOf(cell), words) && !r.namesSomebody(cell) {
			return true
		}
	}
	return false
}

// inOrder says whether words stand there one behind the other, whatever is between
// them.
func inOrder(there, words []string) bool {
	for _, w := range there {
		if len(words) > 0 && w == words[0] {
			words = words[1:]
		}
	}
	return len(words) == 0
}

func (r *Reader) namesSomebody(cell string) (named bool) {
	r.g.index.Scan([]byte(cell), func(h identifier.Hit) bool {
		named = h.Kind == identifier.Name
		return !named
	})
	return named
}

// repeats says whether one of words stands there twice, as in "Martin Martin",
// where the last name was printed once more.
func repeats(words []string) bool {
	sorted := slices.Sorted(slices.Values(words))
	return len(slices.Compact(sorted)) < len(words)
}

// isSplit says whether all words are in a or b, and some in each.
func isSplit(words []string, a, b map[string]bool) bool {
	inA, inB := 0, 0
	for _, w := range words {
		if !a[w] && !b[w] {
			return false
		}
		if a[w] {
			inA++
		}
		if b[w] {
			inB++
		}
	}
	return inA > 0 && inB > 0
}

// isApart says whether words of text have more than one space between them.
func isApart(text []byte) bool {
	return bytes.Contains(text, []byte("  ")) || bytes.ContainsFunc(text, func(c rune) bool {
		return c != ' ' && isNoWord(c)
	})
}

// kind is what the i-th column was taken for.
func (r *Reader) kind(i int) recipient.Kind {
	if i < len(r.g.policy.Kinds) {
		return r.g.policy.Kinds[i].Kind
	}
	return recipient.KindText
}

// isJoined says whether some of the words are the row's, and all others stand
// at the edges of the template that these can join.
func (r *Reader) isJoined(words []string) bool {
	mine, e := wordsIn(r.row.Cells), r.g.own.edges
	own := 0
	for i := 0; i < len(words); {
		if mine[words[i]] {
			i, own = i+1, own+1
			continue
		}
		from := i
		for i < len(words) && !mine[words[i]] {
			i++
		}
		run := joined(words[from:i])
		if from > 0 && !e.begins[run] || i < len(words) && !e.ends[run] {
			return false
		}
	}
	return own > 0 && own < len(words)
}

// isOwnTurned says whether the words are the row's own name, begun with another
// of its words: "Martin, Thomas", or "Thomas Martin <thomas.martin@…>".
func (r *Reader) isOwnTurned(words []string) (own bool) {
	for i := range words {
		turned := joined(append(append([]string(nil), words[i:]...), words[:i]...))
		r.g.index.Scan([]byte(turned), func(h identifier.Hit) bool {
			own = own || h.Start == 0 && h.End == len(turned) && r.owns(h)
			return !own
		})
	}
	return own
}

func (r *Reader) owns(h identifier.Hit) bool {
	for _, line := range h.Lines {
		if line == uint32(r.row.Line) {
			return true
		}
	}
	return false
}

func wordsIn(cells []string) map[string]bool {
	all := make(map[string]bool)
	for _, cell := range cells {
		for _, w := range wordsOf(cell) {
			all[w] = true
		}
	}
	return all
}
