package guard

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"mailshot/internal/message"
	"mailshot/internal/rule"
)

// sharedPart is what is known of a message.Part that was looked at. It is
// judged once a campaign, so that a leaflet costs a message nothing.
type sharedPart struct {
	standIn []byte   // a line of base64 that is put in its place when a message is read
	content [32]byte // SHA-256 of the decoded content
	sound   bool     // base64 as RFC 2045 section 6.8 writes it, and of the hash it claims
}

// part gives what is known of p.
func (g *Guard) part(p *message.Part) *sharedPart {
	if known, ok := g.shared.Load(p); ok {
		return known.(*sharedPart)
	}
	s := &sharedPart{standIn: g.standIn(p)}
	if content, ok := decodeLines(p.Encoded); ok && sha256.Sum256(p.Encoded) == p.SHA256 {
		s.content, s.sound = sha256.Sum256(content), true
	}
	known, _ := g.shared.LoadOrStore(p, s)
	return known.(*sharedPart)
}

// standIn makes the line that stands for p. Nobody without the guard's secret
// can write it into a message; it is made of letters alone, so that no number
// is ever found in it; it is valid base64; and it ends as p ends.
func (g *Guard) standIn(p *message.Part) []byte {
	mac := hmac.New(sha256.New, g.secret[:])
	mac.Write(p.SHA256[:])
	line := make([]byte, 0, 2*sha256.Size+2)
	for _, b := range mac.Sum(nil) {
		line = append(line, 'a'+b>>4, 'a'+b&15)
	}
	if bytes.HasSuffix(p.Encoded, []byte("\r\n")) {
		line = append(line, "\r\n"...)
	}
	return line
}

// standsFor gives the shared part whose stand-in body is.
func (r *Reader) standsFor(body []byte) *sharedPart {
	for _, s := range r.message.Segments {
		if s.Shared == nil {
			continue
		}
		if known := r.g.part(s.Shared); bytes.Equal(trimEnd(body), trimEnd(known.standIn)) {
			return known
		}
	}
	return nil
}

func trimEnd(b []byte) []byte { return bytes.TrimSuffix(b, []byte("\r\n")) }

// maxEncoded is the longest line of base64 (RFC 2045 section 6.8).
const maxEncoded = 76

// decodeLines decodes base64 in lines of at most 76 characters that end with
// CRLF, and takes nothing else.
func decodeLines(encoded []byte) ([]byte, bool) {
	plain := make([]byte, 0, len(encoded))
	for rest := encoded; len(rest) > 0; {
		line, after, _ := bytes.Cut(rest, []byte("\r\n"))
		if len(line) == 0 || len(line) > maxEncoded || bytes.ContainsAny(line, "\r\n") {
			return nil, false
		}
		plain, rest = append(plain, line...), after
	}
	n, err := base64.StdEncoding.Strict().Decode(plain, plain)
	return plain[:n], err == nil
}

// assemble puts the message together as it is to be read: Date first, shared
// parts as stand-ins. It says whether there is something to be read.
func (r *Reader) assemble() bool {
	r.raw = append(r.raw[:0], r.message.Prefix...)
	for _, s := range r.message.Segments {
		if s.Shared == nil {
			r.raw = append(r.raw, s.Own...)
			continue
		}
		known := r.g.part(s.Shared)
		if !known.sound {
			r.refuse(rule.Structure, "", "a shared part is not the base64 that its hash was taken of", hintReport)
		}
		r.raw = append(r.raw, known.standIn...)
	}
	if len(r.raw) > maxOwn {
		r.refuse(rule.Structure, "", "the message's own bytes are more than the guard reads", "make the message, or what each recipient gets attached, smaller than 32 MB")
		return false
	}
	return true
}

// maxOwn bounds the bytes of one message, shared parts apart.
const maxOwn = 32 << 20
