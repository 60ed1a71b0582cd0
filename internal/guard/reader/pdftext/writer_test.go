package pdftext

import (
	"bytes"
	"compress/zlib"
	"encoding/ascii85"
	"fmt"
	"slices"
	"strings"
)

// A writer makes PDF files. Object 1 is the catalog, 2 the tree of pages, 3 a
// page, 4 its content, 5 its font; more can be added.
type writer struct {
	objects map[int]string
	trailer string // besides Size and Root
}

const (
	catalog = "<</Type/Catalog/Pages 2 0 R %s>>"
	tree    = "<</Type/Pages/Kids[3 0 R]/Count 1>>"
	onePage = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 5 0 R>>%s>>/Contents 4 0 R %s>>"
	plainly = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
	hello   = "BT /F1 12 Tf 72 700 Td (Hello) Tj ET"
)

// newPDF gives a file of one page that shows what content says.
func newPDF(content string) *writer {
	return &writer{objects: map[int]string{
		1: fmt.Sprintf(catalog, ""), 2: tree, 3: fmt.Sprintf(onePage, "", ""), 4: packed("", content), 5: plainly,
	}}
}

// with sets an object.
func (w *writer) with(number int, object string) *writer {
	w.objects[number] = object
	return w
}

// inCatalog adds entries to the catalog.
func (w *writer) inCatalog(entries string) *writer { return w.with(1, fmt.Sprintf(catalog, entries)) }

// inPage adds entries to the page and to its resources.
func (w *writer) inPage(entries, resources string) *writer {
	return w.with(3, fmt.Sprintf(onePage, resources, entries))
}

// stored gives a stream object as it is.
func stored(entries, content string) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", entries, len(content), content)
}

// packed gives a compressed stream object.
func packed(entries, content string) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write([]byte(content))
	z.Close()
	return stored(entries+"/Filter/FlateDecode", b.String())
}

// objectStream gives an object stream that holds objects.
func objectStream(objects map[int]string) string {
	var heads, bodies strings.Builder
	for _, n := range sortedKeys(objects) {
		fmt.Fprintf(&heads, "%d %d ", n, bodies.Len())
		bodies.WriteString(objects[n] + " ")
	}
	entries := fmt.Sprintf("/Type/ObjStm/N %d/First %d", len(objects), heads.Len())
	return packed(entries, heads.String()+bodies.String())
}

func sortedKeys(m map[int]string) []int {
	var keys []int
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// bytes gives the file.
func (w *writer) bytes() []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")
	w.revision(&b, w.objects, 0)
	return b.Bytes()
}

// revised gives the file with a later revision that replaces objects.
func (w *writer) revised(objects map[int]string) []byte {
	b := bytes.NewBuffer(w.bytes())
	w.revision(b, objects, bytes.LastIndex(b.Bytes(), []byte("xref\n0"))) // the table's, not startxref
	return b.Bytes()
}

func (w *writer) revision(b *bytes.Buffer, objects map[int]string, previous int) {
	table := "xref\n0 1\n0000000000 65535 f \n"
	for _, n := range sortedKeys(objects) {
		table += fmt.Sprintf("%d 1\n%010d 00000 n \n", n, b.Len())
		fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\n", n, objects[n])
	}
	start, trailer := b.Len(), fmt.Sprintf("/Size 100/Root 1 0 R%s", w.trailer)
	if previous > 0 {
		trailer += fmt.Sprintf("/Prev %d", previous)
	}
	fmt.Fprintf(b, "%strailer\n<<%s>>\nstartxref\n%d\n%%%%EOF\n", table, trailer, start)
}

func ascii85Of(s string) string {
	b := make([]byte, ascii85.MaxEncodedLen(len(s)))
	return string(b[:ascii85.Encode(b, []byte(s))]) + "~>"
}
