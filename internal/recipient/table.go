package recipient

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/transform"

	"mailshot/internal/rule"
)

// maxRow is the most octets one row may have, so that a stray quote cannot
// pull a whole list into memory.
const maxRow = 1 << 20

var errLongRow = errors.New("row too long")

// record is one row as it stands in the file.
type record struct {
	number int // 1-based among the rows below the headings
	line   int // 1-based line at which it begins
	cells  []string
	ragged bool // its keys are not those of the headings
}

// blank says whether no cell holds anything.
func (r record) blank() bool {
	for _, cell := range r.cells {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}

// reader parses rows; the number of a record is not its business. The cells are
// overwritten by the next read.
type reader interface {
	read() (record, error)
}

// separated reads rows of cells with a separator between them (RFC 4180).
type separated struct{ csv *csv.Reader }

func (s separated) read() (record, error) {
	cells, err := s.csv.Read()
	if err != nil {
		return record{}, err
	}
	line, _ := s.csv.FieldPos(0)
	return record{line: line, cells: cells}, nil
}

// table reads a list from its start, row by row.
type table struct {
	ctx     context.Context
	name    string
	tape    *tape
	reader  reader
	limit   *limit
	heading record
	last    record // number and line of the row that was read last
}

// rows starts reading the list and reads its headings. The caller closes the
// table.
func (l *List) rows(ctx context.Context) (*table, error) {
	tape, err := l.source.play()
	if err != nil {
		return nil, err
	}
	t := &table{ctx: ctx, name: l.source.name, tape: tape}
	if err := t.start(l.format); err != nil {
		tape.close()
		return nil, err
	}
	return t, nil
}

func (t *table) start(f format) (err error) {
	text, err := f.charset.decode(t.tape)
	if err != nil {
		return unreadable(t.name, err)
	}
	if f.onlyCR {
		text = transform.NewReader(text, lines{})
	}
	t.limit = &limit{r: text, left: maxRow}
	t.heading, err = t.headings(f, bufio.NewReaderSize(t.limit, headSize))
	if err != nil {
		return t.noHeadings(t.explain(err))
	}
	t.last = record{line: t.heading.line}
	return nil
}

// headings makes the reader that f asks for, and reads the headings with it.
func (t *table) headings(f format, in *bufio.Reader) (record, error) {
	if f.jsonLines {
		objects := &objects{in: in}
		t.reader = objects
		return objects.headings()
	}
	rows := csv.NewReader(in)
	rows.Comma = rune(f.separator)
	rows.FieldsPerRecord = -1
	rows.ReuseRecord = true
	t.reader = separated{rows}
	if f.named {
		if _, err := t.reader.read(); err != nil {
			return record{}, err
		}
	}
	return t.reader.read()
}

func (t *table) noHeadings(err error) error {
	if errors.Is(err, io.EOF) {
		return &rule.Fault{File: t.name, What: "the list is empty",
			Hint: "give it a line of headings, and below it one line for each recipient"}
	}
	return err
}

// next gives the next row; its cells are overwritten by the row after it. The
// error is io.EOF at the end.
func (t *table) next() (record, error) {
	if t.last.number%1024 == 0 {
		if err := t.ctx.Err(); err != nil {
			return record{}, err
		}
	}
	return t.read()
}

func (t *table) read() (record, error) {
	t.limit.left = maxRow
	r, err := t.reader.read()
	if err != nil {
		return record{}, t.explain(err)
	}
	r.number = t.last.number + 1
	t.last = record{number: r.number, line: r.line}
	return r, nil
}

// explain says what is wrong with a row, without the text of err.
func (t *table) explain(err error) error {
	var wrong *csv.ParseError
	var fault *rule.Fault
	switch {
	case errors.As(err, &fault):
		fault.File = t.name
		return fault
	case errors.Is(err, io.EOF):
		return io.EOF
	case errors.Is(err, errLongRow):
		return &rule.Fault{File: t.name, Line: t.last.line, What: fmt.Sprintf("a row after this one is longer than %d MiB", maxRow>>20),
			Hint: "look for a quote that is opened and never closed"}
	case errors.As(err, &wrong) && errors.Is(err, csv.ErrBareQuote):
		return &rule.Fault{File: t.name, Line: wrong.StartLine, What: "a quote stands inside a cell that is not quoted",
			Hint: "put the whole cell in quotes and double the quote, as a spreadsheet does when it saves CSV"}
	case errors.As(err, &wrong):
		return &rule.Fault{File: t.name, Line: wrong.StartLine, What: "a cell that begins with a quote does not end with one",
			Hint: "close the quote, or double each quote inside the cell"}
	}
	return unreadable(t.name, err)
}

func (t *table) close() { t.tape.close() }

// limit fails when more than left octets are read from it.
type limit struct {
	r    io.Reader
	left int
}

func (l *limit) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errLongRow
	}
	n, err := l.r.Read(p)
	l.left -= n
	return n, err
}
