package reader

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"hash/crc32"
	"io"
	"strings"
)

const pngStart = "\x89PNG\r\n\x1a\n"

// pngPixels are the chunks that say how the pixels look (PNG, third edition,
// section 11, and registered extensions).
const pngPixels = "IHDR PLTE IDAT IEND gAMA cHRM sRGB bKGD hIST tRNS pHYs sBIT tIME acTL fcTL fdAT cICP mDCV cLLI"

// readPNG reads the chunks that hold texts or EXIF.
func (r *reading) readPNG(f file) error {
	c := &cursor{data: f.content}
	if string(c.take(len(pngStart))) != pngStart {
		return unreadable("damaged")
	}
	for {
		size := c.number(4)
		chunk := c.take(4 + size)
		sum := uint32(c.number(4))
		if c.bad || crc32.ChecksumIEEE(chunk) != sum {
			return unreadable("damaged")
		}
		kind := string(chunk[:4])
		if err := r.readChunk(kind, chunk[4:]); err != nil {
			return err
		}
		if kind == "IEND" {
			return tail(c.data)
		}
	}
}

func (r *reading) readChunk(kind string, data []byte) error {
	c := &cursor{data: data}
	switch kind {
	case "tEXt":
		return r.readPNGText(c.until(), c, false)
	case "zTXt":
		keyword := c.until()
		c.take(1) // the method: zlib
		return r.readPNGText(keyword, c, true)
	case "iTXt":
		keyword := c.until()
		packed := c.number(2)>>8 != 0
		c.until() // the language
		keyword = append(append(bytes.Clone(keyword), ' '), c.until()...)
		return r.readPNGText(keyword, c, packed)
	case "eXIf":
		return r.readEXIF(data)
	}
	if strings.Contains(pngPixels, kind) {
		return nil
	}
	return r.noteUnknown(data)
}

func (r *reading) readPNGText(keyword []byte, c *cursor, packed bool) error {
	text := c.data
	if c.bad {
		return unreadable("damaged")
	}
	if packed {
		var err error
		if text, err = r.inflated(text); err != nil {
			return err
		}
	}
	if err := r.note(keyword); err != nil {
		return err
	}
	switch profile, ok := bytes.CutPrefix(keyword, []byte("Raw profile type ")); {
	case ok:
		return r.readProfile(string(profile), text)
	case bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")):
		return r.noteXMP(text)
	}
	return r.note(text)
}

// inflated gives what was packed with zlib.
func (r *reading) inflated(packed []byte) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, unreadable("damaged")
	}
	text, err := io.ReadAll(io.LimitReader(z, int64(r.left)+1))
	if err != nil {
		return nil, unreadable("damaged")
	}
	return text, r.spend(len(text))
}

// readProfile reads what ImageMagick writes: a name, a length, and the data in
// hexadecimal.
func (r *reading) readProfile(kind string, text []byte) error {
	words := bytes.Fields(text)
	if len(words) < 2 {
		return r.note(text)
	}
	digits := bytes.Join(words[2:], nil)
	data := make([]byte, hex.DecodedLen(len(digits)))
	if _, err := hex.Decode(data, digits); err != nil {
		return unreadable("damaged")
	}
	if err := r.spend(len(data)); err != nil {
		return err
	}
	switch kind {
	case "exif", "APP1":
		if exif, ok := bytes.CutPrefix(data, []byte(exifMark)); ok {
			return r.readEXIF(exif)
		}
	case "iptc", "8bim":
		return r.readPhotoshop(data)
	case "xmp":
		return r.noteXMP(data)
	}
	return r.noteUnknown(data)
}
