package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"mailshot/internal/sink"
)

type sinkOptions struct {
	listen string
	out    string
}

func newSink(a *app) *cobra.Command {
	o := &sinkOptions{}
	cmd := &cobra.Command{
		Use:   "sink",
		Short: "a server on this machine that keeps what it gets",
		Long: `Takes every message on loopback, sends none on, and keeps each as a .eml file.
Runs until it is interrupted, and then says how many it got.`,
		Example: `  mailshot sink
  mailshot sink --listen 127.0.0.1:2600 --out messages`,
		Annotations: exits(
			exitCode{done, "interrupted, which is how it ends"},
			exitCode{failed, "could not run: the port is taken, the folder cannot be used"},
			exitCode{wrongUse, "wrong use: flags, or an address that is not of this machine alone"},
			exitCode{Interrupted, "interrupted a second time"},
		),
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), a) },
	}
	cmd.Flags().StringVar(&o.listen, "listen", "127.0.0.1:2525", "listen at `HOST:PORT` of this machine's loopback; port 0 for a free one")
	cmd.Flags().StringVar(&o.out, "out", "mailshot-sink", "keep messages in the folder `DIR`")
	must(cmd.MarkFlagDirname("out"))
	return cmd
}

func (o *sinkOptions) run(ctx context.Context, a *app) error {
	s, err := sink.Listen(sink.Options{Address: o.listen, Dir: o.out})
	switch {
	case errors.Is(err, sink.ErrNotLoopback):
		return &usageError{err.Error(), "give a port of 127.0.0.1, such as --listen 127.0.0.1:2525"}
	case err != nil:
		return &failure{err.Error(), "try another port with --listen, or another folder with --out"}
	}
	fmt.Fprintf(a.out, "listening on %s, keeping messages in %s\n", s.Addr(), o.out)
	fmt.Fprintf(a.out, "send to it with --smtp '%s'; stop it with Ctrl-C\n", plainURL(s))
	if err := s.Serve(ctx); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "got %s\n", count(s.Counts().Messages, "message"))
	return nil
}

// plainURL is what --smtp takes to reach s.
func plainURL(s *sink.Server) string { return "smtp://" + s.Addr() + "?tls=none" }
