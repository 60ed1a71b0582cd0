package guard

import (
	"hash/maphash"
	"strings"

	"mailshot/internal/guard/reader"
	"mailshot/internal/identifier"
	"mailshot/internal/rule"
)

// owner is the row that a recipient's own file was first seen with.
type owner struct {
	line  int
	value uint64 // hash of the row's value of the must-contain column; 0 for none
}

// judgePair sees to it that no other row has a file of this content, unless
// both have one value of the must-contain column.
func (r *Reader) judgePair(sum [32]byte, p PlannedPart, where string) {
	me := owner{line: r.row.Line}
	value, wanted := r.mustContain(p)
	if value != "" {
		me.value = maphash.String(r.g.seed, value) | 1
	}
	if wanted && value == "" {
		r.refuse(rule.AttachmentPairing, where, "this row's value of the must-contain column is blank", "fill in the cell, or leave the row out")
	}
	known, _ := r.g.files.LoadOrStore(sum, me)
	first := known.(owner)
	if first.line == me.line || first.value != 0 && first.value == me.value {
		return
	}
	r.refuseFor(rule.AttachmentPairing, first.line, where, "the attachment has the same content as that of the row at line "+itoa(first.line), hintPairing)
}

const hintFile = "see whose file it is; correct the cell that names it, or the file"

const hintPairing = `give each row a file of its own, or add must-contain with a column whose value these rows share and the file holds (such as a line "lang: de")`

// mustContain gives the value that a recipient's own file must hold. wanted is
// false where the template asks for none.
func (r *Reader) mustContain(p PlannedPart) (value string, wanted bool) {
	switch i := p.MustContain; {
	case !p.PerRecipient || i < 0:
		return "", false
	case i < len(r.row.Cells):
		return strings.TrimSpace(r.row.Cells[i]), true
	}
	return "", true
}

// judgeContent demands the row's value of the must-contain column in some view
// of its own file.
func (r *Reader) judgeContent(views []reader.View, p PlannedPart, where string) {
	value, wanted := r.mustContain(p)
	if !wanted || value == "" {
		return
	}
	b := identifier.NewBuilder(1)
	b.Add(r.row.Line, identifier.Private, value)
	x := b.Build()
	for _, v := range views {
		if holdsAny(x, v.Text) {
			return
		}
	}
	r.refuse(rule.AttachmentPairing, where, "the attachment lacks this row's value of the must-contain column", hintFile)
}

// holdsAny says whether something of x stands in text.
func holdsAny(x *identifier.Index, text []byte) (found bool) {
	x.Scan(text, func(identifier.Hit) bool {
		found = true
		return false
	})
	return found
}
