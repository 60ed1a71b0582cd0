package reader

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// readJSON reads one JSON text or several (RFC 8259): as it stands, and its
// strings, names of members apart, without their escapes.
func (r *reading) readJSON(f file) error {
	texts, err := decode(f.content, r.left, charsetOf(f.mediaType))
	if err != nil {
		return err
	}
	for _, t := range texts {
		values, names, err := stringsIn(t)
		if err != nil {
			return err
		}
		for _, view := range [][]byte{t, values, names} {
			if err := r.add(view, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// stringsIn gives the strings of a JSON text, one a line, and the names of the
// members of its objects.
func stringsIn(text []byte) (values, names []byte, err error) {
	j := json.NewDecoder(bytes.NewReader(text))
	j.UseNumber()
	var open []level
	for {
		t, err := j.Token()
		if errors.Is(err, io.EOF) && len(open) == 0 {
			return values, names, nil
		}
		if err != nil {
			return nil, nil, unreadable("damaged JSON")
		}
		isName := len(open) > 0 && open[len(open)-1].takesName()
		switch t := t.(type) {
		case json.Delim:
			if t == '{' || t == '[' {
				open = append(open, level{object: t == '{'})
			} else {
				open = open[:len(open)-1]
			}
		case string:
			if isName {
				names = append(append(names, t...), '\n')
			} else {
				values = append(append(values, t...), '\n')
			}
		}
	}
}

// level is an object or array that is open.
type level struct {
	object bool
	tokens int
}

// takesName counts one token more, and says whether it is a member's name.
func (l *level) takesName() bool {
	l.tokens++
	return l.object && l.tokens%2 == 1
}
