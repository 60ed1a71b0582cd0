package guard

import (
	"bytes"
	"testing"

	"golang.org/x/net/html"

	"mailshot/internal/rule"
)

var pages = []string{
	"<p>Dear <b>Ann</b> Lee,</p>\r\n<p>your account KX-1000001 is open.</p>\r\n",
	"<table\n class=a>\n<tr><td>a\n</td>\n<td>b</td></tr>\n</table>\nend",
	"<style>\np { color: red }\n</style>\n<title>a\n</title>\n<script>if (a\n<b) {}\n</script>\n<p>x\n",
	"<!-- a\n<p>b</p>\n-->\n<!--[if mso]>\n<p>c</p>\n<![endif]-->\n<p>d\n<br>e</p>\n",
	"<p>one</p>\n<p>two</p>\n<p>one</p>\n<p>two</p>\n<p>one</p>\n<p>two</p>\nthree&amp;four\n<a title=\"x\n>y\">z</a>\n",
	"<bdo dir=rtl>abc\n</bdo>\n<BDO DIR=RTL>abc\n</BDO>\n<textarea>\n<p>\n</textarea>\n<plaintext>\n<p>a\n<p>b\n",
	"<p>a\n<style>\np { color: red }\n</style>\n<p>b\n",
	"<p>a\n<style>\np { color: red }\n/* <b>c</b>\n&amp; */\n</style>\n<p>b\n",
	"a<b>b\n</b>c\n<i>\n</i>d\n\x00e<u>\n\x00</u>f\n",
}

// FuzzPassages renders one page after others that taught the reader passages:
// it comes out as it does in one go.
func FuzzPassages(f *testing.F) {
	for i, p := range pages {
		f.Add(p, pages[(i+1)%len(pages)])
	}
	g := New(policy(f), indexOfPeople(f), len(people))
	f.Fuzz(func(t *testing.T, first, second string) {
		r := g.Reader()
		for _, text := range []string{first, second, first + second, second + first, first, second, first + second} {
			want := renderedAtOnce(g.Reader(), []byte(text))
			var got rendering
			r.begin(person(t, 0), finished(t, person(t, 0), text))
			r.render(place{}, []byte(text), &got, 0)
			if !bytes.Equal(got.tight, want.tight) || !bytes.Equal(got.loose, want.loose) || got.joined != want.joined {
				t.Fatalf("%q is shown as %q, %q, %v, and by passages as %q, %q, %v",
					text, want.tight, want.loose, want.joined, got.tight, got.loose, got.joined)
			}
		}
	})
}

func renderedAtOnce(r *Reader, text []byte) (s rendering) {
	r.row = nobody
	w := r.walk(place{}, text, 0)
	for {
		kind := w.z.Next()
		w.token(kind)
		if kind == html.ErrorToken {
			s.add(&w.now)
			return s
		}
	}
}

// A passage with another's data is no less a leak when the reader met it in
// that other's own messages.
func TestPassageOfAnother(t *testing.T) {
	const html = "<p>We moved.</p>\r\n<p>Write <a href=\"mailto:bob%40b.example\">here</a>.</p>\r\n<p>The desk</p>\r\n" // only a reader of attributes sees him
	g := New(policy(t), indexOfPeople(t), len(people))
	r := g.Reader()
	for range 4 {
		l := annsLetter()
		l.html += html
		r.Judge(person(t, 1), l.message(t, person(t, 1)))
	}
	if len(r.passages) == 0 {
		t.Fatal("nothing was learned, so nothing is shown")
	}
	l := annsLetter()
	l.html += html
	refusals, _ := r.Judge(person(t, 0), l.message(t, person(t, 0)))
	check(t, refusals, rule.ForeignAddress, bob)
}

// Each planted leak is found by a reader that has judged the rest many times.
func TestLeaksAfterClean(t *testing.T) {
	for _, l := range leaks {
		g := New(policy(t), indexOfPeople(t), len(people))
		r, ann := g.Reader(), person(t, 0)
		for range 4 {
			r.Judge(ann, annsLetter().message(t, ann))
		}
		m := annsLetter()
		l.plant(&m)
		refusals, _ := r.Judge(ann, m.message(t, ann))
		t.Run(l.name, func(t *testing.T) { check(t, refusals, l.rule, l.line) })
	}
}
