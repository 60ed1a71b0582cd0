package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"os"
	"path"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"mailshot/internal/ledger"
	"mailshot/internal/sink"
	"mailshot/templates"
)

func newDemo(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "the main job on a built-in list against a built-in server",
		Long: `Checks the built-in campaign, sends it over SMTP to a server of its own on this
machine, and shows what arrived; then tries two campaigns that would show
recipients to each other, which are refused. Reaches no other machine, leaves no
file, and writes into no ledger. The people in it are made up.`,
		Example: "  mailshot demo\n  mailshot demo | less",
		Annotations: exits(
			exitCode{done, "done: all went as it should"},
			exitCode{failed, "could not run: no port or no room for temporary files; or it went otherwise"},
			exitCode{wrongUse, "wrong use: it takes no arguments"},
			exitCode{Interrupted, "interrupted"},
		),
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(cmd *cobra.Command, _ []string) error { return demonstrate(cmd.Context(), a) },
	}
}

// demonstrate makes folder and server, and takes them away again.
func demonstrate(ctx context.Context, a *app) error {
	dir, err := os.MkdirTemp("", "mailshot-demo-")
	if err != nil {
		return &failure{"no folder can be made for temporary files", "see that there is room and TMPDIR is right"}
	}
	defer os.RemoveAll(dir)
	s, err := sink.Listen(sink.Options{})
	if err != nil {
		return &failure{err.Error(), "the demo needs a port of 127.0.0.1"}
	}
	serving, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(serving) }()
	d := &demo{app: a, dir: dir, server: s}
	err = d.play(ctx)
	stop()
	return errors.Join(err, <-ended)
}

// demo is one performance.
type demo struct {
	*app
	dir    string
	server *sink.Server
}

// play gives both acts.
func (d *demo) play(ctx context.Context) error {
	good := demoCampaign{templates.DemoTemplate, templates.DemoList}
	fmt.Fprintln(d.out, "A campaign that is as it should be:")
	if err := d.expect(done, d.check(ctx, good)); err != nil {
		return err
	}
	if err := d.expect(done, d.send(ctx, good)); err != nil {
		return err
	}
	fmt.Fprintln(d.out, "\nWhat arrived, each with one recipient:")
	if err := d.showArrived(); err != nil {
		return err
	}
	before := d.server.Counts().Mail
	fmt.Fprintln(d.out, "\nThe rows of the list pasted into the message:")
	if err := d.expect(refused, d.send(ctx, demoCampaign{templates.DemoLeakTemplate, templates.DemoList})); err != nil {
		return err
	}
	fmt.Fprintln(d.out, "\nSeveral addresses in one cell:")
	if err := d.expect(refused, d.send(ctx, demoCampaign{templates.DemoTemplate, templates.DemoLeakList})); err != nil {
		return err
	}
	if d.server.Counts().Mail != before {
		return &failure{"the server saw a message of a campaign that was refused", "please report this"}
	}
	fmt.Fprintln(d.out, "\nThe server saw no MAIL of these two.")
	return nil
}

// demoCampaign names two of the built-in files.
type demoCampaign struct{ template, list string }

// options puts the files of c into the folder.
func (d *demo) options(c demoCampaign) (campaignOptions, error) {
	for _, name := range []string{c.template, c.list} {
		data, err := templates.Files.ReadFile(name)
		if err != nil {
			return campaignOptions{}, err
		}
		if err := os.WriteFile(d.path(name), data, 0o600); err != nil {
			return campaignOptions{}, &failure{"a temporary file cannot be written", "see that there is room and TMPDIR is right"}
		}
	}
	return campaignOptions{template: d.path(c.template), recipients: d.path(c.list)}, nil
}

func (d *demo) path(name string) string { return filepath.Join(d.dir, path.Base(name)) }

func (d *demo) check(ctx context.Context, c demoCampaign) error {
	o, err := d.options(c)
	if err != nil {
		return err
	}
	return d.say(fmt.Sprintf("mailshot check %s -r %s", path.Base(c.template), path.Base(c.list)), func(a *app) error {
		return (&checkOptions{campaign: o}).run(ctx, a)
	})
}

func (d *demo) send(ctx context.Context, c demoCampaign) error {
	o, err := d.options(c)
	if err != nil {
		return err
	}
	line := fmt.Sprintf("mailshot send %s -r %s --yes --smtp '%s'", path.Base(c.template), path.Base(c.list), plainURL(d.server))
	return d.say(line, func(a *app) error {
		send := &sendOptions{
			campaign: o, server: serverOptions{smtp: plainURL(d.server), window: defaultWindow}, yes: true, connections: 2,
			openLedger: func(ctx context.Context, _ *app) (*ledger.Ledger, error) { return ledger.Memory(ctx) },
		}
		return send.run(ctx, a)
	})
}

// say shows a command line, and what the command writes without the names of
// the temporary folder.
func (d *demo) say(line string, command func(*app) error) error {
	var written bytes.Buffer
	inner := &app{
		Session: Session{Stdin: strings.NewReader(""), Stdout: &written, Stderr: &written, Now: d.Now},
		out:     &written,
		result:  newResult(),
	}
	err := command(inner)
	if status(err) != done {
		inner.explain(err)
	}
	fmt.Fprintf(d.out, "\n  $ %s\n", line)
	text := strings.ReplaceAll(written.String(), d.dir+string(filepath.Separator), "")
	for l := range strings.Lines(text) {
		fmt.Fprintf(d.out, "  %s", l)
	}
	fmt.Fprintf(d.out, "  (exit status %d)\n", status(err))
	return err
}

// expect turns a command that ended otherwise than it should have into an error.
func (d *demo) expect(code int, err error) error {
	switch got := status(err); got {
	case code:
		return nil
	case Interrupted:
		return errInterrupted
	default:
		return &failure{fmt.Sprintf("the command ended with %d, not with %d", got, code), "please report this"}
	}
}

// showArrived reads the messages with Go's own parser.
func (d *demo) showArrived() error {
	t := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\n  RCPT TO\tTo\tOCTETS\tSUBJECT")
	for _, m := range d.server.Received() {
		to, subject, err := headings(bytes.NewReader(m.Data))
		if err != nil {
			return &failure{"a message that arrived cannot be read", "please report this"}
		}
		fmt.Fprintf(t, "  %s\t%s\t%d\t%s\n", strings.Join(m.To, ", "), to, m.Size, subject)
	}
	return t.Flush()
}

// headings gives the addresses in To, and the subject.
func headings(r io.Reader) (to, subject string, err error) {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return "", "", err
	}
	list, err := m.Header.AddressList("To")
	if err != nil {
		return "", "", err
	}
	for _, a := range list {
		to = strings.TrimPrefix(to+", "+a.Address, ", ")
	}
	subject, err = (&mime.WordDecoder{}).DecodeHeader(m.Header.Get("Subject"))
	return to, subject, err
}
