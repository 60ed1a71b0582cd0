package guard

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"
	"io"
	"slices"
	"sync"
	"sync/atomic"

	"mailshot/internal/message"
	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// Digest is what stands for one message in a Seal: 16 bytes of a SHA-256 over
// the envelope and all bytes but the Date, a shared part by its own hash.
type Digest [16]byte

// record is what the check knows of one message.
type record struct {
	digest Digest
	state  state
}

type state uint8

const (
	unseen state = iota
	refused
	judged
	repeated
)

// Errors of Seal.
var (
	errRefused  = errors.New("a message was refused")
	errUnjudged = errors.New("a message was not judged twice")
)

// Repeat compares m, made a second time for row by another worker, with the
// one that was judged; call it after Judge has returned for row. It gives
// nil, or a not-repeatable refusal. A message that Judge refused is not
// compared.
func (r *Reader) Repeat(row *recipient.Row, m *message.Message) *rule.Refusal {
	if row.Ordinal >= 0 && row.Ordinal < len(r.g.records) {
		rec := &r.g.records[row.Ordinal]
		if rec.state == refused {
			return nil
		}
		if rec.state >= judged && rec.digest == r.digest.of(m) {
			rec.state = repeated
			return nil
		}
		rec.state = refused
	}
	return &rule.Refusal{
		Rule: rule.NotRepeatable, File: r.g.policy.List, Line: row.Line, Row: row.Number,
		What: "the message came out differently when it was made a second time",
		Hint: "run the check again; if it stays, report a defect: a message must depend on its own row alone",
	}
}

// Seal ends the check. It fails where anything was refused, a row was not
// judged, or one was not repeated.
func (g *Guard) Seal() (*Seal, error) {
	if g.refused {
		return nil, errRefused
	}
	s := &Seal{list: g.policy.List, own: g.own.identities, digests: make([]Digest, len(g.records))}
	for i, rec := range g.records {
		switch rec.state {
		case repeated:
			s.digests[i] = rec.digest
		case refused:
			return nil, errRefused
		default:
			return nil, errUnjudged
		}
	}
	return s, nil
}

// Seal is the proof that all messages of a campaign were judged and none
// refused: the digests that may leave. It is safe for concurrent use.
type Seal struct {
	list    string
	own     map[string]bool // canonical addresses of the sender, for proofs
	digests []Digest
	shared  sync.Map               // *message.Part -> whether its bytes are those of its hash
	date    atomic.Pointer[string] // the last prefix that was found to be a Date alone
	idle    sync.Pool              // of digesters
}

// Sum is the SHA-256 over all digests in ascending order: it does not depend
// on the order of the rows.
func (s *Seal) Sum() [32]byte {
	sorted := slices.Clone(s.digests)
	slices.SortFunc(sorted, func(a, b Digest) int { return slices.Compare(a[:], b[:]) })
	h := sha256.New()
	for _, d := range sorted {
		h.Write(d[:])
	}
	return [32]byte(h.Sum(nil))
}

// Clear compares m, made again for sending, with the digest that was cleared
// for its row, and gives what transport takes. The error is a rule.Refusal
// with the rule wire.
func (s *Seal) Clear(m *message.Message) (Cleared, error) {
	if m.Ordinal < 0 || m.Ordinal >= len(s.digests) || !s.dated(m.Prefix) {
		return Cleared{}, s.refuse(m)
	}
	d := s.digester()
	defer s.idle.Put(d)
	if d.of(m) != s.digests[m.Ordinal] {
		return Cleared{}, s.refuse(m)
	}
	kept := *m // the caller may change its own
	return Cleared{m: &kept, seal: s, digest: s.digests[m.Ordinal], needs: needsOf(m)}, nil
}

func (s *Seal) refuse(m *message.Message) rule.Refusal {
	return rule.Refusal{
		Rule: rule.Wire, File: s.list, Line: m.Line,
		What: "the message is not the one that was checked",
		Hint: "nothing more is sent; run the same command again, which checks everything anew",
	}
}

// dated says whether prefix is one Date field and nothing else. All messages of
// a run have the same, which is read once.
func (s *Seal) dated(prefix []byte) bool {
	if known := s.date.Load(); known != nil && *known == string(prefix) {
		return true
	}
	if !dateAlone(prefix) {
		return false
	}
	known := string(prefix)
	s.date.Store(&known)
	return true
}

// genuine says whether the bytes of p are still those of its hash. They are
// hashed once for each Part.
func (s *Seal) genuine(p *message.Part) bool {
	if known, ok := s.shared.Load(p); ok {
		return known.(bool)
	}
	good := sha256.Sum256(p.Encoded) == p.SHA256
	s.shared.Store(p, good)
	return good
}

// Cleared is a message that may be sent. Only this package can make one; every
// method of the zero value panics.
type Cleared struct {
	m      *message.Message
	seal   *Seal
	digest Digest
	needs  needs
}

// Envelope gives the one sender and the one recipient.
func (c Cleared) Envelope() message.Envelope { return c.m.Envelope }

// Ordinal gives the position of the row that the message is for.
func (c Cleared) Ordinal() int { return c.m.Ordinal }

// Line gives the line in the list of the row that the message is for.
func (c Cleared) Line() int { return c.m.Line }

// Size is the number of octets of the message before dot-stuffing.
func (c Cleared) Size() int {
	n := len(c.m.Prefix)
	for _, s := range c.m.Segments {
		n += len(bytesOf(s))
	}
	return n
}

// Digest is the cleared digest.
func (c Cleared) Digest() Digest {
	_ = c.m.Ordinal // the zero value has none to give
	return c.digest
}

// MessageID gives the Message-ID field's value; "" where there is none.
func (c Cleared) MessageID() string {
	if len(c.m.Segments) == 0 {
		return ""
	}
	block, _ := splitHeader(c.m.Segments[0].Own)
	for line := range bytes.SplitSeq(block, []byte("\r\n")) {
		if name, value, ok := bytes.Cut(line, []byte(":")); ok && bytes.EqualFold(name, []byte("Message-ID")) {
			return string(bytes.TrimSpace(value))
		}
	}
	return ""
}

// held is how many of the last bytes WriteTo keeps back until it knows that
// all bytes are those that were cleared.
const held = 64

// WriteTo writes the message to w and hashes it as it does; it returns a
// rule.Refusal with the rule wire, before the last byte is written, where the
// bytes are not those that were cleared.
func (c Cleared) WriteTo(w io.Writer) (int64, error) {
	m := c.m
	if !c.seal.dated(m.Prefix) {
		return 0, c.seal.refuse(m)
	}
	n, err := w.Write(m.Prefix)
	total := int64(n)
	if err != nil {
		return total, err
	}
	d := c.seal.digester()
	defer c.seal.idle.Put(d)
	d.envelope(m)
	for i, s := range m.Segments {
		d.segment(s)
		b := bytesOf(s)
		if i == len(m.Segments)-1 {
			b = b[:max(0, len(b)-held)]
		}
		if s.Shared != nil && !c.seal.genuine(s.Shared) {
			return total, c.seal.refuse(m)
		}
		n, err = w.Write(b)
		total += int64(n)
		if err != nil {
			return total, err
		}
	}
	if d.sum() != c.digest || len(m.Segments) == 0 {
		return total, c.seal.refuse(m)
	}
	last := bytesOf(m.Segments[len(m.Segments)-1])
	n, err = w.Write(last[max(0, len(last)-held):])
	return total + int64(n), err
}

func bytesOf(s message.Segment) []byte {
	if s.Shared != nil {
		return s.Shared.Encoded
	}
	return s.Own
}

// digester gives one that nobody else has.
func (s *Seal) digester() *digester {
	if d, ok := s.idle.Get().(*digester); ok {
		return d
	}
	return newDigester()
}

// digester computes digests, one after another.
type digester struct {
	h   hash.Hash
	buf []byte
}

func newDigester() *digester { return &digester{h: sha256.New()} }

// of gives m's digest.
func (d *digester) of(m *message.Message) Digest {
	d.envelope(m)
	for _, s := range m.Segments {
		d.segment(s)
	}
	return d.sum()
}

// envelope begins a digest. Everything is framed by its length, so that no two
// messages are the same run of bytes.
func (d *digester) envelope(m *message.Message) {
	d.h.Reset()
	from, to := m.Envelope.From.String(), m.Envelope.To.String()
	b := append(frame(d.buf[:0], 'F', len(from)), from...)
	b = append(frame(b, 'T', len(to)), to...)
	d.buf = frame(b, 'N', len(m.Segments))
	d.h.Write(d.buf)
}

func (d *digester) segment(s message.Segment) {
	if s.Shared != nil {
		d.buf = append(frame(d.buf[:0], 'S', len(s.Shared.Encoded)), s.Shared.SHA256[:]...)
		d.h.Write(d.buf)
		return
	}
	d.buf = frame(d.buf[:0], 'O', len(s.Own))
	d.h.Write(d.buf)
	d.h.Write(s.Own)
}

func frame(dst []byte, kind byte, n int) []byte {
	return binary.BigEndian.AppendUint64(append(dst, kind), uint64(n))
}

func (d *digester) sum() Digest {
	d.buf = d.h.Sum(d.buf[:0])
	return Digest(d.buf[:16])
}
