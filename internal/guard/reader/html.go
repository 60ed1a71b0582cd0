package reader

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// maxNesting is how deep HTML within comments, frames and attributes is read.
const maxNesting = 4

var metaCharset = regexp.MustCompile(`(?i)<meta\b[^>]*\bcharset\s*=\s*["']?\s*([\w.:-]+)`)

// readHTML reads HTML: as shown, with tags removed and as spaces, and its
// attributes, comments, scripts and styles.
func (r *reading) readHTML(f file) error {
	inner := ""
	if m := metaCharset.FindSubmatch(f.content[:min(len(f.content), sniffed)]); m != nil {
		inner = string(m[1])
	}
	if strings.HasPrefix(strings.ToLower(inner), "utf-16") {
		inner = "" // HTML Standard section 13.2.3.2: what can be read as ASCII is not in it
	}
	texts, err := decode(f.content, r.left, charsetOf(f.mediaType), inner)
	if err != nil {
		return err
	}
	for _, t := range texts {
		var d rendering
		if err := d.html(t, 0); err != nil {
			return err
		}
		if err := r.addRendering(f, t, &d); err != nil {
			return err
		}
	}
	return nil
}

// rawElements are those whose content is not HTML to a browser with scripts
// and frames.
var rawElements = []string{"script", "style", "iframe", "noembed", "noframes", "noscript", "xmp", "plaintext"}

func (d *rendering) html(text []byte, nesting int) error {
	if nesting > maxNesting {
		return unreadable("HTML within HTML, deeper than is read")
	}
	z := html.NewTokenizer(bytes.NewReader(text))
	raw := "" // the element whose raw text comes next
	for {
		kind := z.Next()
		element := raw
		raw = ""
		var err error
		switch kind {
		case html.ErrorToken:
			return nil
		case html.TextToken:
			err = d.htmlText(element, z.Text(), nesting)
		case html.StartTagToken, html.SelfClosingTagToken:
			d.tag()
			raw, err = d.htmlTag(z, nesting)
		case html.EndTagToken:
			d.tag()
		default:
			d.tag()
			err = d.htmlComment(z.Text(), nesting)
		}
		if err != nil {
			return err
		}
	}
}

// htmlText takes text that stands in element, "" where it is shown.
func (d *rendering) htmlText(element string, text []byte, nesting int) error {
	if element == "" {
		d.text(text)
		return nil
	}
	d.hide(text)
	if element == "script" || element == "style" {
		return nil
	}
	return d.html(text, nesting+1)
}

// htmlComment takes a comment or a declaration. Outlook shows what conditional
// comments hold.
func (d *rendering) htmlComment(text []byte, nesting int) error {
	d.hide(text)
	if bytes.IndexByte(text, '<') < 0 {
		return nil
	}
	return d.html(text, nesting+1)
}

// styling are attributes that hold numbers, and nothing about anybody.
var styling = []string{"class", "style", "width", "height", "d", "points", "viewbox", "transform", "id"}

// htmlTag takes the attributes of a tag, and gives its name if what it holds is
// raw text.
func (d *rendering) htmlTag(z *html.Tokenizer, nesting int) (raw string, err error) {
	name, more := z.TagName()
	if slices.Contains(rawElements, string(name)) {
		raw = string(name)
	}
	for more {
		var attribute, value []byte
		attribute, value, more = z.TagAttr()
		d.attribute(string(attribute), value)
		if string(attribute) == "srcdoc" {
			if err := d.html(value, nesting+1); err != nil {
				return "", err
			}
		}
	}
	return raw, nil
}

// attribute takes an attribute.
func (d *rendering) attribute(name string, value []byte) {
	if slices.Contains(styling, strings.ToLower(name)) {
		d.hide(value)
		return
	}
	d.value(value)
}
