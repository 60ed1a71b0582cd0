package reader

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// readContentLines reads calendars (RFC 5545) and cards (RFC 6350, and vCard
// 2.1 and 3.0): as they stand, unfolded, and each line's parameters and value
// as they are meant.
func (r *reading) readContentLines(f file) error {
	content := f.content
	if unfolded := folds.ReplaceAll(content, nil); !utf8.Valid(content) && utf8.Valid(unfolded) {
		content = unfolded // RFC 5545 section 3.1: a fold may stand within a character
	}
	texts, err := decode(content, r.left, charsetOf(f.mediaType))
	if err != nil {
		return err
	}
	for _, t := range texts {
		if err := r.addContentLines(f, t); err != nil {
			return err
		}
	}
	return nil
}

var folds = regexp.MustCompile(`\r?\n[ \t]`)

func (r *reading) addContentLines(f file, text []byte) error {
	unfolded := folds.ReplaceAll(text, nil)
	var meant []byte
	for _, raw := range contentLines(string(unfolded)) {
		l, ok := parseContentLine(raw)
		if !ok {
			continue // it is in the other views
		}
		value, err := r.meaning(f, l)
		if err != nil {
			return err
		}
		meant = append(append(meant, value...), '\n')
	}
	for _, view := range [][]byte{text, unfolded, meant} {
		if err := r.add(view, false); err != nil {
			return err
		}
	}
	return nil
}

// contentLines cuts unfolded text into lines; one in quoted-printable goes on
// behind a "=" at its end (vCard 2.1 section 2.1.3).
func contentLines(text string) []string {
	var lines []string
	start, end, quoted := 0, 0, false
	for line := range strings.Lines(text) {
		if start == end {
			head, _, _ := strings.Cut(line, ":")
			quoted = strings.Contains(strings.ToUpper(head), "QUOTED-PRINTABLE")
		}
		end += len(line)
		if quoted && strings.HasSuffix(strings.TrimRight(line, "\r\n"), "=") {
			continue
		}
		lines = append(lines, strings.TrimRight(text[start:end], "\r\n"))
		start = end
	}
	return append(lines, text[start:])
}

// contentLine is name;param=value:value.
type contentLine struct {
	name   string // in upper case, without a group
	params []string
	value  string
}

// parseContentLine takes a line apart; what is quoted in its parameters holds
// no marks.
func parseContentLine(line string) (l contentLine, ok bool) {
	quoted, from := false, 0
	var pieces []string
	for i := range len(line) {
		switch {
		case line[i] == '"':
			quoted = !quoted
		case quoted:
		case line[i] == ';':
			pieces, from = append(pieces, line[from:i]), i+1
		case line[i] == ':':
			pieces = append(pieces, line[from:i])
			_, name, grouped := strings.Cut(pieces[0], ".")
			if !grouped {
				name = pieces[0]
			}
			return contentLine{strings.ToUpper(name), pieces[1:], line[i+1:]}, true
		}
	}
	return contentLine{}, false
}

// encoded says whether the ENCODING is one of values; in vCard 2.1 it may stand
// without its name.
func (l contentLine) encoded(values ...string) bool {
	for _, p := range l.params {
		name, value, named := strings.Cut(p, "=")
		if !named {
			name, value = "ENCODING", p
		}
		if strings.EqualFold(name, "ENCODING") && slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(value, v) }) {
			return true
		}
	}
	return false
}

// charset gives the one that l names, "" for none.
func (l contentLine) charset() string {
	for _, p := range l.params {
		if name, value, _ := strings.Cut(p, "="); strings.EqualFold(name, "CHARSET") {
			return strings.Trim(value, `"`)
		}
	}
	return ""
}

// meaning gives what l says: its parameters, and its value as text in both
// orders of its components ("Stone;Bob" is Bob Stone). A file that stands in
// the value is read.
func (r *reading) meaning(f file, l contentLine) ([]byte, error) {
	var b bytes.Buffer
	for _, p := range l.params {
		_, value, _ := strings.Cut(p, "=")
		b.WriteString(carets.Replace(strings.ReplaceAll(value, `"`, "")) + "\n")
	}
	if l.encoded("BASE64", "B") {
		return b.Bytes(), r.readInline(f, l)
	}
	value := l.value
	if l.encoded("QUOTED-PRINTABLE") {
		content, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(value)))
		if err != nil {
			return nil, unreadable("damaged quoted-printable")
		}
		value = string(content)
	}
	texts, err := decode([]byte(value), r.left, l.charset())
	if err != nil {
		return nil, err
	}
	for _, t := range texts {
		b.WriteString(components(string(t)))
	}
	var d rendering
	d.findData([]byte(escapes.Replace(value)))
	return b.Bytes(), r.readInlines(f, d.data)
}

// readInline reads the file that stands in l.
func (r *reading) readInline(f file, l contentLine) error {
	content, err := base64.StdEncoding.DecodeString(strings.Map(dropSpace, l.value))
	if err != nil {
		return unreadable("damaged base64")
	}
	return r.readInlines(f, []inline{{typeOf(content), content}})
}

func dropSpace(c rune) rune {
	if c == ' ' || c == '\t' || c == '\r' || c == '\n' {
		return -1
	}
	return c
}

var (
	escapes = strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\\`, `\`, `\,`, ",", `\;`, ";", `\:`, ":")
	carets  = strings.NewReplacer("^n", "\n", "^^", "^", "^'", `"`) // RFC 6868
)

// components gives value without its escapes and, if it is made of components,
// those in reverse order.
func components(value string) string {
	plain := escapes.Replace(value)
	parts := strings.Split(value, ";")
	if len(parts) < 2 || len(parts) > 7 {
		return plain + "\n"
	}
	reversed := ""
	for _, p := range parts {
		if p != "" {
			reversed = escapes.Replace(p) + " " + reversed
		}
	}
	return plain + "\n" + reversed + "\n"
}
