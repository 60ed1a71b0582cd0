package reader

import (
	"bytes"
	"encoding/json"
	"regexp"
)

// signatures are the beginnings of formats that hold more than they show as
// text. Those that hold control characters near the beginning need no mention:
// no text does.
var signatures = []struct{ start, what string }{
	{"PK\x03\x04", "a ZIP archive"},
	{"PK\x05\x06", "a ZIP archive"},
	{"PK\x07\x08", "a ZIP archive"},
	{"\x1f\x8b", "a gzip archive"},
	{"BZh", "a bzip2 archive"},
	{"\xFD7zXZ", "an xz archive"},
	{"7z\xBC\xAF", "a 7z archive"},
	{"Rar!", "a RAR archive"},
	{"\x28\xB5\x2F\xFD", "a zstd archive"},
	{"\x89PNG", "a picture"},
	{"\xFF\xD8\xFF", "a picture"},
	{"GIF8", "a picture"},
	{"\xD0\xCF\x11\xE0", "an office document"},
	{`{\rtf`, "a rich text document"},
	{"%!PS", "a PostScript document"},
}

// pdfReach is how far into a file programs look for the beginning of a PDF.
const pdfReach = 1024

// disguised says what content is if it is no text at all, "" otherwise.
func disguised(content []byte) string {
	for _, s := range signatures {
		if bytes.HasPrefix(content, []byte(s.start)) {
			return s.what
		}
	}
	if bytes.Contains(content[:min(len(content), pdfReach)], []byte("%PDF-")) {
		return "a PDF"
	}
	return ""
}

// sniffed is how much of the beginning of a text programs look at when they
// guess what it is (the MIME Sniffing Standard asks for 1445 bytes).
const sniffed = 4096

// forms are kinds of text that say something else than what they show: they
// fold lines, escape or encode characters.
var forms = []struct {
	pattern *regexp.Regexp
	what    string
}{
	{regexp.MustCompile(`(?i)^\s*<(?:!doctype|!--|\?xml|svg|style|table|div|meta|a|p|br)\b`), "markup"},
	{regexp.MustCompile(`(?i)<(?:html|head|body|script)[\s>]`), "markup"},
	{regexp.MustCompile(`(?im)^(?:MIME-Version|Content-Transfer-Encoding)[ \t]*:`), "a message"},
}

// encoded are the beginnings of lines after which text is encoded or encrypted,
// wherever they stand.
var encoded = []struct{ line, what string }{
	{"-----BEGIN ", "encrypted or encoded data"},
	{"begin 6", "encoded data"},
	{"begin-base64 ", "encoded data"},
	{"=ybegin ", "encoded data"},
	{"BEGIN:VCALENDAR", "a calendar"},
	{"BEGIN:VCARD", "a contact"},
}

// structured says what text is if it must be read in another way than as it
// stands, "" otherwise.
func structured(text []byte) string {
	for _, f := range forms {
		if f.pattern.Match(text[:min(len(text), sniffed)]) {
			return f.what
		}
	}
	for _, e := range encoded {
		if hasLine(text, []byte(e.line)) {
			return e.what
		}
	}
	t := bytes.TrimSpace(text)
	if len(t) > 0 && (t[0] == '{' || t[0] == '[') && json.Valid(t) {
		return "JSON"
	}
	return ""
}

// hasLine says whether a line of text begins with start, in any case.
func hasLine(text, start []byte) bool {
	for line := range bytes.Lines(text) {
		for more := true; more; {
			var l []byte
			if l, line, more = bytes.Cut(line, []byte("\r")); len(l) >= len(start) && bytes.EqualFold(l[:len(start)], start) {
				return true
			}
		}
	}
	return false
}
