package ledger

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"sync"
)

// A locker takes the lock of a campaign, or gives ErrLocked where another run
// has it. release may be called once.
type locker func(campaign string) (release func() error, err error)

// fileLocks locks a file beside the ledger, of which the operating system
// frees the lock when the process ends in whatever way. The file's name holds
// a hash, since a campaign's id need not be fit for one.
func fileLocks(path string) locker {
	return func(campaign string) (func() error, error) {
		// Whatever link the ledger was reached by, the lock is the same.
		real, err := filepath.EvalSymlinks(path)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256([]byte(campaign))
		return lockFile(fmt.Sprintf("%s-lock-%x", real, sum[:8]))
	}
}

func memoryLocks() locker {
	var mu sync.Mutex
	held := map[string]bool{}
	return func(campaign string) (func() error, error) {
		mu.Lock()
		defer mu.Unlock()
		if held[campaign] {
			return nil, ErrLocked
		}
		held[campaign] = true
		return func() error {
			mu.Lock()
			defer mu.Unlock()
			delete(held, campaign)
			return nil
		}, nil
	}
}
