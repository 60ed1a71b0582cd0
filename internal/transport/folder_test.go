package transport

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailshot/internal/guard"
	"mailshot/internal/ledger"
	"mailshot/internal/rule"
)

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out", "messages")
	server, err := Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the folder was made before there was anything to put in")
	}
	messages := cleared(t, addresses(3), body)
	results, err := deliver(t, connect(t, server), messages)
	if err != nil || len(results) != 3 {
		t.Fatal(results, err)
	}
	if info, _ := os.Stat(dir); info.Mode().Perm() != 0o700 {
		t.Errorf("the folder has mode %v", info.Mode())
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 3 {
		t.Fatalf("%d files", len(entries))
	}
	for i, name := range []string{"line-000002.eml", "line-000003.eml", "line-000004.eml"} {
		if results[i].Outcome != ledger.Accepted {
			t.Errorf("%+v", results[i])
		}
		got, err := os.ReadFile(filepath.Join(dir, name))
		var want strings.Builder
		messages[i].WriteTo(&want)
		if err != nil || string(got) != want.String() {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	var fault *rule.Fault
	if _, err := Folder(dir); !errors.As(err, &fault) || fault.Hint == "" {
		t.Errorf("a folder that is not empty: %v", err)
	}
	if _, err := Folder(filepath.Join(dir, "line-000002.eml")); !errors.As(err, &fault) {
		t.Errorf("a file: %v", err)
	}
	if server, err := Folder(t.TempDir()); err != nil || server.Name() == "" {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestFolderThatIsGone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	server, err := Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	conn := connect(t, server)
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	results, err := deliver(t, conn, cleared(t, addresses(2), body))
	var e *Error
	if !errors.As(err, &e) || e.Hint == "" || len(results) != 1 || results[0].Outcome != ledger.Deferred || !results[0].NotSent {
		t.Errorf("%+v, %v", results, err)
	}
}

// Neither keeps a message whose bytes have changed.
func TestLocalRefusesChanged(t *testing.T) {
	dir := t.TempDir()
	folder, err := Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, server := range []Server{folder, Nowhere()} {
		messages := cleared(t, addresses(3), body)
		messages[0].WriteTo(changer{})
		results, err := deliver(t, connect(t, server), messages)
		var refusal rule.Refusal
		if !errors.As(err, &refusal) || len(results) != 1 || !results[0].NotSent || results[0].Outcome != ledger.Deferred {
			t.Errorf("%s: %+v, %v", server.Name(), results, err)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("%d files", len(entries))
	}
}

func TestNowhere(t *testing.T) {
	results, err := deliver(t, connect(t, Nowhere()), cleared(t, addresses(3), body))
	if err != nil || len(results) != 3 || results[2].Outcome != ledger.Accepted || Nowhere().Name() != "nowhere" {
		t.Errorf("%+v, %v", results, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := connect(t, Nowhere()).Deliver(ctx, make(chan guard.Cleared), make(chan Result)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
