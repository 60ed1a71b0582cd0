package identifier

const (
	maxGroups  = 12 // words of a code
	maxCode    = 64 // bytes of one
	maxGap     = 4  // bytes between two words of a code
	joinDigits = 9  // digits from which a bare number may be cut differently: dates and amounts have fewer
	phoneTail  = 9  // digits of a phone number that are the same wherever it is dialled from
	minPhone   = 10
	maxPhone   = 15 // ITU-T E.164
	barePhone  = 11 // digits up to which a bare number in a text may be one
)

// A group is one word of a code.
type group struct {
	start, end int // byte offsets in the text
	size       int // bytes of its normal form, marks apart
	digits     int // how many of them are digits
	marks      uint64
}

// A code is a run of words that can be parts of one, or the end of such a run.
type code struct {
	seed   uint64
	text   []byte
	groups [maxGroups]group
	count  int // of groups
	folder
}

// push adds w's current word, and drops what it cannot be joined to.
func (c *code) push(w *words) {
	switch {
	case c.count == 0:
	case !c.joins(&w.word):
		c.count = 0
	case c.count == maxGroups:
		c.count = copy(c.groups[:], c.groups[1:])
	}
	g := &c.groups[c.count] // set field by field: a copy would wait for the literal's stores
	g.start, g.end, g.size, g.digits, g.marks = w.start, w.end, w.size, w.digits, w.marks
	c.count++
}

// joins says whether w, which follows, can be part of one code with the last
// group: where one of the two holds a digit, or a single sign is between them
// that people put into codes.
func (c *code) joins(w *word) bool {
	last := &c.groups[c.count-1]
	if last.digits|w.digits == 0 {
		sign := c.text[last.end]
		return w.start == last.end+1 && (sign == '-' || sign == '_' || sign == '.' || sign == '/')
	}
	return w.start-last.end <= maxGap && last.size <= maxCode && w.size <= maxCode
}

// A run is the last groups of a code.
type run struct {
	*code
	first  int // group
	size   int
	digits int
}

// last gives the run of the last group.
func (c *code) last() run { return run{code: c, first: c.count}.longer() }

// all gives the run of all groups.
func (c *code) all() run {
	r := c.last()
	for r.first > 0 {
		r = r.longer()
	}
	return r
}

// longer takes in the group before.
func (r run) longer() run {
	r.first--
	r.size += r.groups[r.first].size
	r.digits += r.groups[r.first].digits
	return r
}

func (r run) start() int { return r.groups[r.first].start }

func (r run) end() int { return r.groups[r.count-1].end }

func (r run) isSingle() bool { return r.first == r.count-1 }

// isNumber says whether r is all digits.
func (r run) isNumber() bool { return r.digits == r.size }

// isCode says whether r may be cut into words in another way and still be the
// same.
func (r run) isCode() bool {
	return r.size <= maxCode && r.digits > 0 && (r.digits < r.size || r.digits >= joinDigits)
}

// spell appends what r would be as one word.
func (r run) spell(dst []byte) []byte {
	for _, g := range r.groups[r.first:r.count] {
		dst = r.folder.spell(dst, r.text[g.start:g.end])
	}
	return dst
}

// hash is that of r written as one word.
func (r run) hash() uint64 {
	var buf [maxCode]byte
	h := hashOf(r.seed, r.spell(buf[:0]))
	for _, g := range r.groups[r.first:r.count] {
		h += g.marks
	}
	return h
}

// canBePhone says whether r has as many digits as phone numbers, and nothing
// else.
func (r run) canBePhone() bool {
	return r.isNumber() && r.digits >= minPhone && r.digits <= maxPhone
}

// looksDialled says whether r is written as phone numbers are.
func (r run) looksDialled() bool {
	i := r.start()
	return !r.isSingle() || r.text[i] == '0' || i > 0 && r.text[i-1] == '+'
}

// phone is the key of r as a phone number.
func (r run) phone() uint64 {
	var buf [maxPhone]byte
	digits := r.spell(buf[:0])
	return mix(hashOf(r.seed, digits[len(digits)-phoneTail:]), phoneSalt)
}
