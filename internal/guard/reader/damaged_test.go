package reader

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// mutations is how many damaged files are made of each format.
const mutations = 1000

func TestDamaged(t *testing.T) {
	byFormat := make(map[string][]int)
	for i, p := range planted {
		byFormat[path.Ext(p.file)] = append(byFormat[path.Ext(p.file)], i)
	}
	for format, files := range byFormat {
		t.Run("format "+format, func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, 2))
			for i := range mutations {
				p := planted[files[i%len(files)]]
				content := mutate(random, []byte(p.content))
				if err := judge(p.file, p.mediaType, content); err != nil {
					t.Fatalf("%s, mutation %d: %v: %q", p.name, i, err, content)
				}
			}
		})
	}
}

// judge reads a file that may be damaged, and says what is wrong with how that
// ended.
func judge(name, mediaType string, content []byte) error {
	views, err := Text(name, mediaType, content, limits)
	if err != nil {
		if !errors.Is(err, ErrUnreadable) || views != nil {
			return fmt.Errorf("got %v, %w", views, err)
		}
		return nil
	}
	size := 0
	for _, v := range views {
		size += len(v.Text)
		if !utf8.Valid(v.Text) {
			return fmt.Errorf("%v is no UTF-8", v)
		}
	}
	if len(views) == 0 || size > limits.Bytes {
		return fmt.Errorf("%d views, %d bytes", len(views), size)
	}
	return nil
}

// mutate gives content with one to four pieces changed, dropped, doubled or
// moved.
func mutate(random *rand.Rand, content []byte) []byte {
	b := bytes.Clone(content)
	for range 1 + random.IntN(4) {
		if len(b) == 0 {
			return b
		}
		from := random.IntN(len(b))
		to := min(len(b), from+1+random.IntN(16))
		switch random.IntN(6) {
		case 0:
			b[from] ^= 1 << random.IntN(8)
		case 1:
			b[from] = byte(random.Uint32())
		case 2:
			b = append(b[:from:from], b[to:]...)
		case 3:
			b = append(b[:to:to], b[from:]...)
		case 4:
			b = b[:from]
		case 5:
			copy(b[from:to], b[random.IntN(len(b)):])
		}
	}
	return b
}

// FuzzText reads any bytes under any name. What is read is bounded; and text
// as it stands is always a view of a file that is text.
func FuzzText(f *testing.F) {
	for _, p := range planted {
		f.Add(p.file, p.mediaType, []byte(p.content))
	}
	for _, p := range places {
		f.Add(p.file, "", []byte(p.content))
	}
	f.Add("a.csv", "text/csv; charset=utf-16", []byte("\xFF\xFEA\x00"))
	f.Add("a.csv", "text/csv; charset=iso-2022-jp", []byte("\x1b$B:4F#\x1b(B"))
	f.Add("a.txt", "", []byte("J\xF6rg ~{VP~}"))
	f.Fuzz(func(t *testing.T, name, mediaType string, content []byte) {
		if err := judge(name, mediaType, content); err != nil {
			t.Fatal(err)
		}
		views, err := Text(name, mediaType, content, limits)
		if err != nil || !isText(content) || bytes.HasPrefix(content, []byte("\xEF\xBB\xBF")) {
			return
		}
		if _, binary := beginnings[endings[endingOf(name)]]; !binary && !holds(views, string(content)) {
			t.Fatalf("the text as it stands is not among %v", views)
		}
	})
}

// Every format that this process reads has a seed: in the tables of tests, or in
// testdata/fuzz.
func TestSeeds(t *testing.T) {
	seeded := map[kind]bool{unknown: true, pdf: true}
	for _, p := range planted {
		seeded[endings[endingOf(p.file)]] = true
	}
	for _, p := range places {
		seeded[endings[endingOf(p.file)]] = true
	}
	names, err := filepath.Glob("testdata/fuzz/FuzzText/*")
	if err != nil || len(names) == 0 {
		t.Fatal("no seeds", err)
	}
	for _, n := range names {
		seed, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		_, name, _ := strings.Cut(string(seed), `string("`)
		name, _, _ = strings.Cut(name, `"`)
		seeded[endings[endingOf(name)]] = true
	}
	for ending, k := range endings {
		if !seeded[k] {
			t.Errorf("no seed of a file that ends with %s", ending)
		}
	}
}

// Whatever a library does with a file, the worst that comes of it is a refusal.
func TestPanic(t *testing.T) {
	r := newReading(limits, time.Now)
	r.now = func() time.Time { panic("a library's") }
	if err := r.read(file{name: "a.txt"}); !errors.Is(err, ErrUnreadable) {
		t.Error(err)
	}
}

func TestBudgets(t *testing.T) {
	content := zipOf("a.txt", "hello", "b.txt", "hello", "c.zip", zipOf("d.txt", "hello"))
	for _, test := range []struct {
		name string
		l    Limits
		ok   bool
	}{
		{"all", Limits{Bytes: 1 << 12, Depth: 2, Members: 4}, true},
		{"depth", Limits{Bytes: 1 << 12, Depth: 1}, false},
		{"members", Limits{Bytes: 1 << 12, Members: 3}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := Text("a.zip", "", []byte(content), test.l); (err == nil) != test.ok || err != nil && !errors.Is(err, ErrUnreadable) {
				t.Error(err)
			}
		})
	}
	t.Run("time", func(t *testing.T) {
		now := time.Unix(0, 0)
		clock := func() time.Time { now = now.Add(time.Second); return now }
		if err := newReading(Limits{Bytes: 1 << 12, Time: time.Minute}, clock).read(file{name: "a.zip", content: []byte(content)}); err != nil {
			t.Error(err)
		}
		if err := newReading(Limits{Bytes: 1 << 12, Time: 3 * time.Second}, clock).read(file{name: "a.zip", content: []byte(content)}); !errors.Is(err, ErrUnreadable) {
			t.Error(err)
		}
	})
}
