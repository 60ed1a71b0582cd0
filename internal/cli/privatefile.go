package cli

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// writeTo writes a file that its owner alone can read, whole or not at all, or
// to standard output for "-".
func (a *app) writeTo(name string, write func(io.Writer) error) error {
	if name == "-" {
		return write(a.Stdout)
	}
	// CreateTemp gives it mode 0600; it then takes the place of what is there.
	f, err := os.CreateTemp(filepath.Dir(name), ".mailshot-*")
	if err != nil {
		return unwritten(name, err)
	}
	err = errors.Join(write(f), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
		return unwritten(name, err)
	}
	return nil
}

// unwritten says that a file cannot be written, unless err is about something
// else.
func unwritten(name string, err error) error {
	var file *fs.PathError
	var rename *os.LinkError
	if !errors.As(err, &file) && !errors.As(err, &rename) {
		return err
	}
	return &failure{name + ": " + unwritable(err), "name another file, or make room for it"}
}

// unwritable says why a file could not be written.
func unwritable(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such folder"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	}
	return "it cannot be written"
}

// isSameFile says whether two names are of one file that is there.
func isSameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}
