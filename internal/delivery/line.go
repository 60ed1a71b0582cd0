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

// maxFailures is how many connections in a row a line opens in vain before it
// gives up.
const maxFailures = 4

// event is news of a line.
type event struct {
	connections int   // +1 opened, -1 closed
	over        bool  // the line has ended
	err         error // why it gave up; nil where it had no more to do
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
		go func() {
			var err error
			if i == 0 {
				err = l.lead(up)
			} else {
				err = l.follow(up)
			}
			l.events <- event{over: true, err: err}
		}()
	}
}

// lead is the first line: where its first connection fails the server cannot
// be reached.
func (l *line) lead(up chan<- struct{}) error {
	conn, err := l.server.Connect(l.feed)
	if err != nil {
		return ignoreInterrupt(l.feed, err)
	}
	close(up)
	return l.run(l.deliver(conn))
}

// follow is any other line.
func (l *line) follow(up <-chan struct{}) error {
	select {
	case <-up:
		return l.run(l.connect())
	case <-l.feed.Done():
		return nil
	}
}

// run opens connection after connection, as long as there is work and hope.
// err is how the one before ended.
func (l *line) run(err error) error {
	for failures := 1; err != nil; failures++ {
		if final(err) || failures == maxFailures && l.soft.Err() == nil {
			return err
		}
		before := l.answered.Load()
		if !l.pause(failures) {
			return nil
		}
		err = l.connect()
		if l.answered.Load() > before {
			failures = 0
		}
	}
	return nil
}

// connect opens a connection and delivers over it.
func (l *line) connect() error {
	conn, err := l.server.Connect(l.feed)
	if err != nil {
		return ignoreInterrupt(l.feed, err)
	}
	return l.deliver(conn)
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
