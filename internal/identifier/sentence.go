package identifier

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// IsParted says whether h, which stands in text, is a name turned of which one
// part ends a sentence and the other begins the next: "in London? Rose comes"
// says nothing of a Rose London. In text that is lossy, white space may be
// missing or another, or a line be broken with "=".
//
// What is no more than a list's punctuation parts no name: a comma, a colon, a
// semicolon, dots that lead to the next column, a tab. Nor does what may be
// another sign in the wrong charset: a "?" with a plain space before it, unless
// the text runs on at either side, where a dash would part it too.
func (x *Index) IsParted(text []byte, h Hit, lossy bool) bool {
	if !h.Turned {
		return false
	}
	name, sure := text[h.Start:h.End], lossy || runsOn(text[:h.Start], text[h.End:])
	w := words{seed: x.seed, text: name}
	w.next()
	for last := w.word; w.next(); last = w.word {
		gap := string(name[last.end:w.start])
		if endsSentence(name[last.start:last.end], gap, name[w.start:], lossy, sure) && x.isName(name[w.start:], name[:last.end]) {
			return true
		}
	}
	return false
}

// isName says whether a row has a name of these two parts, in this order.
func (x *Index) isName(first, last []byte) bool {
	all := x.find(keysOf(x.seed, slices.Concat(first, []byte(" "), last)).whole)
	for len(all.keys) > 0 {
		var e entries
		if e, all = all.cutKind(); e.kind() == Name && !e.isTurned() {
			return true
		}
	}
	return false
}

// runsOn says whether one word stands before a name, and one behind, that begin
// with a small letter, as they do within sentences and not in lists.
func runsOn(before, after []byte) bool {
	before, spaced := bytes.CutSuffix(before, []byte(" "))
	first, _ := utf8.DecodeRune(before[bytes.LastIndexAny(before, " \t\r\n")+1:])
	last, _ := utf8.DecodeLastRune(before)
	after, goesOn := bytes.CutPrefix(after, []byte(" "))
	next, _ := utf8.DecodeRune(after)
	return spaced && unicode.IsLower(first) && unicode.IsLower(last) && goesOn && unicode.IsLower(next)
}

// endsSentence says whether a sentence ends with word, and rest begins the next
// one behind gap. sure says that marks are what they look like.
func endsSentence(word []byte, gap string, rest []byte, lossy, sure bool) bool {
	if begins, _ := utf8.DecodeRune(rest); !unicode.IsLetter(begins) || unicode.IsLower(begins) {
		return false
	}
	if lossy {
		gap = brokenLines.Replace(gap)
	}
	closing, gap := cutFunc(guillemets.Replace(gap), closes)
	space, gap := cutFunc(gap, isSpace)
	marks, gap := cutFunc(gap, isTerminal)
	if !mayStand(space, marks, sure || strings.HasSuffix(closing, "»")) || !mayEnd(word, marks) {
		return false
	}
	_, gap = cutFunc(gap, closes)
	space, gap = cutFunc(gap, isSpace)
	_, gap = cutFunc(gap, opens)
	return gap == "" && (space != "" || lossy || !needsSpace(marks))
}

// cutFunc cuts s behind the characters at its beginning for which is says so.
func cutFunc(s string, is func(rune) bool) (run, rest string) {
	rest = strings.TrimLeftFunc(s, is)
	return s[:len(s)-len(rest)], rest
}

var (
	brokenLines = strings.NewReplacer("=\r\n", "", "=\n", "")
	guillemets  = strings.NewReplacer(" »", "»", "\u00A0»", "»", "\u202F»", "»", "« ", "«", "«\u00A0", "«", "«\u202F", "«") // in French
)

// mayStand says whether marks may stand behind space at the end of a sentence, as
// in French. sure says that the marks are what they look like.
func mayStand(space, marks string, sure bool) bool {
	switch space {
	case "":
		return true
	case " ":
		return strings.Trim(marks, "!") == "" || sure && !strings.ContainsFunc(marks, isStop)
	case "\u00A0", "\u202F":
		return !strings.ContainsFunc(marks, isStop)
	}
	return false
}

// mayEnd says whether marks behind word end a sentence.
func mayEnd(word []byte, marks string) bool {
	first, size := utf8.DecodeRuneInString(marks)
	if isStop(first) {
		return size == len(marks) && utf8.RuneCount(word) > maxAbbreviation
	}
	return size > 0 && !strings.ContainsFunc(marks, isStop)
}

// maxAbbreviation is how many letters a word may have that a stop shortens, where
// the list has none behind it: "Jr.", "Esq.".
const maxAbbreviation = 3

// isTerminal says whether r ends sentences (Unicode's Sentence_Terminal).
func isTerminal(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '.' || r == '!' || r == '?'
	}
	return unicode.Is(unicode.Sentence_Terminal, r)
}

// isStop says whether r is a full stop that shortens words as well.
func isStop(r rune) bool { return strings.ContainsRune(".\u2024\uFE52\uFF0E", r) }

func hasStop(name string) bool { return strings.ContainsFunc(name, isTerminal) }

// needsSpace says whether white space is written after marks. It is not in the
// scripts of East Asia.
func needsSpace(marks string) bool {
	last, _ := utf8.DecodeLastRuneInString(marks)
	return last < 0x3000 || isStop(last)
}

// isSpace is true for the white space of running text, which a tab is not.
func isSpace(r rune) bool { return unicode.IsSpace(r) && r != '\t' }

// closes says whether r closes what a sentence stands in: a quotation, brackets,
// Markdown's emphasis. Quotation marks that close in one language open in another.
func closes(r rune) bool {
	return unicode.In(r, unicode.Pe, unicode.Pf, unicode.Pi) || strings.ContainsRune("\"'*_`~", r)
}

// opens says whether r opens such, or a question.
func opens(r rune) bool {
	return unicode.In(r, unicode.Ps, unicode.Pi, unicode.Pf) || strings.ContainsRune("\"'*_`~¿¡", r)
}
