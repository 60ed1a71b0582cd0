package reader

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"maps"
	"slices"
)

// readTar reads every file in a tar archive, and what it says of each.
func (r *reading) readTar(f file) error {
	src := bytes.NewReader(f.content)
	for t := tar.NewReader(src); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return tarEnd(f.content[len(f.content)-src.Len():])
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) { // nothing is written under these names
			return unreadable("a damaged archive")
		}
		if err := r.readTarMember(f, h, t); err != nil {
			return err
		}
	}
}

func (r *reading) readTarMember(f file, h *tar.Header, src io.Reader) error {
	about := []string{h.Linkname, h.Uname, h.Gname}
	for _, key := range slices.Sorted(maps.Keys(h.PAXRecords)) {
		about = append(about, key, h.PAXRecords[key])
	}
	for _, s := range about {
		if s == "" {
			continue
		}
		if err := r.addName(s); err != nil {
			return err
		}
	}
	switch h.Typeflag {
	case tar.TypeReg:
		content, err := r.readAll(src)
		if err != nil {
			return err
		}
		return r.readMember(f.within(h.Name, "", content))
	case tar.TypeDir, tar.TypeSymlink, tar.TypeLink:
		if err := r.countMember(); err != nil {
			return err
		}
		return r.addName(h.Name)
	case tar.TypeXGlobalHeader:
		return nil
	}
	return unreadable("an archive with something else than files in it")
}

// tarEnd looks at what stands behind the end of an archive.
func tarEnd(rest []byte) error {
	if len(bytes.Trim(rest, "\x00")) > 0 {
		return unreadable("an archive with something behind its end")
	}
	return nil
}
