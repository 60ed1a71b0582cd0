package pdftext

import (
	"bytes"
	"strings"
	"unicode"

	"github.com/ledongthuc/pdf"
)

// A leaf is a page in the tree of pages, with what it has from the nodes above.
type leaf struct {
	page      dict
	resources dict
}

const maxPages = 1 << 16

// pages draws the pages of the document, in their order.
func (t *taking) pages() error {
	t.visited = map[ref]bool{}
	root := t.dictOf(t.root)["Pages"]
	if err := t.grow(root, nil, 0); err != nil {
		return err
	}
	if len(t.leaves) == 0 || int(t.number(t.dictOf(root)["Count"])) != len(t.leaves) {
		return damaged
	}
	for _, l := range t.leaves {
		if err := t.drawPage(l); err != nil {
			return err
		}
	}
	return nil
}

// grow finds the leaves below a node (ISO 32000-1 section 7.7.3).
func (t *taking) grow(v any, resources dict, depth int) error {
	at, ok := v.(ref)
	node := t.dictOf(v)
	if !ok || node == nil || t.visited[at] || depth > maxNesting || len(t.leaves) >= maxPages {
		return damaged
	}
	t.visited[at] = true
	if r, ok := node["Resources"]; ok {
		resources = t.dictOf(r)
	}
	if _, inner := node["Kids"]; !inner {
		t.leaves = append(t.leaves, leaf{node, resources})
		return t.climb(node)
	}
	for _, kid := range t.list(node["Kids"]) {
		if err := t.grow(kid, resources, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// climb makes sure that the way up from a page comes to an end.
func (t *taking) climb(node dict) error {
	for range maxNesting {
		if node = t.dictOf(node["Parent"]); node == nil {
			return nil
		}
	}
	return damaged
}

// drawPage collects what a page shows, as it is and as earlier revisions of its
// content have it.
func (t *taking) drawPage(l leaf) error {
	var content []byte
	for _, v := range t.list(l.page["Contents"]) {
		s, ok := t.resolve(v).(stream)
		if !ok {
			return damaged
		}
		part, err := t.decoded(s)
		if err != nil {
			return err
		}
		content = append(append(content, part...), '\n')
	}
	c := newCanvas(t.document)
	if err := t.draw(c, content, l.resources); err != nil {
		return err
	}
	if c.painted && !c.hasText() {
		return noText
	}
	return t.drawEarlier(l)
}

func (t *taking) draw(c *canvas, content []byte, resources dict) error {
	if err := c.draw(content, resources); err != nil {
		return err
	}
	t.shown = append(t.shown, c.runs)
	t.marks = append(t.marks, c.strings...)
	return nil
}

// hasText says whether a letter or any other sign was shown.
func (c *canvas) hasText() bool {
	for _, r := range c.runs {
		if strings.IndexFunc(r.text, func(r rune) bool { return !unicode.IsSpace(r) }) >= 0 {
			return true
		}
	}
	return false
}

// drawEarlier draws the content that later revisions of the file replaced.
func (t *taking) drawEarlier(l leaf) error {
	parts := t.list(l.page["Contents"])
	if at, ok := l.page["Contents"].(ref); ok {
		parts = append(parts, at)
	}
	for _, v := range parts {
		at, ok := v.(ref)
		if !ok {
			continue
		}
		for _, i := range t.numbers[int(at)] {
			s, ok := t.objects[i].value.(stream)
			if !ok || len(s.raw) == 0 || t.used[&s.raw[0]] {
				continue
			}
			content, err := t.decoded(s)
			if err != nil {
				return err
			}
			if err := t.draw(newCanvas(t.document), content, l.resources); err != nil {
				return err
			}
		}
	}
	return nil
}

// otherPages draws the pages that are not in the tree, or no more.
func (t *taking) otherPages() error {
	for i, o := range t.objects {
		page, ok := o.value.(dict)
		if !ok || page["Type"] != name("Page") || t.visited[ref(o.number)] && i == last(t.numbers[o.number]) {
			continue
		}
		if err := t.drawPage(leaf{page, t.inherited(page)}); err != nil {
			return err
		}
	}
	return nil
}

// inherited gives the resources of a page or of a node above it.
func (t *taking) inherited(page dict) dict {
	for range maxNesting {
		if r, ok := page["Resources"]; ok || page == nil {
			return t.dictOf(r)
		}
		page = t.dictOf(page["Parent"])
	}
	return nil
}

// otherForms draws the forms that no page shows by itself, such as how
// annotations and the fields of forms look, and the cells of patterns.
func (t *taking) otherForms() error {
	for _, o := range t.objects {
		s, ok := o.value.(stream)
		if !ok || len(s.raw) == 0 || t.used[&s.raw[0]] {
			continue
		}
		_, pattern := s.dict["PatternType"]
		if !pattern && t.resolve(s.dict["Subtype"]) != name("Form") {
			continue
		}
		c := newCanvas(t.document)
		c.resources = []dict{t.formResources()}
		if err := c.form(s); err != nil {
			return err
		}
		t.shown = append(t.shown, c.runs)
		t.marks = append(t.marks, c.strings...)
	}
	return nil
}

// formResources gives those that the fields of forms share.
func (t *taking) formResources() dict {
	return t.dictOf(t.dictOf(t.dictOf(t.root)["AcroForm"])["DR"])
}

// secondOpinion gives the text that a library finds on the pages, by another
// way: it believes the table of where the objects stand. It may find none.
func (t *taking) secondOpinion() string {
	r, err := pdf.NewReader(bytes.NewReader(t.data), int64(len(t.data)))
	if err != nil {
		return ""
	}
	var all strings.Builder
	for i := range t.leaves {
		all.WriteString(t.pageText(r, i+1) + "\n")
	}
	return all.String()
}

func (t *taking) pageText(r *pdf.Reader, number int) (text string) {
	defer func() {
		if recover() != nil {
			text = ""
		}
	}()
	text, err := r.Page(number).GetPlainText(nil)
	if err != nil || t.budget.spend(len(text)) != nil {
		return ""
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}
