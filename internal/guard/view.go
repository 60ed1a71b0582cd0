package guard

import (
	"hash/maphash"

	"mailshot/internal/rule"
)

// viewer holds the buffers in which views are made.
type viewer struct{ free [][]byte }

func (v *viewer) take(size int) []byte {
	if n := len(v.free); n > 0 {
		b := v.free[n-1]
		v.free = v.free[:n-1]
		if cap(b) >= size {
			return b[:0]
		}
	}
	return make([]byte, 0, max(size, 1024))
}

func (v *viewer) give(b []byte) { v.free = append(v.free, b[:0]) }

// maxViews bounds how many texts may come out of undoing one text's escapes in
// every order. Each undoing makes a text shorter, so that they come to an end;
// the bound is for those who nest them on purpose.
const maxViews = 96

// unfold looks for other people in text and in all that its escapes stand for.
func (r *Reader) unfold(p place, text []byte) { r.unfoldDeeper(p, text, 0) }

// unfoldDeeper does it for a text that was decoded depth times before.
func (r *Reader) unfoldDeeper(p place, text []byte, depth int) {
	u := unfolding{r: r, place: p, depth: depth, left: maxViews}
	r.match(p, text)
	u.children(text)
	if u.left < 0 {
		r.refuse(rule.Structure, p.name, "escapes within escapes, more than the guard undoes", "write the text plainly")
	}
}

// unfolding is the tree of the views of one text.
type unfolding struct {
	r     *Reader
	place place
	depth int
	left  int
	seen  []uint64 // hashes of the views so far, where there is more than one
}

// children makes every view that one undoing makes of text, and theirs.
func (u *unfolding) children(text []byte) {
	u.r.readCoded(u.place, text, u.depth)
	m := marksIn(text)
	if m&(plus|equals) != 0 {
		u.r.readLinks(u.place, text)
	}
	for _, undo := range undoings {
		if m&undo.needs != 0 && u.left >= 0 {
			u.child(text, undo.run)
		}
	}
}

func (u *unfolding) child(text []byte, undo undoing) {
	buf := u.r.views.take(2 * len(text))
	view, changed := undo(buf, text)
	if changed && u.isNew(view) {
		u.left--
		p := u.place
		p.lossy = true // a no-break space is a plain one in it
		u.r.match(p, view)
		u.children(view)
	}
	u.r.views.give(view)
}

func (u *unfolding) isNew(view []byte) bool {
	h := maphash.Bytes(u.r.scanner.seed, view)
	for _, s := range u.seen {
		if s == h {
			return false
		}
	}
	u.seen = append(u.seen, h)
	return true
}
