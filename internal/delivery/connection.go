package delivery

import (
	"context"
	"errors"
	"time"

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
	most    int // messages at most; 0 for no limit
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
	err = c.deliver(ctx, conn)
	cut()
	conn.Close()
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	c.events <- event{id: c.id, err: err}
}

// deliver hands conn what there is to do, and no more than it may carry.
func (c *connection) deliver(ctx context.Context, conn transport.Conn) error {
	if c.most == 0 {
		return conn.Deliver(ctx, c.work, c.results)
	}
	ctx, stop := context.WithCancel(ctx)
	ration, eaten := make(chan guard.Cleared), make(chan struct{})
	go func() {
		defer close(eaten)
		c.ration(ctx, ration)
	}()
	err := conn.Deliver(ctx, ration, c.results)
	stop()
	<-eaten
	return err
}

// ration passes so many messages on, and gives the one back that is not taken.
func (c *connection) ration(ctx context.Context, out chan<- guard.Cleared) {
	defer close(out)
	for range c.most {
		select {
		case cleared, ok := <-c.work:
			if !ok {
				return
			}
			select {
			case out <- cleared:
			case <-ctx.Done():
				c.results <- transport.Result{Cleared: cleared, Outcome: ledger.Deferred, NotSent: true, At: time.Now()}
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// final says that another connection would fare no better.
func final(err error) bool {
	broken, ok := errors.AsType[*transport.Error](err)
	return isWire(err) || ok && broken.Permanent
}

func isWire(err error) bool {
	refusal, ok := errors.AsType[rule.Refusal](err)
	return ok && refusal.Rule == rule.Wire
}
