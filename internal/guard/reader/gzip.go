package reader

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
)

// readGzip reads the file in a gzip archive (RFC 1952), which may be made of
// several pieces.
func (r *reading) readGzip(f file) error {
	z := new(gzip.Reader)
	src := bytes.NewReader(f.content)
	inner := file{name: withoutGzip(f.name), depth: f.depth + 1}
	for {
		if err := z.Reset(src); errors.Is(err, io.EOF) {
			return r.readMember(inner)
		} else if err != nil {
			return unreadable("a damaged archive")
		}
		z.Multistream(false)
		name, err := r.gzipHeader(z)
		if err != nil {
			return err
		}
		if inner.name == "" {
			inner.name = name
		}
		if name != "" && endings[endingOf(name)] != endings[endingOf(inner.name)] {
			return unreadable("an archive whose file has another name within")
		}
		content, err := r.readAll(z)
		if err != nil {
			return err
		}
		inner.content = append(inner.content, content...)
	}
}

// gzipHeader adds what a header says, and gives the name of the file in it; some
// programs write that of the archive.
func (r *reading) gzipHeader(z *gzip.Reader) (name string, err error) {
	if z.Name != "" {
		err = r.addName(z.Name)
	}
	if err == nil {
		err = r.addComment(z.Comment + " " + string(z.Extra))
	}
	if inner := withoutGzip(z.Name); inner != "" {
		return inner, err
	}
	return z.Name, err
}

// withoutGzip gives the name of the file that is in an archive called name.
func withoutGzip(name string) string {
	switch ending := endingOf(name); ending {
	case ".tgz":
		return name[:strings.LastIndexByte(name, '.')] + ".tar"
	case ".gz":
		return name[:strings.LastIndexByte(name, '.')]
	}
	return ""
}
