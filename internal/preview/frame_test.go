package preview

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestFrame(t *testing.T) {
	l := &letter{images: map[string]image{"logo.png": {"image/png", []byte("PNG")}}}
	light, dark := look{images: true}, look{dark: true}
	for _, c := range []struct {
		name, source string
		how          look
		want, never  []string
	}{
		{"image", `<p><img src="cid:logo.png"><img src="CID:logo.png"><img src="cid:other.png">`, light,
			[]string{`<img src="data:image/png;base64,UE5H"/><img src="data:image/png;base64,UE5H"/><img src="cid:other.png"/>`}, nil},
		{"image in a style", `<style>p { background: url(cid:logo.png) }</style><td style="background: url('cid:logo.png')">`, light,
			[]string{"url(data:image/png;base64,UE5H)"}, []string{"cid:logo"}},
		{"policy before all else", `<meta http-equiv="refresh" content="0;url=https://x.example/"><script>1</script>`, light,
			[]string{`<head><meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;;`, "img-src data:"}, []string{"refresh", "script"}},
		{"images off", `<img src="cid:logo.png" alt="The logo">`, dark, []string{"img-src &#39;none&#39;", `alt="The logo"`}, []string{"img-src data:"}},
		{"links in the head", `<head><link rel=preconnect href=https://x.example><base href=https://x.example><meta charset=utf-8></head>x`, light,
			[]string{`<meta charset="utf-8"/>`}, []string{"preconnect", "x.example"}},
		{"links behind noscript", `<body><noscript><link rel=preconnect href=https://x.example></noscript>x`, light, nil, []string{"preconnect"}},
		{"dark", `<style>@media (prefers-color-scheme: dark) { p { color: white } } @media (PREFERS-COLOR-SCHEME:light) { p { color: black } }</style>`, look{dark: true, images: true},
			[]string{"@media (min-width:0px) { p { color: white } } @media (max-width:0px) { p", ":root{color-scheme:dark}"}, nil},
		{"light", `<style>@media (prefers-color-scheme: dark) { p { color: white } }</style>`, light,
			[]string{"@media (max-width:0px) { p { color: white }", ":root{color-scheme:light}"}, nil},
		{"frames", `<iframe src="https://x.example"></iframe><object data="https://x.example"></object><embed src="https://x.example"><svg><script href="https://x.example"></script></svg><p>y`, light, []string{"<p>y"}, []string{"x.example"}},
		{"no head of its own", `<frameset><frame src="https://x.example"></frameset>`, light, []string{"Content-Security-Policy"}, nil},
		{"head in a comment", `<!-- <head> --><p>x`, light, []string{"--><html><head><meta http-equiv"}, nil},
		{"links", `<a href="https://x.example/" ping="https://y.example/">x</a><svg><a xlink:href="https://z.example/">x</a></svg><form action="https://y.example/"><button formaction="https://y.example/">x</button></form>`, light,
			[]string{`<a href="#" title="https://x.example/">`, `<a xlink:href="#"`}, []string{"y.example"}},
		{"too deep", strings.Repeat("<div>", 100_000), light, []string{"cannot be shown", "Content-Security-Policy"}, nil},
	} {
		l.html = c.source
		got := l.frame(c.how)
		for _, w := range c.want {
			if !contains(got, w) {
				t.Errorf("%s: lacks %s in %.900s", c.name, w, got)
			}
		}
		for _, n := range c.never {
			if contains(got, n) {
				t.Errorf("%s: has %s in %.900s", c.name, n, got)
			}
		}
	}
	text := (&letter{text: "1 < 2 & </pre><script>"}).frame(light)
	if !contains(text, "1 &lt; 2 &amp; &lt;/pre&gt;&lt;script&gt;</pre>") {
		t.Errorf("plain text as %s", text)
	}
}

func TestInspect(t *testing.T) {
	page := &letter{
		html: `<a href="https://a.example/x"><b>Open</b> it <img src="https://a.example/p.png" alt="now"></a>
<a href="http://a.example">plain</a> <a href="#top">up</a> <a href="a.example">bare</a> <a name="x">no link</a>
<a href="javascript:alert(1)">run</a> <map><area href="mailto:desk@a.example"></map>
<form action="https://a.example/f"></form> <img src="cid:x"> <img src="x" alt="">`,
		fields: []field{{"List-Unsubscribe", "<https://a.example/leave>"}},
	}
	i := page.inspect()
	want := []link{
		{"Open it now", "https://a.example/x", ""},
		{"plain", "http://a.example", "no https"},
		{"bare", "a.example", "leads nowhere: no https:// in front"},
		{"run", "javascript:alert(1)", "dropped by mail programs"},
		{"", "mailto:desk@a.example", ""},
		{"form", "https://a.example/f", "most mail programs drop forms"},
		{"List-Unsubscribe", "https://a.example/leave", ""},
	}
	if len(i.links) != len(want) {
		t.Fatalf("%d links: %+v", len(i.links), i.links)
	}
	for n, l := range i.links {
		if l != want[n] {
			t.Errorf("link %d is %+v, want %+v", n, l, want[n])
		}
	}
	if i.insecure != 3 || i.withoutAlt != 1 || i.remote != 1 {
		t.Errorf("%d insecure, %d without alt, %d remote", i.insecure, i.withoutAlt, i.remote)
	}
	text := (&letter{text: "see https://a.example/x, or (http://b.example)."}).inspect()
	if len(text.links) != 2 || text.links[0].Target != "https://a.example/x" || text.links[1].Target != "http://b.example" || text.insecure != 1 {
		t.Errorf("links of the text: %+v", text.links)
	}
}

func TestFindings(t *testing.T) {
	long := &letter{html: strings.Repeat("x", clips+1), fields: []field{{"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"}}}
	if got := findings(long); len(got) != 1 || !got[0].Bad || !strings.HasPrefix(got[0].Text, "Gmail will clip this: 102.0 KB") {
		t.Errorf("%+v", got)
	}
	if got := findings(&letter{html: strings.Repeat("x", clips)}); len(got) != 1 || got[0].Text != "no one-click unsubscribe" {
		t.Errorf("%+v", got)
	}
}

func FuzzFrame(f *testing.F) {
	for _, seed := range []string{
		`<p>x</p>`, `<head><link rel=preconnect href=//x>`, `<svg><style><a title="</style><link rel=preconnect>">`,
		`<noscript><p title="</noscript><meta http-equiv=refresh>">`, `<math><mtext><table><mglyph><style><!--</style><link rel=x>`,
		`<template><meta http-equiv=refresh></template>`, `<plaintext><head>`, `<!--><head>-->`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l := &letter{html: s + " "}
		got := l.frame(look{images: true})
		doc, err := html.ParseWithOptions(strings.NewReader(got), html.ParseOptionEnableScripting(false))
		if err != nil {
			t.Fatalf("the frame cannot be read: %q", got)
		}
		if first := headOf(doc).FirstChild; first == nil || attribute(first, "content") != (look{images: true}).policy() {
			t.Fatalf("no policy first in the head: %q", got)
		}
	})
}
