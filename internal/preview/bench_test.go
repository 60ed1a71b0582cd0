package preview

import (
	"testing"
	"time"

	"mailshot/internal/campaign"
	"mailshot/internal/madeup"
)

// BenchmarkFirstView is from a list that has been read and judged to the page
// and the frame with the first message, while the check of all messages goes on.
func BenchmarkFirstView(b *testing.B) {
	template, list := madeup.Campaign(b, 100_000)
	o := ServerOptions{}
	worst := time.Duration(0)
	for b.Loop() {
		b.StopTimer()
		c, err := campaign.Load(b.Context(), campaign.Input{Template: template, List: list, Date: time.Now()})
		if err != nil {
			b.Fatal(err)
		}
		look, err := c.Look(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		began := time.Now()
		book, err := begin(b.Context(), c, look, Options{Wait: headStart})
		if err != nil {
			b.Fatal(err)
		}
		p := book.campaignPage()
		if p.Message, err = book.message(0, place{}); err != nil {
			b.Fatal(err)
		}
		p.list(b.Context(), book, place{}, 0, o)
		if err := newRenderer().write(discard{}, p); err != nil {
			b.Fatal(err)
		}
		worst = max(worst, time.Since(began))
		b.StopTimer()
		book.Close()
		b.StartTimer()
	}
	b.ReportMetric(float64(worst.Milliseconds()), "ms-worst")
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// BenchmarkSearch looks through 100,000 rows for what none of them holds.
func BenchmarkSearch(b *testing.B) {
	template, list := madeup.Campaign(b, 100_000)
	c, err := campaign.Load(b.Context(), campaign.Input{Template: template, List: list, Date: time.Now()})
	if err != nil {
		b.Fatal(err)
	}
	book, err := Open(b.Context(), c, Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer book.Close()
	if err := book.Wait(b.Context()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if found, _ := book.rows.search(b.Context(), "nobody at all", 0, pageSize); len(found) > 0 {
			b.Fatal("somebody")
		}
	}
}
