package preview

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	"mailshot/internal/address"
	"mailshot/internal/campaign"
	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// rows keeps a list's rows where any of them can be read at once: in a file of
// mode 0600 that has no name where the system allows that, with twelve bytes of
// memory a row.
type rows struct {
	file    *os.File
	address int // column

	mu      sync.Mutex
	more    sync.Cond // on mu: rows were added, or there are no more
	w       *bufio.Writer
	written int64
	offsets []int64  // by ordinal
	lines   []uint32 // by ordinal, ascending
	whole   bool
	err     error // why the list could not be read to its end
}

// errNoRow says that no row has that ordinal or line.
var errNoRow = errors.New("no such row")

func newRows(l *campaign.Look) (*rows, error) {
	file, err := os.CreateTemp("", "mailshot-rows-*") // mode 0600
	if err != nil {
		return nil, &rule.Fault{What: "no temporary file can be made", Hint: "make room in the folder for temporary files"}
	}
	os.Remove(file.Name()) // Windows removes no file that is open: close does
	r := &rows{file: file, address: l.AddressColumn(), w: bufio.NewWriterSize(file, 1<<16)}
	r.more.L = &r.mu
	return r, nil
}

// fill reads the list to its end, or until ctx is done.
func (r *rows) fill(ctx context.Context, l *campaign.Look) {
	var err error
	for row, failed := range l.Rows(ctx) {
		if err = failed; err == nil {
			err = r.add(row)
		}
		if err != nil {
			break
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.whole, r.err = true, err
	r.more.Broadcast()
}

// packed is a row as it is kept: its number, its line, and each cell after its
// length.
func packed(row *recipient.Row) []byte {
	b := binary.AppendUvarint(nil, uint64(row.Number))
	b = binary.AppendUvarint(b, uint64(row.Line))
	for _, cell := range row.Cells {
		b = binary.AppendUvarint(b, uint64(len(cell)))
		b = append(b, cell...)
	}
	return b
}

func unpacked(b []byte) *recipient.Row {
	take := func() int {
		v, n := binary.Uvarint(b)
		b = b[n:]
		return int(v)
	}
	row := &recipient.Row{Number: take(), Line: take()}
	for len(b) > 0 {
		size := take()
		row.Cells = append(row.Cells, string(b[:size]))
		b = b[size:]
	}
	return row
}

// add keeps one row.
func (r *rows) add(row *recipient.Row) error {
	b := packed(row)
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, err := r.w.Write(b); err != nil {
		return &rule.Fault{What: "no room for temporary files", Hint: "make room in the folder for temporary files"}
	}
	r.offsets = append(r.offsets, r.written)
	r.lines = append(r.lines, uint32(row.Line))
	r.written += int64(len(b))
	r.more.Broadcast()
	return nil
}

func (r *rows) close() {
	r.file.Close()
	os.Remove(r.file.Name())
}

// count is how many rows are known so far, and whether these are all.
func (r *rows) count() (n int, whole bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.offsets), r.whole
}

// at gives the row with that ordinal; it waits until it has been read.
func (r *rows) at(ordinal int) (*recipient.Row, error) {
	some, err := r.some(ordinal, 1)
	if err != nil {
		return nil, err
	}
	row := some[0]
	row.Address, err = address.Parse(row.Cells[r.address])
	return row, err
}

// some gives at most n rows from one on, without their addresses; it waits until
// the first has been read.
func (r *rows) some(ordinal, n int) ([]*recipient.Row, error) {
	b, ends, err := r.bytes(ordinal, n)
	if err != nil {
		return nil, err
	}
	all := make([]*recipient.Row, len(ends))
	start := 0
	for i, end := range ends {
		all[i] = unpacked(b[start:end])
		all[i].Ordinal = ordinal + i
		start = end
	}
	return all, nil
}

// bytes gives what packed has made of some rows, and where each ends in it.
func (r *rows) bytes(ordinal, n int) ([]byte, []int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for ordinal >= len(r.offsets) && !r.whole {
		r.more.Wait()
	}
	if ordinal < 0 || ordinal >= len(r.offsets) {
		return nil, nil, errors.Join(errNoRow, r.err)
	}
	if err := r.w.Flush(); err != nil {
		return nil, nil, err
	}
	var ends []int
	start := r.offsets[ordinal]
	for i := ordinal + 1; i <= min(ordinal+n, len(r.offsets)); i++ {
		end := r.written
		if i < len(r.offsets) {
			end = r.offsets[i]
		}
		ends = append(ends, int(end-start))
	}
	b := make([]byte, ends[len(ends)-1])
	_, err := r.file.ReadAt(b, start)
	return b, ends, err
}

// line gives the line at which a row begins that is known.
func (r *rows) line(ordinal int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return int(r.lines[ordinal])
}

// find gives the ordinal of the row that begins at line; it waits until the
// list has been read so far.
func (r *rows) find(line int) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for !r.whole && (len(r.lines) == 0 || int(r.lines[len(r.lines)-1]) < line) {
		r.more.Wait()
	}
	ordinal, found := slices.BinarySearch(r.lines, uint32(max(line, 0)))
	if !found {
		return 0, errors.Join(errNoRow, r.err)
	}
	return ordinal, nil
}

// search gives the ordinals of at most limit rows, from one on, that begin at the
// line what or of which a cell holds it, whatever its case; and where to go on,
// -1 for nowhere.
func (r *rows) search(ctx context.Context, what string, from, limit int) (found []int, next int) {
	what = strings.ToLower(what)
	for at := from; ctx.Err() == nil; at += block {
		if known, _ := r.count(); at >= known {
			break
		}
		some, err := r.some(at, block)
		if err != nil {
			break
		}
		for _, row := range some {
			if !isFound(row, what) {
				continue
			}
			if len(found) == limit {
				return found, row.Ordinal
			}
			found = append(found, row.Ordinal)
		}
	}
	return found, -1
}

// block is how many rows are read at a time.
const block = 1024

// isFound takes what in lower case.
func isFound(row *recipient.Row, what string) bool {
	return strconv.Itoa(row.Line) == what ||
		slices.ContainsFunc(row.Cells, func(c string) bool { return strings.Contains(strings.ToLower(c), what) })
}
