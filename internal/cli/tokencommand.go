package cli

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"
)

const (
	// tokenTime is how long a command may take to print a token.
	tokenTime = time.Minute
	// maxTokenLine is more than any token is long.
	maxTokenLine = 64 << 10
)

// tokenCommand has a command of the user's print tokens. What it prints, be it on
// standard error, is shown to nobody: it may be a secret.
type tokenCommand struct {
	line string
	env  []string

	mu   sync.Mutex
	last string
}

// token gives the last token, and runs the command where there is none yet or
// the last one was refused: once, however many connections ask.
func (c *tokenCommand) token(ctx context.Context, refused string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last != "" && c.last != refused {
		return c.last, nil
	}
	token, err := c.run(ctx)
	if err == nil {
		c.last = token
	}
	return token, err
}

func (c *tokenCommand) run(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, tokenTime)
	defer cancel()
	var out beginning
	cmd := shell(ctx, c.line)
	cmd.Env, cmd.Stdout = c.env, &out
	cmd.WaitDelay = time.Second // for what the shell has started and left behind
	err := cmd.Run()
	line, _, _ := strings.Cut(string(out.octets), "\n")
	line = strings.TrimSpace(line)
	var ended *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return "", tokenFailure("it did not end in time")
	case errors.As(err, &ended):
		return "", tokenFailure(fmt.Sprintf("it ended with status %d", ended.ExitCode()))
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return "", tokenFailure("it cannot be run")
	case line == "":
		return "", tokenFailure("it printed no token")
	}
	return line, nil
}

func tokenFailure(what string) error {
	return &failure{"--smtp-token-command: " + what, "run the command by itself: it must print the token on its first line, and end with status 0"}
}

func shell(ctx context.Context, line string) *exec.Cmd {
	if runtime.GOOS == "windows" {
		return exec.CommandContext(ctx, "cmd", "/C", line)
	}
	return exec.CommandContext(ctx, "/bin/sh", "-c", line)
}

// beginning keeps the first octets of what is written to it.
type beginning struct{ octets []byte }

func (b *beginning) Write(p []byte) (int, error) {
	room := maxTokenLine - len(b.octets)
	b.octets = append(b.octets, p[:min(room, len(p))]...)
	return len(p), nil
}
