package reader

import "bytes"

// Of a picture, what was written into it beside the pixels is read. What the
// pixels show is not looked at, so that one in which nothing is written is
// readable, and without text.

// readPicture reads what was written into a picture of kind k.
func (r *reading) readPicture(k kind, f file) error {
	if err := r.add(nil, false); err != nil {
		return err
	}
	switch k {
	case jpeg:
		return r.readJPEG(f)
	case png:
		return r.readPNG(f)
	case gif:
		return r.readGIF(f)
	case webp:
		return r.readWebP(f)
	}
	return r.readEXIF(f.content) // which has the form of TIFF
}

// note adds a text of metadata, in each charset it may be in.
func (r *reading) note(text []byte) error {
	return r.addName(string(bytes.Trim(text, "\x00")))
}

// noteXMP adds metadata in XML, padded at its end.
func (r *reading) noteXMP(packet []byte) error {
	texts, err := decode(bytes.Trim(packet, "\x00 \r\n\t"), r.left)
	if err != nil {
		return unreadable("its metadata is damaged")
	}
	for _, t := range texts {
		if err := r.add(t, true); err != nil {
			return err
		}
	}
	return nil
}

// noteUnknown adds the strings in data of a form that is not known.
func (r *reading) noteUnknown(data []byte) error { return r.add(legible(data), false) }

// tail says whether rest, behind the end of a picture, holds nothing.
func tail(rest []byte) error {
	if len(bytes.Trim(rest, "\x00 \r\n")) > 0 {
		return unreadable("a picture with something behind its end")
	}
	return nil
}

// A cursor reads fields from data; bad says that they ended too soon.
type cursor struct {
	data []byte
	bad  bool
}

// take gives the next n bytes, nil where there are not as many.
func (c *cursor) take(n int) []byte {
	if c.bad || n < 0 || n > len(c.data) {
		c.bad = true
		return nil
	}
	b := c.data[:n]
	c.data = c.data[n:]
	return b
}

// number gives the next n bytes as a number, the highest first.
func (c *cursor) number(n int) int {
	v := 0
	for _, b := range c.take(n) {
		v = v<<8 | int(b)
	}
	return v
}

// little gives the next n bytes as a number, the lowest first.
func (c *cursor) little(n int) int {
	v := 0
	for i, b := range c.take(n) {
		v |= int(b) << (8 * i)
	}
	return v
}

// until gives the bytes before the next NUL, and passes it.
func (c *cursor) until() []byte {
	before, after, found := bytes.Cut(c.data, []byte{0})
	if c.bad = c.bad || !found; c.bad {
		return nil
	}
	c.data = after
	return before
}
