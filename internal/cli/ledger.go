package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"regexp"
	"runtime"

	"github.com/spf13/cobra"

	"mailshot/internal/ledger"
)

// bindLedger binds the flag of whatever reads or writes the ledger.
func bindLedger(cmd *cobra.Command, path *string) {
	cmd.Flags().StringVar(path, "ledger", "", "the ledger's `PATH` (default one for the user; see `mailshot help ledger`)")
	must(cmd.MarkFlagFilename("ledger", "db"))
}

// schemeForm is how a URL begins, which may hold a password.
var schemeForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]+://`)

// validateLedger looks at what --ledger names.
func validateLedger(named string) error {
	if schemeForm.MatchString(named) {
		return &usageError{"a ledger in PostgreSQL is not supported yet", "give --ledger the path of a file"}
	}
	return nil
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

// openExisting opens the ledger that is named, else the user's own; nil where
// that one is not there.
func (a *app) openExisting(ctx context.Context, named string) (*ledger.Ledger, error) {
	path, err := a.ledgerPath(named)
	if err != nil {
		return nil, err
	}
	if !missing(path) {
		return ledger.Open(ctx, path)
	}
	if named != "" {
		return nil, &usageError{"there is no ledger at " + named, "check the path; without --ledger it is the user's own"}
	}
	return nil, nil
}

// openOrBegin opens the ledger that is named, else the user's own, and says so
// where it begins one: a wrong path forgets who has been sent to.
func (a *app) openOrBegin(ctx context.Context, named string) (*ledger.Ledger, error) {
	path, err := a.ledgerPath(named)
	if err != nil {
		return nil, err
	}
	begun := missing(path)
	if named != "" && begun && missing(filepath.Dir(path)) {
		return nil, &failure{"there is no folder for the ledger " + named, "check the path, or make the folder"}
	}
	l, err := ledger.Open(ctx, path)
	if err == nil && begun {
		fmt.Fprintf(a.Stderr, "mailshot: a new ledger was begun at %s\n", path)
	}
	return l, err
}

func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}
