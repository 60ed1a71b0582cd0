//go:build unix

package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// However many connections have seen their token refused, the command is run
// once for all of them.
func TestTokenCommandRunsOnceForAll(t *testing.T) {
	runs := filepath.Join(t.TempDir(), "runs")
	c := &tokenCommand{line: "echo >>'" + runs + "'; echo new", last: "old"}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if token, err := c.token(t.Context(), "old"); token != "new" || err != nil {
				t.Errorf("%q, %v", token, err)
			}
		})
	}
	all.Wait()
	if got, err := os.ReadFile(runs); err != nil || len(got) != 1 {
		t.Errorf("%d runs, %v", len(got), err)
	}
}

func TestTokenCommandPrints(t *testing.T) {
	for line, want := range map[string]string{
		"echo ' tok '; echo more":           "tok",
		"printf tok":                        "tok",
		"printf tok; yes | head -c 1000000": "toky",
		"echo tok; sleep 3 & true":          "tok",
		"echo $TOKEN":                       "from outside",
	} {
		c := &tokenCommand{line: line, env: []string{"TOKEN=from outside", "PATH=" + os.Getenv("PATH")}}
		if got, err := c.token(t.Context(), ""); got != want || err != nil {
			t.Errorf("%s: %q, %v", line, got, err)
		}
	}
}

func TestTokenCommandFails(t *testing.T) {
	for line, want := range map[string]string{
		"echo s3cret; exit 3": "status 3", "true": "no token", "echo; echo s3cret": "no token", "no-such-program s3cret": "status 127",
	} {
		_, err := (&tokenCommand{line: line}).token(t.Context(), "")
		if err == nil || status(err) != failed || nextStep(err) == "" || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestTokenCommandIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (&tokenCommand{line: "sleep 100; echo s3cret"}).token(ctx, ""); err == nil {
		t.Error("no error")
	}
}
