package guard

import (
	"bytes"
	"hash/maphash"
	"slices"
	"unicode"
	"unicode/utf8"

	"mailshot/internal/address"
	"mailshot/internal/identifier"
)

// place is where a text stands, as a refusal tells it.
type place struct {
	name    string // "header Subject", "body", "attachment 2"
	line    int    // of the text's first line; 0 where a line would say nothing
	markup  bool   // short numbers identify nobody here
	file    bool   // an attachment or its name, which the template did not write
	pairing bool   // it is a recipient's own attachment
	coded   bool   // bytes that stand for others, which are read too
	lossy   bool   // white space or signs were lost that another view has, which is read too
}

// at gives the place of the byte at offset in text.
func (p place) at(text []byte, offset int) string {
	if p.line == 0 {
		return p.name
	}
	return p.name + ", line " + itoa(p.line+bytes.Count(text[:offset], []byte("\n")))
}

// scanner remembers runs of text in which nobody's identifier stands, however
// they are read. Most of a message is the template's own text, so most of it
// is looked up and not searched.
type scanner struct {
	index    *identifier.Index
	reach    reach
	names    reach // of what goes across a break
	settings map[uint64]*settings
	seed     maphash.Seed
	memo     memo
	probes   int  // chunks read by themselves to be remembered
	hits     int  // finds so far that depend on the row
	trying   bool // what is found is not judged, but noted in doubts
	doubts   []uint64
	found    []hit
	mine     []span
}

// maxProbes is how many chunks are read once more to be remembered.
const maxProbes = 1 << 14

func newScanner(x *identifier.Index) scanner {
	return scanner{
		index: x, reach: reachOf(x), names: namesOf(x), settings: make(map[uint64]*settings),
		seed: maphash.MakeSeed(), memo: newMemo(),
	}
}

// reach is how far back a chunk's key goes, and over how many words it must go
// at least, so that no identifier that ends in the chunk begins before what the
// key was made of.
type reach struct{ bytes, words, spaced int }

// spelledWords are those of an address of five parts as undoSpelled takes it:
// "ann dot lee at mail dot a dot example".
const spelledWords = 9

// reachOf leaves room for the words of ordinary text. No cut stands in an
// address or a hash, which have no spaces.
func reachOf(x *identifier.Index) reach {
	words, spaced := x.MaxWords()
	spaced = max(spaced, spelledWords)
	return reach{10 * spaced, max(words, spaced), spaced}
}

// namesOf is how many words of a name may stand before a break or behind one.
// Between each two there may be a word for a dot.
func namesOf(x *identifier.Index) reach {
	words, spaced := x.MaxWordsOfName()
	return reach{words: 2 * (words - 1), spaced: 2*spaced - 1}
}

// ahead is how far a text is read on behind a chunk, so that a name that goes
// on there is known to be the row's own.
const ahead = 48

// A chunk is a piece of a text between two cuts.
type chunk struct{ from, to int }

// cut gives the chunk of text that begins at from. Cuts depend on the text
// around them alone, so that what follows a recipient's own words is cut alike
// in every message: after a line, or after some of the spaces in a long one
// that is shown in the order in which it stands.
func cut(text []byte, from int) chunk {
	i := from
	for {
		n := bytes.IndexByte(text[i:], '\n')
		line := text[i:]
		if n >= 0 {
			line = text[i : i+n+1]
		}
		if len(line) > longLine && !bytes.Contains(line, []byte(override)) {
			if at := cutLong(line); at > 0 {
				return chunk{from, i + at}
			}
		}
		i += len(line)
		if n < 0 || len(line) >= shortLine {
			return chunk{from, i}
		}
	}
}

const (
	shortLine = 64  // a shorter line is read together with the next
	longLine  = 200 // a longer one is cut in itself
)

// cutLong gives the place after a space in a long line, chosen by the bytes
// before it; 0 for none.
func cutLong(line []byte) int {
	for i := 2; i < len(line)-1; i++ {
		n := bytes.IndexByte(line[i:], ' ')
		if n < 0 {
			return 0
		}
		i += n
		if (line[i-1]*31+line[i-2])&7 == 0 && i > shortLine {
			return i + 1
		}
	}
	return 0
}

// key stands for the chunk c and all before it that could be part of an
// identifier that ends in it.
func (s *scanner) key(text []byte, c chunk, how way) uint64 {
	from := max(0, c.from-s.reach.bytes)
	h := maphash.Bytes(s.seed, text[from:c.to])
	if from == 0 {
		h += wholeSalt
	}
	return h + uint64(how)*waySalt
}

const (
	wholeSalt = 0x9E3779B97F4A7C15 // the key reaches the beginning of the text
	waySalt   = 0xC2B2AE3D27D4EB4F
)

// bounded says whether the key of c reaches far enough to be remembered.
func (s *scanner) bounded(text []byte, c chunk) bool {
	return s.begin(text, c.from, s.reach) >= c.from-s.reach.bytes
}

// begin gives the place before from where text must be read to find all that
// ends behind it: so many words back, whatever is between them, and not within
// a word.
func (s *scanner) begin(text []byte, from int, far reach) int {
	i := from
	for words, spaced := 0, 0; i > 0 && words < far.words && spaced < far.spaced; {
		for i > 0 && !isWordByte(text[i-1]) {
			i--
		}
		end := i
		for i > 0 && isWordByte(text[i-1]) {
			i--
		}
		if i < end && !isEscaped(text, i) {
			alone, joined := sureWords(text[i:end])
			words, spaced = words+alone+joined, spaced+joined
		}
	}
	return i
}

// sureWords counts what is a word in every view of run, which has no ASCII but
// letters and digits: characters that are one by themselves, and others joined
// into one. What else is beyond ASCII may be a dash, or nothing.
func sureWords(run []byte) (alone, joined int) {
	if run[0] < utf8.RuneSelf {
		return 0, 1
	}
	for len(run) > 0 {
		c, n := utf8.DecodeRune(run)
		run = run[n:]
		switch {
		case c < utf8.RuneSelf:
			joined = 1
		case isHidden(c) || !unicode.IsLetter(c):
		case identifier.Unspaced(c):
			alone++
		default:
			joined = 1
		}
	}
	return alone, joined
}

// isEscaped says whether the letters and digits at i may mean something else, by
// what stands before them: an escape, or a semicolon that ends one.
func isEscaped(text []byte, i int) bool {
	if byteAt(text, i-1) == ';' {
		for i--; i > 0 && isWordByte(text[i-1]); {
			i--
		}
	}
	c := byteAt(text, i-1)
	return escapes[c] || marks[c]&hidden != 0
}

var escapes = [256]bool{'&': true, '#': true, '%': true, '\\': true, ';': true, '=': true}

// way says in which views a text is read.
type way uint8

const (
	asIs   way        = iota // as it stands
	unfold                   // in every view of it
	ways                     // how many there are
	tag    = 2 * ways        // of HTML, with its attributes
	whole  = tag + 1         // a passage of HTML
	header = tag + 2         // the value of a field
)

// wayOf tells ways and places apart where they matter to what is found.
func wayOf(p place, w way) way {
	if p.markup {
		return w + ways
	}
	return w
}

// scan looks for other people in text as it stands.
func (r *Reader) scan(p place, text []byte) { r.search(p, text, asIs) }

// read looks for other people in text as it stands and in every view of it
// that some program could show.
func (r *Reader) read(p place, text []byte) { r.search(p, text, unfold) }

func (r *Reader) search(p place, text []byte, w way) {
	s, how := &r.scanner, wayOf(p, w)
	for from := 0; from < len(text); {
		c := cut(text, from)
		if s.memo.has(s.key(text, c, how)) {
			from = c.to
			continue
		}
		run, n := c, 1
		for run.to < len(text) {
			next := cut(text, run.to)
			if s.memo.has(s.key(text, next, how)) {
				break
			}
			run.to, n = next.to, n+1
		}
		r.searchRun(p, text, run, n, w)
		from = run.to
	}
}

// searchRun judges n neighbouring chunks that are not known to be clean, and
// remembers those that are.
func (r *Reader) searchRun(p place, text []byte, run chunk, n int, w way) {
	s := &r.scanner
	quiet, within := r.lookWithin(p, text, run, w)
	if !within {
		quiet = r.look(p, text, run, w)
	}
	if !quiet && (within || n == 1 || s.probes > maxProbes) {
		return
	}
	for from := run.from; from < run.to; {
		c := cut(text, from)
		from = c.to
		if !s.bounded(text, c) {
			continue
		}
		if !quiet {
			s.probes++
		}
		if quiet || r.look(p, text, c, w) {
			s.memo.add(s.key(text, c, wayOf(p, w)))
		}
	}
}

// look judges c with the text before it, from a space to a space. It says
// whether nothing was found that depends on the row.
func (r *Reader) look(p place, text []byte, c chunk, w way) (quiet bool) {
	c.from = r.scanner.begin(text, c.from, r.scanner.reach)
	return r.lookFrom(p, text, c, w)
}

// lookFrom judges c, from a space to a space.
func (r *Reader) lookFrom(p place, text []byte, c chunk, w way) (quiet bool) {
	s := &r.scanner
	before := s.hits
	s.doubts, s.trying = s.doubts[:0], r.collect == nil
	r.lookAt(p, text, c, w)
	if len(s.doubts) > 0 {
		c = r.lookAgain(p, text, c, w)
	}
	s.trying = false
	if len(s.doubts) > 0 {
		r.lookAt(p, text, c, w)
		s.doubts = s.doubts[:0]
	}
	return s.hits == before
}

// moreLooks is how often what was found is looked for again, from further back
// each time: "Luis Ruiz" in "José Luis Ruiz" is Luis Ruiz where the text is cut
// between the first two.
const moreLooks = 3

// lookAgain keeps those of the doubts that stay however much of the text around
// them is read, and gives how much that was.
func (r *Reader) lookAgain(p place, text []byte, c chunk, w way) chunk {
	s := &r.scanner
	c.to += ahead
	for range moreLooks {
		c.from = s.begin(text, c.from, s.reach)
		doubts := s.doubts
		s.doubts = nil
		r.lookAt(p, text, c, w)
		s.doubts = slices.DeleteFunc(doubts, func(key uint64) bool { return !slices.Contains(s.doubts, key) })
		if c.from == 0 || len(s.doubts) == 0 {
			break
		}
	}
	return c
}

// lookAt judges c, and what it cuts off at either end.
func (r *Reader) lookAt(p place, text []byte, c chunk, w way) {
	from, to := spaced(text, c)
	if p.line > 0 && !r.scanner.trying {
		p.line += bytes.Count(text[:from], []byte("\n"))
	}
	switch text = text[from:to]; w {
	case asIs:
		r.match(p, text)
	case unfold:
		r.unfold(p, text)
	}
}

// spaced gives the first space before c, and the first behind it.
func spaced(text []byte, c chunk) (from, to int) {
	from, to = c.from, min(len(text), c.to)
	for from > 0 && text[from-1] > ' ' {
		from--
	}
	for to > 0 && to < len(text) && text[to-1] > ' ' {
		to++
	}
	return from, to
}

// hit is somebody's identifier that is not known to be the row's own.
type hit struct {
	identifier.Hit
	line int // of the first other row it belongs to
}

type span struct{ start, end int }

// match looks the identifiers of text up and refuses those of other rows.
func (r *Reader) match(p place, text []byte) {
	s := &r.scanner
	s.found, s.mine = s.found[:0], s.mine[:0]
	own := uint32(r.row.Line)
	s.index.Scan(text, func(h identifier.Hit) bool {
		if p.markup && h.ShortNumber() || s.isNobodys(p, text, h) {
			return true
		}
		if r.g.own.isFree(h.Key) {
			s.mine = append(s.mine, span{h.Start, h.End})
			return true
		}
		s.hits++
		for _, line := range h.Lines {
			if line == own {
				r.tokens.note(h)
				s.mine = append(s.mine, span{h.Start, h.End})
				return true
			}
		}
		s.found = append(s.found, hit{h, int(h.Lines[0])})
		return len(s.found) < maxHits
	})
	for _, h := range s.found {
		if !s.inAddress(h) && !r.endsInOwn(p, text, h) {
			r.judgeHit(p, text, h)
		}
	}
}

// isNobodys says whether h is a name turned in two sentences, or part of a word
// in a line that quoted-printable broke. Where p alone makes it one, the text may
// not be remembered for other places.
func (s *scanner) isNobodys(p place, text []byte, h identifier.Hit) bool {
	switch {
	case s.index.IsParted(text, h, false):
		return true
	case p.coded && isBroken(text, h), (p.coded || p.lossy) && s.index.IsParted(text, h, true):
		s.hits++
		return true
	}
	return false
}

// isBroken says whether h begins or ends at a soft line break (RFC 2045 section
// 6.7) over which something goes on without a space: "jo=" before "ann@x.example".
// It is read decoded too.
func isBroken(text []byte, h identifier.Hit) bool {
	before, begins := bytes.CutSuffix(text[:h.Start], []byte(softBreak))
	after, ends := bytes.CutPrefix(text[h.End:], []byte(softBreak))
	return begins && byteAt(before, len(before)-1) > ' ' || ends && byteAt(after, 0) > ' '
}

const softBreak = "=\r\n"

// inAddress says whether h is a name that only stands in an address that was
// found too.
func (s *scanner) inAddress(h hit) bool {
	return h.Kind == identifier.Name && slices.ContainsFunc(s.found, func(a hit) bool {
		return a.Kind == identifier.Address && a.Start <= h.Start && h.End <= a.End
	})
}

// endsInOwn says whether h is a name that begins before an address of the
// sender's own and ends within it: "May Thomas" over "thomas.may@sender.example"
// says nothing of a Thomas Thomas.
func (r *Reader) endsInOwn(p place, text []byte, h hit) bool {
	const ends = " \t\r\n<>()[],;:\"'"
	start := bytes.LastIndexAny(text[:h.End], ends) + 1
	if h.Kind != identifier.Name || start <= h.Start {
		return false
	}
	whole := text[start:]
	if end := bytes.IndexAny(whole, ends); end >= 0 {
		whole = whole[:end]
	}
	a, err := address.Parse(string(whole))
	return err == nil && (r.g.own.identities[a.Canonical()] || p.lossy && r.g.own.unmarked[a.Canonical()])
}

// maxHits bounds how many finds of one text are judged: a list that stands in
// a message has as many as it has rows.
const maxHits = 1000

func (r *Reader) judgeHit(p place, text []byte, h hit) {
	for _, m := range r.scanner.mine {
		if m.start <= h.Start && h.End <= m.end {
			return
		}
	}
	s := &r.scanner
	switch {
	case s.trying:
		s.doubts = append(s.doubts, h.Key)
		return
	case r.collect != nil:
		r.collect(p, text, h)
		return
	case len(s.doubts) > 0 && !slices.Contains(s.doubts, h.Key):
		return // what stands further away was judged with its own surroundings
	}
	what := whose(h.Kind, h.line)
	switch r.ownership(p, text[h.Start:h.End], h.Hit) {
	case foreign:
		r.refuseFor(p.ruleFor(h.Kind), h.line, p.at(text, h.Start), what, p.hintFor(h.Kind))
	case mixed:
		r.warn(p.at(text, h.Start), what+", but each of its words is the template's or this row's own")
	}
}
