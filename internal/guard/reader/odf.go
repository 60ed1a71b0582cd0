package reader

import "encoding/xml"

// openText is the vocabulary of OpenDocument (ISO/IEC 26300 part 1).
var openText = vocabulary{
	lines:    setOf("p h ruby-text title desc"),
	asides:   setOf("annotation note tracked-changes"),
	rows:     setOf("table-row"),
	measures: setOf("config-item"),
	told:     setOf("table table-cell covered-table-cell a user-defined listitem named-range named-expression content-validation"),
	cells:    setOf("formula condition expression target-range-address"),
	signs:    map[string]string{"s": " ", "tab": "\t", "line-break": "\n"},
}

// removals are the deleted texts of an OpenDocument text, which stand before
// it, by what the places they stood at call them.
type removals struct {
	id    string // of the one that is being read
	texts map[string][]byte
}

// open takes note of an element in l.
func (r *removals) open(t xml.StartElement, l *line) {
	switch t.Name.Local {
	case "changed-region":
		r.id = attribute(t, "id")
	case "change":
		if id := attribute(t, "change-id"); id != "" && l.whole {
			l.restore(r.texts[id])
			delete(r.texts, id) // it stood in one place
		}
	}
}

// add takes note of a line.
func (r *removals) add(text []byte) {
	if r.id == "" || len(text) == 0 {
		return
	}
	if r.texts == nil {
		r.texts = make(map[string][]byte)
	}
	if before := r.texts[r.id]; len(before) > 0 {
		text = append(append(before, '\n'), text...)
	}
	r.texts[r.id] = text
}

func (r *removals) close(name string) {
	if name == "changed-region" {
		r.id = ""
	}
}
