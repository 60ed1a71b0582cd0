package campaign

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"mailshot/internal/message"
	"mailshot/internal/rule"
	"mailshot/internal/template"
)

// maxAttachment is what one attachment may measure: more than servers take
// (RFC 1870 limits are 10 to 50 MB in the field).
const maxAttachment = 100 << 20

// input is a file that was read whole, and what it held.
type input struct {
	path string
	sum  [32]byte
}

// readFiles reads the template's own files for Fresh, and what all recipients
// share.
func (c *Campaign) readFiles(source *template.Source, extra []string) error {
	for _, path := range source.Files() {
		content, err := readFile(path)
		if err != nil {
			return err
		}
		c.inputs = append(c.inputs, input{path, sha256.Sum256(content)})
	}
	for _, a := range source.Front.Attachments {
		if a.PerRecipient() {
			continue
		}
		if err := c.readShared(&c.attach, source, a.File); err != nil {
			return err
		}
	}
	for _, name := range source.Front.Inline {
		if err := c.readShared(&c.inline, source, name); err != nil {
			return err
		}
	}
	for _, path := range extra {
		if err := c.addShared(&c.attach, path, path); err != nil {
			return err
		}
	}
	return nil
}

// readShared reads a file that the front matter names.
func (c *Campaign) readShared(to *[]message.File, source *template.Source, name string) error {
	path, err := source.Resolve(name)
	if err != nil {
		return err
	}
	return c.addShared(to, name, path)
}

func (c *Campaign) addShared(to *[]message.File, shown, path string) error {
	content, err := readFile(path)
	if err != nil {
		return err
	}
	*to = append(*to, message.File{Name: filepath.Base(path), Path: shown, Content: content})
	c.inputs = append(c.inputs, input{path, sha256.Sum256(content)})
	return nil
}

// readFile reads a regular file. Its errors are *rule.Fault.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, &rule.Fault{File: path, What: fileTrouble(err), Hint: "check the path; those in the front matter are relative to the template's folder"}
	case !info.Mode().IsRegular():
		return nil, &rule.Fault{File: path, What: "not a regular file"}
	case info.Size() > maxAttachment:
		return nil, &rule.Fault{File: path, What: "larger than 100 MB", Hint: "put it on a web page and send the link"}
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, &rule.Fault{File: path, What: fileTrouble(err)}
	}
	return content, nil
}

// fileTrouble names the cause without the path that an fs.PathError holds,
// which may be made of a recipient's data.
func fileTrouble(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "no such file"
	case errors.Is(err, fs.ErrPermission):
		return "no permission to read it"
	}
	return "cannot be read"
}

// Fresh says whether list, template and attachments are still what was
// checked; a rule.Refused with the rule stale where they are not.
func (c *Campaign) Fresh() error {
	const hint = "run the command again: it checks what is there now"
	if err := c.list.Fresh(); err != nil {
		return rule.Refused{{Rule: rule.Stale, File: c.list.Name(), What: "the list has changed since it was checked", Hint: hint}}
	}
	for _, in := range c.inputs {
		content, err := readFile(in.path)
		if err != nil || sha256.Sum256(content) != in.sum {
			return rule.Refused{{Rule: rule.Stale, File: in.path, What: "the file has changed since it was checked", Hint: hint}}
		}
	}
	return nil
}

// Files are the paths of all that the campaign was read from, less what each
// recipient has of their own and a list that came over standard input.
func (c *Campaign) Files() []string {
	var paths []string
	if c.listPath != "-" {
		paths = append(paths, c.listPath)
	}
	for _, in := range c.inputs {
		paths = append(paths, in.path)
	}
	return paths
}
