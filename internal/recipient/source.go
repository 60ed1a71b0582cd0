package recipient

import (
	"context"
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
	name    string   // as the user named it
	path    string   // "" for a copy that has no name any more
	spooled *os.File // our own copy, to be removed; nil where path is the user's file
}

// stamp tells cheaply that a file was written to.
type stamp struct {
	size     int64
	modified time.Time
}

// openSource finds the file that name means, and spools what can be read only
// once.
func openSource(ctx context.Context, name string, stdin io.Reader) (source, error) {
	if name == "-" {
		return spool(ctx, "standard input", stdin)
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
		return spool(ctx, name, file)
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

// spool copies r into a new file that only its owner can read, and that goes
// with the process, in whatever way that ends.
func spool(ctx context.Context, name string, r io.Reader) (source, error) {
	file, err := os.CreateTemp("", "mailshot-list-*") // mode 0600
	if err != nil {
		return source{}, &rule.Fault{File: name, What: "no temporary file can be made for it",
			Hint: "make room in the folder for temporary files, or name a file"}
	}
	s := source{name: name, spooled: file}
	if os.Remove(file.Name()) != nil {
		s.path = file.Name() // Windows removes no file that is open
	}
	err = copyUntil(ctx, file, r)
	switch {
	case err == nil:
		return s, nil
	case ctx.Err() != nil:
		err = ctx.Err()
	default:
		err = &rule.Fault{File: name, What: "it could not be read to its end, or not be copied",
			Hint: "see that the folder for temporary files has room, or name a file"}
	}
	return source{}, errors.Join(err, s.remove())
}

// copyUntil copies r to its end, or until ctx is done: a read from a terminal
// or a pipe cannot be called off, so it is left to itself.
func copyUntil(ctx context.Context, w io.Writer, r io.Reader) error {
	copied := make(chan error, 1)
	go func() {
		_, err := io.Copy(w, r)
		copied <- err
	}()
	select {
	case err := <-copied:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// remove removes what was spooled.
func (s source) remove() error {
	if s.spooled == nil {
		return nil
	}
	s.spooled.Close()
	if s.path == "" {
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
	in    io.ReadCloser
	hash  hash.Hash
	stamp stamp
}

func (s source) play() (*tape, error) {
	file := s.spooled
	if file == nil {
		var err error
		if file, err = os.Open(s.path); err != nil {
			return nil, unreadable(s.name, err)
		}
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, unreadable(s.name, err)
	}
	var in io.ReadCloser = file
	if s.spooled != nil {
		in = io.NopCloser(io.NewSectionReader(file, 0, info.Size()))
	}
	return &tape{in, sha256.New(), stamp{info.Size(), info.ModTime()}}, nil
}

func (t *tape) Read(p []byte) (int, error) {
	n, err := t.in.Read(p)
	t.hash.Write(p[:n])
	return n, err
}

// sum is the SHA-256 of the whole source; what was not yet read is read now.
func (t *tape) sum() ([32]byte, error) {
	_, err := io.Copy(t.hash, t.in)
	return [32]byte(t.hash.Sum(nil)), err
}

func (t *tape) close() { t.in.Close() }
