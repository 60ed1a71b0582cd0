package reader

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"path"
	"strings"
)

// readZip reads every file in a ZIP archive.
func (r *reading) readZip(f file) error {
	members, err := r.unzip(f)
	if err != nil {
		return err
	}
	for _, m := range members {
		if err := r.read(m); err != nil {
			return err
		}
	}
	return nil
}

// unzip unpacks the files in the ZIP archive f, in the archive's order and
// under names of their own, and spends the budget for them. It adds as views
// what the archive says of them: their names, comments and extra fields.
func (r *reading) unzip(f file) ([]file, error) {
	z, err := zip.NewReader(bytes.NewReader(f.content), int64(len(f.content)))
	if err != nil && err != zip.ErrInsecurePath { // nothing is written under these names
		return nil, unreadable("a damaged archive")
	}
	if !isSeamless(f.content, z) {
		return nil, unreadable("an archive with data that its directory does not name")
	}
	if err := r.addComment(z.Comment); err != nil {
		return nil, err
	}
	var members []file
	seen := make(map[string]bool, min(len(z.File), r.limits.Members))
	for _, m := range z.File {
		key := path.Clean("/" + strings.ToLower(strings.ReplaceAll(m.Name, `\`, "/")))
		if seen[key] {
			return nil, unreadable("an archive with two files of one name")
		}
		seen[key] = true
		content, err := r.unpack(m)
		if err != nil {
			return nil, err
		}
		if !strings.HasSuffix(m.Name, "/") {
			members = append(members, f.within(m.Name, "", content))
		}
	}
	return members, nil
}

// unpack gives the content of one file in an archive.
func (r *reading) unpack(m *zip.File) ([]byte, error) {
	if err := r.countMember(); err != nil {
		return nil, err
	}
	if err := r.addName(m.Name); err != nil {
		return nil, err
	}
	if err := r.addComment(m.Comment + " " + string(m.Extra)); err != nil {
		return nil, err
	}
	switch {
	case m.Flags&1 != 0:
		return nil, unreadable("encrypted")
	case m.Mode()&fs.ModeSymlink != 0:
		return nil, unreadable("an archive with a link in it")
	case strings.HasSuffix(m.Name, "/") && m.UncompressedSize64 > 0:
		return nil, unreadable("an archive with data in a folder")
	}
	content, err := m.Open()
	if err != nil {
		return nil, unreadable("a damaged archive, or packed in an unknown way")
	}
	defer content.Close()
	return r.readAll(content)
}

// addComment adds what shows in a comment, or in data of an unknown form.
func (r *reading) addComment(comment string) error {
	text := bytes.TrimSpace(legible([]byte(comment)))
	if len(text) == 0 {
		return nil
	}
	return r.add(text, true)
}

// readAll reads what is unpacked by src, as far as the budget goes.
func (r *reading) readAll(src io.Reader) ([]byte, error) {
	var buf bytes.Buffer
	for {
		n, err := io.CopyN(&buf, src, 1<<20)
		if spent := r.spend(int(n)); spent != nil {
			return nil, spent
		}
		switch {
		case err == io.EOF:
			return buf.Bytes(), nil
		case err != nil:
			return nil, unreadable("damaged")
		}
	}
}
