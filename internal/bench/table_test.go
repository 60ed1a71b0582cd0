package bench

import (
	"fmt"
	"testing"
	"time"
)

const away = 50 * time.Millisecond

// row is one line of the table.
type row struct {
	away        time.Duration
	server      string
	connections int
	ours        int // messages that mailshot sends
	theirs      int // messages that each other client sends
	rounds      int // of which the best counts
	aim         *aim
}

// aim is what mailshot is to reach.
type aim struct {
	text string
	met  func(t *table, r row) bool
}

// rows are all lines, the ones that an aim of another needs before that.
func rows() []row {
	return []row{
		{0, chunking, 1, 20000, 5000, 1, nil},
		{0, chunking, 10, 20000, 5000, 1, nil},
		{0, pipelining, 1, 20000, 5000, 1, nil},
		{0, pipelining, 10, 20000, 5000, 1, nil},
		{0, sink, 1, 20000, 5000, 1, nil},
		{0, sink, 10, 20000, 20000, 3, &aim{"0.9 x smtp-source", func(t *table, r row) bool { return t.ours(r) >= 0.9*t.rate(r, source) }}},
		{0, postfix, 4, 3000, 1000, 3, nil},
		{away, chunking, 1, 5000, 15, 3, &aim{"500/s and 100 x go-mail", func(t *table, r row) bool {
			return t.ours(r) >= 500 && t.ours(r) >= 100*t.rate(r, goMail)
		}}},
		{away, chunking, 10, 10000, 150, 1, nil},
		{away, pipelining, 1, 100, 15, 1, &aim{"3.5 x go-mail", func(t *table, r row) bool { return t.ours(r) >= 3.5*t.rate(r, goMail) }}},
		{away, pipelining, 10, 1000, 150, 1, nil},
		{away, sink, 1, 100, 15, 1, nil},
		{away, sink, 10, 1000, 150, 1, nil},
		{away, postfix, 4, 3000, 60, 3, &aim{"0.8 x loopback", func(t *table, r row) bool {
			return t.ours(r) >= 0.8*t.ours(row{server: postfix, connections: 4})
		}}},
	}
}

// table is what was measured: messages a second.
type table struct {
	tb      testing.TB
	servers map[string]*server
	crowds  map[int]*crowd
	rates   map[cell]float64
}

type cell struct {
	away        time.Duration
	server      string
	connections int
	client      string
}

func (t *table) rate(r row, client string) float64 {
	return t.rates[cell{r.away, r.server, r.connections, client}]
}

func (t *table) ours(r row) float64 { return t.rate(r, clients()[0].name) }

// crowd gives a campaign of so many, made once.
func (t *table) crowd(people int) *crowd {
	if t.crowds[people] == nil {
		t.crowds[people] = newCrowd(t.tb, people)
	}
	return t.crowds[people]
}

// measure has every client send, one after the other and as often as the row
// has rounds.
func (t *table) measure(r row) {
	address := far(t.tb, t.servers[r.server].address, r.away)
	for range r.rounds {
		for i, c := range clients() {
			people := r.theirs
			if i == 0 {
				people = r.ours
			}
			send := c.prepare(t.tb, job{crowd: t.crowd(people), server: address, connections: r.connections})
			if send == nil {
				continue
			}
			t.servers[r.server].settle()
			began := time.Now()
			if err := send(); err != nil {
				t.tb.Fatalf("%s into %s: %v", c.name, r.server, err)
			}
			at := cell{r.away, r.server, r.connections, c.name}
			t.rates[at] = max(t.rates[at], float64(people)/time.Since(began).Seconds())
		}
	}
}

const widths = "%-6s  %-10s  %5s  %9s  %9s  %9s  %9s  %11s  %9s  %-23s  %s\n"

func (t *table) head() {
	fmt.Printf("\nMessages a second, %d octets each; mailshot with guard and ledger, and as a multiple of go-mail; all at mailshot's priority.\n\n",
		t.crowd(rows()[0].theirs).size(t.tb))
	titles := []any{"away", "server", "conns"}
	for _, c := range clients() {
		titles = append(titles, c.name)
	}
	fmt.Printf(widths, append(titles, "x go-mail", "aim", "verdict")...)
}

func (t *table) line(r row) {
	cells := []any{fmt.Sprint(r.away.Milliseconds(), " ms"), r.server, fmt.Sprint(r.connections)}
	for _, c := range clients() {
		cells = append(cells, short(t.rate(r, c.name)))
	}
	cells = append(cells, short(t.ours(r)/t.rate(r, goMail)))
	fmt.Printf(widths, append(cells, t.verdict(r)...)...)
}

// verdict gives the aim of a row, and whether it was met.
func (t *table) verdict(r row) []any {
	switch {
	case r.aim == nil:
		return []any{"", ""}
	case r.aim.met(t, r):
		return []any{r.aim.text, "met"}
	}
	return []any{r.aim.text, "not met"}
}

// short gives a number with three digits or more, "-" for none.
func short(n float64) string {
	switch {
	case n == 0:
		return "-"
	case n < 10:
		return fmt.Sprintf("%.2f", n)
	case n < 100:
		return fmt.Sprintf("%.1f", n)
	}
	return fmt.Sprintf("%.0f", n)
}

// BenchmarkTable measures everybody, into every server that is there, and
// prints the table line by line.
func BenchmarkTable(b *testing.B) {
	t := &table{b, servers(b), map[int]*crowd{}, map[cell]float64{}}
	for range b.N {
		t.head()
		for _, r := range rows() {
			if t.servers[r.server] == nil {
				fmt.Printf("%s is not installed, or wants root\n", r.server)
				continue
			}
			t.measure(r)
			t.line(r)
		}
	}
}

// TestClients has everybody send a few, of which all must be taken.
func TestClients(t *testing.T) {
	for _, c := range clients() {
		all := &table{t, map[string]*server{chunking: ours(t, []string{"CHUNKING", "PIPELINING"})}, map[int]*crowd{}, map[cell]float64{}}
		if send := c.prepare(t, job{crowd: all.crowd(10), server: all.servers[chunking].address, connections: 1}); send != nil {
			must(t, send())
		}
	}
}
