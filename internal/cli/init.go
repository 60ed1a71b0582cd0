package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"mailshot/internal/address"
	"mailshot/internal/transport"
	"mailshot/templates"
)

// sinkURL reaches `mailshot sink` where it listens unless told otherwise.
const sinkURL = "smtp://127.0.0.1:2525?tls=none"

// ciExample is not where a CI system would find it: it sends on a schedule.
const ciExample = "mailshot-ci.yml"

type initOptions struct {
	dir      string
	kind     string
	from     string
	smtp     string
	template string // the name of the file
}

func newInit(a *app) *cobra.Command {
	o := &initOptions{}
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "write a campaign to start from",
		Long: `Writes a template, a small list of made-up people, mailshot.yaml and an example
for CI into the folder DIR, or here, so that ` + "`mailshot check`" + ` passes at once. No
file is written over. On a terminal it asks for the kind of campaign, the sender
and the server, unless a flag names one of them; what is not answered is as in
the flags below.`,
		Example: `  mailshot init
  mailshot init spring --kind newsletter --from "Desk <desk@sender.example>"`,
		Annotations: exits(
			exitCode{done, "done"},
			exitCode{failed, "a file could not be written"},
			exitCode{wrongUse, "wrong use: flags, or a file is there already"},
			exitCode{Interrupted, "interrupted; nothing was written"},
		),
		Args: atMostOneFolder,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.dir = args[0]
			}
			return o.run(cmd.Context(), a)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&o.kind, "kind", "", "the `KIND` of campaign: "+strings.Join(templates.Starters(), ", ")+" (default "+templates.Notice+")")
	fs.StringVar(&o.from, "from", "", "the sender's `MAILBOX` (default: the made-up one of the kind)")
	fs.StringVar(&o.smtp, "smtp", "", "the server's `URL` (default: that of `mailshot sink`)")
	must(cmd.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(templates.Starters(), cobra.ShellCompDirectiveNoFileComp)))
	return cmd
}

func atMostOneFolder(cmd *cobra.Command, args []string) error {
	if len(args) <= 1 {
		return nil
	}
	return &usageError{fmt.Sprintf("init takes one folder, and %d are given", len(args)), "such as: mailshot init spring"}
}

func (o *initOptions) run(ctx context.Context, a *app) error {
	if err := o.validate(); err != nil {
		return err
	}
	if a.Asks && o.kind == "" && o.from == "" && o.smtp == "" {
		if err := o.ask(ctx, a); err != nil {
			return err
		}
	}
	if o.kind == "" {
		o.kind = templates.Notice
	}
	if o.smtp == "" {
		o.smtp = sinkURL
	}
	files, err := o.files()
	if err != nil {
		return err
	}
	if err := o.write(files); err != nil {
		return err
	}
	return o.tell(a.out, files)
}

func (o *initOptions) validate() error {
	return cmp.Or(judgeKind(o.kind), judgeFrom(o.from), judgeServer(o.smtp))
}

func judgeKind(kind string) error {
	if kind == "" || slices.Contains(templates.Starters(), kind) {
		return nil
	}
	return noSuch("kind of campaign", kind, templates.Starters(), "", "there are "+strings.Join(templates.Starters(), ", "))
}

func judgeFrom(from string) error {
	if from == "" {
		return nil
	}
	if _, err := address.ParseMailbox(from); err != nil {
		return &usageError{"the sender is no mailbox: " + err.Error(), `such as "Desk <desk@sender.example>"`}
	}
	return nil
}

func judgeServer(url string) error {
	if url == "" {
		return nil
	}
	_, err := transport.ParseURL(url)
	return err
}

// ask asks the three questions; a wrong answer is asked for once more.
func (o *initOptions) ask(ctx context.Context, a *app) error {
	in := bufio.NewReader(a.Stdin)
	for _, q := range []struct {
		text  string
		to    *string
		judge func(string) error
	}{
		{"What kind of campaign: " + strings.Join(templates.Starters(), ", ") + "? [" + templates.Notice + "] ", &o.kind, judgeKind},
		{"Who sends it, such as Desk <desk@sender.example>? [a made-up sender] ", &o.from, judgeFrom},
		{"Over which server, such as smtp://user@mail.example.com:587? [mailshot sink, on this machine] ", &o.smtp, judgeServer},
	} {
		for {
			fmt.Fprint(a.Stderr, q.text)
			*q.to = answer(ctx, in)
			if ctx.Err() != nil {
				fmt.Fprintln(a.Stderr)
				return errInterrupted
			}
			err := q.judge(*q.to)
			if err == nil {
				break
			}
			a.explain(err)
		}
	}
	return nil
}

// starterFile is one file to be written.
type starterFile struct {
	name, what string
	data       []byte
	mode       fs.FileMode
}

func (o *initOptions) files() ([]starterFile, error) {
	names, content, err := templates.Starter(o.kind)
	if err != nil {
		return nil, err
	}
	var files []starterFile
	for _, name := range names {
		data, err := fs.ReadFile(content, name)
		if err != nil {
			return nil, err
		}
		f := starterFile{name, "", data, 0o644}
		switch ext := filepath.Ext(name); {
		case name == templates.StarterList:
			f.what, f.mode = "the list, of made-up people", 0o600
		case strings.HasPrefix(string(data), "---\n"):
			f.what, f.data = "the message", o.sentBy(data)
			o.template = name
		case ext == ".txt":
			f.what = "the same message as plain text"
		}
		files = append(files, f)
	}
	return append(files,
		starterFile{defaultConfig, "what need not be typed: list and server", o.settings(), 0o644},
		starterFile{ciExample, "an example for CI; see `mailshot help ci`", o.workflow(), 0o644}), nil
}

// sentBy puts the sender into a template.
func (o *initOptions) sentBy(data []byte) []byte {
	if o.from == "" {
		return data
	}
	before, rest, _ := strings.Cut(string(data), "\nfrom: ")
	_, after, _ := strings.Cut(rest, "\n")
	return []byte(before + "\nfrom: " + scalar(o.from) + "\n" + after)
}

func (o *initOptions) settings() []byte {
	return []byte(`# Any flag by its name. One on the command line wins, then MAILSHOT_... in the
# environment, then this file.
recipients: ` + templates.StarterList + `
smtp: ` + scalar(o.smtp) + `
`)
}

// workflow is the example for CI with the campaign's own names. Paths are from
// where init was run, which is the root of a repository that DIR is a part of.
func (o *initOptions) workflow() []byte {
	in := func(name string) string { return scalar(filepath.ToSlash(o.path(name))) }
	return []byte(strings.NewReplacer(
		"TEMPLATE: news.md\n", "TEMPLATE: "+in(o.template)+"\n",
		"LIST: people.csv\n", "LIST: "+in(templates.StarterList)+"\n",
		"CAMPAIGN: news\n", "CAMPAIGN: "+o.kind+"\n",
	).Replace(templates.Workflow()))
}

// scalar writes s as a value of YAML on one line.
func scalar(s string) string {
	text, err := yaml.Marshal(s)
	must(err)
	return strings.TrimSuffix(string(text), "\n")
}

// write writes all files, or none where one is there already.
func (o *initOptions) write(files []starterFile) error {
	for _, f := range files {
		if !missing(o.path(f.name)) {
			return &usageError{o.path(f.name) + " is there already", "nothing was written; name another folder: mailshot init DIR"}
		}
	}
	if err := os.MkdirAll(filepath.Join(".", o.dir), 0o755); err != nil {
		return &failure{"the folder cannot be made: " + reason(err), "name another: mailshot init DIR"}
	}
	for _, f := range files {
		if err := create(o.path(f.name), f.data, f.mode); err != nil {
			return &failure{o.path(f.name) + " cannot be written: " + reason(err), "see that there is room and that the folder is yours"}
		}
	}
	return nil
}

// create writes a file that is not there yet.
func create(path string, data []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

func (o *initOptions) path(name string) string { return filepath.Join(o.dir, name) }

// tell says what is there now, and what to do with it.
func (o *initOptions) tell(w io.Writer, files []starterFile) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range files {
		fmt.Fprintf(t, "%s\t%s\n", o.path(f.name), f.what)
	}
	t.Flush()
	fmt.Fprintln(w, "\nNext:")
	if o.dir != "" {
		fmt.Fprintf(w, "  cd %s\n", word(o.dir))
	}
	fmt.Fprintf(w, "  mailshot check %s\n  mailshot preview %[1]s\n", o.template)
	if o.smtp == sinkURL {
		fmt.Fprintln(w, "  mailshot sink &")
	}
	_, err := fmt.Fprintf(w, "  mailshot send %s\n", o.template)
	return err
}
