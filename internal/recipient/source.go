package recipient

import (
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mailshot/internal/rule"
)

// source is a regular file that holds the list's bytes.
type source struct {
	name    string // as the user named it
	path    string
	spooled bool // path is ours, to be removed
}

// stamp tells cheaply that a file was written to.
type stamp struct {
	size     int64
	modified time.Time
}

// openSource finds the file that name means, and spools what can be read only
// once.
func openSource(name string, stdin io.Reader) (source, error) {
	if name == "-" {
		return spool("standard input", stdin)
	}
	if fault := unreadFormat(name); fault != nil {
		return source{}, fault
	}
	file, err := os.Open(name)
	if err != nil {
		return source{}, unreadable(name, err)
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return source{}, unreadable(name, err)
	case info.IsDir():
		return source{}, &rule.Fault{File: name, What: "a folder is no list", Hint: "name a file, such as people.csv"}
	case !info.Mode().IsRegular():
		return spool(name, file)
	}
	return source{name: name, path: name}, nil
}

// unreadFormat refuses what is a list, but of a kind that is not read.
func unreadFormat(name string) *rule.Fault {
	switch scheme, _, _ := strings.Cut(name, "://"); {
	case scheme != name && (scheme == "postgres" || scheme == "postgresql"):
		return &rule.Fault{File: "the database", What: "lists in a database are not read",
			Hint: "write the query's result to a file with psql --csv, and name that"}
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".xlsx", ".xlsm", ".xls", ".ods":
		return &rule.Fault{File: name, What: "spreadsheet files are not read",
			Hint: "save the sheet as CSV (UTF-8), and name that"}
	}
	return nil
}

// spool copies r into a new file that only its owner can read.
func spool(name string, r io.Reader) (source, error) {
	file, err := os.CreateTemp("", "mailshot-list-*") // mode 0600
	if err != nil {
		return source{}, &rule.Fault{File: name, What: "no temporary file can be made for it",
			Hint: "make room in the folder for temporary files, or name a file"}
	}
	s := source{name: name, path: file.Name(), spooled: true}
	_, err = io.Copy(file, r)
	if err = errors.Join(err, file.Close()); err != nil {
		fault := &rule.Fault{File: name, What: "it could not be read to its end, or not be copied",
			Hint: "see that the folder for temporary files has room, or name a file"}
		return source{}, errors.Join(fault, s.remove())
	}
	return s, nil
}

// remove removes what was spooled.
func (s source) remove() error {
	if !s.spooled {
		return nil
	}
	if err := os.Remove(s.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return &rule.Fault{File: s.name, What: "its temporary copy could not be removed"}
	}
	return nil
}

// unreadable says why name cannot be read, without the text of err, which
// holds more than the user's name for it.
func unreadable(name string, err error) *rule.Fault {
	fault := &rule.Fault{File: name, What: "the list cannot be read"}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		fault.What, fault.Hint = "no such file", "name the list after -r"
	case errors.Is(err, fs.ErrPermission):
		fault.What, fault.Hint = "permission denied", "ask for the right to read it"
	}
	return fault
}

// tape reads a source from its start and hashes what it reads.
type tape struct {
	file  *os.File
	hash  hash.Hash
	stamp stamp
}

func (s source) play() (*tape, error) {
	file, err := os.Open(s.path)
	if err != nil {
		return nil, unreadable(s.name, err)
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, unreadable(s.name, err)
	}
	return &tape{file, sha256.New(), stamp{info.Size(), info.ModTime()}}, nil
}

func (t *tape) Read(p []byte) (int, error) {
	n, err := t.file.Read(p)
	t.hash.Write(p[:n])
	return n, err
}

// sum is the SHA-256 of the whole source; what was not yet read is read now.
func (t *tape) sum() ([32]byte, error) {
	_, err := io.Copy(t.hash, t.file)
	return [32]byte(t.hash.Sum(nil)), err
}

func (t *tape) close() { t.file.Close() }
