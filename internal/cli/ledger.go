package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"mailshot/internal/ledger"
)

// bindLedger binds the flag of whatever reads or writes the ledger.
func bindLedger(cmd *cobra.Command, path *string) {
	cmd.Flags().StringVar(path, "ledger", "", "the ledger's `PATH` (default one for the user; see `mailshot help ledger`)")
	must(cmd.MarkFlagFilename("ledger", "db"))
}

// ledgerPath gives the ledger that is named, else the user's own.
func (a *app) ledgerPath(named string) (string, error) {
	if named != "" {
		return named, nil
	}
	dir, err := a.stateDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "mailshot", "ledger.db"), nil
}

// stateDir is the user's folder for what a program has to remember (XDG Base
// Directory Specification).
func (a *app) stateDir() (string, error) {
	if dir, ok := a.lookupEnv("XDG_STATE_HOME"); ok && filepath.IsAbs(dir) {
		return dir, nil
	}
	if runtime.GOOS == "windows" {
		if dir, ok := a.lookupEnv("LocalAppData"); ok {
			return dir, nil
		}
	}
	if home, ok := a.lookupEnv("HOME"); ok {
		return filepath.Join(home, ".local", "state"), nil
	}
	return "", &usageError{"no place for the ledger: HOME is not set", "name one with --ledger"}
}

// startedBy names who starts a run, and where.
func startedBy() string {
	who, where := "unknown", "unknown"
	if u, err := user.Current(); err == nil {
		who = u.Username
	}
	if h, err := os.Hostname(); err == nil {
		where = h
	}
	return who + "@" + where
}

// openExisting opens the ledger at path; nil where there is none.
func openExisting(ctx context.Context, path string) (*ledger.Ledger, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return ledger.Open(ctx, path)
}
