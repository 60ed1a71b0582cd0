package guard

import (
	"bytes"
	"hash/maphash"
	"io"
	"slices"
	"strings"

	gomessage "github.com/emersion/go-message"

	"mailshot/internal/rule"
)

// maxDepth is how deep MIME entities may be nested.
const maxDepth = 8

// judgeEntities reads the message and all parts in it. It gives the raw bytes
// that it has not looked through: a sound header was, field by field.
func (r *Reader) judgeEntities() (raw []byte) {
	block, body := splitHeader(r.raw)
	h := r.headings.read(block)
	r.judgeHeader(h)
	r.judgeEntity(h, body, 0)
	if r.parts < len(r.g.policy.Plan.Parts) {
		r.refuse(rule.Structure, "", "a planned part is missing", hintReport)
	}
	if h.flaw != "" {
		return r.raw
	}
	return body
}

// splitHeader cuts an entity after its header's empty line.
func splitHeader(entity []byte) (block, body []byte) {
	if bytes.HasPrefix(entity, []byte("\r\n")) {
		return entity[:2], entity[2:]
	}
	i := bytes.Index(entity, []byte("\r\n\r\n"))
	if i < 0 {
		return entity, nil
	}
	return entity[:i+4], entity[i+4:]
}

func (r *Reader) judgeEntity(h *heading, body []byte, depth int) {
	where := wherePart(r.parts)
	if depth > maxDepth {
		r.refuse(rule.Structure, where, "parts nested deeper than the guard reads", hintReport)
		return
	}
	planned := r.planned(h, where, depth)
	r.parts++
	if why := r.dangerous(h, depth); why != "" {
		r.refuse(rule.Structure, where, why, hintReport)
		return
	}
	if !strings.HasPrefix(h.mediaType, "multipart/") {
		r.judgeLeaf(h, body, where, planned)
		return
	}
	parts, ok := splitParts(body, h.params["boundary"])
	if !ok {
		r.refuse(rule.Structure, where, "something stands before, between or after its parts", hintReport)
	}
	for _, part := range parts {
		block, inner := splitHeader(part)
		r.judgeEntity(r.headings.read(block), inner, depth+1)
	}
}

func wherePart(i int) string {
	if i < len(firstParts) {
		return firstParts[i]
	}
	return "part " + itoa(i)
}

// firstParts are the names of those that most messages have.
var firstParts = [...]string{"message", "part 1", "part 2", "part 3", "part 4"}

// planned compares an entity with the plan's next one.
func (r *Reader) planned(h *heading, where string, depth int) PlannedPart {
	plan := r.g.policy.Plan.Parts
	if r.parts >= len(plan) {
		r.refuse(rule.Structure, where, "a part that was not planned", hintReport)
		return PlannedPart{}
	}
	p := plan[r.parts]
	if h.mediaType != p.Type || h.disposition != p.Disposition || depth != p.Depth || !p.PerRecipient && h.file != p.File {
		r.refuse(rule.Structure, where, "its type, place, disposition or file name is not the planned one", hintReport)
	}
	return p
}

// dangerous says why an entity cannot be read, or is none that a campaign has.
func (r *Reader) dangerous(h *heading, depth int) string {
	if h.flaw != "" {
		return h.flaw
	}
	switch h.mediaType {
	case "multipart/encrypted", "message/partial", "message/external-body":
		return "a type that hides what is in it"
	}
	if depth == 0 {
		return ""
	}
	for i, f := range h.fields {
		name := plainName(f.name)
		twice := slices.ContainsFunc(h.fields[:i], func(o field) bool { return strings.EqualFold(o.name, f.name) })
		if !partFields[name] || twice {
			return "a field that a part does not have, or has once"
		}
	}
	r.scanPartHeader(h)
	return ""
}

// splitParts cuts the body of a multipart entity at its boundary lines (RFC
// 2046 section 5.1). ok is false where anything stands outside of the parts
// but one line end, or a line could be taken for a boundary by some readers
// and not by others.
func splitParts(body []byte, boundary string) (parts [][]byte, ok bool) {
	if boundary == "" {
		return nil, false
	}
	mark := []byte("--" + boundary)
	rest, ok := bytes.CutPrefix(body, mark)
	if !ok {
		return nil, false
	}
	for {
		if last, ends := bytes.CutPrefix(rest, []byte("--")); ends {
			return parts, len(last) == 0 || string(last) == "\r\n"
		}
		inner, exact := bytes.CutPrefix(rest, []byte("\r\n"))
		if !exact {
			return parts, false
		}
		end := lineWith(inner, mark)
		if end < 0 {
			return append(parts, inner), false
		}
		if bytes.HasPrefix(inner, mark) {
			return append(parts, inner), false // an empty part: readers differ on it
		}
		parts, rest = append(parts, inner[:end]), inner[end+2+len(mark):]
	}
}

// lineWith gives the place of the CR and LF before the first line behind them
// that begins with mark; -1 for none.
func lineWith(text, mark []byte) int {
	for i := 0; ; {
		n := bytes.IndexByte(text[i:], '\n')
		if n < 0 {
			return -1
		}
		if i += n + 1; bytes.HasPrefix(text[i:], mark) && bytes.HasSuffix(text[:i], []byte("\r\n")) {
			return i - 2
		}
	}
}

// judgeLeaf reads an entity that holds no others.
func (r *Reader) judgeLeaf(h *heading, body []byte, where string, p PlannedPart) {
	known := r.standsFor(body)
	if p.Content != [32]byte{} || known != nil {
		if known == nil || known.content != p.Content || h.header.Get("Content-Transfer-Encoding") != "base64" {
			r.refuse(rule.Structure, where, "it is not the planned attachment", hintReport)
		}
		return
	}
	file := p.PerRecipient || h.disposition == "attachment"
	encoded := h
	if file {
		encoded = withoutType(h) // its reader wants the bytes as they are
	}
	content, why := decodeBody(encoded, body, r.views.take(len(body)))
	defer func() { r.views.give(content) }()
	switch {
	case why != "":
		r.refuse(rule.Structure, where, why, hintReport)
	case file:
		r.judgeFile(h, content, where+", the row's own attachment", p)
	default:
		r.judgeText(h, content, where)
	}
}

// judgeText reads a part that is shown as text.
func (r *Reader) judgeText(h *heading, content []byte, where string) {
	switch h.mediaType {
	case "text/plain":
		r.read(place{name: "body", line: 1}, joinFlowed(h, content))
	case "text/html":
		r.readHTML(place{name: "html part", line: 1}, content, 0)
	default:
		r.refuse(rule.Structure, where, "a part that is shown and is neither text nor HTML", hintReport)
	}
}

// joinFlowed undoes DelSp (RFC 3676 section 4), which takes the space at the
// end of a line away and joins it with the next.
func joinFlowed(h *heading, text []byte) []byte {
	if !strings.EqualFold(h.params["delsp"], "yes") {
		return text
	}
	text = bytes.ReplaceAll(text, []byte(" \r\n"), nil)
	return bytes.ReplaceAll(text, []byte(" \n"), nil)
}

const notEncoded = "a body that is not of the encoding it says"

// decodeBody undoes the transfer encoding and the charset. It says why that
// cannot be done; "" where it could.
func decodeBody(h *heading, body, buf []byte) (content []byte, why string) {
	switch encoding := strings.ToLower(strings.TrimSpace(h.header.Get("Content-Transfer-Encoding"))); encoding {
	case "", "7bit":
		if slices.ContainsFunc(body, func(c byte) bool { return c >= 0x80 }) {
			return buf, "8-bit text in a part that says it has none"
		}
	case "quoted-printable":
		content, ok := decodeQuoted(buf, body)
		if !ok {
			return content, notEncoded
		}
		if h.isUTF8() {
			return content, ""
		}
	case "8bit", "base64":
	default:
		return buf, "a transfer encoding that the guard does not read"
	}
	e, err := gomessage.New(h.header, bytes.NewReader(body))
	if err != nil {
		return buf, "a charset that the guard does not read"
	}
	content = buf
	for {
		if len(content) == cap(content) {
			content = slices.Grow(content, 1)
		}
		n, err := e.Body.Read(content[len(content):cap(content)])
		content = content[:len(content)+n]
		if err == io.EOF {
			return content, ""
		}
		if err != nil {
			return content, notEncoded
		}
	}
}

// isUTF8 says whether a body needs nothing undone but its transfer encoding.
func (h *heading) isUTF8() bool {
	charset := strings.ToLower(h.params["charset"])
	return charset == "utf-8" || charset == "us-ascii" || !strings.HasPrefix(h.mediaType, "text/")
}

// scanField looks at the value of a header field in every view of it. Those of
// most fields are the same in every message.
func (r *Reader) scanField(p place, value string) {
	s := &r.scanner
	key := maphash.String(s.seed, value) + uint64(wayOf(p, header))*waySalt
	if s.memo.has(key) {
		return
	}
	before := r.finds()
	r.readField(p, value)
	if r.finds() == before && len(r.refusals) == 0 {
		s.memo.add(key)
	}
}

func (r *Reader) readField(p place, value string) {
	decoded, ok := decodeWords(value)
	raw := p
	raw.coded = decoded != value
	r.read(raw, []byte(value))
	if !ok || strings.ContainsRune(decoded, '\uFFFD') {
		r.refuse(rule.Structure, p.name, "an encoded word that cannot be decoded", hintReport)
	}
	if decoded != value {
		r.read(p, []byte(decoded))
	}
}

// scanPartHeader looks at the header of a part: its fields, and its parameters
// as RFC 2231 decodes them.
func (r *Reader) scanPartHeader(h *heading) {
	p := place{name: wherePart(r.parts - 1), file: true}
	for _, f := range h.fields {
		r.scanField(p, f.value)
	}
	for _, v := range h.params {
		r.scanField(p, v)
	}
	p.name += ", file name"
	r.scanField(p, h.file)
	r.read(p, []byte(apart(h.file)))
}
