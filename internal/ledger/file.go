package ledger

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"mailshot/internal/rule"
)

// prepare makes the file, with rights for its owner alone from its first byte
// on, or looks at the rights of the one that is there: SQLite would make it
// with those that the umask leaves, and give its log the same.
func prepare(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return errFolder
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return errors.Join(err, errNoFile)
	}
	return closedToOthers(path)
}

// closedToOthers looks at the ledger and at the files that SQLite keeps
// beside it, which hold the same.
func closedToOthers(path string) error {
	if runtime.GOOS == "windows" {
		return nil // the mode says nothing there
	}
	var open []string
	for _, name := range []string{path, path + "-wal", path + "-shm", path + "-journal"} {
		info, err := os.Stat(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			open = append(open, rule.ShellWord(name))
		}
	}
	if len(open) == 0 {
		return nil
	}
	return &Error{Doing: "open", Path: path, Err: ErrOpenToOthers, Hint: "chmod 600 " + strings.Join(open, " ")}
}
