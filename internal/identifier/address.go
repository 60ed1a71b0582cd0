package identifier

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

const (
	maxLocal  = 256 // bytes before an @ that are looked at (RFC 5321 section 4.5.3.1.1 allows 64 octets)
	maxDomain = 512 // bytes after it, of which U-labels need more than their A-labels' 255
)

// domainKey is the key of a domain, and addressKey that of an address in it.
func domainKey(seed uint64, canonical []byte) uint64 {
	return mix(hashOf(seed, canonical), addressSalt)
}

func addressKey(seed uint64, local []byte, domain uint64) uint64 {
	return mix(hashOf(seed, local), domain)
}

// addresses looks up what stands around every @.
func (s *scan) addresses() bool {
	for i := 0; ; i++ {
		n := bytes.IndexByte(s.text[i:], '@')
		if n < 0 {
			return true
		}
		i += n
		if !s.address(i) {
			return false
		}
	}
}

// address looks up every address whose @ is at.
func (s *scan) address(at int) bool {
	from, to := localStart(s.text, at), s.domainEnd(at+1)
	for end := to; end > at+1; end = s.shorterDomain(at+1, end) {
		domain, ok := s.x.domain(s.text[at+1 : end])
		if !ok {
			continue
		}
		for start := from; start < at; start = s.laterStart(start, at) {
			key := s.x.local(s.text[start:at], domain)
			if !s.report(key, Hit{Start: start, End: end}) {
				return false
			}
		}
	}
	return true
}

// localStart gives the start of the longest run of characters before at that
// can be a local part: atext (RFC 5322 section 3.2.3), dots, and all beyond
// ASCII (RFC 6531 section 3.3).
func localStart(text []byte, at int) int {
	i := at
	for i > 0 && at-i < maxLocal && isLocal(text[i-1]) {
		i--
	}
	for i < at && !utf8.RuneStart(text[i]) {
		i++
	}
	return i
}

func isLocal(c byte) bool {
	return ascii[c] != 0 || strings.IndexByte("!#$%&'*+-/=?^_`{|}~.", c) >= 0
}

// laterStart gives the next place before at where the local part could begin
// instead: after a character that marks text up or separates values, although
// it is atext, but after one of inner only at the very beginning; and after
// one of a script that is written without spaces.
func (s *scan) laterStart(start, at int) int {
	i := start
	if strings.IndexByte(inner, s.text[i]) >= 0 {
		return i + 1
	}
	for i < at {
		r, size := utf8.DecodeRune(s.text[i:at])
		i += size
		if s.endsBefore(r) {
			return i
		}
	}
	return at
}

// inner are the characters that people put inside their addresses.
const inner = ".-_+"

// endsBefore says whether a local part may begin after r.
func (s *scan) endsBefore(r rune) bool {
	if r < utf8.RuneSelf {
		return ascii[r] == 0 && strings.IndexByte(inner, byte(r)) < 0
	}
	c := s.fold(r).class
	return c != letter && c != mark
}

// domainEnd gives the end of the longest domain that begins at from: letters,
// digits, hyphens and dots, and U-labels (RFC 5890 section 2.3.2.1).
func (s *scan) domainEnd(from int) int {
	text := s.text
	i := from
	for i < len(text) && i-from < maxDomain {
		r, size := utf8.DecodeRune(text[i:])
		if r < utf8.RuneSelf && ascii[r] == 0 && r != '-' && r != '.' {
			break
		}
		if r >= utf8.RuneSelf && !isDot(r) && s.fold(r).class == separator {
			break
		}
		i += size
	}
	return trimDomain(text, from, i)
}

// isDot says whether r is one of the dots of RFC 3490 section 3.1 beyond ASCII.
func isDot(r rune) bool { return r == '。' || r == '．' || r == '｡' }

// trimDomain takes off dots and hyphens at the end.
func trimDomain(text []byte, from, to int) int {
	s := bytes.TrimRightFunc(text[from:to], func(r rune) bool {
		return r == '.' || r == '-' || isDot(r) || unicode.Is(unicode.Cf, r)
	})
	return from + len(s)
}

// fileEndings are labels that end no domain but the names of files, which may be
// called by an address: "ann@a.example.pdf".
var fileEndings = wordSet(`txt text log csv tsv htm html xml json yaml yml ics vcf vcard eml zip tar gz tgz
	doc docx xls xlsx ppt pptx odt ods odp rtf pdf jpg jpeg png gif tif tiff webp svg bak tmp`)

// withoutEnding gives the place before to where a domain ends if its last label
// is the ending of a file's name; to where it is not.
func withoutEnding(text []byte, from, to int) int {
	i := bytes.LastIndexByte(text[from:to], '.')
	if i <= 0 || !fileEndings[string(bytes.ToLower(text[from+i+1:to]))] {
		return to
	}
	return from + i
}

// shorterDomain gives the next place after from where a domain that ends at to
// could end instead: before the ending of a file's name, or before a character
// of a script that is written without spaces, which may be the text that follows.
func (s *scan) shorterDomain(from, to int) int {
	if end := withoutEnding(s.text, from, to); end < to {
		return trimDomain(s.text, from, end)
	}
	for i := to; i > from; {
		r, size := utf8.DecodeLastRune(s.text[from:i])
		i -= size
		if r >= utf8.RuneSelf && (isDot(r) || s.fold(r).class == alone) {
			return trimDomain(s.text, from, i)
		}
	}
	return from
}

// domain gives the key of a domain if an address of the index may be in it.
func (x *Index) domain(domain []byte) (key uint64, ok bool) {
	var buf [maxDomain]byte
	canonical := appendLower(buf[:0], domain)
	if !isASCII(domain) {
		a, err := idna.Lookup.ToASCII(string(domain))
		if err != nil {
			return 0, false
		}
		canonical = appendLower(buf[:0], []byte(a))
	}
	key = domainKey(x.seed, canonical)
	return key, x.domains.has(key)
}

// local gives the key of an address by its local part as it stands in a text.
func (x *Index) local(local []byte, domain uint64) uint64 {
	var buf [maxLocal]byte
	canonical := appendLower(buf[:0], local)
	if !isASCII(local) {
		canonical = norm.NFC.Bytes(bytes.ToLower(local))
	}
	return addressKey(x.seed, canonical, domain)
}

func isASCII(s []byte) bool {
	for _, c := range s {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func appendLower(dst, s []byte) []byte {
	for _, c := range s {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}
