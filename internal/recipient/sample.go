package recipient

import (
	"errors"
	"hash/maphash"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mailshot/internal/identifier"
	"mailshot/internal/rule"
)

// sampleRows is how many rows are looked at to find out what the columns hold.
const sampleRows = 1000

// profile is what a sample of a column's cells looks like.
type profile struct {
	filled    int // cells that are not blank
	addresses int // ... that look like an address, or several, right or wrong
	numbers   int // ... that could identify somebody and are made of digits, for the most part
	codes     int // ... that nothing but a number of somebody or something looks like
	mixed     int // ... that could identify somebody, have no spaces, and both capitals and digits
	single    int // ... that could identify somebody and have no spaces
	tokens    int // ... that look random
	wordy     int // ... of one to five words without digits
	counted   int // ... with a digit
	measures  int // ... with a digit that are amounts, days or small numbers, which identify nobody
	proper    int // ... of two to four words without digits that begin with capitals
	different map[uint64]struct{}
	opening   map[uint64]int // how often the first words of the proper ones stand
	spelled   map[int]int    // by column of addresses: proper cells that share a word with the local part beside them
}

func newProfile() profile {
	return profile{different: map[uint64]struct{}{}, opening: map[uint64]int{}, spelled: map[int]int{}}
}

// most says whether n of the filled cells are more than half of them.
func (p *profile) most(n int) bool { return 2*n > p.filled }

// nearlyAll says whether n of the filled cells are nine in ten of them, and
// enough to tell.
func (p *profile) nearlyAll(n int) bool { return p.filled >= 3 && 10*n >= 9*p.filled }

// shared says whether a value stands in more than four cells, as a rule.
func (p *profile) shared() bool { return 4*len(p.different) < p.filled }

// spelledIn says whether the cells are names, as the addresses of a column show:
// mostly different, no greetings, and many of them spelt in the local parts.
func (p *profile) spelledIn(addresses int) bool {
	for _, n := range p.opening {
		if 3*n > p.filled && n > 2 {
			return false
		}
	}
	spelled := p.spelled[addresses]
	return p.most(p.proper) && p.most(len(p.different)) && spelled >= 3 && 3*spelled >= p.filled
}

// sample reads the first rows and gives a profile of each column.
func (l *List) sample(rows *table) ([]profile, error) {
	profiles := make([]profile, len(l.columns))
	for i := range profiles {
		profiles[i] = newProfile()
	}
	seed := maphash.MakeSeed()
	seen := 0
	for seen < sampleRows {
		r, err := rows.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if r.blank() {
			continue
		}
		seen++
		for i := range min(len(profiles), len(r.cells)) {
			profiles[i].add(seed, strings.TrimSpace(r.cells[i]))
		}
		spellings(profiles, r.cells[:min(len(profiles), len(r.cells))])
	}
	if seen == 0 {
		return nil, &rule.Fault{File: l.source.name, What: "the list has headings and no rows", Hint: "add one line for each recipient"}
	}
	return profiles, nil
}

func (p *profile) add(seed maphash.Seed, cell string) {
	if cell == "" {
		return
	}
	p.filled++
	p.different[maphash.String(seed, cell)] = struct{}{}
	if looksLikeAddresses(cell) {
		p.addresses++
	}
	if looksRandom(cell) {
		p.tokens++
	}
	p.words(seed, cell)
	identifies, counted := identifier.Identifies(identifier.Token, cell), strings.ContainsFunc(cell, unicode.IsDigit)
	if identifies {
		p.number(cell)
	}
	if counted {
		p.counted++
	}
	if counted && !identifies {
		p.measures++
	}
}

// words counts a cell that is words alone.
func (p *profile) words(seed maphash.Seed, cell string) {
	fields := strings.Fields(cell)
	if len(fields) > 5 || strings.ContainsFunc(cell, func(r rune) bool { return unicode.IsDigit(r) || r == '@' || r == '/' }) {
		return
	}
	p.wordy++
	if isProper(fields) {
		p.proper++
		p.opening[maphash.String(seed, fields[0])]++
	}
}

// isProper says whether words are two to four that begin with capitals, if
// their script has any.
func isProper(words []string) bool {
	return 2 <= len(words) && len(words) <= 4 && !slices.ContainsFunc(words, func(word string) bool {
		r, _ := utf8.DecodeRuneInString(word)
		return !unicode.IsLetter(r) || unicode.IsLower(r)
	})
}

// spellings counts in each profile whether the row's cell is spelt in the local
// parts of its addresses.
func spellings(profiles []profile, cells []string) {
	var local, name spelling
	for i, cell := range cells {
		if !looksLikeAddresses(cell) {
			continue
		}
		part, _, _ := strings.Cut(strings.TrimSpace(cell), "@")
		local.set(part)
		for k, other := range cells {
			if name.set(other); k != i && isProper(strings.Fields(other)) && local.lettersOf(&name) > 0 {
				profiles[k].spelled[i]++
			}
		}
	}
}

// number counts a cell that could identify somebody for what it looks like.
func (p *profile) number(cell string) {
	digits, letters, capitals := countDigits(cell)
	single := !strings.ContainsFunc(cell, unicode.IsSpace)
	if single {
		p.single++
		if digits >= 2 && capitals >= 1 && capitals == letters {
			p.mixed++
		}
	}
	if digits >= 3 && 2*digits >= letters || single && digits > 0 && capitals == letters {
		p.numbers++
	}
	isPhone := letters == 0 && digits >= 8 && strings.HasPrefix(cell, "+")
	if isPhone || single && digits >= 6 && 0 < letters && letters <= digits {
		p.codes++
	}
}

func countDigits(cell string) (digits, letters, capitals int) {
	for _, r := range cell {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsLetter(r):
			letters++
			if unicode.IsUpper(r) {
				capitals++
			}
		}
	}
	return digits, letters, capitals
}

// looksLikeAddresses says whether more than half of what separators part in
// the cell has an "@" in its middle: an address, or several, but no text with
// one in it.
func looksLikeAddresses(cell string) bool {
	pieces, addresses := 0, 0
	for piece := range strings.FieldsFuncSeq(cell, partsAddresses) {
		pieces++
		if at := strings.IndexByte(piece, '@'); 0 < at && at < len(piece)-1 {
			addresses++
		}
	}
	return 2*addresses > pieces
}

// partsAddresses says whether people write r between two addresses.
func partsAddresses(r rune) bool { return strings.ContainsRune(" \t\r\n;,/|<>", r) }

// looksRandom says whether cell is long, without spaces, and mixes digits into
// its letters, as the tokens of links and tickets do.
func looksRandom(cell string) bool {
	if len(cell) < 16 || strings.ContainsFunc(cell, unicode.IsSpace) {
		return false
	}
	var digits, letters int
	var different [128]bool
	kinds := 0
	for i := range len(cell) {
		c := cell[i]
		switch {
		case '0' <= c && c <= '9':
			digits++
		case 'a' <= c|0x20 && c|0x20 <= 'z':
			letters++
		}
		if c < 128 && !different[c] {
			different[c] = true
			kinds++
		}
	}
	return digits >= 3 && letters >= 3 && kinds >= 8
}
