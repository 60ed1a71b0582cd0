package reader

import (
	"bytes"
	"cmp"
	"time"
)

// reading collects the views of one attachment, within one budget.
type reading struct {
	limits   Limits
	left     int // bytes that may still be unpacked or shown
	members  int // files met so far within the attachment
	now      func() time.Time
	deadline time.Time
	views    []View
}

func newReading(l Limits, now func() time.Time) *reading {
	l.Time = cmp.Or(l.Time, 30*time.Second)
	l.Depth = cmp.Or(l.Depth, 3)
	l.Members = cmp.Or(l.Members, 5000)
	return &reading{limits: l, left: l.Bytes, now: now, deadline: now().Add(l.Time)}
}

// A file is the attachment, or one within it.
type file struct {
	name      string
	mediaType string // with parameters; "" where nothing is known
	content   []byte
	depth     int // 0 for the attachment itself
}

// within gives a file that f holds.
func (f file) within(name, mediaType string, content []byte) file {
	return file{name: name, mediaType: mediaType, content: content, depth: f.depth + 1}
}

// read collects the views of f by what it is.
func (r *reading) read(f file) (err error) {
	// The formats are read by libraries that were not all written for hostile
	// input, and to be refused is the worst that a damaged file may bring about.
	defer func() {
		if recover() != nil {
			err = unreadable("damaged")
		}
	}()
	if f.depth > r.limits.Depth {
		return unreadable("files within files, deeper than is read")
	}
	k, err := kindOf(f)
	if err != nil {
		return err
	}
	return r.readAs(k, f)
}

// readMember collects the name and the views of a file within another.
func (r *reading) readMember(f file) error {
	if err := r.countMember(); err != nil {
		return err
	}
	if err := r.addName(f.name); err != nil {
		return err
	}
	return r.read(f)
}

// countMember notes one file within the attachment.
func (r *reading) countMember() error {
	if r.members++; r.members > r.limits.Members {
		return unreadable("more files within it than are read")
	}
	return r.spend(0)
}

// addName adds the name of a file within the attachment, in each charset it may
// be in.
func (r *reading) addName(name string) error {
	texts, err := decode([]byte(name), r.left)
	if err != nil {
		return r.add(legible([]byte(name)), false)
	}
	for _, t := range texts {
		if err := r.add(t, false); err != nil {
			return err
		}
	}
	return nil
}

// add adds one view. It keeps text.
func (r *reading) add(text []byte, markup bool) error {
	return r.addView(View{Text: text, Markup: markup})
}

func (r *reading) addView(v View) error {
	v.Text = bytes.ToValidUTF8(v.Text, []byte("\uFFFD"))
	if err := r.spend(len(v.Text)); err != nil {
		return err
	}
	r.views = append(r.views, v)
	return nil
}

// spend takes n bytes that were unpacked or shown from the budget, and looks at
// the time.
func (r *reading) spend(n int) error {
	if r.left -= n; r.left < 0 {
		return unreadable("more in it than is read of one attachment")
	}
	if r.now().After(r.deadline) {
		return unreadable("it takes too long")
	}
	return nil
}

// legible gives what shows in b, the rest as spaces: the strings in data of an
// unknown form.
func legible(b []byte) []byte {
	return bytes.Map(func(c rune) rune {
		if c < ' ' || c == 0x7F || c == '\uFFFD' {
			return ' '
		}
		return c
	}, b)
}
