package preview

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"mailshot/internal/campaign"
)

// Server shows a campaign on a page, and shows it anew when it changes. It
// answers on loopback alone, to who has its address with the token in it, and
// under its own name: another host's page that resolves to 127.0.0.1 (DNS
// rebinding) is turned away.
type Server struct {
	listener net.Listener
	token    string
	invited  atomic.Pointer[string] // a token that is good for one visit; nil for none
	options  ServerOptions
	renderer *renderer
	events   *broadcast

	mu    sync.RWMutex // guards what follows; a Book is in use while it is held
	book  *Book
	fault error // why the campaign cannot be read as it is now; the book is older
}

// ServerOptions say what a Server shows.
type ServerOptions struct {
	// Load reads the campaign again. Errors are *rule.Fault or rule.Refused.
	Load func(context.Context) (*campaign.Campaign, error)
	// Rows are the lines of rows that are to come first.
	Rows []int
	// ShowAddresses names rows in the list by their addresses too.
	ShowAddresses bool
}

// Listen opens a port of 127.0.0.1 and shows c, which the Server closes.
func Listen(ctx context.Context, c *campaign.Campaign, o ServerOptions) (*Server, error) {
	s := &Server{token: rand.Text(), options: o, renderer: newRenderer(), events: newBroadcast()}
	var err error
	if s.book, err = s.open(ctx, c); err != nil {
		return nil, err
	}
	if s.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		s.book.Close()
		return nil, errors.New("no port of this machine's loopback can be opened")
	}
	return s, nil
}

// headStart is what the first view has before the check takes all processors.
const headStart = 300 * time.Millisecond

func (s *Server) open(ctx context.Context, c *campaign.Campaign) (*Book, error) {
	return Open(ctx, c, Options{Wait: headStart, Changed: func() { s.events.tell(progress) }})
}

// Addr is the address of the page, token included.
func (s *Server) Addr() string {
	return "http://" + s.listener.Addr().String() + "/" + s.token + "/"
}

// Invite gives an address that leads to the page once. It is for a browser's
// command line, which everyone on the machine can read.
func (s *Server) Invite() string {
	once := rand.Text()
	s.invited.Store(&once)
	return "http://" + s.listener.Addr().String() + "/" + once + "/"
}

// accept says whether token is the one that is good for one visit, which it
// then is no more.
func (s *Server) accept(token string) bool {
	once := s.invited.Load()
	return once != nil && same(token, *once) && s.invited.CompareAndSwap(once, nil)
}

func same(token, want string) bool {
	return subtle.ConstantTimeCompare([]byte(token), []byte(want)) == 1
}

// State is where the check of the campaign stands.
func (s *Server) State() State {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.book.State()
}

// Serve answers until ctx is done, and reads the campaign again whenever one of
// its files has changed.
func (s *Server) Serve(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	web := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	var watching sync.WaitGroup
	watching.Go(func() { s.watch(ctx) })
	context.AfterFunc(ctx, func() { web.Close() })
	err := web.Serve(s.listener)
	stop()
	watching.Wait()
	s.book.Close()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return errors.New("the page's port failed")
}

// Handler answers requests. It is what Serve serves.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{token}/{$}", s.page)
	mux.HandleFunc("GET /{token}/style.css", unchanging("style.css", "text/css; charset=utf-8"))
	mux.HandleFunc("GET /{token}/script.js", unchanging("script.js", "text/javascript; charset=utf-8"))
	mux.HandleFunc("GET /{token}/events", s.follow)
	mux.HandleFunc("GET /{token}/frame/{line}", s.frame)
	mux.HandleFunc("GET /{token}/attachment/{line}/{number}", s.attachment)
	return s.admit(mux)
}

// ownPolicy is that of the page itself.
const ownPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
	"frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// admit turns away what has not the token in its path or another Host in its
// header, and sets the header fields of every answer.
func (s *Server) admit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", ownPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-DNS-Prefetch-Control", "off")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		token, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		switch {
		case !s.isOwnHost(r.Host):
		case same(token, s.token):
			next.ServeHTTP(w, r)
			return
		case s.accept(token):
			http.Redirect(w, r, "/"+s.token+"/", http.StatusSeeOther)
			return
		}
		http.Error(w, "forbidden: open the address that mailshot preview printed", http.StatusForbidden)
	})
}

func (s *Server) isOwnHost(host string) bool {
	addr := s.listener.Addr().String()
	_, port, _ := net.SplitHostPort(addr)
	return host == addr || host == "localhost:"+port
}

func unchanging(name, mediaType string) http.HandlerFunc {
	content := asset(name)
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		w.Write(content)
	}
}

// place is what of the list is shown beside a message.
type place struct {
	query string
	from  int // ordinal
	line  int // of the message; 0 for the first
}

func (p place) values() url.Values {
	v := url.Values{}
	if p.query != "" {
		v.Set("q", p.query)
	}
	if p.from > 0 {
		v.Set("from", strconv.Itoa(p.from))
	}
	if p.line > 0 {
		v.Set("row", strconv.Itoa(p.line))
	}
	return v
}

func (p place) link() string { return "?" + p.values().Encode() }

func (p place) row(line int) string {
	p.line = line
	return p.link()
}

func (p place) frame(line int, how look) string {
	return fmt.Sprintf("frame/%d?look=%s", line, url.QueryEscape(how.class()))
}

func (p place) attachment(line, number int) string {
	return fmt.Sprintf("attachment/%d/%d", line, number)
}

// page shows the campaign, a page of its list, and one message.
func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	at := place{query: strings.TrimSpace(r.FormValue("q"))}
	at.from, _ = strconv.Atoi(r.FormValue("from"))
	at.from = max(at.from, 0)
	p := s.book.campaignPage()
	p.Live = true
	if s.fault != nil {
		p.Fault, p.Hint = saying(s.fault)
		p.Verdict = badge{"bad", "cannot be read"}
	}
	current := s.current(r)
	if p.Message = s.message(current, at); p.Message != nil {
		at.line = p.Message.Line
	}
	p.list(r.Context(), s.book, at, current, s.options)
	var b bytes.Buffer
	if err := s.renderer.write(&b, p); err != nil {
		http.Error(w, "the page cannot be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(b.Bytes())
}

// current is the ordinal of the row that a request names, else of the first.
func (s *Server) current(r *http.Request) int {
	if line, err := strconv.Atoi(r.FormValue("row")); err == nil {
		if ordinal, err := s.book.rows.find(line); err == nil {
			return ordinal
		}
	}
	return s.book.firstTelling(s.options.Rows)
}

func (s *Server) message(ordinal int, to links) *messageView {
	m, err := s.book.message(ordinal, to)
	if err != nil {
		return nil
	}
	return m
}

// list fills in the rows that are shown beside the message.
func (p *page) list(ctx context.Context, b *Book, at place, current int, o ServerOptions) {
	p.Query = at.query
	p.Telling = b.telling(o.Rows, at, current, o.ShowAddresses)
	ordinals, next := b.listed(ctx, at.query, at.from)
	p.Rows = b.entries(ordinals, at, current, o.ShowAddresses)
	if next >= 0 {
		p.Next = place{at.query, next, at.line}.link()
	}
	if at.from > 0 {
		before := at.from - pageSize
		if at.query != "" {
			before = 0 // a search goes forwards only
		}
		p.Previous = place{at.query, before, at.line}.link()
	}
	if len(ordinals) > 0 && at.query == "" {
		known, _ := b.rows.count()
		p.Range = fmt.Sprintf("%s–%s of %s", number(ordinals[0]+1), number(ordinals[len(ordinals)-1]+1), number(known))
	}
}

// letter reads the message of the row that a request names.
func (s *Server) letter(r *http.Request) (*letter, error) {
	line, err := strconv.Atoi(r.PathValue("line"))
	if err != nil {
		return nil, errNoRow
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	ordinal, err := s.book.rows.find(line)
	if err != nil {
		return nil, err
	}
	row, err := s.book.rows.at(ordinal)
	if err != nil {
		return nil, err
	}
	m, err := s.book.make(row)
	if err != nil {
		return nil, err
	}
	return read(m)
}

// frame gives the document that shows a message, under a policy of its own and
// in a sandbox even where it is opened by itself.
func (s *Server) frame(w http.ResponseWriter, r *http.Request) {
	l, err := s.letter(r)
	if err != nil {
		http.Error(w, "no such message", http.StatusNotFound)
		return
	}
	words := strings.Fields(r.FormValue("look"))
	how := look{dark: len(words) > 0 && words[0] == "dark", images: len(words) < 2}
	w.Header().Set("Content-Security-Policy", how.policy()+"; frame-ancestors 'self'; sandbox")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write([]byte(l.frame(how)))
}

// attachment gives a file of a message to be saved, never to be shown.
func (s *Server) attachment(w http.ResponseWriter, r *http.Request) {
	l, err := s.letter(r)
	number, wrong := strconv.Atoi(r.PathValue("number"))
	if err != nil || wrong != nil || number < 1 || number > len(l.files) {
		http.Error(w, "no such attachment", http.StatusNotFound)
		return
	}
	f := l.files[number-1]
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": path.Base(f.Name)}))
	w.Write(f.content)
}
