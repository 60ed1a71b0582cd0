//go:build services

package preview

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

var screenshots = flag.String("screenshots", "", "keep the screenshots in `DIR`")

// browser starts a Chromium of its own for the test.
func browser(t *testing.T) context.Context {
	t.Helper()
	ctx, end := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.WindowSize(1280, 900),
	)...)
	t.Cleanup(end)
	ctx, end = chromedp.NewContext(ctx)
	t.Cleanup(end)
	if err := chromedp.Do(ctx); err != nil { // the browser lives as long as this context
		t.Fatal(err)
	}
	ctx, end = context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(end)
	return ctx
}

// act is something done in the browser.
type act = chromedp.Action[chromedp.Void]

func run(t *testing.T, ctx context.Context, acts ...act) {
	t.Helper()
	if err := chromedp.Do(ctx, acts...); err != nil {
		t.Fatal(err)
	}
}

// goTo goes to an address and waits until the page and its script are there.
// chromedp's own way waits for an event that Chromium does not always send of a page whose frames
// are kept from loading what they name.
func goTo(address string) act {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		if _, err := cdp.Call(ctx, tab, cdppage.Navigate, cdppage.NavigateParams{URL: address}); err != nil {
			return err
		}
		there := chromedp.Evaluate[bool](`performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd > 0 && location.href !== "about:blank"`)
		for {
			// While the page changes there is nothing that could answer.
			if ok, err := there(ctx, tab); ok && err == nil {
				return nil
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
}

func click(css chromedp.CSS) act   { return chromedp.Click(css) }
func label(id string) chromedp.CSS { return chromedp.CSS(`label[for="` + id + `"]`) }
func visible(css chromedp.CSS) act { return chromedp.WaitVisible(css) }
func typing(words string) act      { return chromedp.SendKeys(chromedp.CSS("#search"), words) }

// until waits until an expression of JavaScript is true.
func until(expression string) act {
	return chromedp.Poll[chromedp.Void](expression, chromedp.WithPollingTimeout(30*time.Second))
}

// value gives what an expression of JavaScript is.
func value(t *testing.T, ctx context.Context, expression string) string {
	t.Helper()
	return evaluate[string](t, ctx, `String(`+expression+`)`)
}

func evaluate[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// prefers has the browser prefer light or dark.
func prefers(scheme string) act {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	})
}

// judged waits until the check is done, so that the page stands still.
func judged(t *testing.T, s *Server) {
	t.Helper()
	told := events(t, s)
	for !s.State().Done {
		await(t, told, "progress")
	}
}

const (
	shownLine = `document.querySelector("#message .line").firstChild.data.trim()`
	chosen    = `document.querySelector("#rows a[aria-current]").dataset.line`
)

func TestBrowserKeys(t *testing.T) {
	s, ctx := serve(t, files(t, nil), ServerOptions{}), browser(t)
	judged(t, s)
	run(t, ctx, goTo(s.Addr()), until(shownLine+` === "Line 2"`))
	for _, step := range []struct{ keys, want string }{
		{"j", "Line 7"}, {"j", "Line 3"}, {kb.ArrowDown, "Line 6"}, {"k", "Line 3"}, {kb.ArrowUp, "Line 7"}, {"k", "Line 2"}, {"k", "Line 2"},
	} {
		run(t, ctx, chromedp.KeyEvent(step.keys), until(shownLine+` === "`+step.want+`"`))
		if got := value(t, ctx, chosen); "Line "+got != step.want {
			t.Errorf("after %q the list has line %s", step.keys, got)
		}
	}
	if got := value(t, ctx, `new URL(location).searchParams.get("row")`); got != "2" {
		t.Errorf("the address names row %s", got)
	}
	for n, view := range []string{"message", "text", "headers", "source", "attachments", "links", "verdict"} {
		run(t, ctx, chromedp.KeyEvent(fmt.Sprint(n+1)), visible(chromedp.CSS(".panel."+view)))
		if got := value(t, ctx, `[...document.querySelectorAll(".panel")].filter(p => p.checkVisibility()).length`); got != "1" {
			t.Errorf("%s views at %s", got, view)
		}
	}
	// The view stays when the row changes.
	run(t, ctx, chromedp.KeyEvent("2"), chromedp.KeyEvent("j"), until(shownLine+` === "Line 7"`), visible(".panel.text"))
	// So does it where the row is changed by the mouse, and by the browser's own back.
	run(t, ctx, click(`#rows .all a[data-line="4"]`), until(shownLine+` === "Line 4"`), visible(".panel.text"))
	run(t, ctx, chromedp.NavigateBack(), until(shownLine+` === "Line 7"`))
}

func TestBrowserSearch(t *testing.T) {
	s, ctx := serve(t, files(t, nil), ServerOptions{}), browser(t)
	judged(t, s)
	const found = `[...document.querySelectorAll("#rows .all a")].map(a => a.dataset.line).join()`
	run(t, ctx, goTo(s.Addr()), chromedp.KeyEvent("/"), until(`document.activeElement.id === "search"`),
		until(`document.getElementById("search").value === "/" && !(document.getElementById("search").value = "")`), // a real key's character goes where its press goes
		typing("zoë"), until(found+` === "6"`))
	if got := value(t, ctx, `document.activeElement.id + document.getElementById("search").value`); got != "searchzoë" {
		t.Errorf("after the search: %s", got)
	}
	run(t, ctx, typing(kb.Backspace+kb.Backspace+kb.Backspace+"j"), until(found+` === ""`))
	if got := value(t, ctx, shownLine); got != "Line 2" {
		t.Errorf("a j that was typed shows %s", got)
	}
	run(t, ctx, typing(kb.Backspace), until(found+` === "2,3,4,5,6,7"`))
}

func TestBrowserLooks(t *testing.T) {
	s, ctx := serve(t, files(t, nil), ServerOptions{}), browser(t)
	judged(t, s)
	const frames = `[...document.querySelectorAll(".stage iframe")].filter(f => f.checkVisibility())`
	run(t, ctx, goTo(s.Addr()), visible(".stage iframe.light"))
	width := value(t, ctx, frames+`[0].clientWidth > 700`)
	run(t, ctx, click(`label[for="w-phone"]`), until(frames+`[0].clientWidth === 375`))
	for _, step := range []struct{ press, want string }{
		{"s-dark", "dark"}, {"i-off", "dark plain"}, {"s-light", "light plain"}, {"i-on", "light"},
	} {
		run(t, ctx, click(label(step.press)), until(frames+`.map(f => f.className).join() === "`+step.want+`"`))
	}
	if width != "true" {
		t.Error("a desktop is no wider than 700 px")
	}
}

func TestBrowserMarks(t *testing.T) {
	s, ctx := serve(t, files(t, leaky()), ServerOptions{}), browser(t)
	run(t, ctx, goTo(s.Addr()), until(`document.querySelector("#top .badge.bad")`), until(`document.querySelector("label[for=v-verdict].bad")`),
		click(`label[for="v-verdict"]`), visible(".panel.verdict mark"))
	if got := value(t, ctx, `document.querySelector(".panel.verdict mark").textContent`); got != "Bodil Dahlgren" {
		t.Errorf("marked: %q", got)
	}
}

func TestBrowserFollows(t *testing.T) {
	dir := files(t, nil)
	s, ctx := serve(t, dir, ServerOptions{}), browser(t)
	run(t, ctx, goTo(s.Addr()), click(`label[for="v-text"]`), visible(".panel.text"))
	keep(t, filepath.Join(dir, "news.html"), strings.Replace(news, "Hello", "Good evening", 1))
	run(t, ctx, until(`document.querySelector(".panel.text").innerText.includes("Good evening")`))
	keep(t, filepath.Join(dir, "news.html"), "---\nsubject: {{\n---\n")
	run(t, ctx, visible("#top .alert"))
}

// The page is for who uses the keyboard, and for who hears it.
func TestBrowserAccess(t *testing.T) {
	s, ctx := serve(t, files(t, leaky()), ServerOptions{}), browser(t)
	judged(t, s)
	run(t, ctx, goTo(s.Addr()), until(`document.querySelector("#message .line")`))
	for rule, expression := range map[string]string{
		"inputs without a label":   `[...document.querySelectorAll("input")].filter(i => !i.labels.length).length`,
		"frames without a title":   `[...document.querySelectorAll("iframe")].filter(f => !f.title).length`,
		"ids that stand twice":     `[...document.querySelectorAll("[id]")].filter((e, n, all) => all.some((o, m) => m < n && o.id === e.id)).length`,
		"headings out of order":    `[...document.querySelectorAll("h1,h2,h3")].filter((h, n, all) => n && h.tagName[1] - all[n-1].tagName[1] > 1).length`,
		"regions without a name":   `[...document.querySelectorAll("nav, section")].filter(e => !e.ariaLabel).length`,
		"pages without a language": `document.documentElement.lang ? 0 : 1`,
		"tables without headings":  `[...document.querySelectorAll("table")].filter(t => !t.querySelector("th[scope]")).length`,
	} {
		if got := value(t, ctx, expression); got != "0" {
			t.Errorf("%s: %s", rule, got)
		}
	}
	for _, scheme := range []string{"light", "dark"} {
		run(t, ctx, prefers(scheme))
		if got := value(t, ctx, contrast); got != "" {
			t.Errorf("too little contrast in %s: %s", scheme, got)
		}
	}
}

// contrast names what has less than 4.5 to 1 against what is behind it (WCAG
// 2.2, success criterion 1.4.3).
const contrast = `(() => {
  const parse = c => (c.match(/[\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ground = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  document.getAnimations().forEach(a => a.finish());
  const bad = new Set();
  for (const e of document.querySelectorAll("body *")) {
    if (!e.checkVisibility() || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) bad.add(e.tagName + "." + e.className + " " + ((a + .05) / (b + .05)).toFixed(1));
  }
  return [...bad].join(", ");
})()`

// trap notes who comes to a port of this machine, and for what.
type trap struct {
	net.Listener
	mu     sync.Mutex
	visits []string
}

func newTrap(t *testing.T) *trap {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	tr := &trap{Listener: l}
	var open sync.WaitGroup
	open.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			open.Go(func() { tr.note(c) })
		}
	})
	t.Cleanup(func() { l.Close(); open.Wait() })
	return tr
}

// note counts a connection by the request on it, or by itself where none comes.
func (tr *trap) note(c net.Conn) {
	defer c.Close()
	c.SetReadDeadline(time.Now().Add(time.Second))
	line, _ := bufio.NewReader(c).ReadString('\n')
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.visits = append(tr.visits, "a connection: "+strings.TrimSpace(line))
}

func (tr *trap) seen() []string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return slices.Clone(tr.visits)
}

// hostile is a message that tries to get out of its frame; TRAP is where it
// wants to be seen.
const hostile = `---
from: Index Desk <desk@sender.example>
subject: hostile
text: plain.txt
---
<!DOCTYPE html><html><head><title>stolen</title>
<meta http-equiv="refresh" content="0;url=http://TRAP/refresh">
<base href="http://TRAP/base/" target="_top">
<link rel="preconnect" href="http://TRAP"><link rel="dns-prefetch" href="http://TRAP"><link rel="prefetch" href="http://TRAP/prefetch">
<link rel="stylesheet" href="http://TRAP/style.css"><link rel="icon" href="http://TRAP/icon.png"><link rel="preload" as="image" href="http://TRAP/preload">
<style>@import url("http://TRAP/import.css"); @font-face { font-family: x; src: url("http://TRAP/font") } p { font-family: x; background: url("http://TRAP/background") }</style>
<script src="http://TRAP/script.js"></script></head>
<body background="http://TRAP/body" onload="top.document.title='stolen'">
<script>top.document.title = "stolen"; parent.location = "http://TRAP/parent"; fetch("http://TRAP/fetch")</script>
<p id="p">Hello {{ .first_name }}</p>
<img src="http://TRAP/image.png" alt=""><img srcset="http://TRAP/srcset.png 1x" alt=""><img src="x" onerror="fetch('http://TRAP/onerror')" alt="">
<iframe src="http://TRAP/iframe"></iframe><iframe srcdoc="<script>top.document.title='stolen'</script><img src='http://TRAP/srcdoc'>"></iframe>
<object data="http://TRAP/object"></object><embed src="http://TRAP/embed"><video src="http://TRAP/video" poster="http://TRAP/poster" autoplay></video><audio src="http://TRAP/audio" autoplay></audio>
<form id="f" action="http://TRAP/form" target="_top"><input name="x" value="y" autofocus><button id="b">send</button></form>
<svg><image href="http://TRAP/svg" /><use href="http://TRAP/use#x" /><script>top.document.title = "stolen"</script></svg>
<a id="a" href="http://TRAP/link" target="_top" ping="http://TRAP/ping">away</a> <a id="s" href="http://TRAP/self" target="_self">here</a>
<noscript><img src="http://TRAP/noscript"><link rel="preconnect" href="http://TRAP"></noscript>
<template><img src="http://TRAP/template"></template>
</iframe></iframe></div></body></html><script>document.title = "stolen"</script><h1 id="escaped">escaped</h1>
</body></html>
`

// press clicks at places all over the frame that is shown.
func press(t *testing.T, ctx context.Context) {
	t.Helper()
	box := evaluate[struct{ X, Y, W, H float64 }](t, ctx, `(() => { const r = [...document.querySelectorAll(".stage iframe")].find(f => f.checkVisibility()).getBoundingClientRect();
		return { X: r.x, Y: r.y, W: r.width, H: r.height } })()`)
	if box.W < 100 || box.H < 100 {
		t.Fatalf("no frame to press: %+v", box)
	}
	for y := 12.0; y < box.H; y += 24 {
		for _, x := range []float64{24, 90} {
			run(t, ctx, chromedp.MouseClickXY(box.X+x, box.Y+y))
		}
	}
}

func TestBrowserHostile(t *testing.T) {
	tr := newTrap(t)
	dir := files(t, map[string]string{
		"news.html":  strings.ReplaceAll(hostile, "TRAP", tr.Addr().String()),
		"plain.txt":  "Hello {{ .first_name | default \"you\" }}",
		"people.csv": strings.Replace(people, "cai.wu@c.example,,", "cai.wu@c.example,Caiyun,", 1),
	})
	s := serve(t, dir, ServerOptions{})
	judged(t, s)
	out := filepath.Join(t.TempDir(), "out")
	if n, err := opened(t, dir, Options{Mask: true}).Write(t.Context(), out, nil); err != nil || n == 0 {
		t.Fatalf("%d pages, %v", n, err)
	}
	besiege(t, s.Addr())
	besiege(t, served(t, out))
	// Opened by itself, the frame is no less in a sandbox.
	run(t, browser(t), goTo(s.Addr()+"frame/2"), chromedp.Sleep(500*time.Millisecond))
	time.Sleep(1500 * time.Millisecond) // longer than the trap waits for a request
	if got := tr.seen(); len(got) > 0 {
		t.Errorf("connections were made to where the message wanted: %q", got)
	}
}

// served serves pages that were written into a folder: of a file, Chromium does
// not always say when it is loaded.
func served(t *testing.T, dir string) string {
	t.Helper()
	s := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(s.Close)
	return s.URL + "/"
}

// besiege looks at a hostile message, and clicks at what it holds, in a browser
// of its own.
func besiege(t *testing.T, address string) {
	t.Helper()
	ctx := browser(t)
	run(t, ctx, goTo(address), visible(".stage iframe"), chromedp.Sleep(500*time.Millisecond))
	for _, look := range []string{"s-light", "i-off"} {
		run(t, ctx, click(label(look)), chromedp.Sleep(300*time.Millisecond))
		press(t, ctx)
	}
	if got := value(t, ctx, `location.href`); got != address {
		t.Errorf("the page has gone to %s", got)
	}
	if got := value(t, ctx, `document.title + document.querySelectorAll("#escaped").length`); got != "news: preview0" {
		t.Errorf("the page is %s", got)
	}
	targets, err := chromedp.Targets(ctx)
	pages := slices.DeleteFunc(targets, func(i *target.Info) bool { return i.Type != "page" })
	if err != nil || len(pages) > 1 {
		t.Errorf("%d pages are open, %v", len(pages), err)
	}
}

// TestTrap wants the trap to catch what comes to it from this browser.
func TestTrap(t *testing.T) {
	tr, ctx := newTrap(t), browser(t)
	file := filepath.Join(t.TempDir(), "open.html")
	keep(t, file, `<img src="http://`+tr.Addr().String()+`/x">`)
	run(t, ctx, goTo("file://"+file))
	for range 100 {
		if len(tr.seen()) > 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Error("nothing was caught")
}

func TestScreenshots(t *testing.T) {
	dir := *screenshots
	if dir == "" {
		dir = t.TempDir()
	} else if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	ctx := browser(t)
	for _, shot := range shots(t) {
		run(t, ctx, prefers(shot.scheme),
			chromedp.EmulateViewport(shot.width, shot.height), goTo(shot.address), visible("#message .line"))
		for _, id := range shot.press {
			run(t, ctx, click(label(id)))
		}
		run(t, ctx, chromedp.Sleep(400*time.Millisecond))
		png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		if len(png) < 10_000 {
			t.Errorf("%s has %d bytes", shot.name, len(png))
		}
		if err := os.WriteFile(filepath.Join(dir, shot.name+".png"), png, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// shot is one picture of a page.
type shot struct {
	name, address string
	width, height int64
	scheme        string
	press         []string
}

func shots(t *testing.T) []shot {
	good := serve(t, files(t, gallery()), ServerOptions{})
	bad := serve(t, files(t, leaky()), ServerOptions{ShowAddresses: true})
	judged(t, good)
	judged(t, bad)
	out := filepath.Join(t.TempDir(), "out")
	if _, err := opened(t, files(t, gallery()), Options{Mask: true}).Write(t.Context(), out, nil); err != nil {
		t.Fatal(err)
	}
	return []shot{
		{"message", good.Addr(), 1280, 900, "light", nil},
		{"message-dark-page", good.Addr(), 1280, 900, "dark", []string{"s-dark"}},
		{"phone-dark", good.Addr(), 1280, 900, "light", []string{"w-phone", "s-dark"}},
		{"images-off", good.Addr(), 1280, 900, "light", []string{"i-off"}},
		{"right-to-left", good.Addr() + "?row=5", 1280, 900, "light", nil},
		{"headers", good.Addr(), 1280, 900, "light", []string{"v-headers"}},
		{"source", good.Addr(), 1280, 900, "light", []string{"v-source"}},
		{"attachments", good.Addr(), 1280, 900, "light", []string{"v-attachments"}},
		{"links", good.Addr(), 1280, 900, "light", []string{"v-links"}},
		{"verdict", good.Addr(), 1280, 900, "light", []string{"v-verdict"}},
		{"refused", bad.Addr(), 1280, 900, "light", []string{"v-verdict"}},
		{"refused-text-dark", bad.Addr(), 1280, 900, "dark", []string{"v-text"}},
		{"narrow", good.Addr(), 420, 860, "light", nil},
		{"masked", served(t, out), 1280, 900, "light", nil},
	}
}

// gallery is a campaign that has a bit of everything.
func gallery() map[string]string {
	const front = "inline: [logo.png]\nattachments: [leaflet.txt]\nlist-unsubscribe: https://sender.example/leave?a={{ .account | urlquery }}\n---\n"
	body := `<h1 style="color:#2451c9">Index update</h1><p><img src="cid:logo.png" alt="Index Desk" width="160" height="40" style="background:#2451c9"> <img src="https://sender.example/p.png" width="40" height="40"></p>
<style>@media (prefers-color-scheme: dark) { body { background: #14161c; color: #eee } h1 { color: #8fb0ff !important } }</style>
<p><a href="https://sender.example/open">Open your account</a> or read <a href="http://sender.example/plain">the plain page</a>.</p>`
	return map[string]string{
		"news.html":   strings.Replace(strings.Replace(news, "---\n<", front+"<", 1), "<p>It is cheap.</p>", "<p>It is cheap.</p>"+body, 1),
		"logo.png":    "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82",
		"leaflet.txt": "what the leaflet says to all who read it\n",
		"people.csv":  strings.Replace(people, "ann.lee@a.example,Annette,Annette Leewood,KX-7730951,goldleaf", "ann.lee@a.example,Annette,Annette Leewood,KX-7730951,copper", 1),
	}
}
