package reader

import (
	"bytes"
	"encoding/hex"
	"path"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// readPlain reads text, and tables of text.
func (r *reading) readPlain(f file) error {
	texts, err := decode(f.content, r.left, charsetOf(f.mediaType))
	if err != nil {
		return err
	}
	for _, t := range texts {
		if what := structured(t); what != "" {
			return unreadable(what + " under the name of a text")
		}
		if err := r.addPlain(f, t); err != nil {
			return err
		}
	}
	return nil
}

// addPlain adds text as it stands, and as programs show it that undo what many
// texts are written in.
func (r *reading) addPlain(f file, text []byte) error {
	if err := r.add(text, false); err != nil {
		return err
	}
	for _, undo := range []func([]byte) []byte{undoUTF7, joinBase64, undoQuotedPrintable, joinContinued} {
		other := undo(text)
		if len(other) == 0 || bytes.Equal(other, text) {
			continue
		}
		if err := r.add(other, false); err != nil {
			return err
		}
	}
	if ending := path.Ext(f.name); !strings.EqualFold(ending, ".md") && !strings.EqualFold(ending, ".markdown") {
		return nil
	}
	var d rendering // Markdown may hold HTML
	if err := d.html(text, 0); err != nil {
		return err
	}
	return r.addRendering(f, text, &d)
}

var shifted = regexp.MustCompile(`\+([A-Za-z0-9+/]{3,})-?`)

// undoUTF7 undoes what is written in UTF-7 (RFC 2152), in text that does not
// say so.
func undoUTF7(text []byte) []byte {
	if bytes.IndexByte(text, '+') < 0 {
		return nil
	}
	return shifted.ReplaceAllFunc(text, func(run []byte) []byte {
		code := bytes.TrimSuffix(run[1:], []byte("-"))
		b := undoBase64(code)
		if len(b) == 0 || len(b)%2 != 0 {
			return run
		}
		units := make([]uint16, len(b)/2)
		for i := range units {
			units[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
		}
		plain := []byte(string(utf16.Decode(units)))
		if !isText(plain) || bytes.ContainsRune(plain, utf8.RuneError) {
			return run
		}
		return plain
	})
}

// codedLine is the length from which on a line of base64 is likely to go on in
// the next: PEM has 64 characters in a line, MIME 76.
const codedLine = 40

// joinBase64 gives the blocks of base64 in text that go over several lines,
// each in one, without and with the shorter line behind it: the guard decodes
// it line by line otherwise.
func joinBase64(text []byte) []byte {
	var joined, block []byte
	for line := range bytes.Lines(text) {
		line = bytes.Trim(line, "> \t\r\n")
		code := line[bytes.LastIndexByte(line, ' ')+1:]
		if len(block) > 0 {
			code, _, _ = bytes.Cut(line, []byte(" "))
		}
		switch is := isBase64(code); {
		case is && len(code) >= codedLine && (len(block) == 0 || len(code) == len(line)):
			block = append(block, code...)
			continue
		case len(block) > 0:
			joined = append(append(joined, block...), '\n')
			if is {
				joined = append(append(append(joined, block...), code...), '\n')
			}
		}
		block = block[:0]
	}
	if len(block) > 0 {
		joined = append(append(joined, block...), '\n')
	}
	return joined
}

func isBase64(s []byte) bool {
	for _, c := range bytes.TrimRight(s, "=") {
		if !isCode[c] {
			return false
		}
	}
	return len(s) > 0
}

var isCode = func() (t [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_") {
		t[c] = true
	}
	return t
}()

var (
	softBreak = regexp.MustCompile(`=[ \t]*\r?\n`)
	octet     = regexp.MustCompile(`=[0-9A-Fa-f]{2}`)
)

// undoQuotedPrintable undoes quoted-printable (RFC 2045 section 6.7) in text
// that does not say so, as in the source of a message.
func undoQuotedPrintable(text []byte) []byte {
	if bytes.IndexByte(text, '=') < 0 {
		return nil
	}
	plain := octet.ReplaceAllFunc(softBreak.ReplaceAll(text, nil), func(code []byte) []byte {
		b, _ := hex.DecodeString(string(code[1:]))
		return b
	})
	return bytes.ToValidUTF8(plain, []byte("\uFFFD"))
}

var continued = regexp.MustCompile(`\\\r?\n[ \t]*`)

// joinContinued joins the lines that end with a backslash, as YAML, properties
// and many programming languages do.
func joinContinued(text []byte) []byte {
	if !bytes.Contains(text, []byte(`\`)) {
		return nil
	}
	return continued.ReplaceAll(text, nil)
}
