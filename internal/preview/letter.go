package preview

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	gomessage "github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // charsets beyond UTF-8

	"mailshot/internal/message"
)

// letter is a message read back: what a mail program makes of its bytes.
type letter struct {
	fields []field
	text   string
	html   string // "" for none
	images map[string]image
	files  []file
	source string // as it is sent, less the content of what all share
	size   int    // octets
}

// field is a header field, its value unfolded and decoded.
type field struct{ Name, Value string }

// image is an inline image, by its Content-ID.
type image struct {
	mediaType string
	content   []byte
}

// file is an attachment or an inline image.
type file struct {
	Name, Type string
	Inline     bool
	Size       int // octets
	content    []byte
}

var errUnreadable = errors.New("the message cannot be read back")

// read reads m back. No error holds a piece of it.
func read(m *message.Message) (*letter, error) {
	var raw bytes.Buffer
	if _, err := m.WriteTo(&raw); err != nil {
		return nil, errUnreadable
	}
	l := &letter{images: map[string]image{}, size: raw.Len(), source: source(m)}
	e, err := gomessage.Read(&raw)
	if err != nil {
		return nil, errUnreadable
	}
	for f := e.Header.Fields(); f.Next(); {
		value, err := f.Text()
		if err != nil {
			value = f.Value()
		}
		l.fields = append(l.fields, field{f.Key(), value})
	}
	if e.Walk(l.part) != nil {
		return nil, errUnreadable
	}
	return l, nil
}

// part takes in one MIME entity.
func (l *letter) part(_ []int, e *gomessage.Entity, err error) error {
	if err != nil {
		return err
	}
	mediaType, params, _ := e.Header.ContentType()
	if strings.HasPrefix(mediaType, "multipart/") {
		return nil
	}
	content, err := io.ReadAll(e.Body)
	if err != nil {
		return err
	}
	disposition, dispositionParams, _ := e.Header.ContentDisposition()
	switch {
	case disposition == "" && mediaType == "text/plain":
		l.text = string(content)
		return nil
	case disposition == "" && mediaType == "text/html":
		l.html = string(content)
		return nil
	}
	name := dispositionParams["filename"]
	if name == "" {
		name = params["name"]
	}
	l.files = append(l.files, file{Name: name, Type: mediaType, Inline: disposition == "inline", Size: len(content), content: content})
	if id := strings.Trim(e.Header.Get("Content-Id"), "<>"); id != "" {
		l.images[id] = image{mediaType, content}
	}
	return nil
}

// field gives the value of the first field of that name.
func (l *letter) field(name string) string {
	for _, f := range l.fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// source gives a message as it is sent; in the place of a part that all
// messages share it says so.
func source(m *message.Message) string {
	var b strings.Builder
	b.Write(m.Prefix)
	for _, s := range m.Segments {
		if s.Shared == nil {
			b.Write(s.Own)
			continue
		}
		fmt.Fprintf(&b, "[%d octets of base64 that all messages share, SHA-256 %s]", len(s.Shared.Encoded), hex.EncodeToString(s.Shared.SHA256[:8]))
	}
	return strings.ReplaceAll(b.String(), "\r\n", "\n")
}
