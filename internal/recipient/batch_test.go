package recipient

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// longList gives a list with blank rows in between and at the end, and with
// cells that fill a batch by themselves.
func longList(rows int) string {
	var b strings.Builder
	b.WriteString("email,note\n")
	for i := range rows {
		switch {
		case i%97 == 5:
			b.WriteString(",\n")
		case i%701 == 6:
			fmt.Fprintf(&b, "a%d@x.example,%s\n", i, strings.Repeat("long ", batchText/4))
		default:
			fmt.Fprintf(&b, "a%d@x.example,note %d\n", i, i)
		}
	}
	b.WriteString(strings.Repeat(",\n", 3))
	return b.String()
}

// keeper keeps what it is handed, and takes its time for a row in so many.
type keeper struct {
	rows  []record
	pause int
}

func (k *keeper) visit(r record) {
	if k.pause > 0 && len(k.rows)%k.pause == 0 {
		runtime.Gosched()
	}
	r.cells = slices.Clone(r.cells)
	k.rows = append(k.rows, r)
}

// oneByOne reads the rows of l without handing them on.
func oneByOne(t *testing.T, l *List) ([]record, error) {
	t.Helper()
	rows, err := l.rows(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer rows.close()
	var plain keeper
	err = rows.each(plain.visit)
	return plain.rows, err
}

// Every visit sees all that a plain reading sees, in its order, up to the row
// that cannot be read.
func TestEachRow(t *testing.T) {
	for name, end := range map[string]string{"whole": "", "broken": "a@x.example,\"open\nb@x.example,\n"} {
		t.Run(name, func(t *testing.T) {
			l := open(t, longList(4000)+end, Options{})
			want, wantErr := oneByOne(t, l)
			if len(want) < 3990 || (wantErr != nil) != (name == "broken") {
				t.Fatalf("%d rows, %v", len(want), wantErr)
			}
			visitors := []*keeper{{}, {pause: 1}, {pause: 300}}
			_, err := l.eachRow(context.Background(), visitors[0].visit, visitors[1].visit, visitors[2].visit)
			if fmt.Sprint(err) != fmt.Sprint(wantErr) {
				t.Errorf("%v, want %v", err, wantErr)
			}
			for i, v := range visitors {
				if !slices.EqualFunc(v.rows, want, sameRecord) {
					t.Errorf("visit %d saw %d rows, want %d", i, len(v.rows), len(want))
				}
			}
		})
	}
}

func sameRecord(a, b record) bool {
	return a.number == b.number && a.line == b.line && a.ragged == b.ragged &&
		(a.cells == nil) == (b.cells == nil) && slices.Equal(a.cells, b.cells)
}

// Whoever calls a reading off gets it back soon, however many rows are left.
func TestEachRowCalledOff(t *testing.T) {
	l := open(t, longList(20_000), Options{})
	ctx, cancel := context.WithCancel(t.Context())
	var visited atomic.Int64
	_, err := l.eachRow(ctx, func(r record) {
		if visited.Add(1) == 100 {
			cancel()
		}
	})
	if n := visited.Load(); !errors.Is(err, context.Canceled) || n > 5000 {
		t.Errorf("%d rows, %v", n, err)
	}
}

// What is in memory at once is bound by what the rows hold, however long they are.
func TestBatchesAreBound(t *testing.T) {
	most := 0
	var sizes keeper
	h := handTo([]func(record){sizes.visit})
	for i := range 1000 {
		h.add(record{number: i + 1, cells: []string{strings.Repeat("x", i*200%(batchText/2))}})
		most = max(most, h.ring[h.n].text)
	}
	h.end()
	if most >= batchText || len(sizes.rows) != 1000 {
		t.Errorf("%d octets wait, %d rows came", most, len(sizes.rows))
	}
}
