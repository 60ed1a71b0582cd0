package preview

import (
	"context"
	"os"
	"slices"
	"time"
)

// glance is how often the files are looked at. It is done by the clock: a
// notice of the system's is lost where an editor puts a new file in the place
// of the old one, and does not come from every file system.
const glance = 300 * time.Millisecond

// stamp tells cheaply that a file was saved.
type stamp struct {
	size  int64
	saved time.Time
}

func stamps(paths []string) []stamp {
	all := make([]stamp, len(paths))
	for i, path := range paths {
		if info, err := os.Stat(path); err == nil {
			all[i] = stamp{info.Size(), info.ModTime()}
		}
	}
	return all
}

// watch reads the campaign again when one of its files was saved and has been
// left alone for a moment.
func (s *Server) watch(ctx context.Context) {
	tick := time.NewTicker(glance)
	defer tick.Stop()
	files := s.files()
	shown := stamps(files)
	last := shown
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := stamps(files)
		if slices.Equal(now, last) && !slices.Equal(now, shown) {
			shown = now
			s.reload(ctx)
			if more := s.files(); !slices.Equal(more, files) {
				files, shown = more, stamps(more)
				now = shown
			}
		}
		last = now
	}
}

func (s *Server) files() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.book.campaign.Files()
}

// reload puts the campaign as it is now in the place of the one that is shown;
// where it cannot be read, that one stays, and the page says why.
func (s *Server) reload(ctx context.Context) {
	next, err := s.again(ctx)
	if ctx.Err() != nil {
		if next != nil {
			next.Close()
		}
		return
	}
	s.mu.Lock()
	old := s.book
	s.fault = err
	if err == nil {
		s.book = next
	}
	s.mu.Unlock()
	if err == nil {
		old.Close()
	}
	s.events.tell(reload)
}

func (s *Server) again(ctx context.Context) (*Book, error) {
	c, err := s.options.Load(ctx)
	if err != nil {
		return nil, err
	}
	return s.open(ctx, c)
}
