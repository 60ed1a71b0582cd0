package reader

import (
	"bytes"
	"encoding/xml"
	"math"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// workbook is what the cells of a spreadsheet refer to.
type workbook struct {
	strings []string // the shared ones
	used    []bool   // those that a cell shows
	next    int      // of strings, when the table is read once more
	styles  []string // the number formats of cells
}

// A cell is the one that is being read.
type cell struct {
	kind  string // ECMA-376 part 1 section 18.18.11; "" for a number
	style string
}

func (c *cell) open(t xml.StartElement) {
	switch t.Name.Local {
	case "c", "cell":
		*c = cell{attribute(t, "t"), attribute(t, "s")}
	}
}

// isStrings says whether a part of that name is a table of shared strings.
func isStrings(name string) bool {
	base := strings.ToLower(path.Base(name))
	return strings.HasPrefix(base, "sharedstrings") && path.Ext(base) == ".xml"
}

// workbook reads the shared strings and the styles among members.
func (r *reading) workbook(members []file) (*workbook, error) {
	book, tables := &workbook{}, 0
	for _, m := range members {
		if !isStrings(m.name) && !strings.HasPrefix(path.Base(m.name), "styles") {
			continue
		}
		text, err := xmlText(m.content)
		if err != nil {
			return nil, err
		}
		if !isStrings(m.name) {
			book.addStyles(text)
			continue
		}
		if tables++; tables > 1 {
			return nil, unreadable("two tables of shared strings in it")
		}
		table := markup{vocabulary: &openXML, book: &workbook{}, shared: book.addString}
		if err := table.parse(r, text); err != nil {
			return nil, err
		}
	}
	book.used = make([]bool, len(book.strings))
	return book, nil
}

func (b *workbook) addString(s string) bool {
	b.strings = append(b.strings, s)
	return true
}

// isShown says whether a cell shows the next shared string: it needs no second
// look, beside strings that are nowhere near it in the sheet.
func (b *workbook) isShown(string) bool {
	b.next++
	return b.used[b.next-1]
}

// addStyles notes the number formats of styles. What is damaged is said where
// the part itself is read.
func (b *workbook) addStyles(text []byte) {
	var sheet struct {
		Formats []struct {
			ID   string `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format string `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if newXMLDecoder(text).Decode(&sheet) != nil {
		return
	}
	codes := make(map[string]string, len(sheet.Formats))
	for _, f := range sheet.Formats {
		codes[f.ID] = f.Code
	}
	for _, c := range sheet.Cells {
		b.styles = append(b.styles, codes[c.Format])
	}
}

// value gives what a cell shows, and what it holds besides, if that differs.
func (b *workbook) value(c cell, stored []byte) (shown, held []byte) {
	switch c.kind {
	case "s":
		i, err := strconv.Atoi(string(bytes.TrimSpace(stored)))
		if err != nil || i < 0 || i >= len(b.strings) {
			return stored, nil
		}
		b.used[i] = true
		return []byte(b.strings[i]), nil
	case "", "n":
		return b.number(c, plainNumber(stored))
	}
	text := unescape(stored)
	if bytes.Equal(text, stored) {
		return stored, nil
	}
	return text, stored
}

func (b *workbook) number(c cell, plain []byte) (shown, held []byte) {
	i, err := strconv.Atoi(c.style)
	if err != nil || i < 0 || i >= len(b.styles) || b.styles[i] == "" {
		return plain, nil
	}
	text := inFormat(b.styles[i], string(plain))
	if text == "" {
		return plain, nil
	}
	return []byte(text), plain
}

// plainNumber gives a whole number without an exponent, everything else as it
// is.
func plainNumber(stored []byte) []byte {
	if !bytes.ContainsAny(stored, "eE.") {
		return stored
	}
	n, err := strconv.ParseFloat(string(bytes.TrimSpace(stored)), 64)
	if err != nil || n != math.Trunc(n) || math.Abs(n) >= 1e21 {
		return stored
	}
	return strconv.AppendFloat(nil, n, 'f', -1, 64)
}

// A format of digits and literal text (ECMA-376 part 1 section 18.8.31), as in
// "KX-"0000000 or 000-0000.
var (
	digitFormat = regexp.MustCompile(`^(?:"[^"]*"|\\.|[-0# ()/+:_])*$`)
	formatPart  = regexp.MustCompile(`"[^"]*"|\\.|.`)
)

// maxFormat bounds the length of a format: Excel's are shorter.
const maxFormat = 255

// inFormat writes a whole number as a format of digits says, "" for any other.
func inFormat(code, number string) string {
	code, _, _ = strings.Cut(code, ";")
	if len(code) > maxFormat || !digitFormat.MatchString(code) || strings.Trim(number, "0123456789") != "" {
		return ""
	}
	parts := formatPart.FindAllString(code, -1)
	var shown string
	for i := len(parts) - 1; i >= 0; i-- {
		p := parts[i]
		switch {
		case p == "0" && number == "":
			shown = "0" + shown
		case p == "0" || p == "#":
			digits := number[max(0, len(number)-1):]
			if isFirst(parts[:i]) {
				digits = number
			}
			number = number[:len(number)-len(digits)]
			shown = digits + shown
		default:
			shown = strings.Trim(strings.TrimPrefix(p, `\`), `"`) + shown
		}
	}
	return shown
}

// isFirst says whether no place for a digit is among parts.
func isFirst(parts []string) bool {
	for _, p := range parts {
		if p == "0" || p == "#" {
			return false
		}
	}
	return true
}

// reference is a cell or a range of cells in a formula, or a text or the name
// of a sheet, in which nothing is one.
var reference = regexp.MustCompile(`"[^"]*"|'[^']*'|\$?\b[A-Z]{1,3}\$?[0-9]{1,7}\b|[\p{L}\p{N}_]+`)

var address = regexp.MustCompile(`^[$.]?[A-Z]{1,3}\$?[0-9]{1,7}$`)

// withoutReferences gives a formula without the cells that it names, which look
// like codes.
func withoutReferences(formula []byte) []byte {
	return reference.ReplaceAllFunc(formula, func(s []byte) []byte {
		if address.Match(s) {
			return []byte(" ")
		}
		return s
	})
}

// isMargin says whether an element is what a spreadsheet prints above or below
// a page.
func isMargin(name string) bool {
	switch name {
	case "oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter":
		return true
	}
	return false
}

// marginCode is a mark in such a text (ECMA-376 part 1 section 18.3.1.46).
var marginCode = regexp.MustCompile(`&("[^"]*"|K[0-9A-Fa-f]{6}|K[0-9]{2}[+-][0-9]{3}|[0-9]{1,3}|.)`)

// marginText gives what such a text shows.
func marginText(text []byte) []byte {
	return marginCode.ReplaceAllFunc(text, func(code []byte) []byte {
		switch code[1] {
		case 'L', 'C', 'R':
			return []byte("\n")
		case '&':
			return []byte("&")
		}
		return nil
	})
}
