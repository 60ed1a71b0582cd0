package preview

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// event is what an open page is told: what of it is no longer right.
type event string

const (
	progress event = "progress" // the verdict and the telling rows
	reload   event = "reload"   // everything
)

// broadcast tells every page that is open.
type broadcast struct {
	mu    sync.Mutex
	pages map[chan event]bool
}

func newBroadcast() *broadcast { return &broadcast{pages: map[chan event]bool{}} }

func (b *broadcast) join() chan event {
	page := make(chan event, 8)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pages[page] = true
	return page
}

func (b *broadcast) leave(page chan event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.pages, page)
}

// tell waits for nobody: a page that has so much to catch up with will.
func (b *broadcast) tell(e event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for page := range b.pages {
		select {
		case page <- e:
		default:
		}
	}
}

// beat is how often a silent connection is written to, so that one that is gone
// is noticed.
const beat = 20 * time.Second

// follow tells a page of changes, as server-sent events, until it is closed.
func (s *Server) follow(w http.ResponseWriter, r *http.Request) {
	page := s.events.join()
	defer s.events.leave(page)
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	tick := time.NewTicker(beat)
	defer tick.Stop()
	fmt.Fprint(w, "retry: 2000\n\n")
	for {
		if out.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case e := <-page:
			fmt.Fprintf(w, "event: %s\ndata:\n\n", e)
		case <-tick.C:
			fmt.Fprint(w, ":\n\n")
		}
	}
}
