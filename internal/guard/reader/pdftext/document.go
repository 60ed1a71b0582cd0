// Package pdftext takes a PDF apart (ISO 32000) and gives all text that a
// program may show of it, in a process of its own.
//
// It looks at every object in the file, those too that nothing refers to and
// those that a later revision replaced. Where it cannot know which letters a
// page shows, it says that the file cannot be read. It does not look at
// pictures, nor at outlines of letters drawn by hand.
package pdftext

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Kind says what a Piece is.
type Kind byte

// The kinds of pieces.
const (
	Text    Kind = 't' // UTF-8
	Markup  Kind = 'm' // UTF-8 with tags
	File    Kind = 'f' // a file attached to the document
	Picture Kind = 'p' // a JPEG file
)

// A Piece is one thing that a PDF holds.
type Piece struct {
	Kind Kind
	Name string // of a File
	Data []byte
}

// take reads a PDF. It gives at most as many bytes as most, and unpacks no more.
func take(data []byte, most int) (pieces []Piece, err error) {
	// The library that is asked as well panics on damaged files.
	defer func() {
		if recover() != nil {
			pieces, err = nil, damaged
		}
	}()
	d, err := parse(data, &budget{left: most})
	if err != nil {
		return nil, err
	}
	t := &taking{document: d, files: map[ref]string{}, programs: map[ref]bool{}}
	for _, step := range []func() error{t.roles, t.pages, t.otherPages, t.otherForms, t.texts, t.strings, t.streams} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return t.pieces, nil
}

// taking collects the pieces of one document.
type taking struct {
	*document
	files    map[ref]string // the streams that are files, with their names
	programs map[ref]bool   // the streams that are programs of fonts
	leaves   []leaf         // of the tree of pages
	visited  map[ref]bool   // the nodes of the tree
	shown    [][]run        // by page
	marks    []literal      // strings within the pages that are not shown
	pieces   []Piece
}

// put adds a piece.
func (t *taking) put(p Piece) error {
	if len(p.Data) > 0 || p.Kind == File {
		t.pieces = append(t.pieces, p)
	}
	return t.budget.spend(len(p.Data))
}

// roles finds what streams are by who refers to them.
func (t *taking) roles() error {
	for _, o := range t.objects {
		walk(o.value, func(v any) {
			d, ok := v.(dict)
			if !ok {
				return
			}
			for _, k := range []name{"FontFile", "FontFile2", "FontFile3", "CIDToGIDMap", "CIDSet"} {
				if r, ok := d[k].(ref); ok {
					t.programs[r] = true
				}
			}
			for _, v := range t.dictOf(d["EF"]) {
				if r, ok := v.(ref); ok {
					t.files[r] = t.fileName(d)
				}
			}
		})
	}
	return nil
}

// fileName gives the name in a file specification.
func (t *taking) fileName(d dict) string {
	for _, k := range []name{"UF", "F", "DOS", "Mac", "Unix"} {
		if s, ok := t.resolve(d[k]).(literal); ok {
			return textStrings(string(s))[0]
		}
	}
	return ""
}

// texts adds what the pages show, and what the library says that they do.
func (t *taking) texts() error {
	for _, v := range append(views(t.shown), t.secondOpinion()) {
		if err := t.put(Piece{Kind: Text, Data: []byte(v)}); err != nil {
			return err
		}
	}
	return nil
}

// strings adds every string and every name in the file, each once: the values
// of form fields, annotations, links, scripts, bookmarks, who made it, and so
// on.
func (t *taking) strings() error {
	seen := map[string]bool{}
	var all strings.Builder
	note := func(v any) {
		for _, s := range stringsOf(v) {
			if !seen[s] && t.budget.spend(len(s)) == nil {
				seen[s] = true
				all.WriteString(s + "\n")
			}
		}
	}
	for _, o := range t.objects {
		walk(o.value, note)
	}
	for _, s := range t.marks {
		note(s)
	}
	if t.budget.left < 0 {
		return tooMuch
	}
	return t.put(Piece{Kind: Text, Data: []byte(all.String())})
}

func stringsOf(v any) []string {
	switch v := v.(type) {
	case literal:
		return textStrings(string(v))
	case name:
		return []string{strings.ToValidUTF8(string(v), "\uFFFD")}
	}
	return nil
}

// streams adds what is in the streams that were not needed so far: metadata,
// forms in XML, scripts, attached files, replaced revisions of pages.
func (t *taking) streams() error {
	for _, o := range t.objects {
		s, ok := o.value.(stream)
		if !ok || len(s.raw) == 0 || t.used[&s.raw[0]] || t.programs[ref(o.number)] || s.dict["Type"] == name("XRef") {
			continue
		}
		if err := t.stream(ref(o.number), s); err != nil {
			return err
		}
	}
	return nil
}

func (t *taking) stream(at ref, s stream) error {
	if t.resolve(s.dict["Subtype"]) == name("Image") {
		return t.image(s)
	}
	content, err := t.decoded(s)
	if err != nil {
		return err
	}
	file, isFile := t.files[at]
	switch {
	case isFile || s.dict["Type"] == name("EmbeddedFile"):
		return t.put(Piece{File, file, content})
	case bytes.HasPrefix(bytes.TrimSpace(content), []byte("<")):
		return t.put(Piece{Kind: Markup, Data: []byte(legible(content))})
	}
	return t.put(Piece{Kind: Text, Data: []byte(legible(content))})
}

// image adds an image that is a JPEG file; the others are nothing but pixels.
func (t *taking) image(s stream) error {
	content := s.raw
	for _, f := range t.filters(s) {
		if f == "DCTDecode" {
			return t.put(Piece{Kind: Picture, Data: content})
		}
		var err error
		if content, err = t.undo(f, content); err != nil {
			return nil
		}
	}
	return nil
}

// legible gives content as text, "" where most of it is none.
func legible(content []byte) string {
	s := textStrings(string(content))
	best := last(s[:min(len(s), 2)])
	shows, all := 0, 0
	for _, r := range best {
		if all++; unicode.IsGraphic(r) && r != utf8.RuneError || unicode.IsSpace(r) {
			shows++
		}
	}
	if shows < all/10*9 {
		return ""
	}
	return best
}
