package recipient

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

const twoRows = "email,name\na@x.example,Ann\nb@x.example,Bob\n"

func TestChangedList(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, path string){
		"a letter": func(t *testing.T, path string) { rewrite(t, path, strings.Replace(twoRows, "Bob", "Robert", 1)) },
		"a letter, at the same time": func(t *testing.T, path string) {
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			rewrite(t, path, strings.Replace(twoRows, "Bob", "Rob", 1))
			if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
				t.Fatal(err)
			}
		},
		"a row more":   func(t *testing.T, path string) { rewrite(t, path, twoRows+"c@x.example,Cy\n") },
		"a bad row":    func(t *testing.T, path string) { rewrite(t, path, strings.Replace(twoRows, "b@x", "b x", 1)) },
		"nothing left": func(t *testing.T, path string) { rewrite(t, path, "") },
		"a quote":      func(t *testing.T, path string) { rewrite(t, path, twoRows+"c@x.example,C\"y\n") },
		"a blank line": func(t *testing.T, path string) { rewrite(t, path, twoRows+"\n") },
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t, twoRows, Options{})
			judgeAll(t, l, Use{})
			sum := l.Fingerprint()
			change(t, l.source.path)
			n, err := drain(l)
			if !errors.Is(err, ErrChanged) {
				t.Errorf("Rows: got %v", err)
			}
			if n > 0 && !strings.Contains(name, "same time") {
				t.Errorf("%d rows of a list that was seen to be another", n)
			}
			if err := l.Fresh(); !errors.Is(err, ErrChanged) {
				t.Errorf("Fresh: got %v", err)
			}
			if l.Fingerprint() != sum {
				t.Error("the fingerprint is not the one of the judged bytes")
			}
		})
	}
}

func rewrite(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// drain counts the rows and gives the error of the last pair.
func drain(l *List) (n int, last error) {
	for row, err := range l.Rows(context.Background()) {
		if row != nil {
			n++
		}
		last = err
	}
	return n, last
}

// meddler is a context that does something when it is first asked.
type meddler struct {
	context.Context
	once func()
}

func (m *meddler) Err() error {
	m.once()
	return nil
}

// TestChangedWhileJudging writes to the list between the two passes of Judge:
// the first has the whole of a short list in its buffer by then.
func TestChangedWhileJudging(t *testing.T) {
	for _, other := range []string{
		strings.Replace(twoRows, "Bob", "Rob", 1),
		"email,name\na@x.example\n",
		"email,name\n,\nb@x.example,Bob\n",
		"x\n",
	} {
		l := open(t, twoRows, Options{})
		change := func() { rewrite(t, l.source.path, other) }
		_, err := l.Judge(&meddler{context.Background(), sync.OnceFunc(change)}, Use{})
		if !errors.Is(err, ErrChanged) {
			t.Errorf("%q: got %v", other, err)
		}
	}
}

func TestNotJudged(t *testing.T) {
	l := open(t, twoRows, Options{})
	if n, err := drain(l); n > 0 || err == nil {
		t.Errorf("%d rows, %v", n, err)
	}
	if l.Fresh() == nil || l.Fingerprint() != [32]byte{} {
		t.Error("a list that was not judged is fresh")
	}
}

func TestTouchedListIsTheSame(t *testing.T) {
	l := open(t, twoRows, Options{})
	judgeAll(t, l, Use{})
	if err := os.Chtimes(l.source.path, time.Time{}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if n := len(collect(t, l)); n != 2 {
		t.Errorf("got %d rows", n)
	}
	if err := l.Fresh(); err != nil {
		t.Errorf("Fresh: %v", err)
	}
}

func TestVanishedList(t *testing.T) {
	l := open(t, twoRows, Options{})
	judgeAll(t, l, Use{})
	if err := os.Remove(l.source.path); err != nil {
		t.Fatal(err)
	}
	_, err := drain(l)
	wantFault(t, err, "no such file")
}

func TestRowsMayBeKept(t *testing.T) {
	l := open(t, twoRows, Options{})
	judgeAll(t, l, Use{})
	rows := collect(t, l)
	if rows[0].Cells[1] != "Ann" || rows[1].Cells[1] != "Bob" {
		t.Errorf("got %q and %q", rows[0].Cells, rows[1].Cells)
	}
}

func TestRowsStops(t *testing.T) {
	l := open(t, twoRows, Options{})
	judgeAll(t, l, Use{})
	n := 0
	for range l.Rows(context.Background()) {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d rows", n)
	}
}

func TestCancelled(t *testing.T) {
	l := open(t, twoRows, Options{})
	judgeAll(t, l, Use{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := l.Judge(ctx, Use{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Judge: %v", err)
	}
	for _, err := range l.Rows(ctx) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Rows: %v", err)
		}
	}
}

func TestManyRefusalsAreCounted(t *testing.T) {
	var list strings.Builder
	list.WriteString("email,name\na@x.example,Ann\n")
	for i := range 250 {
		fmt.Fprintf(&list, "a@x.example,Ann %d\n", i)
	}
	j := judgeAll(t, open(t, list.String(), Options{}), Use{})
	if len(j.Refusals) != maxListed || j.Total != 250 {
		t.Errorf("%d listed, %d counted", len(j.Refusals), j.Total)
	}
}

// Nobody goes without a message and without a word.
func TestEverySkippedRowIsNamed(t *testing.T) {
	list := "email,name\na@x.example,Ann\n" + strings.Repeat("b@x.example,Bob\n,Cy\n", 150)
	j := judgeAll(t, open(t, list, Options{SkipBadRows: true}), Use{})
	named := map[int]bool{}
	for _, w := range j.Warnings {
		if strings.HasPrefix(w.What, "left out: ") {
			named[w.Line] = true
		}
	}
	if j.Skipped != 150 || j.Total != 0 || len(named) != 150 || !named[4] || !named[302] {
		t.Errorf("%d skipped, %d refused, %d named", j.Skipped, j.Total, len(named))
	}
}

// TestJudgedByMoreThanTheSample plants a leak far below the rows that the
// kinds of columns are guessed from.
func TestJudgedByMoreThanTheSample(t *testing.T) {
	var list strings.Builder
	list.WriteString("email,note\n")
	for i := range 3 * sampleRows {
		fmt.Fprintf(&list, "p%d@x.example,\n", i)
	}
	list.WriteString("last@x.example,ask p7@x.example\n")
	j := judgeAll(t, open(t, list.String(), Options{}), Use{})
	want := fmt.Sprintf("foreign-in-cell %d/9", 3*sampleRows+2)
	if got := describe(j.Refusals); len(got) != 1 || got[0] != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// made gives a list of n made-up people with six columns.
func made(n int) string {
	first := strings.Fields("Ann Bob Carla Dmitri Eva Farid Greta Hiro Ines Jürgen Katja Liam Mia Noor Olga Pía Quentin Rosa Sven Tariq")
	last := strings.Fields("Lee Jones García Ivanov Novák Haddad Schmidt Tanaka Costa Groß Weber Murphy Rossi Aziz Petrova Núñez Dubois Ricci Berg Khan")
	var b strings.Builder
	b.WriteString("email,first_name,last_name,account,city,note\n")
	for i := range n {
		f, l := first[i%len(first)], last[i/len(first)%len(last)]
		fmt.Fprintf(&b, "p%d@mail%d.example,%s,%s %d,KX-%07d,New York,\"one line, and\nanother for %s\"\n", i, i%50, f, l, i/400, 7000000+i, f)
	}
	return b.String()
}

func BenchmarkJudgeAndRows(b *testing.B) {
	const n = 100_000
	path := write(b, "people.csv", made(n))
	l, err := Open(context.Background(), path, nil, Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("Judge", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if j := judgeAll(b, l, Use{}); j.Rows != n || j.Total > 0 {
				b.Fatal(j.Rows, j.Refusals)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
		b.ReportMetric(kept(b, l), "kept-B/row")
	})
	b.Run("Rows", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, err := range l.Rows(context.Background()) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
	})
}

// kept gives how many octets a row stays in memory with after Judge.
func kept(b *testing.B, l *List) float64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	j := judgeAll(b, l, Use{})
	runtime.GC()
	runtime.ReadMemStats(&after)
	per := (float64(after.HeapAlloc) - float64(before.HeapAlloc)) / float64(j.Rows)
	runtime.KeepAlive(j)
	return per
}
