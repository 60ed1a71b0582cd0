// Command mailshot sends one individual message per recipient of a list, and
// refuses to send if any recipient could see another.
package main

import (
	"context"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"

	"mailshot/internal/cli"
)

func main() { os.Exit(run()) }

// run gives the exit status. A first SIGINT, SIGTERM or SIGHUP asks the command
// to stop in good order; a second one does not wait for it.
func run() int {
	signals := make(chan os.Signal, 2)
	listen(signals)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()

	done := make(chan int, 1)
	go func() { done <- cli.Main(ctx, session()) }()
	for range 2 {
		select {
		case code := <-done:
			return code
		case <-signals:
			stop()
		}
	}
	return cli.Interrupted
}

// listen has the signals come that mean the end. SIGHUP stays ignored where
// nohup has it so. A reader of the output that goes away ends no run: who was
// being sent to would be unknown.
func listen(signals chan<- os.Signal) {
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(signals, syscall.SIGHUP)
	}
	signal.Ignore(syscall.SIGPIPE)
}

func session() cli.Session {
	screen := term.IsTerminal(int(os.Stderr.Fd()))
	return cli.Session{
		Args:   os.Args[1:],
		Env:    os.Environ(),
		Stdin:  os.Stdin,
		Stdout: os.Stdout,
		Stderr: os.Stderr,
		Screen: screen,
		Asks:   screen && term.IsTerminal(int(os.Stdin.Fd())),
		Now:    time.Now,

		Columns: columns,
		ReadPDF: readPDF,
	}
}

// columns asks each time: a terminal changes its width.
func columns() int {
	width, _, err := term.GetSize(int(os.Stderr.Fd()))
	if err != nil || width <= 0 {
		return 80
	}
	return width
}

// readPDF gives this program again, to read PDF in another process.
func readPDF() *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	return &exec.Cmd{Path: self, Args: []string{"mailshot", cli.ReadPDF}}
}
