package cli

import (
	"context"
	"io"
	"os"
	"strings"
	"time"

	"mailshot/internal/ledger"
	"mailshot/internal/maillog"
	"mailshot/internal/rule"
)

// serverLogs is what the logs of --log say of the messages that are unknown.
type serverLogs struct {
	taken    map[string]time.Time // by Message-ID
	readings []maillog.Reading
}

// clocks is how far the clocks of server and sender may be apart, zones that
// are not told among it.
const clocks = 24 * time.Hour

// took says whether a log has r's message as taken. One that was taken long
// before r was begun is of another sending of the same campaign.
func (s *serverLogs) took(r ledger.Recipient) bool {
	at, is := s.taken[bare(r.MessageID)]
	return is && (at.IsZero() || !at.Before(r.Begun.Add(-clocks)))
}

// cover says whether one of the logs would show what was begun at a time.
func (s *serverLogs) cover(begun time.Time) bool {
	for _, r := range s.readings {
		if r.Covers(begun) {
			return true
		}
	}
	return false
}

// readLogs reads the logs for what became of those chosen.
func readLogs(ctx context.Context, a *app, names []string, chosen []ledger.Recipient) (*serverLogs, error) {
	s := &serverLogs{taken: map[string]time.Time{}}
	wanted := make(map[string]bool, len(chosen))
	for _, r := range chosen {
		wanted[bare(r.MessageID)] = true
	}
	for _, name := range names {
		if err := s.read(ctx, a, name, wanted); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *serverLogs) read(ctx context.Context, a *app, name string, wanted map[string]bool) error {
	in, err := a.openInput(name)
	if err != nil {
		return &rule.Fault{File: inputName(name), What: reason(err), Hint: "name the mail server's log after --log"}
	}
	defer in.Close()
	r, err := maillog.Read(until{ctx, in}, a.Now(),
		func(id string) bool { return wanted[id] },
		func(id string, at time.Time) { s.taken[id] = at })
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return &rule.Fault{File: inputName(name), What: "it cannot be read to its end", Hint: "name the mail server's log after --log"}
	case !r.Known:
		return &rule.Fault{File: inputName(name), What: "it has no line of Postfix or Exim", Hint: "name the mail server's log after --log, such as /var/log/mail.log"}
	}
	s.readings = append(s.readings, r)
	return nil
}

// openInput opens a file, or standard input for "-".
func (a *app) openInput(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(a.Stdin), nil
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, errFolder
	}
	return os.Open(name)
}

// inputName is what is called name in what is said of it.
func inputName(name string) string {
	if name == "-" {
		return "standard input"
	}
	return name
}

// bare gives a Message-ID without its angle brackets.
func bare(id string) string { return strings.Trim(id, "<>") }

// until reads until ctx is done.
type until struct {
	ctx context.Context
	r   io.Reader
}

func (u until) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}
