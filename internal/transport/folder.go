package transport

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"mailshot/internal/guard"
	"mailshot/internal/ledger"
	"mailshot/internal/rule"
)

type folder struct{ dir string }

// Folder gives a server that keeps each message as a file of mode 0600 in dir,
// named by its line in the list: line-000014.eml. dir must be empty, or not
// there yet: Connect makes it, with mode 0700. The error is a *rule.Fault.
func Folder(dir string) (Server, error) {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, &rule.Fault{File: dir, What: "not a folder that can be read", Hint: "name another folder"}
	case len(entries) > 0:
		return nil, &rule.Fault{File: dir, What: "the folder is not empty",
			Hint: "name a new folder, so that old messages are not taken for new ones"}
	}
	return &folder{dir}, nil
}

func (f *folder) Name() string { return f.dir }

func (f *folder) Connect(context.Context) (Conn, error) {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return nil, f.fault("connect", err)
	}
	return local(f.keep), nil
}

// keep writes one message under another name first, so that a file with its
// own name is whole.
func (f *folder) keep(c guard.Cleared) error {
	file, err := os.CreateTemp(f.dir, ".line-*")
	if err != nil {
		return f.fault("message", err)
	}
	_, err = c.WriteTo(file)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), filepath.Join(f.dir, fmt.Sprintf("line-%06d.eml", c.Line())))
	}
	if err != nil {
		os.Remove(file.Name())
		return f.fault("message", err)
	}
	return nil
}

func (f *folder) fault(step string, err error) error {
	var refusal rule.Refusal
	if errors.As(err, &refusal) {
		return refusal
	}
	cause := errors.New("a file cannot be written")
	var number syscall.Errno
	if errors.As(err, &number) {
		cause = number
	}
	return &Error{Step: step, Err: cause, Hint: "check the folder's rights and the room on its disk"}
}

// local is a connection that leads no further than this machine: what it does
// with a message is the whole transaction.
type local func(guard.Cleared) error

func (l local) Deliver(ctx context.Context, in <-chan guard.Cleared, out chan<- Result) error {
	for {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case c, ok := <-in:
			if !ok {
				return nil
			}
			result, err := l.deliver(c)
			out <- result
			if err != nil {
				return err
			}
		}
	}
}

func (l local) deliver(c guard.Cleared) (Result, error) {
	result := Result{Cleared: c, Outcome: ledger.Accepted, Step: "message"}
	began := time.Now()
	err := l(c)
	if err != nil {
		result.Outcome, result.NotSent = ledger.Deferred, true
	}
	result.At = time.Now()
	result.Took = result.At.Sub(began)
	return result, err
}

func (l local) Close() error { return nil }
