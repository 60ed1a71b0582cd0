package guard

import (
	"bytes"
	"mime"
	"strings"

	gomessage "github.com/emersion/go-message"
	"github.com/emersion/go-message/charset"
)

// heading is the header of one entity.
type heading struct {
	fields []field
	*content
	flaw string // why it cannot be trusted; "" where it can
}

// field is one header field, its value unfolded.
type field struct{ name, value string }

// get gives the value of the first field of a name; "" where there is none.
func (h *heading) get(name string) string {
	for _, f := range h.fields {
		if strings.EqualFold(f.name, name) {
			return f.value
		}
	}
	return ""
}

// headings reads headers. What they say of the content below them is the same in
// most, and read once.
type headings map[contentFields]*content

// maxHeadings bounds how many are remembered, and how many names of fields.
const maxHeadings = 256

func (known headings) read(block []byte) *heading {
	h := &heading{}
	h.fields, h.flaw = readFields(block)
	h.content = known.contentOf(contentFields{h.get("Content-Type"), h.get("Content-Disposition"), h.get("Content-Transfer-Encoding")})
	if h.content.flaw != "" {
		h.flaw = h.content.flaw
	}
	return h
}

func (known headings) contentOf(f contentFields) *content {
	c := known[f]
	if c == nil {
		c = f.read()
		if len(known) < maxHeadings {
			known[f] = c
		}
	}
	return c
}

// manyFields is more than most headers have.
const manyFields = 16

// readFields reads a header block, which ends with an empty line, as go-message
// does, and says what in it RFC 5322 section 2.2 does not allow.
func readFields(block []byte) (fields []field, flaw string) {
	fields = make([]field, 0, manyFields)
	for rest := block; ; {
		var line, more []byte
		line, rest = cutLine(rest)
		if len(line) == 0 {
			return fields, flaw
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		if !isFieldName(name) || len(name) == len(line) {
			flaw = "a field whose name is empty, not plain, or followed by a space"
		}
		unfolded := string(trimmed(value))
		for isFolded(rest) {
			more, rest = cutLine(rest)
			if more = trimmed(more); len(more) == 0 {
				flaw = "a folded line without text"
			}
			unfolded = strings.TrimPrefix(unfolded+" "+string(more), " ")
		}
		fields = append(fields, field{string(name), unfolded})
	}
}

// cutLine cuts off the first line, which it gives without its end.
func cutLine(text []byte) (line, rest []byte) {
	line, rest, found := bytes.Cut(text, []byte("\n"))
	if found {
		line = bytes.TrimSuffix(line, []byte("\r"))
	}
	return line, rest
}

// isFolded says whether text begins with a line that goes on with the field
// before it.
func isFolded(text []byte) bool { return len(text) > 0 && (text[0] == ' ' || text[0] == '\t') }

func trimmed(text []byte) []byte { return bytes.Trim(text, " \t") }

// contentFields are the values of the fields that say what a part is.
type contentFields struct{ kind, disposition, encoding string }

// content is what they say.
type content struct {
	header      gomessage.Header
	mediaType   string
	params      map[string]string
	disposition string
	file        string
	flaw        string
}

// read reads the fields. mime.ParseMediaType drops a parameter that it cannot
// decode without a word, so those are looked for.
func (f contentFields) read() *content {
	c := &content{header: f.header()}
	var err error
	c.mediaType, c.params, err = c.header.ContentType()
	if err != nil || undecodable(f.kind, c.params) {
		c.flaw = "a Content-Type that cannot be read"
	}
	c.file = c.params["name"]
	if f.disposition == "" {
		return c
	}
	var params map[string]string
	c.disposition, params, err = c.header.ContentDisposition()
	if err != nil || undecodable(f.disposition, params) {
		c.flaw = "a Content-Disposition that cannot be read"
	}
	if name := params["filename"]; name != "" {
		c.file = name
	}
	return c
}

func (f contentFields) header() (h gomessage.Header) {
	for name, value := range map[string]string{
		"Content-Type": f.kind, "Content-Disposition": f.disposition, "Content-Transfer-Encoding": f.encoding,
	} {
		if value != "" {
			h.Set(name, value)
		}
	}
	return h
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
