// Package cli is the program's outside: commands, flags, wording and exit
// codes. It knows cobra, the environment and the streams; what it does with a
// campaign is done by the packages below.
//
// No text that it writes holds a piece of a recipient's data: a row is named by
// its line in the list.
package cli

import (
	"context"
	"io"
	"os/exec"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"mailshot/internal/guard/reader"
)

// Session is what one call of the program is given. All fields but Columns and
// ReadPDF are needed.
type Session struct {
	Args   []string // without the program's name
	Env    []string // "NAME=value"
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Screen bool // Stderr is a terminal
	Asks   bool // Stdin is one too: there is somebody to be asked
	Now    func() time.Time

	// Columns is how wide the terminal is now; nil where there is none.
	Columns func() int

	// ReadPDF gives a process that runs the command ReadPDF; nil: PDF is not read.
	ReadPDF func() *exec.Cmd
}

// Main runs the command that s.Args name and gives its exit status. A ctx that
// is done asks it to stop in good order.
func Main(ctx context.Context, s Session) int {
	s.Stderr = &shared{w: s.Stderr}
	stdout := &output{w: s.Stdout}
	s.Stdout = stdout
	a := &app{Session: s, stdout: stdout, out: stdout, result: newResult(), pdf: newPDFReader(s)}
	defer a.pdf.Close()
	root := newRoot(a)
	root.SetArgs(s.Args)
	root.SetIn(s.Stdin)
	root.SetOut(s.Stdout)
	root.SetErr(s.Stderr)
	cmd, err := root.ExecuteContextC(ctx)
	return a.written(a.end(cmd, err))
}

// app is what the commands of one call share.
type app struct {
	Session
	out    io.Writer // for the result in words: Stdout, or Stderr where Stdout carries JSON
	stdout *output   // that of Session
	sent   bool      // a run was gone through, and not for a try
	result *result   // of a check or a run
	pdf    *reader.PDFReader
	answer any // what `--json` prints of another command that came to its end
}

// newRoot binds every command.
func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:               "mailshot",
		Short:             "one message per recipient, and none that shows one recipient to another",
		Long:              rootText,
		Example:           "  mailshot demo\n  mailshot check news.md -r people.csv",
		Annotations:       onlyPrints(),
		Args:              noSuchCommand,
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	version := root.Flags().Bool("version", false, "print version, commit and Go version")
	root.RunE = func(cmd *cobra.Command, _ []string) error {
		if *version {
			return printVersion(a.out)
		}
		return cmd.Help()
	}
	root.SetUsageTemplate(usageTemplate)
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommand(newHelp(a))
	for _, c := range []*cobra.Command{
		newCheck(a), newSend(a), newSink(a), newInit(a), newRehearse(a),
		newStatus(a), newResolve(a), newReport(a), newSuppress(a), newBounces(a),
		newDoctor(a),
		newPreview(a),
	} {
		a.bindSettings(c)
		root.AddCommand(c)
	}
	root.AddCommand(newDemo(a), newVersion(a), newCompletion(a), newReadPDF(a))
	return root
}

const rootText = `mailshot sends one individual message per recipient of a list, and refuses to
send if any recipient could see another: every message is made, read back and
judged before the first one leaves.

Topics of help: template, recipients, refusals, exit-codes, smtp, ledger, ci`

// must is for what only a mistake in this package can make fail.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// shared is a writer for several goroutines: what is said of an interrupt may
// come while a bar is drawn.
type shared struct {
	mu sync.Mutex
	w  io.Writer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(p)
}
