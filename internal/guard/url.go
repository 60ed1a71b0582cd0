package guard

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
)

// Encoded pieces shorter than minCoded cannot hold anything that identifies
// somebody; pieces are decoded within pieces maxCodedDepth deep.
const (
	minCoded      = 8
	maxCodedDepth = 3
)

// readCoded reads what the pieces of text that could be base64, base64url or
// hex stand for: tokens in links carry addresses that way.
func (r *Reader) readCoded(p place, text []byte, depth int) {
	if depth >= maxCodedDepth {
		return
	}
	for i := 0; i < len(text); {
		n := codedRun(text[i:])
		if n >= minCoded {
			r.readPiece(p, text[i:i+n], depth)
		}
		i += n + 1
	}
}

// codedRun gives the length of the run of base64 characters that text begins
// with.
func codedRun(text []byte) int {
	n := 0
	for n < len(text) && codedByte[text[n]] {
		n++
	}
	return n
}

var codedByte = codedBytes()

func codedBytes() (t [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=") {
		t[c] = true
	}
	return t
}

// readPiece reads a run of base64 characters, whole and by the pieces between
// "/", "=", "-", "+" and "_", which separate parts of a link as well.
func (r *Reader) readPiece(p place, run []byte, depth int) {
	r.decodePiece(p, run, depth)
	for _, mark := range []byte("/=-_+") {
		if bytes.IndexByte(bytes.TrimRight(run, "="), mark) < 0 {
			continue
		}
		for _, piece := range bytes.Split(run, []byte{mark}) {
			r.decodePiece(p, piece, depth)
		}
	}
}

// decodePiece decodes one piece in each way it can be decoded.
func (r *Reader) decodePiece(p place, piece []byte, depth int) {
	if len(piece) < minCoded {
		return
	}
	buf := r.views.take(len(piece))
	defer r.views.give(buf)
	if n, err := hex.Decode(buf[:cap(buf)], piece); err == nil && len(piece)%2 == 0 {
		r.readDecoded(p, buf[:n], depth)
	}
	trimmed := bytes.TrimRight(piece, "=")
	for _, code := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if code == base64.RawURLEncoding && bytes.IndexAny(trimmed, "-_") < 0 {
			continue
		}
		if n, err := code.Decode(buf[:cap(buf)], trimmed); err == nil {
			r.readDecoded(p, buf[:n], depth)
		}
	}
}

// readDecoded reads what a piece decoded to, if that is text at all.
func (r *Reader) readDecoded(p place, text []byte, depth int) {
	if !mostlyText(text) {
		return
	}
	r.match(p, text)
	r.unfoldDeeper(p, text, depth+1)
}

// mostlyText says whether text has a run of characters long enough to be
// somebody's identifier.
func mostlyText(text []byte) bool {
	run := 0
	for _, c := range text {
		if c < ' ' || c == 0x7F {
			run = 0
			continue
		}
		if run++; run >= 4 {
			return true
		}
	}
	return false
}

// undoLinks gives what the links in a text say about people: + is a space
// there, and VERP (RFC 3461 section 5.2.7 and practice) writes = for @.
func undoPlus(dst, src []byte) ([]byte, bool) {
	if bytes.IndexByte(src, '+') < 0 {
		return dst, false
	}
	return append(dst, bytes.ReplaceAll(src, []byte("+"), []byte(" "))...), true
}

func undoVERP(dst, src []byte) ([]byte, bool) {
	if bytes.IndexByte(src, '=') < 0 {
		return dst, false
	}
	return append(dst, bytes.ReplaceAll(src, []byte("="), []byte("@"))...), true
}
