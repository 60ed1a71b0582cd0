package preview

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"slices"
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

// add keeps one row: its number, and each cell after its length.
func (r *rows) add(row *recipient.Row) error {
	b := binary.AppendUvarint(nil, uint64(row.Number))
	for _, cell := range row.Cells {
		b = binary.AppendUvarint(b, uint64(len(cell)))
		b = append(b, cell...)
	}
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
	b, line, err := r.bytes(ordinal)
	if err != nil {
		return nil, err
	}
	number, n := binary.Uvarint(b)
	row := &recipient.Row{Ordinal: ordinal, Number: int(number), Line: line}
	for b = b[n:]; len(b) > 0; {
		size, n := binary.Uvarint(b)
		b = b[n:]
		row.Cells = append(row.Cells, string(b[:size]))
		b = b[size:]
	}
	row.Address, err = address.Parse(row.Cells[r.address])
	return row, err
}

// bytes gives what add has made of a row.
func (r *rows) bytes(ordinal int) ([]byte, int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for ordinal >= len(r.offsets) && !r.whole {
		r.more.Wait()
	}
	if ordinal < 0 || ordinal >= len(r.offsets) {
		return nil, 0, errors.Join(errNoRow, r.err)
	}
	end := r.written
	if ordinal+1 < len(r.offsets) {
		end = r.offsets[ordinal+1]
	}
	if err := r.w.Flush(); err != nil {
		return nil, 0, err
	}
	b := make([]byte, end-r.offsets[ordinal])
	_, err := r.file.ReadAt(b, r.offsets[ordinal])
	return b, int(r.lines[ordinal]), err
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

// search gives the ordinals of at most limit rows, from one on, of which a cell
// holds what, whatever its case; and where to go on, -1 for nowhere.
func (r *rows) search(ctx context.Context, what string, from, limit int) (found []int, next int) {
	what = strings.ToLower(what)
	for ordinal := from; ; ordinal++ {
		if known, _ := r.count(); ordinal >= known || ctx.Err() != nil {
			return found, -1
		}
		row, err := r.at(ordinal)
		if err != nil {
			return found, -1
		}
		if !slices.ContainsFunc(row.Cells, func(c string) bool { return strings.Contains(strings.ToLower(c), what) }) {
			continue
		}
		if len(found) == limit {
			return found, ordinal
		}
		found = append(found, ordinal)
	}
}
