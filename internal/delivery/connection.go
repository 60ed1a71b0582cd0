package delivery

import (
	"context"
	"errors"

	"mailshot/internal/guard"
	"mailshot/internal/ledger"
	"mailshot/internal/rule"
	"mailshot/internal/transport"
)

// event is news of a connection: it has opened, or it has ended.
type event struct {
	id     int
	opened bool
	failed bool  // it could not be opened
	err    error // why it ended; nil where it was closed in good order
}

// connection is one connection to the server, from opening to end.
type connection struct {
	id      int
	server  transport.Server
	work    <-chan guard.Cleared
	results chan<- transport.Result
	events  chan<- event
}

// run opens the connection and delivers over it, until ctx is done, or at once
// when hard is.
func (c *connection) run(ctx, hard context.Context) {
	conn, err := c.server.Connect(ctx)
	if err != nil {
		c.events <- event{id: c.id, failed: true, err: ignoreInterrupt(ctx, err)}
		return
	}
	c.events <- event{id: c.id, opened: true}
	cut := context.AfterFunc(hard, func() { conn.Close() })
	err = conn.Deliver(ctx, c.work, c.results)
	cut()
	conn.Close()
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	c.events <- event{id: c.id, err: err}
}

// final says that another connection would fare no better.
func final(err error) bool {
	broken, ok := errors.AsType[*transport.Error](err)
	return isWire(err) || ok && broken.Permanent
}

// isHeld says that nothing may leave from this machine any more.
func isHeld(err error) bool {
	_, ok := errors.AsType[*ledger.Error](err)
	return ok
}

func isWire(err error) bool {
	refusal, ok := errors.AsType[rule.Refusal](err)
	return ok && refusal.Rule == rule.Wire
}
