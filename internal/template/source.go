package template

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"mailshot/internal/rule"
)

// Source is a template file that has been read and not yet compiled. Its Front
// may be changed (by flags) before Compile.
type Source struct {
	Front Front

	path  string
	root  string // Dir without links
	kind  string // ending of the file's name
	body  unit
	html  *unit // of the side file
	text  *unit // of the side file
	files []string
	at    map[string]value // places of the values that are templates, by key
}

// Read reads the template file at path, and the files that its front matter's
// `html` and `text` name. `from` may be missing (a flag can give it). Errors
// are *rule.Fault.
func Read(path string) (*Source, error) {
	kind := strings.ToLower(filepath.Ext(path))
	if !slices.Contains([]string{".txt", ".html", ".md"}, kind) {
		return nil, &rule.Fault{File: path, What: "a template is a .txt, .html or .md file", Hint: "a list goes to --recipients"}
	}
	root, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return nil, unreadable(path, err)
	}
	text, err := readText(path, maxMatter+maxBody)
	if err != nil {
		return nil, err
	}
	s := &Source{path: path, root: root, kind: kind, files: []string{path}}
	if err := s.parse(text); err != nil {
		return nil, err
	}
	if err := s.readSides(); err != nil {
		return nil, err
	}
	return s, nil
}

// parse reads the text of the template file.
func (s *Source) parse(text string) error {
	front, body, line, err := splitMatter(s.path, text)
	if err != nil {
		return err
	}
	m, err := parseMatter(s.path, front)
	if err != nil {
		return err
	}
	name := filepath.Base(s.path)
	r := &frontReader{file: s.path}
	s.Front = r.front(m, strings.TrimSuffix(name, filepath.Ext(name)))
	if r.fault != nil {
		return r.fault
	}
	s.at = templatePlaces(m)
	s.body = newUnit(s.path, body, line, 1)
	return s.judgeBody()
}

func (s *Source) judgeBody() error {
	switch {
	case strings.TrimSpace(s.body.text) == "":
		return &rule.Fault{File: s.path, What: "the template has no body", Hint: "write the message after the second ---"}
	case len(s.body.text) > maxBody:
		return &rule.Fault{File: s.path, What: "the body is larger than 10 MiB"}
	case s.kind == ".md" && len(s.body.text) > maxMarkdown:
		return &rule.Fault{File: s.path, What: "the Markdown body is larger than 64 KiB", Hint: "write a message of this size in HTML"}
	case s.kind == ".html" && s.Front.HTML != "":
		return &rule.Fault{File: s.path, What: "html names a second HTML alternative", Hint: "the template is the HTML; name the text under text"}
	case s.kind == ".txt" && s.Front.Text != "":
		return &rule.Fault{File: s.path, What: "text names a second text alternative", Hint: "the template is the text; name the HTML under html"}
	}
	return nil
}

// templatePlaces says where each value that is a template stands.
func templatePlaces(m *matter) map[string]value {
	at := map[string]value{
		"subject": m.Subject, "to-name": m.ToName, "preheader": m.Preheader,
		"list-unsubscribe": m.ListUnsubscribe, "from": m.From, "reply-to": m.ReplyTo, "sender": m.Sender,
	}
	for _, a := range m.Attachments {
		at["attachments "+a.File.text] = a.File
		at["column "+a.MustContain.text] = a.MustContain
	}
	for _, v := range m.Inline {
		at["inline "+v.text] = v
	}
	for _, h := range m.Headers {
		at["headers "+h.key.text] = h.value
	}
	for _, v := range append(slices.Clone(m.Relational), m.SharedMailboxes) {
		at["column "+v.text] = v
	}
	for _, c := range m.Columns {
		at["column "+c.key.text] = c.key
	}
	return at
}

// readSides reads the files that html and text name.
func (s *Source) readSides() error {
	var err error
	if s.html, err = s.readSide(s.Front.HTML, ".html"); err != nil {
		return err
	}
	s.text, err = s.readSide(s.Front.Text, ".txt")
	return err
}

func (s *Source) readSide(name, ending string) (*unit, error) {
	if name == "" {
		return nil, nil
	}
	if strings.ToLower(filepath.Ext(name)) != ending {
		return nil, &rule.Fault{File: s.path, What: "the other alternative must be a " + ending + " file"}
	}
	path, err := s.Resolve(name)
	if err != nil {
		return nil, err
	}
	text, err := readText(path, maxBody)
	if err != nil {
		return nil, err
	}
	s.files = append(s.files, path)
	side := newUnit(path, text, 1, 1)
	return &side, nil
}

// readText reads a file of at most limit bytes as UTF-8 without a BOM, with LF
// line ends.
func readText(path string, limit int) (string, error) {
	content, err := readAtMost(path, limit)
	if err != nil {
		return "", err
	}
	content = bytes.TrimPrefix(content, []byte("\uFEFF"))
	if !utf8.Valid(content) || bytes.IndexByte(content, 0) >= 0 {
		return "", &rule.Fault{File: path, What: "the file is not UTF-8 text", Hint: "save it as UTF-8"}
	}
	return unixLines(string(content)), nil
}

func readAtMost(path string, limit int) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, &rule.Fault{File: path, What: "not a regular file"}
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, int64(limit)+1))
	if err != nil {
		return nil, unreadable(path, err)
	}
	if len(content) > limit {
		return nil, &rule.Fault{File: path, What: "the file is too large for a template"}
	}
	return content, nil
}

func unreadable(path string, err error) *rule.Fault {
	what := "cannot be read"
	switch {
	case errors.Is(err, fs.ErrNotExist):
		what = "no such file"
	case errors.Is(err, fs.ErrPermission):
		what = "no permission to read it"
	}
	return &rule.Fault{File: path, What: what}
}

// unixLines makes every line end an LF.
func unixLines(s string) string {
	if !strings.Contains(s, "\r") {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// Path is the file's name as the user gave it.
func (s *Source) Path() string { return s.path }

// Dir is the folder that paths in the front matter are relative to.
func (s *Source) Dir() string { return filepath.Dir(s.path) }

// Files lists the paths of every file that Read has read, the template first.
func (s *Source) Files() []string { return slices.Clone(s.files) }

// Digest is the SHA-256 of all that makes the template: front matter as it
// stands now, and bodies; it is the same wherever the file lies.
func (s *Source) Digest() [32]byte {
	all := struct {
		Front                 Front
		From, ReplyTo, Sender string
		Identities            []string
		Kind, Body            string
		HTML, Text            *string
	}{Front: s.Front, Kind: s.kind, Body: s.body.text, HTML: textOf(s.html), Text: textOf(s.text)}
	// An address shows nothing to encoding/json.
	all.From = s.Front.From.Address.String()
	all.ReplyTo = s.Front.ReplyTo.Address.String()
	all.Sender = s.Front.Sender.Address.String()
	for _, a := range s.Front.Identities {
		all.Identities = append(all.Identities, a.String())
	}
	text, err := json.Marshal(all)
	if err != nil {
		panic(err) // strings, numbers and maps of them always have a form in JSON
	}
	return sha256.Sum256(text)
}

func textOf(u *unit) *string {
	if u == nil {
		return nil
	}
	return &u.text
}
