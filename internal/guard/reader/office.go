package reader

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"strings"
)

// readDocx reads a text document of Office Open XML (ECMA-376).
func (r *reading) readDocx(f file) error { return r.readOpenXML(f) }

// readXlsx reads a spreadsheet of Office Open XML.
func (r *reading) readXlsx(f file) error { return r.readOpenXML(f) }

// readPptx reads a presentation of Office Open XML.
func (r *reading) readPptx(f file) error { return r.readOpenXML(f) }

// readOpenXML reads every part of a package (ECMA-376 part 2), whether the
// document refers to it or not.
func (r *reading) readOpenXML(f file) error {
	members, err := r.unzip(f)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(members, func(m file) bool { return m.name == "[Content_Types].xml" }) {
		return unreadable("not of the kind that its name says")
	}
	book, err := r.workbook(members)
	if err != nil {
		return err
	}
	// The shared strings come last, when it is known which of them are shown.
	slices.SortStableFunc(members, func(a, b file) int {
		return cmp.Compare(rank(a.name), rank(b.name))
	})
	for _, m := range members {
		part := &markup{vocabulary: &openXML, book: book}
		if isStrings(m.name) {
			part.shared = book.isShown
		}
		if err := r.readPart(m, part); err != nil {
			return err
		}
	}
	return r.readPivots(members)
}

func rank(name string) int {
	if isStrings(name) {
		return 1
	}
	return 0
}

// readOpenDocument reads every part of an OpenDocument package (ISO/IEC 26300
// part 3).
func (r *reading) readOpenDocument(f file) error {
	members, err := r.unzip(f)
	if err != nil {
		return err
	}
	if len(members) == 0 || !isOpenDocument(members) {
		return unreadable("not of the kind that its name says")
	}
	for _, m := range members {
		if err := r.readPart(m, &markup{vocabulary: &openText}); err != nil {
			return err
		}
	}
	return nil
}

// isOpenDocument says whether a member of that name holds the media type, as
// programs look for.
func isOpenDocument(members []file) bool {
	const start = "application/vnd.oasis.opendocument."
	return slices.ContainsFunc(members, func(m file) bool {
		return m.name == "mimetype" && bytes.HasPrefix(m.content, []byte(start))
	})
}

// readPart reads a member of a package.
func (r *reading) readPart(f file, m *markup) error {
	switch {
	case len(f.content) == 0: // LibreOffice leaves some
		return nil
	case isBareData(f.name):
		return r.addStrings(f.content)
	case !isMarkup(f.name):
		return r.read(f)
	}
	text, err := xmlText(f.content)
	if err != nil {
		return err
	}
	if !isOfficeXML(text) {
		f.name += ".xml"
		return r.read(f)
	}
	return r.readMarkup(f, text, m)
}

// isMarkup says whether a member of that name is XML.
func isMarkup(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".xml", ".rels", ".vml", ".rdf":
		return true
	}
	return false
}

// isBareData says whether a member of that name is data that programs leave
// there for themselves, uncompressed: the settings of a printer (Excel), the
// places where pages end (LibreOffice).
func isBareData(name string) bool {
	base := strings.ToLower(path.Base(name))
	return name == "layout-cache" || strings.HasPrefix(base, "printersettings") && path.Ext(base) == ".bin"
}

// addStrings adds what shows in data of an unknown form, in characters of one
// byte and of two.
func (r *reading) addStrings(data []byte) error {
	texts := [][]byte{legible(data)}
	for _, from := range []int{0, min(1, len(data))} {
		wide, err := utf16LE.NewDecoder().Bytes(data[from : from+(len(data)-from)/2*2])
		if err != nil {
			return unreadable("damaged")
		}
		texts = append(texts, legible(wide))
	}
	for _, t := range texts {
		if err := r.add(t, true); err != nil {
			return err
		}
	}
	return nil
}
