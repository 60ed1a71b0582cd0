package campaign

import (
	"bytes"
	"io"
	"slices"
	"syscall"
	"testing"
	"time"

	gomessage "github.com/emersion/go-message"

	"mailshot/internal/guard"
	"mailshot/internal/madeup"
	"mailshot/internal/message"
	"mailshot/internal/recipient"
)

// BenchmarkGuard reads the same messages with the guard and, for comparison,
// with go-message alone, by turns: x-go-message is what the one costs in terms
// of the other. It goes by the processor's time and by the median turn, since
// machines are shared.
func BenchmarkGuard(b *testing.B) {
	const listed, made = 100_000, 4000
	rows, messages, g := judgedMessages(b, listed, made)
	raw := make([][]byte, len(messages))
	for i, m := range messages {
		var text bytes.Buffer
		m.WriteTo(&text)
		raw[i] = text.Bytes()
	}
	reader, at := g.Reader(), 0
	for i, m := range messages { // the first of a campaign cost more, until the reader knows the template
		reader.Judge(rows[i], m)
	}
	var ours, theirs []float64 // of each turn
	b.SetBytes(int64(len(raw[0])))
	for b.Loop() {
		const each = 1000
		turn := func(read func(i int)) float64 {
			before := processorTime(b)
			for i := range each {
				read((at + i) % made)
			}
			return float64((processorTime(b) - before).Nanoseconds()) / each / 1e3
		}
		us := turn(func(i int) {
			if refusals, _ := reader.Judge(rows[i], messages[i]); len(refusals) > 0 {
				b.Fatal(refusals[0])
			}
		})
		them := turn(func(i int) { readPlainly(b, raw[i]) })
		ours, theirs = append(ours, us), append(theirs, them)
		at += each
	}
	b.ReportMetric(median(ours), "guard-µs")
	b.ReportMetric(median(theirs), "go-message-µs")
	b.ReportMetric(median(ours)/median(theirs), "x-go-message")
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}

// judgedMessages makes the first messages of a campaign to so many people, and
// a guard that knows them all.
func judgedMessages(b *testing.B, listed, made int) (rows []*recipient.Row, messages []*message.Message, g *guard.Guard) {
	template, list := madeup.Campaign(b, listed)
	c, err := Load(b.Context(), Input{Template: template, List: list, Date: time.Now()})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	judged, err := c.list.Judge(b.Context(), c.use())
	if err != nil {
		b.Fatal(err)
	}
	v := &Verdict{}
	if g, err = c.guard(judged, v); err != nil || !v.Clear() {
		b.Fatal(err, v.Refusals)
	}
	maker := c.maker()
	for row, err := range c.list.Rows(b.Context()) {
		if err != nil {
			b.Fatal(err)
		}
		if len(rows) == made {
			break
		}
		m, err := maker.make(row)
		if err != nil {
			b.Fatal(err)
		}
		kept := *m
		kept.Prefix = bytes.Clone(m.Prefix)
		kept.Segments = slices.Clone(m.Segments)
		for i, s := range kept.Segments {
			kept.Segments[i].Own = bytes.Clone(s.Own)
		}
		rows, messages = append(rows, row), append(messages, &kept)
	}
	return rows, messages, g
}

func readPlainly(b *testing.B, raw []byte) {
	e, err := gomessage.Read(bytes.NewReader(raw))
	if err != nil {
		b.Fatal(err)
	}
	err = e.Walk(func(_ []int, e *gomessage.Entity, err error) error {
		if err == nil && e.MultipartReader() == nil {
			_, err = io.Copy(io.Discard, e.Body)
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

// processorTime is what the process has used so far.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
