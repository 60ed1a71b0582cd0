package guard

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"math/bits"
	"unicode/utf8"
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
	for i := 0; i < len(text); i++ {
		n, looks := codedRun(text[i:])
		if looks {
			r.readPiece(p, text[i:i+n], depth)
		}
		i += n
	}
}

// codedRun gives the length of the run of base64 characters that text begins
// with, and says whether it looks like something encoded: it is long enough and
// has a digit, or a capital that does not begin it. Text in base64 has, and
// words have not.
func codedRun(text []byte) (n int, looks bool) {
	if len(text) == 0 || codedByte[text[0]] == 0 {
		return 0, false
	}
	seen := codedByte[text[0]] &^ codedCapital
	for n = 1; n < len(text) && codedByte[text[n]] != 0; n++ {
		seen |= codedByte[text[n]]
	}
	return n, n >= minCoded && seen&(codedDigit|codedCapital) != 0
}

// What a run of base64 characters has in it.
const (
	codedOther = 1 << iota
	codedDigit
	codedCapital
	codedSlash
	codedEquals
	codedHyphen
	codedPlus
	codedLow
)

var codedByte = codedBytes()

func codedBytes() (t [256]uint8) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyz") {
		t[c] = codedOther
	}
	for _, c := range []byte("0123456789") {
		t[c] = codedDigit
	}
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		t[c] = codedCapital
	}
	t['/'], t['='], t['-'], t['+'], t['_'] = codedSlash, codedEquals, codedHyphen, codedPlus, codedLow
	return t
}

// separators are the characters of base64 that separate parts of a link as well:
// one by one, and together those that are no part of base64url, of base64, and
// of hex.
var separators = [...]uint8{
	codedSlash, codedEquals, codedHyphen, codedPlus, codedLow,
	codedSlash | codedPlus | codedEquals, codedHyphen | codedLow, codedSlash | codedPlus | codedHyphen | codedLow | codedEquals,
}

// readPiece reads a run of base64 characters, whole and by the pieces between
// separators.
func (r *Reader) readPiece(p place, run []byte, depth int) {
	r.decodePiece(p, run, depth)
	seen := uint8(0)
	for _, c := range bytes.TrimRight(run, "=") {
		seen |= codedByte[c]
	}
	for _, set := range separators {
		if bits.OnesCount8(seen&set) < min(2, bits.OnesCount8(set)) {
			continue // nothing to separate, or done before
		}
		for from := 0; from < len(run); {
			to := from
			for to < len(run) && codedByte[run[to]]&set == 0 {
				to++
			}
			r.decodePiece(p, run[from:to], depth)
			from = to + 1
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
		if code == base64.RawURLEncoding && !bytes.ContainsAny(trimmed, "-_") {
			continue
		}
		if n, err := code.Decode(buf[:cap(buf)], trimmed); err == nil {
			r.readDecoded(p, buf[:n], depth)
		}
	}
	r.decodeShifted(p, buf[:cap(buf)], trimmed)
}

// decodeShifted looks for addresses in base64 that other characters were put
// before, so that it does not begin where the piece does.
func (r *Reader) decodeShifted(p place, buf, piece []byte) {
	if !mayHoldAt(piece) {
		return
	}
	p.markup = true
	for shift := 1; shift < 4 && shift < len(piece); shift++ {
		n, _ := base64.RawStdEncoding.Decode(buf, piece[shift:]) // all but a last character by itself
		if text := buf[:n]; bytes.IndexByte(text, '@') > 0 && mostlyText(text) {
			r.match(p, text)
		}
	}
}

// mayHoldAt says whether two characters of base64 stand in piece, one behind the
// other, that the bits of an @ make: they begin with the first bit of a character,
// the third or the fifth.
func mayHoldAt(piece []byte) bool {
	for i := 1; i < len(piece); i++ {
		if beforeAt[piece[i-1]]&behindAt[piece[i]] != 0 {
			return true
		}
	}
	return false
}

var beforeAt, behindAt = charactersOfAt()

func charactersOfAt() (before, behind [256]uint8) {
	const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for bit := 0; bit < 6; bit += 2 {
		for v, c := range []byte(characters) {
			if v&(1<<(6-bit)-1) == '@'>>(2+bit) {
				before[c] |= 1 << bit
			}
			if v>>(4-bit) == '@'&(1<<(2+bit)-1) {
				behind[c] |= 1 << bit
			}
		}
	}
	return before, behind
}

// readDecoded reads what a piece decoded to, if that is text at all.
func (r *Reader) readDecoded(p place, text []byte, depth int) {
	if !mostlyText(text) {
		return
	}
	r.unfoldDeeper(p, text, depth+1)
}

// mostlyText says whether text can hold somebody's identifier: it has a run of
// ASCII long enough for one, also in UTF-16, or is UTF-8 without controls.
func mostlyText(text []byte) bool {
	run, plain := 0, true
	for _, c := range text {
		if c == 0 {
			continue
		}
		if c < ' ' || c >= 0x7F {
			run, plain = 0, plain && c >= 0x80
			continue
		}
		if run++; run > 4 {
			return true
		}
	}
	return plain && utf8.Valid(text)
}

// readLinks looks at what the links in text say about people beyond their
// escapes: + is a space there, VERP writes = for @, and a query names its values.
func (r *Reader) readLinks(p place, text []byte) {
	for len(text) > 0 {
		n := bytes.IndexAny(text, " \t\r\n<>\"'`")
		if n < 0 {
			n = len(text)
		}
		if token := text[:n]; isLink(token) {
			r.readLink(p, token)
		}
		text = text[min(n+1, len(text)):]
	}
}

// isLink says whether a token is a URL, or an address that may hold another.
func isLink(token []byte) bool {
	return bytes.IndexByte(token, ':') > 0 || bytes.IndexByte(token, '=') > 0 && bytes.IndexByte(token, '@') > 0
}

func (r *Reader) readLink(p place, link []byte) {
	view := r.views.take(len(link))
	defer func() { r.views.give(view) }()
	plus, equals := bytes.IndexByte(link, '+') >= 0, bytes.IndexByte(link, '=') >= 0
	if plus {
		view = append(view[:0], link...)
		swapBytes(view, '+', ' ')
		r.match(p, view)
	}
	if equals {
		view = append(view[:0], link...)
		swapBytes(view, '=', '@')
		r.match(p, view)
	}
	if plus && equals {
		swapBytes(view, '+', ' ')
		r.match(p, view)
	}
	if view = appendQuery(view[:0], link); len(view) > 0 {
		r.match(p, view)
	}
}

// appendQuery appends the values of a link's query, without the names that part
// them: "?first=Ann&last=Lee" fills a form in.
func appendQuery(dst, link []byte) []byte {
	_, query, _ := bytes.Cut(link, []byte("?"))
	for field := range bytes.SplitSeq(query, []byte("&")) {
		if _, value, ok := bytes.Cut(field, []byte("=")); ok {
			dst = append(append(dst, value...), '&')
		}
	}
	return dst
}

func swapBytes(b []byte, old, new byte) {
	for i, c := range b {
		if c == old {
			b[i] = new
		}
	}
}
