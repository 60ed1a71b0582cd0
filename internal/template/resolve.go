package template

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mailshot/internal/rule"
)

// Resolve gives the path of a file that the front matter (or a rendered path)
// names, and refuses one that leaves Dir, by ".." or by a link. Errors are
// *rule.Fault; they hold the name only where it stands in the front matter,
// since a rendered one is made of a row.
func (s *Source) Resolve(name string) (string, error) {
	switch {
	case name == "" || strings.ContainsRune(name, 0):
		return "", s.refuse(name, "is no file name", "")
	case strings.ContainsAny(name, "*?"):
		return "", s.refuse(name, "is a pattern", "name each file")
	case slices.Contains(strings.FieldsFunc(name, isSlash), ".."):
		return "", s.refuse(name, `goes up by ".."`, "name the file without")
	case !filepath.IsLocal(filepath.FromSlash(name)):
		return "", s.refuse(name, "leaves the template's folder", "put it into the template's folder and name it relative to that")
	}
	path := filepath.Join(s.Dir(), filepath.FromSlash(name))
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", s.refuse(name, unreadable("", err).What, "")
	}
	inside, err := filepath.Rel(s.root, real)
	if err != nil || !filepath.IsLocal(inside) {
		return "", s.refuse(name, "leaves the template's folder by a link", "put the file itself into the template's folder")
	}
	if info, err := os.Stat(real); err != nil || !info.Mode().IsRegular() {
		return "", s.refuse(name, "is no regular file", "")
	}
	return path, nil
}

// isSlash takes both kinds, so that a list means the same on every machine.
func isSlash(r rune) bool { return r == '/' || r == '\\' }

func (s *Source) refuse(name, what, hint string) *rule.Fault {
	if s.isWritten(name) {
		return &rule.Fault{File: s.path, What: name + ": " + what, Hint: hint}
	}
	return &rule.Fault{File: s.path, What: "a file that the template names for a row: " + what, Hint: hint}
}

// isWritten says whether name stands in the front matter as it is.
func (s *Source) isWritten(name string) bool {
	written := append([]string{s.Front.HTML, s.Front.Text}, s.Front.Inline...)
	for _, a := range s.Front.Attachments {
		if !a.PerRecipient() {
			written = append(written, a.File)
		}
	}
	for _, w := range written {
		if w != "" && w == name {
			return true
		}
	}
	return false
}
