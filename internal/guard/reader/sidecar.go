package reader

import (
	"encoding/binary"
	"path"
	"strings"
)

// Sidecars are the files that macOS puts beside others into archives: what it
// knows of a file (AppleDouble, RFC 1740 appendix B), and how a folder is
// shown.
const (
	doubleMark   = "\x00\x05\x16\x07"
	settingsMark = "\x00\x00\x00\x01Bud1"
)

func isSidecar(f file) bool {
	base := path.Base(f.name)
	return strings.HasPrefix(base, "._") && strings.HasPrefix(string(f.content), doubleMark) ||
		base == ".DS_Store" && strings.HasPrefix(string(f.content), settingsMark)
}

// readSidecar reads the names, attributes and comments in a sidecar.
func (r *reading) readSidecar(f file) error {
	if strings.HasPrefix(string(f.content), doubleMark) && hasFork(f.content) {
		return unreadable("a file with a second content")
	}
	return r.addStrings(f.content)
}

const (
	forkID    = 2
	emptyFork = 286 // what a fork without resources takes
)

// hasFork says whether an AppleDouble file holds a resource fork, in which
// anything may stand, or is damaged.
func hasFork(content []byte) bool {
	if len(content) < 26 {
		return true
	}
	entries := content[26:]
	for range binary.BigEndian.Uint16(content[24:]) {
		if len(entries) < 12 {
			return true
		}
		if binary.BigEndian.Uint32(entries) == forkID && binary.BigEndian.Uint32(entries[8:]) > emptyFork {
			return true
		}
		entries = entries[12:]
	}
	return false
}
