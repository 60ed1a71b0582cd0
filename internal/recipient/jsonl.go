package recipient

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"mailshot/internal/rule"
)

// objects reads JSON Lines: one object a line, whose keys are the headings.
type objects struct {
	in   *bufio.Reader
	line int
	keys []string
	row  *record // the first, until it is read as a row
}

// headings gives the keys of the first object.
func (o *objects) headings() (record, error) {
	pairs, err := o.object()
	if err != nil {
		return record{}, err
	}
	first := record{line: o.line}
	for _, p := range pairs {
		o.keys = append(o.keys, p.key)
		first.cells = append(first.cells, p.value)
	}
	o.row = &first
	return record{line: o.line, cells: o.keys}, nil
}

// read gives the values of the next object in the order of the headings. An
// object that lacks a key, or has another, makes a ragged row.
func (o *objects) read() (record, error) {
	if o.row != nil {
		first := *o.row
		o.row = nil
		return first, nil
	}
	pairs, err := o.object()
	if err != nil {
		return record{}, err
	}
	r := record{line: o.line, cells: make([]string, len(o.keys)), ragged: len(pairs) != len(o.keys)}
	seen := make([]bool, len(o.keys))
	for i, p := range pairs {
		if i >= len(o.keys) || o.keys[i] != p.key {
			i = slices.Index(o.keys, p.key)
		}
		if i < 0 || seen[i] {
			r.ragged = true
			continue
		}
		r.cells[i], seen[i] = p.value, true
	}
	return r, nil
}

type pair struct{ key, value string }

// object reads the object on the next line that is not blank.
func (o *objects) object() ([]pair, error) {
	for {
		line, err := o.in.ReadBytes('\n')
		if err != nil && (!errors.Is(err, io.EOF) || len(line) == 0) {
			return nil, err
		}
		o.line++
		if line = bytes.TrimSpace(line); len(line) > 0 {
			return o.pairs(line)
		}
	}
}

func (o *objects) pairs(line []byte) ([]pair, error) {
	in := json.NewDecoder(bytes.NewReader(line))
	in.UseNumber()
	if start, err := in.Token(); err != nil || start != json.Delim('{') {
		return nil, o.fault("the line is no JSON object")
	}
	var pairs []pair
	for in.More() {
		key, err := in.Token()
		if err != nil {
			return nil, o.fault("the line is no JSON object")
		}
		token, err := in.Token()
		if err != nil {
			return nil, o.fault("the line is no JSON object")
		}
		value, ok := cellOf(token)
		if !ok {
			return nil, o.fault("a value is an object or an array")
		}
		pairs = append(pairs, pair{key.(string), value})
	}
	if _, err := in.Token(); err != nil {
		return nil, o.fault("the line is no JSON object")
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, o.fault("something stands behind the line's object")
	}
	return pairs, nil
}

// cellOf gives a value as a cell; false for objects and arrays.
func cellOf(token json.Token) (string, bool) {
	switch v := token.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		if v {
			return "true", true
		}
		return "false", true
	}
	return "", false
}

func (o *objects) fault(what string) *rule.Fault {
	return &rule.Fault{Line: o.line, What: what, Hint: "write one object a line, with strings, numbers, true, false or null for values"}
}
