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
	"mailshot/internal/rule"
)

// bindLedger binds the flag of whatever reads or writes the ledger.
func bindLedger(cmd *cobra.Command, path *string) {
	cmd.Flags().StringVar(path, "ledger", "", "the ledger's `PATH`, or the postgres:// URL of a database (default one for the user; see `mailshot help ledger`)")
	must(cmd.MarkFlagFilename("ledger", "db"))
}

// schemeForm is how a URL begins, which may hold a password.
var schemeForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]+://`)

// validateLedger looks at what --ledger names.
func (a *app) validateLedger(named string) error {
	if schemeForm.MatchString(named) && !ledger.IsServer(named) {
		return &usageError{"--ledger is neither a path nor a postgres:// URL", "give the path of a file, or such as postgres://user@db.example/mailshot"}
	}
	return a.judgePassword(named)
}

// judgePassword refuses one in a URL that others can see: in the list of
// processes, or in a settings file. In the environment it is where CI systems
// put what is secret.
func (a *app) judgePassword(named string) error {
	if fromEnv, _ := a.lookupEnv(envName("ledger")); named == fromEnv || !ledger.HoldsPassword(named) {
		return nil
	}
	return &usageError{"the URL of --ledger holds a password, which others can see",
		"leave it out and set PGPASSWORD, or put it into ~/.pgpass, or the whole URL into MAILSHOT_LEDGER"}
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
	if ledger.IsServer(named) {
		return a.open(ctx, named)
	}
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
	if ledger.IsServer(named) {
		return a.open(ctx, named)
	}
	path, err := a.ledgerPath(named)
	if err != nil {
		return nil, err
	}
	if named != "" && missing(path) && missing(filepath.Dir(path)) {
		return nil, &failure{"there is no folder for the ledger " + named, "check the path, or make the folder"}
	}
	return a.open(ctx, path)
}

// open opens a ledger, and says so where it begins one.
func (a *app) open(ctx context.Context, named string) (*ledger.Ledger, error) {
	l, err := ledger.Open(ctx, named)
	if err == nil && l.New() {
		fmt.Fprintf(a.Stderr, "mailshot: a new ledger was begun at %s\n", rule.Printable(l.Name()))
	}
	return l, err
}

func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}
