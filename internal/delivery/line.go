package delivery

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"mailshot/internal/guard"
	"mailshot/internal/rule"
	"mailshot/internal/transport"
)

const (
	// maxFailures is how many connections in a row a line opens in vain before
	// it gives up.
	maxFailures = 4
	// lasting is how long a connection must have stood for its end to be no
	// failure: servers close those that have nothing to do.
	lasting = 10 * time.Second
)

// event is news of a line.
type event struct {
	connections int   // +1 opened, -1 closed
	stands      bool  // the server can be reached
	over        bool  // the line has ended
	err         error // why it gave up; nil where it had no more to do
	fatal       bool  // err ends the run: no line would fare better
}

// line is one connection at a time to the server, opened again when it breaks.
type line struct {
	server   transport.Server
	work     <-chan guard.Cleared
	results  chan<- transport.Result
	events   chan<- event
	answered *atomic.Int64   // of the whole run: a server that answers is worth another try
	feed     context.Context // done when no more work will come, or soft is
	soft     context.Context // done when the run is to stop in good order
	hard     context.Context // done when it is to stop at once
}

// startLines starts the first line, and the others once its connection stands.
func (k *keeper) startLines(soft, hard context.Context) {
	feed, done := context.WithCancel(soft)
	k.noMore = done
	up := make(chan struct{})
	for i := range k.Connections {
		l := &line{
			server: k.Server, work: k.work, results: k.results, events: k.events,
			answered: &k.answered, feed: feed, soft: soft, hard: hard,
		}
		if i == 0 {
			go func() { l.events <- l.lead(up) }()
		} else {
			go func() { l.events <- l.follow(up) }()
		}
	}
}

// lead is the first line: where its first connection fails the server cannot
// be reached.
func (l *line) lead(up chan<- struct{}) event {
	conn, err := l.server.Connect(l.feed)
	if err != nil {
		err = ignoreInterrupt(l.feed, err)
		return event{over: true, err: err, fatal: err != nil}
	}
	l.events <- event{stands: true}
	close(up)
	return l.run(conn)
}

// follow is any other line.
func (l *line) follow(up <-chan struct{}) event {
	select {
	case <-up:
		return l.run(nil)
	case <-l.feed.Done():
		return event{over: true}
	}
}

// run delivers over conn, and then over connection after connection, as long as
// there is work and hope. It gives the line's last event.
func (l *line) run(conn transport.Conn) event {
	var err error
	for failures := 0; failures < maxFailures; failures++ {
		if failures > 0 && !l.pause(failures) {
			return event{over: true}
		}
		before, began := l.answered.Load(), time.Now()
		if conn == nil {
			conn, err = l.server.Connect(l.feed)
		}
		if conn != nil {
			err = l.deliver(conn)
			conn = nil
			if err == nil || final(err) {
				return event{over: true, err: err, fatal: err != nil}
			}
			if l.answered.Load() > before || time.Since(began) > lasting {
				failures = 0
			}
		}
		if final(err) {
			break
		}
	}
	return event{over: true, err: ignoreInterrupt(l.feed, err)}
}

// deliver delivers over conn to its end.
func (l *line) deliver(conn transport.Conn) error {
	l.events <- event{connections: 1}
	cut := context.AfterFunc(l.hard, func() { conn.Close() })
	err := conn.Deliver(l.soft, l.work, l.results)
	cut()
	conn.Close()
	l.events <- event{connections: -1}
	return err
}

// final says that another connection would fare no better.
func final(err error) bool {
	if refusal, ok := errors.AsType[rule.Refusal](err); ok {
		return refusal.Rule == rule.Wire
	}
	broken, ok := errors.AsType[*transport.Error](err)
	return ok && broken.Permanent
}

// pause waits before the next connection: half a second, doubled with every
// failure, give or take half, so that lines do not come back together. It gives
// false where no more work will come.
func (l *line) pause(failures int) bool {
	wait := time.Second << failures / 4
	wait += rand.N(wait)
	select {
	case <-time.After(wait):
		return true
	case <-l.feed.Done():
		return false
	}
}
