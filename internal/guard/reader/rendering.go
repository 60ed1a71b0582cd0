package reader

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"
)

// rendering is the text of a document in markup, as it is shown and as it is
// not.
type rendering struct {
	loose  []byte // with tags as spaces
	tight  []byte // with tags removed
	values []byte // attributes that hold text, addresses or data, one a line
	hidden []byte // all other attributes, comments, scripts, styles, declarations
	data   []inline
}

// inline is a file that stands in the document itself, in a data URL (RFC 2397).
type inline struct {
	mediaType string
	content   []byte
}

func (d *rendering) text(t []byte) {
	d.loose = append(d.loose, t...)
	d.tight = append(d.tight, t...)
}

func (d *rendering) tag() { d.loose = append(d.loose, ' ') }

func (d *rendering) value(t []byte) {
	d.values = append(append(d.values, t...), '\n')
	d.findData(t)
}

func (d *rendering) hide(t []byte) {
	d.hidden = append(append(d.hidden, t...), '\n')
	d.findData(t)
}

var (
	dataURL  = regexp.MustCompile(`(?is)^\s*data:([^,;]*)((?:;[^,;]*)*?)(;base64)?,(.*)$`)
	styleURL = regexp.MustCompile(`(?i)url\(\s*(?:"([^"]*)"|'([^']*)'|([^)]*))`)
)

// findData notes the file that stands in value, if it is a data URL, and those
// in the URLs of a style sheet.
func (d *rendering) findData(value []byte) {
	if !hasFold(value, "data:") {
		return
	}
	if d.isData(value) {
		return
	}
	for _, m := range styleURL.FindAllSubmatch(value, -1) {
		for _, target := range m[1:] {
			d.isData(target)
		}
	}
}

// isData notes the file that stands in url, if it is a data URL.
func (d *rendering) isData(url []byte) bool {
	m := dataURL.FindSubmatch(url)
	if m == nil {
		return false
	}
	d.data = append(d.data, inline{typeOfData(m[1], m[2]), undoData(m[4], len(m[3]) > 0)})
	return true
}

// hasFold says whether s, in lower case, stands in text in any case.
func hasFold(text []byte, s string) bool {
	for i := 0; ; i++ {
		n := bytes.IndexByte(text[i:], s[len(s)-1])
		if n < 0 {
			return false
		}
		if i += n; i+1 >= len(s) && bytes.EqualFold(text[i+1-len(s):i+1], []byte(s)) {
			return true
		}
	}
}

// typeOfData gives the media type of a data URL, with its parameters, some of
// which are written without a value.
func typeOfData(mediaType, params []byte) string {
	t := cmp.Or(strings.TrimSpace(string(mediaType)), "text/plain")
	for _, p := range strings.Split(string(params), ";") {
		if strings.Contains(p, "=") {
			t += ";" + p
		}
	}
	return t
}

// undoData gives the content of a data URL's last part, nil where it is none.
func undoData(text []byte, coded bool) []byte {
	if plain, err := url.PathUnescape(string(text)); err == nil {
		text = []byte(plain)
	}
	if !coded {
		return text
	}
	return undoBase64(text)
}

// undoBase64 decodes text of either alphabet, with line ends and padding or
// without; nil where it is none.
func undoBase64(text []byte) []byte {
	plain := bytes.Map(func(c rune) rune {
		switch c {
		case ' ', '\t', '\r', '\n', '=':
			return -1
		case '-':
			return '+'
		case '_':
			return '/'
		}
		return c
	}, text)
	content, err := base64.RawStdEncoding.AppendDecode(nil, plain)
	if err != nil {
		return nil
	}
	return content
}

// addRendering adds the views of a document in markup, whose source is text,
// and reads the files that stand in it.
func (r *reading) addRendering(f file, text []byte, d *rendering) error {
	views := []View{{Text: text, Markup: true}, {Text: d.loose}, {Text: d.values}, {Text: d.hidden, Markup: true}}
	if !bytes.Equal(d.tight, d.loose) {
		views = append(views, View{Text: d.tight, Joined: true})
	}
	for _, v := range views {
		if err := r.addView(v); err != nil {
			return err
		}
	}
	return r.readInlines(f, d.data)
}

// readInlines reads the files that stand in f itself.
func (r *reading) readInlines(f file, files []inline) error {
	for _, i := range files {
		if i.content == nil {
			return unreadable("a damaged file in it")
		}
		if err := r.spend(len(i.content)); err != nil {
			return err
		}
		if err := r.readMember(f.within("", i.mediaType, i.content)); err != nil {
			return err
		}
	}
	return nil
}
