package bounce

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Each calls yield for every message in r: an mbox, or one message. yield need
// not read it to its end.
func Each(r io.Reader, yield func(io.Reader) error) error {
	in := bufio.NewReader(r)
	start, err := in.Peek(len(fromLine))
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if !bytes.Equal(start, []byte(fromLine)) {
		return yield(in)
	}
	return eachInBox(in, yield)
}

// fromLine is how the line begins that stands before each message of an mbox
// (RFC 4155).
const fromLine = "From "

func eachInBox(in *bufio.Reader, yield func(io.Reader) error) error {
	for {
		if err := skipLine(in); err != nil {
			return ignoreEOF(err)
		}
		m := &boxed{in: in, blank: true, start: true}
		if err := yield(m); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, m); err != nil {
			return err
		}
	}
}

// skipLine reads to the end of the line; io.EOF where there is none.
func skipLine(in *bufio.Reader) error {
	for {
		_, err := in.ReadSlice('\n')
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// boxed reads one message of an mbox: up to a line that begins with "From "
// behind a blank one, or the end.
type boxed struct {
	in    *bufio.Reader
	rest  []byte
	blank bool // the line before was blank, or there was none
	start bool // the next octet begins a line
	err   error
}

func (b *boxed) Read(p []byte) (int, error) {
	if len(b.rest) == 0 && b.err == nil {
		b.err = b.fill()
	}
	if len(b.rest) == 0 {
		return 0, b.err
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

// fill reads the next line, or piece of a long one.
func (b *boxed) fill() error {
	if b.start && b.blank {
		if next, _ := b.in.Peek(len(fromLine)); string(next) == fromLine {
			return io.EOF
		}
	}
	line, err := b.in.ReadSlice('\n')
	b.rest = bytes.Clone(line)
	b.blank = b.start && len(bytes.TrimRight(line, "\r\n")) == 0
	b.start = err == nil
	if errors.Is(err, bufio.ErrBufferFull) {
		return nil
	}
	return err
}

// Files gives the files that name stands for: itself, the messages of a
// Maildir, or all .eml files of a folder. Errors are those of the operating
// system.
func Files(name string) ([]string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{name}, nil
	}
	var all []string
	for _, dir := range []string{"new", "cur"} {
		found, err := filesIn(filepath.Join(name, dir), func(string) bool { return true })
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		all = append(all, found...)
	}
	messages, err := filesIn(name, func(file string) bool { return strings.EqualFold(filepath.Ext(file), ".eml") })
	return append(all, messages...), err
}

func filesIn(dir string, wanted func(name string) bool) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, e := range entries {
		if e.Type().IsRegular() && wanted(e.Name()) {
			all = append(all, filepath.Join(dir, e.Name()))
		}
	}
	return all, nil
}
