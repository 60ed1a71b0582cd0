package message

import (
	"fmt"
	"strings"
)

// piece is a stretch of the skeleton that all messages have, and what follows
// it: what slot makes for the recipient, a shared part, or (both nil) the end.
type piece struct {
	literal []byte
	slot    slot
	shared  *Part
}

// skeleton puts a composed message down as pieces.
type skeleton struct {
	*Composer
	draft      *draft
	literal    []byte // of the piece that is being written
	boundaries int
}

// lay puts the composed message down: its fields in the planned order, its
// parts with boundaries of the campaign's own.
func (c *Composer) lay(root *entity, d *draft) {
	s := &skeleton{Composer: c, draft: d}
	for _, f := range d.fields {
		if f.maybe {
			c.outline.Maybe = append(c.outline.Maybe, listUnsubscribe, listUnsubscribePost)
		} else {
			c.outline.Fields = append(c.outline.Fields, f.name)
		}
		s.insert(f.mark)
	}
	s.print("MIME-Version: %s\r\n", root.header.Get("MIME-Version"))
	c.outline.Fields = append(c.outline.Fields, "MIME-Version", "Content-Type")
	if root.parts == nil {
		c.outline.Fields = append(c.outline.Fields, "Content-Transfer-Encoding")
	}
	s.entity(root, 0)
	if root.parts != nil {
		s.print("\r\n") // what is inside another ends with its delimiter's line end
	}
	c.pieces = append(c.pieces, piece{literal: s.literal})
}

// entity puts down the MIME fields of e, and its body.
func (s *skeleton) entity(e *entity, depth int) {
	if e.parts == nil {
		s.leaf(e, depth)
		return
	}
	s.outline.Parts = append(s.outline.Parts, OutlinePart{Depth: depth, Type: e.mediaType})
	// "=_" stands in no quoted-printable and no base64 body: RFC 2045 section 6.7, note 5.
	boundary := "=_" + derive("boundary", s.campaign, fmt.Sprint(s.boundaries))
	s.boundaries++
	s.print("Content-Type: %s%s;\r\n boundary=%q\r\n\r\n", e.mediaType, rootType(e), boundary)
	for i, p := range e.parts {
		if i > 0 {
			s.print("\r\n")
		}
		s.print("--%s\r\n", boundary)
		s.entity(p, depth+1)
	}
	s.print("\r\n--%s--", boundary)
}

// rootType gives the parameter that RFC 2387 section 3.1 demands of
// multipart/related.
func rootType(e *entity) string {
	if e.mediaType != "multipart/related" {
		return ""
	}
	return fmt.Sprintf("; type=%q", e.parts[0].mediaType)
}

// leaf puts down an entity that holds no others.
func (s *skeleton) leaf(e *entity, depth int) {
	part := s.draft.inserts[e.mark].part
	part.Depth, part.Type = depth, e.mediaType
	s.outline.Parts = append(s.outline.Parts, part)
	for _, name := range []string{"Content-Type", "Content-Transfer-Encoding"} {
		s.print("%s: %s\r\n", name, e.header.Get(name))
	}
	for _, name := range []string{"Content-Disposition", "Content-ID"} {
		s.insert(e.header.Get(name)) // the library's own Content-ID of an attachment is no mark, and left out
	}
	s.print("\r\n")
	s.insert(e.mark)
}

// insert puts down what mark stands for.
func (s *skeleton) insert(mark string) {
	i := s.draft.inserts[strings.TrimSpace(mark)]
	s.literal = append(s.literal, i.constant...)
	if i.slot == nil && i.shared == nil {
		return
	}
	s.pieces = append(s.pieces, piece{s.literal, i.slot, i.shared})
	s.literal = nil
	if i.shared != nil {
		s.shared++
	}
}

func (s *skeleton) print(format string, args ...any) {
	s.literal = fmt.Appendf(s.literal, format, args...)
}
