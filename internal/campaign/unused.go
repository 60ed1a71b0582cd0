package campaign

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync/atomic"

	"mailshot/internal/rule"
)

// ownFolder is where the template looks for one of the recipients' own
// attachments, and which of the files there some row has. One that nobody has
// may be somebody's whose row names another.
type ownFolder struct {
	name string                  // as the template writes it
	used map[string]*atomic.Bool // by path
}

// ownFolders lists the folders of all of the recipients' own attachments.
func (c *Campaign) ownFolders() (folders []ownFolder) {
	source := c.template.Source()
	for _, a := range source.Front.Attachments {
		if a.PerRecipient() {
			folders = append(folders, c.ownFolder(source.Dir(), a.File))
		}
	}
	return folders
}

// ownFolder lists the files under the fixed beginning of pattern, as deep as it
// goes, whose names end as it does, and which the campaign uses for nothing else.
func (c *Campaign) ownFolder(dir, pattern string) ownFolder {
	fixed, rest, _ := strings.Cut(pattern, "{{")
	ending := pattern[strings.LastIndex(pattern, "}}")+len("}}"):]
	name := fixed[:strings.LastIndexByte(fixed, '/')+1]
	begins := fixed[len(name):]
	f := ownFolder{name: strings.TrimSuffix(name, "/"), used: map[string]*atomic.Bool{}}
	if fixed == "" && ending == "" {
		return f // any file beside the template would do
	}
	root := filepath.Join(dir, filepath.FromSlash(name))
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		within, _ := filepath.Rel(root, path)
		switch {
		case err != nil: // what cannot be listed is missed by nobody
		case d.IsDir() && within != "." && strings.Count(within, string(filepath.Separator)) >= strings.Count(rest, "/"):
			return fs.SkipDir
		case d.Type().IsRegular() && strings.HasPrefix(within, begins) && strings.HasSuffix(path, ending) && !c.reads(path):
			f.used[path] = new(atomic.Bool)
		}
		return nil
	})
	return f
}

// reads says whether path is a file of the campaign itself.
func (c *Campaign) reads(path string) bool {
	for _, in := range c.inputs {
		if in.path == path {
			return true
		}
	}
	return path == c.list.Name()
}

// note notes that a row has the file at path.
func (f ownFolder) note(path string) {
	if used := f.used[path]; used != nil {
		used.Store(true)
	}
}

// unused warns of files that no row has. Their names may hold somebody's data,
// so they are counted and not named.
func unused(template string, folders []ownFolder) (warnings []rule.Warning) {
	for _, f := range folders {
		n := 0
		for _, used := range f.used {
			if !used.Load() {
				n++
			}
		}
		where := "the template's folder"
		if f.name != "" {
			where = "the folder " + f.name
		}
		if n > 0 {
			warnings = append(warnings, rule.Warning{File: template, Where: "attachments",
				What: fmt.Sprintf("%d of %d files in %s are attached to nobody: compare their names with the cells that name them", n, len(f.used), where)})
		}
	}
	return warnings
}
