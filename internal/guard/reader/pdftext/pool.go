package pdftext

import (
	"bufio"
	"cmp"
	"errors"
	"io"
	"os/exec"
	"sync"
	"time"
)

// A Pool reads files in child processes, each of which reads one after another.
// There are as many as there are goroutines that read at the same time. A child
// that takes too long, ends or answers wrongly is killed, and the next file is
// for another one. It is safe for concurrent use.
type Pool struct {
	// Start gives a command that runs Serve on its standard input and output.
	Start func() *exec.Cmd
	// Patience is how long a file may take; 0 stands for 20 seconds.
	Patience time.Duration

	mu     sync.Mutex
	idle   []*child
	closed bool
}

// child is a running process.
type child struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// Read reads a PDF. It gives at most as many bytes as most, and never more than
// twice as many as it unpacks of the file. Its errors are of type Reason.
func (p *Pool) Read(data []byte, most int) ([]Piece, error) {
	c, err := p.take()
	if err != nil {
		return nil, Reason("of a kind that is read by another process, which could not be started")
	}
	late := time.AfterFunc(cmp.Or(p.Patience, patience), c.kill)
	pieces, err := c.ask(data, most)
	var reason Reason
	inStep := err == nil || errors.As(err, &reason)
	if !late.Stop() || !inStep {
		c.end()
		return nil, tooLong
	}
	p.giveBack(c)
	return pieces, err
}

// Close ends all children; those that are reading end with that. A nil Pool has
// none.
func (p *Pool) Close() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, c := range p.idle {
		c.end()
	}
	p.idle = nil
}

// take gives a child that nobody else has.
func (p *Pool) take() (*child, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.idle); n > 0 {
		c := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return c, nil
	}
	return start(p.Start())
}

func (p *Pool) giveBack(c *child) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		c.end()
		return
	}
	p.idle = append(p.idle, c)
}

// start starts a child, which learns nothing of the environment: there may be
// a password in it.
func start(cmd *exec.Cmd) (*child, error) {
	cmd.Env = []string{"GOMAXPROCS=1"}
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &child{cmd, in, bufio.NewReader(out)}, nil
}

func (c *child) ask(data []byte, most int) ([]Piece, error) {
	if err := writeRequest(c.in, data, most); err != nil {
		return nil, err
	}
	return readAnswer(c.out, most)
}

func (c *child) kill() { c.cmd.Process.Kill() }

// end leaves nothing behind of a child.
func (c *child) end() {
	c.kill()
	c.in.Close()
	c.cmd.Wait()
}
