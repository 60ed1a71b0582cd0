package ledger

import (
	"context"
	"database/sql"
	"time"
)

// inTx does one transaction, which takes effect as a whole or not at all.
func (l *Ledger) inTx(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// affected gives how many rows a statement has changed.
func affected(result sql.Result, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// patience is how long a run waits for a store that is away: longer than a
// database server takes to be started again.
const patience = 5 * time.Minute

// whenItPasses does again what failed for a store that will be back, such as
// one that is being started again, as long as ctx lasts: what failed last is
// the error then.
func (l *Ledger) whenItPasses(ctx context.Context, do func() error) error {
	deadline, pause := time.Now().Add(patience), 100*time.Millisecond
	for {
		err := do()
		if err == nil || !l.store.passes(err) || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
		pause = min(2*pause, 5*time.Second)
	}
}
