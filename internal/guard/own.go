package guard

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"mailshot/internal/address"
	"mailshot/internal/identifier"
	"mailshot/internal/recipient"
)

// verdict says whose an identifier in a message is.
type verdict uint8

const (
	foreign verdict = iota
	fine
	mixed // a name that came about where words of the row and of the template met
)

// ownership knows what may stand in a message though it identifies somebody
// on the list.
type ownership struct {
	identityLines map[uint32]bool
	identities    map[string]bool // canonical addresses
	unmarked      map[string]bool // the same without Markdown's emphasis
	written       map[uint64]bool // keys of the sender's own data that the template holds
	allowed       map[uint64]bool // keys of what `allow` names
	relational    []int           // columns
	edges         edges
	said          map[string]bool // words of the template and of the sender's name
}

func newOwnership(p Policy, x *identifier.Index) ownership {
	o := ownership{
		identityLines: make(map[uint32]bool),
		identities:    make(map[string]bool),
		unmarked:      make(map[string]bool),
		written:       make(map[uint64]bool),
		allowed:       make(map[uint64]bool),
	}
	for _, a := range append([]address.Address{p.From.Address}, p.Identities...) {
		o.identify(x, a)
	}
	for _, v := range p.Allow {
		o.allow(x, v)
	}
	o.relational = columnsNamed(p)
	words, _ := x.MaxWords()
	o.edges = newEdges(p.Constants, words)
	said := []string{p.From.Name, p.ReplyTo.Name, p.Sender.Name}
	for _, c := range p.Constants {
		said = append(said, c.Text)
	}
	o.said = wordsIn(said)
	return o
}

// learn notes which of the sender's own data the template holds.
func (g *Guard) learn() {
	r := g.Reader()
	r.row = nobody
	note := func(h identifier.Hit) bool {
		if g.own.coversRow(h) {
			g.own.written[h.Key] = true
		}
		return true
	}
	r.collect = func(_ place, text []byte, h hit) {
		note(h.Hit)
		if h.Kind == identifier.Address { // a broken line shows the name in it by itself
			g.index.Scan(text[h.Start:h.End], note)
		}
	}
	for _, c := range g.policy.Constants {
		r.readConstant(c.Text)
	}
	from := g.policy.From
	r.readConstant(from.Name + " <" + from.Address.String() + ">")
}

// nobody is the row of what is for all.
var nobody = &recipient.Row{Line: -1}

func columnsNamed(p Policy) (columns []int) {
	for i, k := range p.Kinds {
		for _, name := range p.Relational {
			if k.Column.Name == name {
				columns = append(columns, i)
			}
		}
	}
	return columns
}

// identify notes which rows are the sender's own.
func (o *ownership) identify(x *identifier.Index, a address.Address) {
	if a.IsZero() {
		return
	}
	o.identities[a.Canonical()] = true
	for _, marks := range emphases {
		o.unmarked[withoutAny(a.Canonical(), marks)] = true
	}
	x.Scan([]byte(a.Canonical()), func(h identifier.Hit) bool {
		if h.Kind == identifier.Address && h.Start == 0 && h.End == len(a.Canonical()) {
			for _, line := range h.Lines {
				o.identityLines[line] = true
			}
		}
		return true
	})
}

// allow notes the keys of a value that may stand anywhere.
func (o *ownership) allow(x *identifier.Index, value string) {
	for _, k := range x.Keys(nil, value) {
		o.allowed[k] = true
	}
	value = strings.TrimSpace(value)
	x.Scan([]byte(value), func(h identifier.Hit) bool {
		if h.Start == 0 && h.End == len(value) {
			o.allowed[h.Key] = true
		}
		return true
	})
}

// coversRow says whether h is what an identity covers of its row: address,
// full name and phone number.
func (o *ownership) coversRow(h identifier.Hit) bool {
	for _, line := range h.Lines {
		if o.identityLines[line] {
			return h.Kind != identifier.Private && (h.Kind != identifier.Token || h.Digits >= phoneDigits)
		}
	}
	return false
}

// isFree says whether what has this key may stand in every message.
func (o *ownership) isFree(key uint64) bool { return o.allowed[key] || o.written[key] }

// phoneDigits is what a number must have to pass for a phone number.
const phoneDigits = 7

// ownership says whose h, which stands in a message as text, is.
func (r *Reader) ownership(p place, text []byte, h identifier.Hit) verdict {
	switch {
	case r.relational(text, h):
		return fine
	case h.Kind == identifier.Address:
		return r.ownAddress(text)
	case h.Kind == identifier.Digest:
		return foreign
	case r.inCells(text, h):
		return fine
	case h.Kind == identifier.Name && p.coded && r.saysAll(wordsOf(string(text))):
		return fine // "Luis Cruz" in =?utf-8?q?Jos=C3=A9_Luis_Cruz?=, which is read decoded too
	case h.Kind == identifier.Name && (!p.file && r.isMixed(text) || r.isNeighbours(text, p.file)):
		return mixed
	}
	return foreign
}

// saysAll says whether each of words is the row's or the template's.
func (r *Reader) saysAll(words []string) bool {
	mine := wordsIn(r.row.Cells)
	return !slices.ContainsFunc(words, func(w string) bool { return !mine[w] && !r.g.own.said[w] })
}

// ownAddress compares canonical forms: an index names at most MaxRows rows of
// an address that many share.
func (r *Reader) ownAddress(text []byte) verdict {
	a, err := address.Parse(string(text))
	if err == nil && a.Canonical() == r.row.Address.Canonical() {
		return fine
	}
	return foreign
}

// relational says whether h stands in a cell that names another on purpose, or
// is a name made of several of them.
func (r *Reader) relational(text []byte, h identifier.Hit) (there bool) {
	var cells []string
	for _, i := range r.g.own.relational {
		if i >= len(r.row.Cells) {
			continue
		}
		cells = append(cells, r.row.Cells[i])
		r.g.index.Scan([]byte(r.row.Cells[i]), func(c identifier.Hit) bool {
			there = there || c.Key == h.Key
			return !there
		})
	}
	return there || h.Kind == identifier.Name && hasAll(wordsIn(cells), wordsOf(string(text)))
}

// inCells says whether h is the whole of one of the row's cells or, where it
// is a bare number, stands in one.
func (r *Reader) inCells(text []byte, h identifier.Hit) bool {
	var keys [2]uint64
	number := numberOf(string(text))
	for _, cell := range r.row.Cells {
		for _, k := range r.g.index.Keys(keys[:0], cell) {
			if k == h.Key {
				return true
			}
		}
		if h.Digits > 0 && strings.Contains(numberOf(cell), number) {
			return true
		}
	}
	return false
}

// numberOf gives the digits of a cell that holds a number, whatever separates
// them, and any other cell as it is.
func numberOf(cell string) string {
	if strings.ContainsFunc(cell, unicode.IsLetter) {
		return cell
	}
	return strings.Map(func(c rune) rune {
		if unicode.IsDigit(c) {
			return c
		}
		return -1
	}, cell)
}

func hasAll(set map[string]bool, words []string) bool {
	for _, w := range words {
		if !set[w] {
			return false
		}
	}
	return true
}

// wordsOf gives the words of s in lower case and one Unicode form. As in the
// index, each letter of a script without spaces is one.
func wordsOf(s string) (words []string) {
	for _, w := range strings.FieldsFunc(strings.ToLower(norm.NFKC.String(s)), isNoWord) {
		start, alone := 0, false
		for i, c := range w {
			if unicode.IsMark(c) {
				continue
			}
			before := alone
			if alone = identifier.Unspaced(c); i > start && (alone || before) {
				words, start = append(words, w[start:i]), i
			}
		}
		words = append(words, w[start:])
	}
	return words
}

func isNoWord(c rune) bool {
	return !unicode.IsLetter(c) && !unicode.IsMark(c) && !unicode.IsDigit(c)
}
