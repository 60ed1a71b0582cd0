package identifier

import "hash/maphash"

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

// joined says whether the words a and b, with gap between them, can be parts
// of one code.
func joined(a, b *word, gap []byte) bool {
	if len(gap) > maxGap || a.size > maxCode || b.size > maxCode {
		return false
	}
	if a.digits > 0 || b.digits > 0 {
		return true
	}
	return len(gap) == 1 && (gap[0] == '-' || gap[0] == '_' || gap[0] == '.' || gap[0] == '/')
}

// A code is the last words of a run of joined ones, put together.
type code struct {
	seed   maphash.Seed
	groups [maxGroups]group
	count  int // of groups
	buf    [maxGroups * maxCode]byte
	n      int // bytes in buf
}

// A group is one word of a code.
type group struct {
	word
	offset int // in code.buf
	marks  uint64
}

// push adds w's current word, of at most maxCode bytes, and drops the first
// one where there are too many.
func (c *code) push(w *words) {
	if c.count == maxGroups {
		first := c.groups[1].offset
		c.n = copy(c.buf[:], c.buf[first:c.n])
		copy(c.groups[:], c.groups[1:])
		c.count--
		for i := range c.groups[:c.count] {
			c.groups[i].offset -= first
		}
	}
	c.groups[c.count] = group{word: w.word, offset: c.n, marks: w.marks}
	c.count++
	c.n += copy(c.buf[c.n:], w.buf[:w.n])
}

// A run is the last groups of a code.
type run struct {
	*code
	first  int // group
	digits int
}

// last gives the run of the last n groups.
func (c *code) last(n int) run {
	r := run{code: c, first: c.count}
	for range n {
		r = r.longer()
	}
	return r
}

// longer takes in the group before.
func (r run) longer() run {
	r.first--
	r.digits += r.groups[r.first].digits
	return r
}

func (r run) bytes() []byte { return r.buf[r.groups[r.first].offset:r.n] }

func (r run) start() int { return r.groups[r.first].start }

func (r run) end() int { return r.groups[r.count-1].end }

// isNumber says whether r is all digits.
func (r run) isNumber() bool { return r.digits == len(r.bytes()) }

// isCode says whether r may be cut into words in another way and still be the
// same.
func (r run) isCode() bool {
	return r.digits > 0 && (!r.isNumber() || r.digits >= joinDigits)
}

// hash is that of r written as one word.
func (r run) hash() uint64 {
	h := maphash.Bytes(r.seed, r.bytes())
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

// looksDialled says whether r, in text, is written as phone numbers are.
func (r run) looksDialled(text []byte) bool {
	i := r.start()
	return r.count-r.first > 1 || r.bytes()[0] == '0' || i > 0 && text[i-1] == '+'
}

// tail is the key of r's last digits.
func (r run) tail() uint64 {
	b := r.bytes()
	return mix(maphash.Bytes(r.seed, b[len(b)-phoneTail:]), phoneSalt)
}

// phone gives the key that value, which is all in c, has as a phone number,
// or 0.
func (c *code) phone(value []byte) uint64 {
	if r := c.last(c.count); r.canBePhone() && r.looksDialled(value) {
		return r.tail()
	}
	return 0
}
