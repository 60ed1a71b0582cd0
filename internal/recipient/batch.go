package recipient

import "sync"

// Rows are handed on in batches, of so many rows and about so many octets of
// text, and so many batches are in memory at most.
const (
	batchRows = 256
	batchText = 64 << 10
	batches   = 4
)

// batch is some rows that follow each other.
type batch struct {
	rows     []record
	cells    []string // of all the rows
	text     int      // octets in cells
	visiting sync.WaitGroup
}

// handing hands rows to visitors, each of which has a goroutine of its own, sees
// every row in the order of the file, and is handed none after end.
type handing struct {
	ring     [batches]batch
	n        int // of the batch in the ring that is being filled
	visitors []chan *batch
	done     sync.WaitGroup
}

func handTo(visits []func(record)) *handing {
	h := new(handing)
	for _, visit := range visits {
		visitor := make(chan *batch, batches)
		h.visitors = append(h.visitors, visitor)
		h.done.Go(func() {
			for b := range visitor {
				for _, r := range b.rows {
					visit(r)
				}
				b.visiting.Done()
			}
		})
	}
	return h
}

// add hands on r, of whose cells only the strings are kept.
func (h *handing) add(r record) {
	b := &h.ring[h.n]
	if start := len(b.cells); r.cells != nil {
		b.cells = append(b.cells, r.cells...)
		r.cells = b.cells[start:len(b.cells):len(b.cells)]
	}
	for _, cell := range r.cells {
		b.text += len(cell)
	}
	b.rows = append(b.rows, r)
	if len(b.rows) == batchRows || b.text >= batchText {
		h.flush()
	}
}

// flush hands on the batch at hand, and waits for the next one to be free.
func (h *handing) flush() {
	b := &h.ring[h.n]
	b.visiting.Add(len(h.visitors))
	for _, visitor := range h.visitors {
		visitor <- b
	}
	h.n = (h.n + 1) % batches
	next := &h.ring[h.n]
	next.visiting.Wait()
	next.rows, next.cells, next.text = next.rows[:0], next.cells[:0], 0
}

// end hands on the last rows, and waits until all were visited.
func (h *handing) end() {
	h.flush()
	for _, visitor := range h.visitors {
		close(visitor)
	}
	h.done.Wait()
}
