package guard

import (
	"bytes"
	"hash/maphash"
)

// A setting is what stands before and behind a recipient's own data in every
// message. Each was judged by itself, and nobody was found in it; so only what is
// between them needs to be looked at, with as much of them as the words of a
// name reach over.
type setting struct {
	before, behind []byte
	from           int // in before: where what goes across its last break may begin
	to             int // in behind: where what goes across its first break may end
}

// settings are those that were met at one place of a message, which some of the
// text before it stands for.
type settings struct {
	all  [4]setting
	next int    // the one that is forgotten next
	last []byte // the text last met there that none was for
}

const (
	maxSettings = 1 << 9  // places
	maxWithin   = 1 << 11 // bytes of a text that is looked at within a setting
	settingSalt = 0x8CB92BA72F3D8DD7
	nearby      = 16 // bytes of a text that stand for a place in it
)

// lookWithin judges run by what is in a setting. It says whether nothing was
// found that depends on the row; within is false where no setting was for it.
func (r *Reader) lookWithin(p place, text []byte, run chunk, w way) (quiet, within bool) {
	s := &r.scanner
	if r.collect != nil || run.to-run.from > maxWithin {
		return false, false
	}
	known := s.settingsAt(text, run.from, wayOf(p, w))
	if known == nil {
		return false, false
	}
	run.from = s.begin(text, run.from, s.reach)
	run.from, run.to = spaced(text, run)
	if c, ok := known.within(text, run, w); ok {
		return r.lookFrom(p, text, c, w), true
	}
	r.learnSetting(p, text, run, w, known)
	return false, false
}

// settingsAt gives the settings for what begins at from; nil where it is not worth
// one: what it begins behind is met for the first time.
func (s *scanner) settingsAt(text []byte, from int, how way) *settings {
	mark := text[max(0, from-nearby):from]
	if from == 0 {
		mark = text[:min(nearby/2, len(text))]
	}
	key := maphash.Bytes(s.seed, mark) + uint64(how)*waySalt + settingSalt
	if known := s.settings[key]; known != nil {
		return known
	}
	if !s.memo.has(key) {
		s.memo.add(key)
		return nil
	}
	if len(s.settings) == maxSettings {
		clear(s.settings)
	}
	known := new(settings)
	s.settings[key] = known
	return known
}

// within gives what must be looked at of run, by the setting that leaves the
// least.
func (f *settings) within(text []byte, run chunk, w way) (c chunk, ok bool) {
	t := text[run.from:run.to]
	c = run
	for i := range f.all {
		a := &f.all[i]
		from, to := run.from+a.from, run.to-len(a.behind)+a.to
		if a.isFor(t) && to-from < c.to-c.from && (w == asIs || isPlain(text[from:to])) {
			c, ok = chunk{from, to}, true
		}
	}
	return c, ok
}

func (a *setting) isFor(t []byte) bool {
	return len(a.before)+len(a.behind) > 0 && len(a.before)+len(a.behind) <= len(t) &&
		bytes.HasPrefix(t, a.before) && bytes.HasSuffix(t, a.behind)
}

// learnSetting notes what run has in common with the text last met there, if that
// is most of it and holds nobody.
func (r *Reader) learnSetting(p place, text []byte, run chunk, w way, known *settings) {
	s, t := &r.scanner, text[run.from:run.to]
	if s.probes > maxProbes || w == unfold && !isPlain(t) {
		return
	}
	a, clean := s.settingOf(t, known.last, w)
	known.last = append(known.last[:0], t...)
	if a.kept() < len(t)/4 {
		return
	}
	s.probes++
	if !r.lookFrom(p, text, chunk{run.from, run.from + clean.from}, w) || !r.lookFrom(p, text, chunk{run.from + clean.to, run.to}, w) {
		return
	}
	a.before, a.behind = bytes.Clone(a.before), bytes.Clone(a.behind)
	known.all[known.next] = a
	known.next = (known.next + 1) % len(known.all)
}

// kept is how many bytes need not be looked at.
func (a *setting) kept() int { return a.from + len(a.behind) - a.to }

// settingOf gives the setting that t and other have, and what of t is to be clean
// for it: what ends before from, and what begins at to or behind it.
func (s *scanner) settingOf(t, other []byte, w way) (a setting, clean chunk) {
	limit := min(len(t), len(other))
	same := 0
	for same < limit && t[same] == other[same] {
		same++
	}
	clean.from = lastBreak(t[:same], w)
	a.before, a.from = t[:same], s.begin(t, clean.from, s.names)
	a.from, _ = spaced(t, chunk{a.from, a.from})
	end := 0
	for end < limit-same && t[len(t)-1-end] == other[len(other)-1-end] {
		end++
	}
	a.behind = t[len(t)-end:]
	first := firstBreak(a.behind, w)
	clean.to = len(t) - end + first
	a.to = s.end(a.behind, first)
	return a, clean
}

// end gives the place behind from where what goes across a break there has
// ended.
func (s *scanner) end(text []byte, from int) int {
	i := from
	for words, spaced := 0, 0; i < len(text) && words < s.names.words && spaced < s.names.spaced; {
		for i < len(text) && !isWordByte(text[i]) {
			i++
		}
		start := i
		for i < len(text) && isWordByte(text[i]) {
			i++
		}
		if start < i {
			alone, joined := sureWords(text[start:i])
			words, spaced = words+alone+joined, spaced+joined
		}
	}
	for i < len(text) && i > 0 && text[i-1] > ' ' {
		i++
	}
	return i
}
