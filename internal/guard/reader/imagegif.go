package reader

import "bytes"

// Blocks of GIF (GIF89a, section 15 and after).
const (
	gifExtension   = 0x21
	gifImage       = 0x2C
	gifEnd         = 0x3B
	gifControl     = 0xF9
	gifApplication = 0xFF
)

const gifXMP = "XMP DataXMP"

// readGIF reads comments, plain texts and XMP.
func (r *reading) readGIF(f file) error {
	c := &cursor{data: f.content}
	c.take(10) // signature, version, width and height
	c.skipColours(2)
	for !c.bad {
		switch c.number(1) {
		case gifEnd:
			return tail(c.data)
		case gifImage:
			c.take(8) // place and size
			c.skipColours(0)
			c.take(1) // the least size of a code
			c.blocks()
		case gifExtension:
			if err := r.readExtension(c); err != nil {
				return err
			}
		default:
			c.bad = true
		}
	}
	return unreadable("damaged")
}

// skipColours passes the flags, as many bytes behind them as more, and the table
// of colours that the flags tell of.
func (c *cursor) skipColours(more int) {
	flags := c.number(1)
	c.take(more)
	if flags&0x80 != 0 {
		c.take(3 << (flags&7 + 1))
	}
}

// blocks gives the data of a row of blocks, up to an empty one.
func (c *cursor) blocks() []byte {
	var data []byte
	for {
		block := c.take(c.number(1))
		if len(block) == 0 {
			return data
		}
		data = append(data, block...)
	}
}

func (r *reading) readExtension(c *cursor) error {
	label, all := c.number(1), c.data
	data := c.blocks()
	switch {
	case c.bad:
		return unreadable("damaged")
	case label == gifControl:
		return nil
	case label == gifApplication && bytes.HasPrefix(data, []byte(gifXMP)):
		// The packet stands there as it is, not in blocks (XMP Specification
		// part 3, section 1.1.2), behind it 256 bytes that lead to its end.
		packet := all[1+len(gifXMP) : len(all)-len(c.data)]
		return r.noteXMP(packet[:max(0, len(packet)-258)])
	case label == gifApplication:
		return r.noteUnknown(data)
	}
	return r.note(data)
}

// readWebP reads the chunks of a WebP file (RFC 9649) that hold EXIF and XMP.
func (r *reading) readWebP(f file) error {
	whole := &cursor{data: f.content}
	whole.take(4) // RIFF
	size := whole.little(4)
	c := &cursor{data: whole.take(size)}
	if c.take(4); whole.bad || c.bad { // WEBP
		return unreadable("damaged")
	}
	for len(c.data) > 0 {
		kind, size := string(c.take(4)), c.little(4)
		data := c.take(size)
		c.take(size % 2)
		if c.bad {
			return unreadable("damaged")
		}
		if err := r.readWebPChunk(kind, data); err != nil {
			return err
		}
	}
	return tail(whole.data)
}

func (r *reading) readWebPChunk(kind string, data []byte) error {
	switch kind {
	case "VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF":
		return nil
	case "EXIF":
		return r.readEXIF(bytes.TrimPrefix(data, []byte(exifMark)))
	case "XMP ":
		return r.noteXMP(data)
	}
	return r.noteUnknown(data)
}
