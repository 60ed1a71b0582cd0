// Command release makes what people download: static binaries for six systems,
// each in an archive with its manual pages and its list of modules, Debian
// packages, and the checksums of all. The same commit gives the same bytes: no
// clock, no user and no folder of this machine is in them. It needs Go and git,
// and no network once the modules are there.
//
//	release DIR        everything, into the folder DIR, made anew
//	release man DIR    the manual pages alone
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"mailshot/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "release: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	switch {
	case len(args) == 2 && args[0] == "man":
		s, err := readSource(ctx)
		if err != nil {
			return err
		}
		return manPages(args[1], s.date)
	case len(args) == 1:
		return release(ctx, args[0])
	}
	return errors.New("usage: release DIR, or release man DIR")
}

// source is the commit that is released.
type source struct {
	version string // of a tag, or of the commit after one
	date    time.Time
	clean   bool
}

func readSource(ctx context.Context) (source, error) {
	version, err := git(ctx, "describe", "--tags", "--always")
	if err != nil {
		return source{}, err
	}
	seconds, err := git(ctx, "log", "-1", "--format=%ct")
	if err != nil {
		return source{}, err
	}
	n, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return source{}, fmt.Errorf("read the date of the commit: %w", err)
	}
	changes, err := git(ctx, "status", "--porcelain")
	return source{strings.TrimPrefix(version, "v"), time.Unix(n, 0).UTC(), changes == ""}, err
}

func git(ctx context.Context, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, "git", args...).Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w", args[0], err)
	}
	return strings.TrimSpace(string(out)), nil
}

func manPages(dir string, date time.Time) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return cli.WriteManPages(dir, date)
}

// empty makes a new folder of dir. What was there goes, if it was a release.
func empty(dir string) error {
	there, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, sumsFile)); err != nil && len(there) > 0 {
		return fmt.Errorf("%s is not empty, and no whole release: remove it, or name a new folder", dir)
	}
	return errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o755))
}

// release makes everything in the folder dir, which it empties first.
func release(ctx context.Context, dir string) error {
	s, err := readSource(ctx)
	if err != nil {
		return err
	}
	if !s.clean {
		return errors.New("there are changes that are not committed: a release is made of a commit")
	}
	work, err := os.MkdirTemp("", "mailshot-release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := manPages(filepath.Join(work, "man"), s.date); err != nil {
		return err
	}
	if err := empty(dir); err != nil {
		return err
	}
	for _, t := range targets() {
		if err := t.release(ctx, s, work, dir); err != nil {
			return fmt.Errorf("%s/%s: %w", t.os, t.arch, err)
		}
	}
	return writeSums(dir)
}
