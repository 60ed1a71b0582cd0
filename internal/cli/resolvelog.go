package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"mailshot/internal/ledger"
	"mailshot/internal/maillog"
	"mailshot/internal/rule"
)

// serverLogs is what the logs of --log say of the messages that are unknown.
type serverLogs struct {
	taken    map[string]time.Time // by Message-ID
	readings []reading
}

// reading is what one log says. It is the log of those servers of which it has
// a message of the campaign; of any other, that one is not in it says nothing.
type reading struct {
	maillog.Reading
	servers map[string]bool
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

// tookBefore says whether a log has r's message as taken so long before r was
// begun that it may be of another sending; or the sender's clock was ahead then,
// and it is the very message.
func (s *serverLogs) tookBefore(r ledger.Recipient) bool {
	_, is := s.taken[bare(r.MessageID)]
	return is && !s.took(r)
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

// known says whether one of these logs is that of the server that r's message
// was handed to.
func (s *serverLogs) known(r ledger.Recipient) bool {
	return slices.ContainsFunc(s.readings, func(log reading) bool { return log.Covers(r.Begun) && log.servers[r.Server] })
}

// readLogs reads the logs for the messages that were handed over, of which
// servers has the servers by Message-ID.
func readLogs(ctx context.Context, a *app, names []string, servers map[string]string) (*serverLogs, error) {
	s := &serverLogs{taken: map[string]time.Time{}}
	for _, name := range names {
		if err := s.read(ctx, a, name, servers); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *serverLogs) read(ctx context.Context, a *app, name string, servers map[string]string) error {
	in, err := a.openInput(name)
	if err != nil {
		return &rule.Fault{File: inputName(name), What: reason(err), Hint: "name the mail server's log after --log"}
	}
	defer in.Close()
	seen := map[string]bool{}
	r, err := maillog.Read(until{ctx, in}, a.Now(),
		func(id string) bool { _, is := servers[id]; return is },
		func(id string, at time.Time) { s.taken[id], seen[servers[id]] = at, true })
	long, isLong := errors.AsType[*maillog.TooLong](err)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case isLong:
		return &rule.Fault{File: inputName(name), Line: long.Line, What: "the line is longer than any of a log",
			Hint: "name the mail server's log after --log, unpacked"}
	case err != nil:
		return &rule.Fault{File: inputName(name), What: "it cannot be read to its end", Hint: "name the mail server's log after --log"}
	case !r.Known:
		return &rule.Fault{File: inputName(name), What: "it has no line of Postfix or Exim", Hint: "name the mail server's log after --log, such as /var/log/mail.log"}
	}
	s.readings = append(s.readings, reading{r, seen})
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
	switch mode := info.Mode(); {
	case mode.IsDir():
		return nil, errFolder
	case mode&os.ModeDevice != 0:
		return nil, errDevice // it may never end
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
