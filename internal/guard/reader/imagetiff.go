package reader

import (
	"bytes"
	"encoding/binary"
	"slices"

	"golang.org/x/text/encoding"
)

// Tags of TIFF and EXIF that are read in a way of their own.
const (
	tagSubIFDs     = 0x014A
	tagXMP         = 0x02BC
	tagIPTC        = 0x83BB
	tagPhotoshop   = 0x8649
	tagEXIF        = 0x8769
	tagGPS         = 0x8825
	tagUserComment = 0x9286
	tagXPFirst     = 0x9C9B // XPTitle, XPComment, XPAuthor, XPKeywords, XPSubject
	tagXPLast      = 0x9C9F
	tagInterop     = 0xA005
)

// sizes of the types of values, by their number (TIFF 6.0 section 2).
var sizes = [...]int{1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}

const (
	typeByte      = 1
	typeASCII     = 2
	typeUndefined = 7
	typeIFD       = 13
)

// maxIFDs bounds the tables of tags in a file.
const maxIFDs = 256

// exif is a TIFF file, or the metadata in another picture that has its form.
type exif struct {
	r     *reading
	data  []byte
	order binary.ByteOrder
	seen  []int // the tables that were read
}

// readEXIF reads the tags of data that have the form of TIFF.
func (r *reading) readEXIF(data []byte) error {
	x := &exif{r: r, data: data, order: binary.BigEndian}
	if bytes.HasPrefix(data, []byte("II")) {
		x.order = binary.LittleEndian
	}
	if len(data) < 8 || x.order.Uint16(data[2:]) != 42 {
		return unreadable("damaged")
	}
	return x.table(int(x.order.Uint32(data[4:])))
}

// table reads the table of tags at offset, and those that come after it; 0
// stands for none.
func (x *exif) table(offset int) error {
	for offset != 0 {
		if slices.Contains(x.seen, offset) || len(x.seen) >= maxIFDs || offset < 0 || offset+2 > len(x.data) {
			return unreadable("damaged")
		}
		x.seen = append(x.seen, offset)
		end := offset + 2 + 12*int(x.order.Uint16(x.data[offset:]))
		if end > len(x.data) {
			return unreadable("damaged")
		}
		for at := offset + 2; at < end; at += 12 {
			if err := x.entry(x.data[at : at+12]); err != nil {
				return err
			}
		}
		if offset = 0; end+4 <= len(x.data) {
			offset = int(x.order.Uint32(x.data[end:]))
		}
	}
	return nil
}

func (x *exif) entry(e []byte) error {
	tag, kind, count := int(x.order.Uint16(e)), int(x.order.Uint16(e[2:])), int(x.order.Uint32(e[4:]))
	if kind >= len(sizes) || sizes[kind] == 0 {
		return unreadable("damaged")
	}
	value := e[8:]
	if size := sizes[kind] * count; size > 4 {
		at := int(x.order.Uint32(value))
		if at+size > len(x.data) {
			return unreadable("damaged")
		}
		value = x.data[at : at+size]
	} else {
		value = value[:size]
	}
	return x.value(tag, kind, value)
}

func (x *exif) value(tag, kind int, value []byte) error {
	switch {
	case tag == tagEXIF || tag == tagGPS || tag == tagInterop || tag == tagSubIFDs || kind == typeIFD:
		return x.tables(value)
	case tag == tagXMP:
		return x.r.noteXMP(value)
	case tag == tagIPTC:
		return x.r.readIPTC(value)
	case tag == tagPhotoshop:
		return x.r.readPhotoshop(value)
	case tag == tagUserComment && len(value) >= 8:
		return x.r.noteComment(value[:8], value[8:])
	case tagXPFirst <= tag && tag <= tagXPLast:
		return x.r.noteUTF16(value)
	case kind == typeASCII:
		return x.r.note(value)
	case kind == typeByte || kind == typeUndefined:
		return x.r.noteUnknown(value)
	}
	return nil
}

// tables reads the tables whose offsets value holds.
func (x *exif) tables(value []byte) error {
	for ; len(value) >= 4; value = value[4:] {
		if err := x.table(int(x.order.Uint32(value))); err != nil {
			return err
		}
	}
	return nil
}

// noteComment reads a text that names its charset (Exif 2.32, UserComment).
func (r *reading) noteComment(charset, text []byte) error {
	if string(charset) == "UNICODE\x00" {
		return r.noteUTF16(text)
	}
	return r.note(text)
}

// noteUTF16 adds a text of metadata in UTF-16; programs differ about the order
// of its bytes.
func (r *reading) noteUTF16(text []byte) error {
	for _, enc := range []encoding.Encoding{utf16LE, utf16BE} {
		t, err := enc.NewDecoder().Bytes(text)
		if err != nil {
			return r.noteUnknown(text)
		}
		if err := r.add(legible(t), false); err != nil {
			return err
		}
	}
	return nil
}
