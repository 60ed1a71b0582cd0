package reader

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

const serving = "serve-pdf"

// TestMain is the child that reads PDF as well, where it is told to be.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == serving {
		if ServePDF(os.Stdin, os.Stdout) != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// pdfOf gives a PDF of one page with text, and with further objects from
// number 6 on.
func pdfOf(text string, objects ...string) string {
	content := "BT /F1 12 Tf (" + text + ") Tj ET"
	objects = append([]string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>", pdfStream("", content),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
	}, objects...)
	var b strings.Builder
	b.WriteString("%PDF-1.4\n")
	for i, o := range objects {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	return b.String() + "trailer\n<</Root 1 0 R>>\n%%EOF\n"
}

func pdfStream(entries, content string) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", entries, len(content), content)
}

func attached(name, content string) []string {
	return []string{"<</F(" + name + ")/EF<</F 7 0 R>>>>", pdfStream("", content)}
}

func TestPDF(t *testing.T) {
	l := limits
	l.PDF = &PDFReader{Start: func() *exec.Cmd { return exec.Command(os.Args[0], serving) }}
	defer l.PDF.Close()
	commented := string(jpegOf(t, segment(jpegComment, bobIn)))
	found := map[string]string{
		"a page":                      pdfOf(bobIn),
		"an attached table":           pdfOf("Hello", attached("a.csv", "mail\n"+bobIn+"\n")...),
		"the name of an attached one": pdfOf("Hello", attached(bobIn+".txt", "Hello")...),
		"a PDF in a PDF":              pdfOf("Hello", attached("a.pdf", pdfOf(bobIn))...),
		"a picture's comment":         pdfOf("Hello", pdfStream("/Subtype/Image/Filter/DCTDecode", commented)),
	}
	for what, file := range found {
		views, err := Text("a.pdf", "application/pdf", []byte(file), l)
		if err != nil || !holds(views, bobIn) {
			t.Errorf("%s: %v, %v", what, views, err)
		}
	}
	unreadable := map[string]string{
		"cut off":                  pdfOf("Hello")[:200],
		"an attached program":      pdfOf("Hello", attached("a.exe", "MZ")...),
		"a PDF in a PDF, too deep": nestedPDF(5),
		"another file":             "%PDF-, says this text",
	}
	for what, file := range unreadable {
		if views, err := Text("a.pdf", "", []byte(file), l); !errors.Is(err, ErrUnreadable) || views != nil {
			t.Errorf("%s: %v, %v", what, views, err)
		}
	}
	if views, err := Text("a.pdf", "", []byte(pdfOf("Hello")), limits); !errors.Is(err, ErrUnreadable) || views != nil {
		t.Errorf("without another process: %v, %v", views, err)
	}
}

func nestedPDF(depth int) string {
	if depth == 0 {
		return pdfOf("Hello")
	}
	return pdfOf("Hello", attached("a.pdf", nestedPDF(depth-1))...)
}
