//go:build unix

package ledger

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lockFile makes and locks the file at path, and takes it away on release.
func lockFile(path string) (func() error, error) {
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		same, err := flock(f, path)
		if err == nil && same {
			return func() error { return errors.Join(os.Remove(path), f.Close()) }, nil
		}
		f.Close()
		if err != nil {
			return nil, err
		}
	}
}

// flock locks f and says whether it is still the file at path: the run that
// had the lock may have taken that away since it was opened.
func flock(f *os.File, path string) (same bool, err error) {
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return false, ErrLocked
	}
	if err != nil {
		return false, err
	}
	mine, err := f.Stat()
	if err != nil {
		return false, err
	}
	there, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(mine, there), err
}
