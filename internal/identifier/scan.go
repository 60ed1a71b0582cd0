package identifier

// Scan calls yield for every identifier that stands in text as a whole token,
// and stops when yield gives false. Hits may overlap, and come in no order.
// Letter case, Unicode form and format characters are folded; the caller has
// undone encodings.
func (x *Index) Scan(text []byte, yield func(Hit) bool) {
	if len(x.keys) == 0 {
		return
	}
	s := scan{x: x, text: text, yield: yield}
	if s.words() {
		s.addresses()
	}
}

// scan is one reading of a text. Its methods give false where the reader wants
// no more.
type scan struct {
	x     *Index
	text  []byte
	yield func(Hit) bool
	open  [maxWords]opening
	n     int // of open
}

// An opening is a place where values of several words may have begun.
type opening struct {
	hash   uint64 // of the words so far
	words  int
	start  int
	size   int
	digits int
}

// report yields what stands under key.
func (s *scan) report(key uint64, h Hit) bool {
	lo, hi := s.x.find(key)
	for lo < hi {
		end := lo + 1
		for end < hi && s.x.keys[end] == s.x.keys[lo] {
			end++
		}
		h.Kind = Kind(s.x.keys[lo] & (1<<kindBits - 1))
		h.Key, h.Lines = key, s.x.lines[lo:end:end]
		if h.Kind != None && !s.yield(h) {
			return false
		}
		lo = end
	}
	return true
}

// words looks up words, one after another and several together.
func (s *scan) words() bool {
	w := words{seed: s.x.seed, text: s.text}
	last, first, digits, groups := word{}, 0, 0, 0 // of the run of joined words before w
	for w.next() {
		if !s.word(&w) || !s.openings(&w.word) {
			return false
		}
		if groups == 0 || !joined(&last, &w.word, s.text[last.end:w.start]) {
			if !s.codes(first, last.end, groups, digits) {
				return false
			}
			first, digits, groups = w.start, 0, 0
		}
		last, digits, groups = w.word, digits+w.digits, groups+1
	}
	return s.codes(first, last.end, groups, digits)
}

// word looks up a word by itself.
func (s *scan) word(w *words) bool {
	if s.x.filter.has(w.hash) {
		h := Hit{Start: w.start, End: w.end, Digits: number(w.size, w.digits)}
		if !s.report(w.hash, h) {
			return false
		}
	}
	if w.size == 32 || w.size == 40 || w.size == 64 {
		return s.digest(w)
	}
	return true
}

func number(size, digits int) int {
	if digits < size {
		return 0
	}
	return digits
}

// openings goes on with the values that may have begun, and begins with w.
func (s *scan) openings(w *word) bool {
	kept := 0
	for _, o := range s.open[:s.n] {
		o.hash, o.words = mix(o.hash, w.hash), o.words+1
		o.size, o.digits = o.size+w.size, o.digits+w.digits
		listed := s.x.filter.has(o.hash)
		if listed && s.x.words>>o.words&1 != 0 {
			h := Hit{Start: o.start, End: w.end, Digits: number(o.size, o.digits)}
			if !s.report(o.hash, h) {
				return false
			}
		}
		if (listed || o.words > 2) && s.x.words>>(o.words+1) != 0 {
			s.open[kept] = o
			kept++
		}
	}
	s.n = kept
	if s.x.starts.has(w.hash) {
		s.open[s.n] = opening{hash: w.hash, words: 1, start: w.start, size: w.size, digits: w.digits}
		s.n++
	}
	return true
}

// codes looks up the words of the text between from and to, which are joined,
// put together in every way.
func (s *scan) codes(from, to, groups, digits int) bool {
	if digits == 0 || groups < 2 && digits < minPhone {
		return true
	}
	w := words{seed: s.x.seed, text: s.text[:to], pos: from}
	c := code{seed: s.x.seed}
	for w.next() {
		if w.size > maxCode {
			c.count, c.n = 0, 0
			continue
		}
		c.push(&w)
		for r := c.last(1); len(r.bytes()) <= maxCode; r = r.longer() {
			if !s.code(r) {
				return false
			}
			if r.first == 0 {
				break
			}
		}
	}
	return true
}

// code looks up r as a code and as a phone number.
func (s *scan) code(r run) bool {
	if !r.isCode() {
		return true
	}
	single := r.count-r.first == 1
	phone := r.canBePhone() && (r.digits <= barePhone || r.looksDialled(s.text))
	if single && !phone {
		return true // it was looked up as a word
	}
	key := r.hash()
	h := Hit{Start: r.start(), End: r.end(), Digits: number(len(r.bytes()), r.digits)}
	if s.x.filter.has(key) {
		if lo, hi := s.x.find(key); lo < hi {
			return single || s.report(key, h)
		}
	}
	if phone && s.x.filter.has(r.tail()) {
		return s.report(r.tail(), h)
	}
	return true
}

// digest looks up w as the hash of an address in hexadecimal digits.
func (s *scan) digest(w *words) bool {
	if w.end-w.start != w.size {
		return true
	}
	first := uint64(0)
	for i, c := range w.buf[:w.size] {
		v := hexDigit(c)
		if v > 15 {
			return true
		}
		if i < 16 {
			first = first<<4 | uint64(v)
		}
	}
	return s.report(digestKey(first, w.size/2), Hit{Start: w.start, End: w.end})
}

func hexDigit(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return 0xFF
}
