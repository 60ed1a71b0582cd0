package reader

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"slices"
)

// Sizes and signatures of APPNOTE.TXT, sections 4.3.7 to 4.3.16.
const (
	localSize     = 30
	centralSize   = 46
	endSize       = 22
	end64Size     = 56
	locatorSize   = 20
	localMark     = "PK\x03\x04"
	centralMark   = "PK\x01\x02"
	endMark       = "PK\x05\x06"
	end64Mark     = "PK\x06\x06"
	locatorMark   = "PK\x06\x07"
	descriptorBit = 0x8
)

// isSeamless says whether nothing stands in the archive but the files that its
// directory names, one behind the other, the directory and its end. Programs
// that do not go by the directory show what stands between.
func isSeamless(content []byte, z *zip.Reader) bool {
	at, ok := afterFiles(content, z.File)
	if !ok {
		return false
	}
	for range z.File {
		if !hasRecord(content, at, centralMark, centralSize) {
			return false
		}
		h := content[at:]
		at += centralSize + short(h, 28) + short(h, 30) + short(h, 32)
	}
	if hasRecord(content, at, end64Mark, end64Size) && binary.LittleEndian.Uint64(content[at+4:]) == end64Size-12 {
		at += end64Size
		if !hasRecord(content, at, locatorMark, locatorSize) {
			return false
		}
		at += locatorSize
	}
	return hasRecord(content, at, endMark, endSize) && at+endSize+short(content[at:], 20) == len(content)
}

// afterFiles gives the place behind the last file, if they stand one behind the
// other from the beginning on, under the names that the directory gives them.
func afterFiles(content []byte, files []*zip.File) (at int, ok bool) {
	starts := make([]int, len(files))
	for i, f := range files {
		start, err := f.DataOffset()
		if err != nil {
			return 0, false
		}
		starts[i] = int(start)
	}
	order := make([]int, len(files))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return starts[a] - starts[b] })
	for _, i := range order {
		f := files[i]
		if !hasRecord(content, at, localMark, localSize) {
			return 0, false
		}
		names, extras := short(content[at:], 26), short(content[at:], 28)
		if at+localSize+names+extras != starts[i] || string(content[at+localSize:at+localSize+names]) != f.Name {
			return 0, false
		}
		if f.CompressedSize64 > uint64(len(content)-starts[i]) {
			return 0, false
		}
		at = starts[i] + int(f.CompressedSize64)
		if f.Flags&descriptorBit != 0 {
			at += descriptorLength(content[at:])
		}
	}
	return at, true
}

// descriptorLength gives the length of the data descriptor that rest
// begins with: with a signature or without, its sizes in 4 or 8 bytes.
func descriptorLength(rest []byte) int {
	length := 12
	if bytes.HasPrefix(rest, []byte("PK\x07\x08")) {
		length += 4
	}
	next := []byte("PK")
	if len(rest) >= length+8 && !bytes.HasPrefix(rest[length:], next) && bytes.HasPrefix(rest[length+8:], next) {
		length += 8
	}
	return length
}

func hasRecord(content []byte, at int, mark string, size int) bool {
	return at >= 0 && at+size <= len(content) && bytes.HasPrefix(content[at:], []byte(mark))
}

func short(b []byte, at int) int { return int(binary.LittleEndian.Uint16(b[at:])) }
