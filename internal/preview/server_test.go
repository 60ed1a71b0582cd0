package preview

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop"))
}

// serve serves the campaign in dir until the test ends.
func serve(t testing.TB, dir string, o ServerOptions) *Server {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	o.Load = load(dir)
	c, err := o.Load(ctx)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Listen(ctx, c, o)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return s
}

// get asks for an address, under another Host where one is given.
func get(t testing.TB, address, host string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	client := http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

func TestAdmission(t *testing.T) {
	s := serve(t, files(t, nil), ServerOptions{})
	host := s.listener.Addr().String()
	port := host[strings.LastIndexByte(host, ':'):]
	root := "http://" + host + "/"
	for _, c := range []struct {
		address, host string
		want          int
	}{
		{s.Addr(), "", 200},
		{s.Addr(), "localhost" + port, 200},
		{s.Addr() + "style.css", "", 200},
		{s.Addr() + "script.js", "", 200},
		{s.Addr() + "frame/2", "", 200},
		{s.Addr() + "frame/99", "", 404},
		{s.Addr() + "frame/x", "", 404},
		{s.Addr() + "attachment/2/1", "", 404},
		{s.Addr() + "nothing", "", 404},
		{root, "", 403},
		{root + "style.css", "", 403},
		{root + strings.ToLower(s.token) + "/", "", 403},
		{root + s.token[:25] + "/", "", 403},
		{root + s.token + "x/", "", 403},
		{root + "frame/2?token=" + s.token, "", 403},
		{root + "x/../" + s.token + "/", "", 403},
		{s.Addr(), "evil.example", 403},
		{s.Addr(), "evil.example" + port, 403},
		{s.Addr(), "127.0.0.1", 403},
		{s.Addr(), "localhost", 403},
		{s.Addr(), "localhost" + port + ".evil.example", 403},
		{s.Addr() + "frame/2", "evil.example" + port, 403},
	} {
		answer, body := get(t, c.address, c.host)
		if answer.StatusCode != c.want {
			t.Errorf("%s as %q: %d, want %d", strings.ReplaceAll(c.address, s.token, "TOKEN"), c.host, answer.StatusCode, c.want)
		}
		if c.want == 403 && (contains(body, "Annette") || contains(body, s.token)) {
			t.Errorf("what is forbidden shows something")
		}
	}
	answer, err := http.Post(s.Addr(), "text/plain", strings.NewReader("x"))
	if err != nil || answer.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %v, %v", answer.StatusCode, err)
	}
	answer.Body.Close()
}

func TestInvitation(t *testing.T) {
	s := serve(t, files(t, nil), ServerOptions{})
	once := s.Invite()
	if contains(once, s.token) {
		t.Fatal("the invitation holds the token")
	}
	if answer, _ := get(t, once, "evil.example"); answer.StatusCode != 403 {
		t.Errorf("under another host: %d", answer.StatusCode)
	}
	if answer, _ := get(t, once, ""); answer.StatusCode != 303 || answer.Header.Get("Location") != "/"+s.token+"/" {
		t.Errorf("first: %d", answer.StatusCode)
	}
	if answer, _ := get(t, once, ""); answer.StatusCode != 403 {
		t.Errorf("second: %d", answer.StatusCode)
	}
}

func TestHeaders(t *testing.T) {
	s := serve(t, files(t, map[string]string{"news.html": strings.Replace(news, "---\n<", "attachments: [leaflet.txt]\n---\n<", 1), "leaflet.txt": "for all"}), ServerOptions{})
	for path, want := range map[string][]string{
		"":                        {"Content-Security-Policy: default-src 'none'; script-src 'self';", "frame-ancestors 'none'", "Content-Type: text/html; charset=utf-8"},
		"frame/2":                 {"Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline';", "img-src data:", "; sandbox", "Content-Type: text/html; charset=utf-8"},
		"frame/2?look=dark+plain": {"img-src 'none'", "; sandbox"},
		"attachment/2/1":          {"Content-Disposition: attachment; filename=leaflet.txt", "Content-Type: application/octet-stream", "sandbox"},
	} {
		answer, _ := get(t, s.Addr()+path, "")
		var all strings.Builder
		if err := answer.Header.Write(&all); err != nil || answer.StatusCode != 200 {
			t.Fatal(path, answer.StatusCode, err)
		}
		want = append(want, "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer", "Cache-Control: no-store",
			"Cross-Origin-Resource-Policy: same-origin", "X-Dns-Prefetch-Control: off")
		for _, w := range want {
			if !contains(all.String(), w) {
				t.Errorf("%q lacks %s in\n%s", path, w, all.String())
			}
		}
		if contains(all.String(), "unsafe-inline") != strings.HasPrefix(path, "frame") {
			t.Errorf("%q: who may have styles of their own\n%s", path, all.String())
		}
	}
}

// A row is named by its line; only its own message shows its data.
func TestPageNames(t *testing.T) {
	dir := files(t, nil)
	_, page := get(t, serve(t, dir, ServerOptions{}).Addr()+"?row=3", "")
	for _, cell := range cells(t) {
		own := contains("bo.dahl@b.example Bodil Dahlgren KX-7731022 a note that goes on and on about what was said on the phone in March", cell)
		if contains(page, cell) && !own {
			t.Errorf("the page of line 3 shows %q", cell)
		}
	}
	if !contains(page, "Bodil Dahlgren") || !contains(page, `data-line="7"`) {
		t.Error("the page shows no message or no list")
	}
	_, page = get(t, serve(t, dir, ServerOptions{ShowAddresses: true}).Addr()+"?row=3", "")
	if !contains(page, "ann.lee@a.example") {
		t.Error("no addresses, though they are asked for")
	}
}

func TestPaging(t *testing.T) {
	var list strings.Builder
	list.WriteString("email,first_name,name,account,plan,note\n")
	for n := range 250 {
		fmt.Fprintf(&list, "member%d@m.example,Greta,Greta Number%d,KX-88%05d,copper,\n", n, n, n*7)
	}
	s := serve(t, files(t, map[string]string{"people.csv": list.String()}), ServerOptions{Rows: []int{77}})
	for address, want := range map[string][]string{
		"":                         {"1–100 of 250", `data-line="101"`, "asked for", ">Line 77 <", "?from=100&amp;row=77"},
		"?from=200&row=250":        {"201–250 of 250", `data-line="251"`, ">Line 250 <", "?from=100&amp;row=250"},
		"?q=number249":             {`data-line="251"`},
		"?q=nobody":                {"None."},
		"?from=-5&row=x":           {"1–100 of 250"},
		"?from=99999999999999":     {"None."},
		"?q=greta&from=100&row=12": {`data-line="102"`, ">Line 12 <"},
	} {
		answer, page := get(t, s.Addr()+address, "")
		for _, w := range want {
			if answer.StatusCode != 200 || !contains(page, w) {
				t.Errorf("%s: %d, lacks %s", address, answer.StatusCode, w)
			}
		}
	}
}

// events gives the events that a page is told.
func events(t *testing.T, s *Server) <-chan string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.Addr()+"events", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil || answer.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatal(answer, err)
	}
	told := make(chan string, 100)
	go func() {
		defer answer.Body.Close()
		defer close(told)
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				told <- name
			}
		}
	}()
	return told
}

func await(t *testing.T, told <-chan string, want string) {
	t.Helper()
	for {
		select {
		case got, ok := <-told:
			if !ok {
				t.Fatalf("no more events, and no %s", want)
			}
			if got == want {
				return
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("no event %s", want)
		}
	}
}

// What is saved is shown; what cannot be read leaves what was shown, and says
// why.
func TestReload(t *testing.T) {
	dir := files(t, nil)
	s := serve(t, dir, ServerOptions{})
	told := events(t, s)
	template := filepath.Join(dir, "news.html")
	keep(t, template, strings.Replace(news, "Hello", "Good evening", 1))
	await(t, told, "reload")
	if _, frame := get(t, s.Addr()+"frame/2", ""); !contains(frame, "Good evening Annette") {
		t.Error("what was saved is not shown")
	}
	keep(t, template, strings.Replace(news, ".note }}", ".nope }}", 1))
	await(t, told, "reload")
	_, page := get(t, s.Addr(), "")
	if !contains(page, "the list has no column nope") || !contains(page, "Annette Leewood") {
		t.Error("the page does not say what is wrong, or shows nothing any more")
	}
	keep(t, template, news)
	await(t, told, "reload")
	keep(t, filepath.Join(dir, "people.csv"), strings.Replace(people, "Annette", "Antonia", 2))
	await(t, told, "reload")
	if _, frame := get(t, s.Addr()+"frame/2", ""); !contains(frame, "Hello Antonia") {
		t.Error("the list that was saved is not shown")
	}
}

func TestMarks(t *testing.T) {
	s := serve(t, files(t, leaky()), ServerOptions{})
	told := events(t, s)
	for !s.State().Done {
		await(t, told, "progress")
	}
	_, page := get(t, s.Addr()+"?row=2", "")
	for _, want := range []string{"<mark>Bodil Dahlgren</mark>", "refused: foreign-name", `<h3><code>foreign-name</code>`, "Nothing will be sent"} {
		if !contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if _, other := get(t, s.Addr()+"?row=3", ""); contains(other, "<mark>") {
		t.Error("a message with nothing wrong is marked")
	}
}

func TestTemporaryFiles(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	b := opened(t, files(t, nil), Options{})
	info, err := b.rows.file.Stat()
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("%d files have names, %v", len(entries), err)
	}
}
