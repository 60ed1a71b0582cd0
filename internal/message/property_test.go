package message

import (
	"bytes"
	"mime"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// awkward are stretches of text that encoders get wrong.
var awkward = []string{
	" ", "  ", ",", ";", ":", "\"", "\\", "<b@b.example>", "b@b.example", "(a comment)", "=?UTF-8?Q?B?=", "=?", "?=", "=", "_", "%41",
	".", "..", "From ", "--=_", "'", "ann", "Änne", "山田太郎", "مرحبا", "\u202eabc\u202c", "e\u0301\u0323", "👩‍👩‍👧", "\u00a0", "\u3000", "\ufeff", "\u2028",
	strings.Repeat("x", 80), strings.Repeat("word ", 30), strings.Repeat("ü", 60), strings.Repeat("龍", 400), strings.Repeat("y", 1100), strings.Repeat(" ", 1100),
}

// phrases draws text of any script without control characters.
func phrases() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		part := rapid.OneOf(rapid.SampledFrom(awkward), rapid.String(), rapid.StringMatching(`[ -~]{0,90}`))
		all := strings.Join(rapid.SliceOfN(part, 0, 6).Draw(t, "parts"), "")
		return strings.Map(func(r rune) rune {
			if unicode.IsControl(r) {
				return -1
			}
			return r
		}, all)
	})
}

// bodies draws text with line ends of every kind and control characters.
func bodies() *rapid.Generator[[]byte] {
	return rapid.Custom(func(t *rapid.T) []byte {
		part := rapid.OneOf(rapid.SampledFrom(awkward), rapid.String(), rapid.StringMatching(`[ -~]{0,90}`),
			rapid.SampledFrom([]string{"\n", "\r\n", "\r", "\n\n", "\t", " \n", "\t\n", "\n.\n", "\nFrom ", "\x00", "\x1b[2J"}))
		return []byte(strings.Join(rapid.SliceOfN(part, 0, 20).Draw(t, "lines"), ""))
	})
}

// drawn draws a campaign of every shape.
func drawn(t *testing.T, rt *rapid.T) *campaign {
	c := newCampaign(t)
	c.plan.from.Name = phrases().Draw(rt, "from")
	c.rendered.ToName = phrases().Draw(rt, "to-name")
	c.rendered.Subject = phrases().Draw(rt, "subject")
	c.rendered.Text = bodies().Draw(rt, "text")
	if rapid.Bool().Draw(rt, "html?") {
		c.withHTML().rendered.HTML = append([]byte("<p>"), bodies().Draw(rt, "html")...)
	}
	if rapid.Bool().Draw(rt, "file?") {
		name := strings.Trim(phrases().Draw(rt, "name"), " ") + ".pdf"
		c.plan.attachments = []planned{{"application/pdf", true}}
		c.files = []File{{Name: name, Content: rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(rt, "content")}}
		c.options.Attach = []File{{Name: "shared " + name, Content: rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(rt, "shared")}}
	}
	return c
}

func TestReadsBackAsWritten(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := drawn(t, rt)
		m := c.compose(t)
		raw := written(t, m)
		if fault := lineFault(raw); fault != "" {
			rt.Fatalf("%s in\n%s", fault, raw)
		}
		for _, r := range readers {
			got, err := r.read(raw)
			if err != nil {
				rt.Fatalf("%s: %v in\n%s", r.name, err, raw)
			}
			if want := c.expected(t, m); !reflect.DeepEqual(got, want) {
				rt.Fatalf("%s:\ngot  %+q\nwant %+q\nin\n%s", r.name, got, want, raw)
			}
		}
	})
}

// foldable finds a place after a field's first word where a line can be folded.
var foldable = regexp.MustCompile(`^(?:[!-9;-~]+: | )[^ ].*?[^ ] [^ ]`)

// lineFault says what is wrong with the lines of a message; "" for nothing.
func lineFault(raw []byte) string {
	header := true
	for line := range bytes.SplitAfterSeq(raw, []byte("\n")) {
		text, ended := bytes.CutSuffix(line, []byte("\r\n"))
		switch {
		case len(line) == 0:
			continue
		case !ended || bytes.ContainsAny(text, "\r\n\x00"):
			return "a bare CR, LF or NUL"
		case len(text) > maxLine:
			return "a line of over 998 octets"
		case len(text) == 0 || bytes.HasPrefix(text, []byte("--")):
			header = bytes.HasPrefix(text, []byte("--"))
		case len(text) > softLine && bytes.HasPrefix(text, []byte(" filename")):
			return "a parameter of over 78 octets"
		case header && len(text) > softLine && foldable.Match(text):
			return "a header line that is not folded"
		case header && len(text) > wordLine && bytes.Contains(text, []byte("=?")):
			return "a line of over 76 octets with an encoded word"
		case !header && len(text) > encodedLine:
			return "a body line of over 76 octets"
		case text[0] == '.' || bytes.HasPrefix(text, []byte("From ")):
			return "a line that may be changed on the way"
		case strings.ContainsRune(" \t", rune(text[len(text)-1])) && !emptyField(text):
			return "a line that ends in a blank"
		}
	}
	return ""
}

// emptyField says whether line is a field without a value.
func emptyField(line []byte) bool {
	return bytes.Count(line, []byte(": ")) == 1 && bytes.HasSuffix(line, []byte(": "))
}

func TestEncodedWordsAreWhole(t *testing.T) {
	word := regexp.MustCompile(`=\?UTF-8\?[BQ]\?[^? ]*\?=`)
	rapid.Check(t, func(rt *rapid.T) {
		name := strings.Repeat("X", rapid.IntRange(1, maxFieldName).Draw(rt, "name"))
		value := phrases().Draw(rt, "value") + "ü"
		line := string(appendUnstructured(nil, name, value))
		words := word.FindAllString(line, -1)
		if len(words) == 0 {
			rt.Fatalf("no encoded words in %q", line)
		}
		for _, w := range words {
			decoded, err := new(mime.WordDecoder).Decode(w) // a part of a character would become U+FFFD
			if err != nil || len(w) > maxWord || !strings.Contains(value, decoded) {
				rt.Fatalf("%q: %q, %v", w, decoded, err)
			}
		}
	})
}
