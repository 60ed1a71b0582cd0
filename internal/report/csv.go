package report

import (
	"encoding/csv"
	"io"
	"strconv"
	"time"
)

// CSV writes a report's recipients one by one (RFC 4180). No cell of it comes
// from the list but an address that is to be shown.
type CSV struct {
	w         *csv.Writer
	addresses bool
}

// NewCSV writes the headings.
func NewCSV(w io.Writer, addresses bool) (*CSV, error) {
	c := &CSV{csv.NewWriter(w), addresses}
	head := []string{"line", "outcome", "code", "enhanced", "reply", "attempts", "begun", "ended"}
	if addresses {
		head = append(head, "address")
	}
	return c, c.w.Write(head)
}

// Add writes a recipient.
func (c *CSV) Add(r Recipient) error {
	row := []string{number(r.Line), string(r.Outcome), number(r.Code), r.Enhanced, Inert(r.Reply), number(r.Attempts), Stamp(r.Begun), Stamp(r.Ended)}
	if c.addresses {
		row = append(row, Inert(r.Address))
	}
	return c.w.Write(row)
}

// Close writes what is left.
func (c *CSV) Close() error {
	c.w.Flush()
	return c.w.Error()
}

// Inert has a spreadsheet take s for text: what begins with one of these is a
// formula to it.
func Inert(s string) string {
	if s == "" {
		return s
	}
	switch s[0] {
	case '=', '+', '-', '@', '\t', '\r':
		return "'" + s
	}
	return s
}

// number leaves a nought out.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// Stamp is a time as it is written; "" for the zero one.
func Stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
