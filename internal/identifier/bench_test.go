package identifier

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
)

// fill adds rows rows of six columns: address, full name in both orders,
// account, phone, token.
func fill(rows int) *Index {
	r := rand.New(rand.NewPCG(1, 2))
	b := NewBuilder(rows)
	for i := range rows {
		line := i + 2
		first, last := syllables(r, 2), syllables(r, 3)
		b.AddAddress(line, fmt.Sprintf("%s.%s%d@example.com", first, last, i))
		b.Add(line, Name, first+" "+last)
		b.Add(line, Name, last+" "+first)
		b.Add(line, Token, fmt.Sprintf("KX-%07d", i*7))
		b.Add(line, Token, fmt.Sprintf("+49 170 %07d", r.IntN(10_000_000)))
		b.Add(line, Token, fmt.Sprintf("%016x", r.Uint64()))
	}
	return b.Build()
}

func syllables(r *rand.Rand, n int) string {
	var s strings.Builder
	for range n {
		s.WriteString([]string{"ba", "ri", "to", "ne", "lu", "sha", "mi", "ko", "ver", "dan", "el", "os"}[r.IntN(12)])
	}
	return s.String()
}

func BenchmarkBuild(b *testing.B) {
	for _, rows := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			for b.Loop() {
				runtime.GC()
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				x := fill(rows)
				runtime.ReadMemStats(&after)
				runtime.GC()
				var kept runtime.MemStats
				runtime.ReadMemStats(&kept)
				b.ReportMetric(float64(after.Sys)/1e6, "MB-sys")
				b.ReportMetric(float64(kept.HeapAlloc-before.HeapAlloc)/1e6, "MB-kept")
				runtime.KeepAlive(x)
			}
		})
	}
}

const prose = `Dear reader, the autumn index of our catalogue has been updated. What you
ordered last year is still in it; prices have changed a little, and will stay as
they are until 24 December. We have moved some of the pages, so that you may want
to mark your favourites again. Write to us at service@example.org, or look at
https://www.example.org/catalogue/autumn?from=mail for all the news. Will you
join us at the fair? Our stand is in hall 7, number 1204, and there is coffee.
`

func BenchmarkScan(b *testing.B) {
	text := []byte(strings.Repeat(prose, 5120/len(prose)+1)[:5120])
	for _, rows := range []int{1000, 100_000, 1_000_000} {
		x := fill(rows)
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				x.Scan(text, func(h Hit) bool { b.Fatal("hit"); return false })
			}
		})
	}
}

// BenchmarkScanHostile reads a text in which every @ has as many local parts
// and domains around it as there can be.
func BenchmarkScanHostile(b *testing.B) {
	x := fill(1000)
	text := []byte(strings.Repeat(strings.Repeat("!a", maxLocal/2)+"@"+strings.Repeat("王", maxDomain/3), 10))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		x.Scan(text, func(Hit) bool { return true })
	}
}
