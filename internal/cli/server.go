package cli

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"

	"mailshot/internal/transport"
)

// serverOptions say where messages go.
type serverOptions struct {
	smtp          string
	login         loginOptions
	window        int
	perConnection int
	dryRun        bool
	out           string
	outGiven      bool // on the command line; elsewhere it may be meant for sink
}

const (
	defaultWindow = 64
	maxWindow     = 1000 // more than any round trip to a server is worth
)

func (o *serverOptions) bind(cmd *cobra.Command) {
	o.bindSMTP(cmd)
	fs := cmd.Flags()
	fs.BoolVar(&o.dryRun, "dry-run", false, "do all of it but the network")
	fs.StringVar(&o.out, "out", "", "with --dry-run: keep each message as a .eml file in the folder `DIR`")
	fs.IntVar(&o.perConnection, "max-per-connection", 0, "send at most `N` messages over one connection; 0 for no limit")
	must(cmd.MarkFlagDirname("out"))
}

// bindSMTP binds the flags of whatever reaches a server.
func (o *serverOptions) bindSMTP(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&o.smtp, "smtp", "", "the server's `URL`; see `mailshot help smtp`")
	o.login.bind(cmd)
	fs.IntVar(&o.window, "window", defaultWindow, "have at most `N` messages under way on a connection, where the server can take that")
}

func (o *serverOptions) validate() error {
	switch {
	case o.perConnection < 0:
		return &usageError{"--max-per-connection is less than nothing", "give the number of messages, or 0 for no limit"}
	case o.outGiven && !o.dryRun:
		return &usageError{"--out without --dry-run", "what is sent is not kept; add --dry-run to look at the messages"}
	case o.smtp == "" && !o.dryRun:
		return &usageError{"no server", "name one, such as --smtp smtp://user@mail.example.com:587, or try with --dry-run"}
	}
	return cmp.Or(o.login.validate(), judgeWindow(o.window))
}

func judgeWindow(n int) error {
	if n >= 1 && n <= maxWindow {
		return nil
	}
	return &usageError{fmt.Sprintf("--window is not from 1 to %d", maxWindow), "leave it out for 64: what is under way is what may become unknown"}
}

// open gives the server; it connects to nothing.
func (o *serverOptions) open(a *app) (transport.Server, error) {
	if o.smtp == "" {
		return o.rehearsal()
	}
	if !o.dryRun {
		return o.reach(a)
	}
	if _, err := transport.ParseURL(o.smtp); err != nil {
		return nil, err
	}
	return o.rehearsal()
}

// reach gives the server that --smtp names; it connects to nothing.
func (o *serverOptions) reach(a *app) (*transport.SMTP, error) {
	u, err := transport.ParseURL(o.smtp)
	if err != nil {
		return nil, err
	}
	c, err := o.login.credentials(a, u)
	if err != nil {
		return nil, err
	}
	s, err := transport.NewSMTP(u, c)
	if err != nil {
		return nil, err
	}
	s.Window, s.MaxMessages, s.Courteous = o.window, o.perConnection, true
	return s, nil
}

// rehearsal is what stands for the server in a dry run.
func (o *serverOptions) rehearsal() (transport.Server, error) {
	if o.out == "" {
		return transport.Nowhere(), nil
	}
	return transport.Folder(o.out)
}
