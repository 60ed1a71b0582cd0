package reader

import (
	"bytes"
	"encoding/xml"
	"errors"
	"html"
	"io"
	"regexp"
	"strings"
)

var xmlCharset = regexp.MustCompile(`^\s*<\?xml\b[^>]*\bencoding\s*=\s*["']([\w.:-]+)`)

// readXML reads XML: its text with tags removed and as spaces, its attributes,
// comments, instructions and declarations.
func (r *reading) readXML(f file) error {
	inner := ""
	if m := xmlCharset.FindSubmatch(f.content[:min(len(f.content), sniffed)]); m != nil {
		inner = string(m[1])
	}
	texts, err := decode(f.content, r.left, charsetOf(f.mediaType), inner)
	if err != nil {
		return err
	}
	for _, t := range texts {
		d, err := r.xml(t)
		if err != nil {
			return err
		}
		if err := r.addRendering(f, t, d); err != nil {
			return err
		}
	}
	return nil
}

// xml takes a document in UTF-8 apart.
func (r *reading) xml(text []byte) (*rendering, error) {
	x := xml.NewDecoder(bytes.NewReader(text))
	x.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it was decoded
	entities, longest, err := entitiesIn(text)
	if err != nil {
		return nil, err
	}
	if bytes.Count(text, []byte("&"))*longest > r.left {
		return nil, unreadable("entities that would be too large")
	}
	x.Entity = entities
	for d := new(rendering); ; {
		t, err := x.Token()
		switch {
		case errors.Is(err, io.EOF) && len(d.loose) > 0:
			return d, nil
		case err != nil:
			return nil, unreadable("damaged XML")
		}
		d.xmlToken(t)
	}
}

func (d *rendering) xmlToken(t xml.Token) {
	switch t := t.(type) {
	case xml.CharData:
		d.text(t)
	case xml.StartElement:
		d.tag()
		for _, a := range t.Attr {
			d.attribute(a.Name.Local, []byte(a.Value))
		}
	case xml.EndElement:
		d.tag()
	case xml.Comment:
		d.tag()
		d.hide(t)
	case xml.ProcInst:
		d.tag()
		d.value(t.Inst)
	case xml.Directive:
		d.hide(t)
	}
}

var entity = regexp.MustCompile(`<!ENTITY\s+([\w.:-]+)\s+(?:"([^"]*)"|'([^']*)')\s*>`)

// entitiesIn gives the entities that a document declares, and the length of the
// longest. It takes none that refers to others.
func entitiesIn(text []byte) (entities map[string]string, longest int, err error) {
	entities = make(map[string]string)
	if !bytes.Contains(text, []byte("<!ENTITY")) {
		return entities, 0, nil
	}
	for _, m := range entity.FindAllSubmatch(text, -1) {
		value := html.UnescapeString(string(m[2]) + string(m[3]))
		if strings.ContainsAny(value, "&<%") {
			return nil, 0, unreadable("XML with entities in entities")
		}
		entities[string(m[1])] = value
		longest = max(longest, len(value))
	}
	return entities, longest, nil
}
