package reader

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// size is that of the files in the benchmarks, unpacked where they are packed
// well.
const size = 5 << 20

var roomy = Limits{Bytes: 256 << 20}

func benchmark(b *testing.B, name string, content []byte) {
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Text(name, "", content, roomy); err != nil {
			b.Fatal(err)
		}
	}
}

// lines gives size bytes of text that differs from line to line.
func lines(form string) []byte {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, form, i, i*7919)
	}
	return []byte(b.String())
}

func BenchmarkText(b *testing.B) {
	benchmark(b, "a.csv", lines("%d;a customer of ours;%d EUR\r\n"))
}

func BenchmarkHTML(b *testing.B) {
	benchmark(b, "a.html", lines("<p class=\"c%d\">a customer of <b>ours</b>, %d EUR</p>\n"))
}

func BenchmarkJSON(b *testing.B) {
	benchmark(b, "a.jsonl", lines("{\"a\": %d, \"b\": \"a customer of ours, %d EUR\"}\n"))
}

// BenchmarkDocx reads a text document of 5 MB of XML.
func BenchmarkDocx(b *testing.B) {
	benchmark(b, "a.docx", []byte(wordOf(string(lines("<w:p w:rsidR=\"%08d\"><w:r><w:t>a customer of ours, %d EUR</w:t></w:r></w:p>\n")))))
}

// BenchmarkZip reads an archive of 5 MB as office programs write them: XML, and
// a part that cannot be packed further.
func BenchmarkZip(b *testing.B) {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for i := range 4 {
		w, err := z.Create(fmt.Sprintf("part%d.xml", i))
		must(err)
		_, err = w.Write([]byte("<w>" + string(lines("<w:p w:id=\"%d\"><w:t>a customer of ours, %d EUR</w:t></w:p>\n")) + "</w>"))
		must(err)
	}
	w, err := z.CreateHeader(&zip.FileHeader{Name: "rest.txt", Method: zip.Store})
	must(err)
	_, err = w.Write(lines("%d a customer of ours %d\n")[:max(0, size-buf.Len())])
	must(err)
	must(z.Close())
	benchmark(b, "a.zip", buf.Bytes())
}
