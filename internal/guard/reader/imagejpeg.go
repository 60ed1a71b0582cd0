package reader

import "bytes"

// Markers of JPEG (ITU-T T.81 annex B).
const (
	jpegStart   = 0xD8
	jpegEnd     = 0xD9
	jpegScan    = 0xDA
	jpegComment = 0xFE
	jpegApp1    = 0xE1
	jpegApp13   = 0xED
)

const (
	exifMark     = "Exif\x00\x00"
	xmpMark      = "http://ns.adobe.com/xap/1.0/\x00"
	xmpMoreMark  = "http://ns.adobe.com/xmp/extension/\x00"
	photoshop    = "Photoshop 3.0\x00"
	xmpMoreIntro = 32 + 4 + 4 // the digest, length and place of a part of XMP
)

// readJPEG reads comments, EXIF, XMP and IPTC.
func (r *reading) readJPEG(f file) error {
	c := &cursor{data: f.content}
	if m := c.number(2); m != 0xFF<<8|jpegStart {
		return unreadable("damaged")
	}
	var more []byte // parts of XMP that is longer than a segment
	for {
		m := c.marker()
		if m == jpegEnd && !c.bad {
			break
		}
		segment := c.take(c.number(2) - 2)
		if c.bad {
			return unreadable("damaged")
		}
		if rest, ok := bytes.CutPrefix(segment, []byte(xmpMoreMark)); ok && len(rest) >= xmpMoreIntro {
			more = append(more, rest[xmpMoreIntro:]...)
		} else if err := r.readSegment(m, segment); err != nil {
			return err
		}
		if m == jpegScan {
			c.skipScan()
		}
	}
	if err := tail(c.data); err != nil {
		return err
	}
	if len(more) == 0 {
		return nil
	}
	return r.noteXMP(more)
}

// marker gives the next marker.
func (c *cursor) marker() byte {
	if c.number(1) != 0xFF {
		c.bad = true
	}
	for !c.bad {
		if m := byte(c.number(1)); m != 0xFF { // that fills
			return m
		}
	}
	return 0
}

// skipScan passes the pixels behind the header of a scan, up to the next marker.
func (c *cursor) skipScan() {
	for i := 0; i+1 < len(c.data); i++ {
		m := c.data[i+1]
		if c.data[i] == 0xFF && m != 0 && m != 0xFF && (m < 0xD0 || m > 0xD7) { // no stuffing, no restart
			c.data = c.data[i:]
			return
		}
	}
	c.bad = true
}

func (r *reading) readSegment(marker byte, segment []byte) error {
	exif, isExif := bytes.CutPrefix(segment, []byte(exifMark))
	xmp, isXMP := bytes.CutPrefix(segment, []byte(xmpMark))
	resources, isPhotoshop := bytes.CutPrefix(segment, []byte(photoshop))
	switch {
	case marker == jpegComment:
		return r.note(segment)
	case marker == jpegApp1 && isExif:
		return r.readEXIF(exif)
	case marker == jpegApp1 && isXMP:
		return r.noteXMP(xmp)
	case marker == jpegApp13 && isPhotoshop:
		return r.readPhotoshop(resources)
	case 0xE0 <= marker && marker <= 0xEF:
		return r.noteUnknown(segment)
	}
	return nil
}

// Photoshop's image resources that are read (Adobe Photoshop File Formats
// Specification, "Image Resource IDs").
const (
	resourceIPTC = 0x0404
	resourceEXIF = 0x0422
	resourceXMP  = 0x0424
)

func (r *reading) readPhotoshop(resources []byte) error {
	c := &cursor{data: resources}
	for len(bytes.Trim(c.data, "\x00")) > 0 {
		c.take(4) // 8BIM, or the like
		id := c.number(2)
		size := c.number(1)
		name := c.take(size + (size+1)%2)
		size = c.number(4)
		data := c.take(size)
		if len(c.data) > 0 {
			c.take(size % 2)
		}
		if c.bad {
			return unreadable("its metadata is damaged")
		}
		if err := r.note(name); err != nil {
			return err
		}
		if err := r.readResource(id, data); err != nil {
			return err
		}
	}
	return nil
}

func (r *reading) readResource(id int, data []byte) error {
	switch id {
	case resourceIPTC:
		return r.readIPTC(data)
	case resourceEXIF:
		return r.readEXIF(bytes.TrimPrefix(data, []byte(exifMark)))
	case resourceXMP:
		return r.noteXMP(data)
	}
	return r.noteUnknown(data)
}

// readIPTC reads the data sets of IPTC's Information Interchange Model, section
// 1.5.
func (r *reading) readIPTC(data []byte) error {
	c := &cursor{data: data}
	for len(bytes.Trim(c.data, "\x00")) > 0 {
		if c.number(1) != 0x1C {
			return r.noteUnknown(data)
		}
		c.take(2) // record and data set
		value := c.take(c.number(2))
		if c.bad {
			return r.noteUnknown(data)
		}
		if err := r.note(value); err != nil {
			return err
		}
	}
	return nil
}
