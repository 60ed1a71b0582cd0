package identifier

// Scan calls yield for every identifier that stands in text as a whole token,
// and stops when yield gives false. Hits may overlap, and come in no order.
// Letter case, Unicode form and format characters are folded; the caller has
// undone encodings.
func (x *Index) Scan(text []byte, yield func(Hit) bool) {
	if x.distinct == 0 {
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
	folder
}

// An opening is a place where values of several words may have begun.
type opening struct {
	hash   uint64 // of the words so far
	start  int
	words  int32
	size   int32
	digits int32
}

// report yields what stands under key, which may be nothing.
func (s *scan) report(key uint64, h Hit) bool { return s.yieldAll(s.x.find(key), key, h) }

func (s *scan) yieldAll(all entries, key uint64, h Hit) bool {
	h.Key = key
	for len(all.keys) > 0 {
		var e entries
		e, all = all.cutKind()
		h.Kind, h.Lines, h.Turned = e.kind(), e.lines, e.isTurned()
		if h.Kind != None && !s.yield(h) {
			return false
		}
	}
	return true
}

// words looks up words, one after another and several together.
func (s *scan) words() bool {
	x, w := s.x, words{seed: s.x.seed, text: s.text}
	c := code{seed: s.x.seed, text: s.text}
	for w.next() {
		if x.filter.has(w.hash) && !s.word(&w.word) {
			return false
		}
		if w.size >= 32 && isDigestSize(w.size) && !s.digest(&w.word) {
			return false
		}
		if (s.n > 0 || x.starts.has(w.hash)) && !s.openings(&w.word) {
			return false
		}
		c.push(&w)
		if (c.count > 1 || w.digits >= minPhone) && !s.codes(c.last()) {
			return false
		}
	}
	return true
}

// word looks up a word by itself.
func (s *scan) word(w *word) bool {
	return s.report(w.hash, Hit{Start: w.start, End: w.end, Digits: bareDigits(w.size, w.digits)})
}

// bareDigits is Hit.Digits of size bytes of which digits are digits.
func bareDigits(size, digits int) int {
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
		o.size, o.digits = o.size+int32(w.size), o.digits+int32(w.digits)
		listed := s.x.filter.has(o.hash)
		if listed && s.x.words>>o.words&1 != 0 {
			h := Hit{Start: o.start, End: w.end, Digits: bareDigits(int(o.size), int(o.digits))}
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
		s.open[s.n] = opening{hash: w.hash, words: 1, start: w.start, size: int32(w.size), digits: int32(w.digits)}
		s.n++
	}
	return true
}

// codes looks up r and the runs that end with it.
func (s *scan) codes(r run) bool {
	for r.size <= maxCode {
		if r.isCode() && !s.code(r) {
			return false
		}
		if r.first == 0 {
			break
		}
		r = r.longer()
	}
	return true
}

// code looks up r as a code or, if it is none, as a phone number. A single word
// was looked up as a code before.
func (s *scan) code(r run) bool {
	h := Hit{Start: r.start(), End: r.end(), Digits: bareDigits(r.size, r.digits)}
	phone := r.canBePhone() && (r.digits <= barePhone || r.looksDialled())
	if s.x.codes>>(r.size-1)&1 != 0 && (phone || !r.isSingle()) {
		key := r.hash()
		if s.x.filter.has(key) {
			if all := s.x.find(key); len(all.keys) > 0 {
				return r.isSingle() || s.yieldAll(all, key, h)
			}
		}
	}
	if !phone {
		return true
	}
	if key := r.phone(); s.x.filter.has(key) {
		return s.report(key, h)
	}
	return true
}
