package message

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"net/textproto"
	"slices"
	"strings"
)

// errSkeleton says that the library did not compose what was planned. It is
// seen when another version of it behaves in another way.
var errSkeleton = errors.New("the composed message is not the planned one")

// entity is a MIME entity of the composed message: either parts, or a mark for
// its body.
type entity struct {
	header    textproto.MIMEHeader
	mediaType string
	parts     []*entity
	mark      string
}

// compose has the library compose the message, and reads it back as a tree.
func (d *draft) compose() (*entity, error) {
	raw, err := d.email.Bytes()
	if err != nil {
		return nil, errSkeleton
	}
	return d.read(raw)
}

// read reads a composed message and makes sure that it has the planned fields
// and no other (the library adds a Message-Id with the host's name and a Date of
// its own where it gets none), and every mark once.
func (d *draft) read(raw []byte) (*entity, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return nil, errSkeleton
	}
	root, err := readEntity(textproto.MIMEHeader(m.Header), m.Body)
	if err != nil {
		return nil, errSkeleton
	}
	for _, f := range d.fields {
		if !slices.Equal(root.header.Values(f.name), []string{f.mark}) {
			return nil, errSkeleton
		}
	}
	known := len(d.fields) + len(structural(root.header))
	if len(root.header) != known || !d.complete(raw, root) {
		return nil, errSkeleton
	}
	return root, nil
}

// structural gives those of the MIME fields that h has.
func structural(h textproto.MIMEHeader) (names []string) {
	for _, name := range []string{"Mime-Version", "Content-Type", "Content-Transfer-Encoding"} {
		if len(h[name]) == 1 {
			names = append(names, name)
		}
	}
	return names
}

// complete says whether every mark stands once in raw, and every body is one.
func (d *draft) complete(raw []byte, root *entity) bool {
	for m := range d.inserts {
		if !bytes.Contains(raw, []byte(m)) {
			return false
		}
	}
	return bytes.Count(raw, []byte(d.secret)) == len(d.inserts) && d.bodies(root)
}

// bodies says whether every leaf of e is a mark.
func (d *draft) bodies(e *entity) bool {
	for _, p := range e.parts {
		if !d.bodies(p) {
			return false
		}
	}
	_, known := d.inserts[e.mark]
	return known || len(e.parts) > 0
}

// readEntity reads one entity and those inside it.
func readEntity(h textproto.MIMEHeader, body io.Reader) (*entity, error) {
	mediaType, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		return nil, err
	}
	e := &entity{header: h, mediaType: mediaType}
	if strings.HasPrefix(mediaType, "multipart/") {
		return e, e.readParts(multipart.NewReader(body, params["boundary"]))
	}
	content, err := io.ReadAll(body)
	e.mark = string(bytes.TrimSpace(content))
	return e, err
}

func (e *entity) readParts(r *multipart.Reader) error {
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		inner, err := readEntity(p.Header, p)
		if err != nil {
			return err
		}
		e.parts = append(e.parts, inner)
	}
}
