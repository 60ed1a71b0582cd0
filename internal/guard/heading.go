package guard

import (
	"bufio"
	"bytes"
	"mime"
	"strings"

	gomessage "github.com/emersion/go-message"
	"github.com/emersion/go-message/charset"
	"github.com/emersion/go-message/textproto"
)

// heading is the header of one entity, as go-message reads it.
type heading struct {
	header      gomessage.Header
	fields      []field
	mediaType   string
	params      map[string]string
	disposition string
	file        string
	flaw        string // why it cannot be trusted; "" where it can
	quiet       bool   // it was looked through, and holds nobody
}

// field is one header field, its value unfolded.
type field struct{ name, value string }

// parser reads headers. Those of parts are the same in every message, and are
// read once.
type parser struct {
	known map[string]*heading
	src   *bytes.Reader
	buf   *bufio.Reader
}

// maxHeadings bounds how many headers a parser remembers.
const maxHeadings = 256

func newParser() parser {
	src := bytes.NewReader(nil)
	return parser{known: make(map[string]*heading), src: src, buf: bufio.NewReader(src)}
}

// part gives the heading of a part, whose header block is.
func (p *parser) part(block []byte) *heading {
	if h, ok := p.known[string(block)]; ok {
		return h
	}
	h := p.read(block)
	if len(p.known) < maxHeadings {
		p.known[string(block)] = h
	}
	return h
}

// read parses a header block, which ends with an empty line.
func (p *parser) read(block []byte) *heading {
	h := &heading{flaw: flawOf(block)}
	p.src.Reset(block)
	p.buf.Reset(p.src)
	raw, err := textproto.ReadHeader(p.buf)
	if err != nil && h.flaw == "" {
		h.flaw = "a header that cannot be read"
	}
	h.header = gomessage.Header{Header: raw}
	h.fields = make([]field, 0, raw.Len())
	for f := raw.Fields(); f.Next(); {
		h.fields = append(h.fields, field{f.Key(), f.Value()})
	}
	h.content()
	return h
}

// content reads the fields that say what a part is. mime.ParseMediaType drops
// a parameter that it cannot decode without a word, so those are looked for.
func (h *heading) content() {
	var err error
	h.mediaType, h.params, err = h.header.ContentType()
	if err != nil || undecodable(h.header.Get("Content-Type"), h.params) {
		h.flaw = "a Content-Type that cannot be read"
	}
	value := h.header.Get("Content-Disposition")
	if value == "" {
		h.file = h.params["name"]
		return
	}
	var params map[string]string
	h.disposition, params, err = h.header.ContentDisposition()
	if err != nil || undecodable(value, params) {
		h.flaw = "a Content-Disposition that cannot be read"
	}
	h.file = params["filename"]
	if h.file == "" {
		h.file = h.params["name"]
	}
}

// undecodable says whether value holds an RFC 2231 parameter that is missing
// in params.
func undecodable(value string, params map[string]string) bool {
	for _, p := range strings.Split(value, ";") {
		name, _, ok := strings.Cut(p, "=")
		base, _, starred := strings.Cut(strings.TrimSpace(name), "*")
		if ok && starred {
			if _, there := params[strings.ToLower(base)]; !there {
				return true
			}
		}
	}
	return false
}

// flawOf looks at the raw lines of a header block for what go-message lets
// pass: a field with an empty name, or a space before the colon (RFC 5322
// section 2.2 allows neither), a line that only looks empty, a continuation at
// the top.
func flawOf(block []byte) string {
	for n, rest := 0, block; len(rest) > 0; n++ {
		var line []byte
		line, rest, _ = bytes.Cut(rest, []byte("\r\n"))
		if len(line) == 0 {
			break
		}
		if line[0] == ' ' || line[0] == '\t' {
			if n == 0 || len(bytes.TrimLeft(line, " \t")) == 0 {
				return "a folded line without a field or without text"
			}
			continue
		}
		if !isFieldName(line[:max(0, bytes.IndexByte(line, ':'))]) {
			return "a field whose name is empty, not plain, or followed by a space"
		}
	}
	return ""
}

// isFieldName says whether b is a field name (RFC 5322 section 3.6.8).
func isFieldName(b []byte) bool {
	for _, c := range b {
		if c <= ' ' || c == ':' || c > '~' {
			return false
		}
	}
	return len(b) > 0
}

// maxWordRounds bounds how often encoded words are decoded again.
const maxWordRounds = 8

// decodeWords undoes RFC 2047 until nothing changes, adjacent words joined. ok
// is false where something is left that a lenient reader might decode.
func decodeWords(s string) (decoded string, ok bool) {
	d := mime.WordDecoder{CharsetReader: charset.Reader}
	for range maxWordRounds {
		if !strings.Contains(s, "=?") {
			return s, true
		}
		next, err := d.DecodeHeader(s)
		if err != nil {
			return s, false
		}
		if next == s {
			return s, !looksEncoded(s)
		}
		s = next
	}
	return s, false
}

// looksEncoded says whether something with the outline of an encoded word
// stands in s: =?charset?B? or =?charset?Q?.
func looksEncoded(s string) bool {
	for {
		_, after, found := strings.Cut(s, "=?")
		if !found {
			return false
		}
		name, rest, found := strings.Cut(after, "?")
		if found && name != "" && !strings.ContainsAny(name, " \t") && len(rest) > 1 &&
			strings.ContainsRune("bBqQ", rune(rest[0])) && rest[1] == '?' {
			return true
		}
		s = after
	}
}
