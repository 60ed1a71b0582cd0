package guard

import (
	"bufio"
	"bytes"
	"strings"
	"testing"

	"github.com/emersion/go-message/textproto"
)

// FuzzHeading reads any header block. Where it has no flaw and sound lines,
// go-message finds the same fields in it.
func FuzzHeading(f *testing.F) {
	for _, block := range []string{
		"To: Ann Lee <ann@a.example>\r\nSubject: one\r\n two\r\n\tthree\r\n\r\n",
		"to:a\r\nX-Empty:\r\n\r\n", "X-Late:\r\n \t two \r\n\r\n", "X-None:\r\n \r\n\r\n",
		" To: a\r\n\r\n", "To : a\r\n\r\n", ": a\r\n\r\n", "no colon\r\n\r\n", "A: b", "\r\nA: b\r\n\r\n", "A: b\r\r\n\r\n",
		"Content-Type: text/plain; charset=utf-8\r\nContent-Type: text/html\r\n\r\n", "",
	} {
		f.Add([]byte(block))
	}
	f.Fuzz(func(t *testing.T, block []byte) {
		h := make(headings).read(block)
		if h.flaw != "" || !hasSoundLines(block) {
			return
		}
		theirs, err := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(block)))
		if err != nil || theirs.Len() != len(h.fields) {
			t.Fatalf("%d fields, but go-message has %d, %v", len(h.fields), theirs.Len(), err)
		}
		i := 0
		for all := theirs.Fields(); all.Next(); i++ {
			if f := h.fields[i]; !strings.EqualFold(f.name, all.Key()) || f.value != all.Value() {
				t.Fatalf("field %d is %q, but to go-message %q: %q", i, f, all.Key(), all.Value())
			}
		}
		if first := theirs.Get("Content-Type"); h.header.Get("content-type") != first {
			t.Fatalf("Content-Type is %q, but to go-message %q", h.header.Get("content-type"), first)
		}
	})
}

// hasSoundLines says whether CR and LF stand in block only together.
func hasSoundLines(block []byte) bool {
	pairs := bytes.Count(block, []byte("\r\n"))
	return bytes.Count(block, []byte("\r")) == pairs && bytes.Count(block, []byte("\n")) == pairs
}
