package cli

import (
	"github.com/spf13/cobra"

	"mailshot/internal/guard/reader"
)

// ReadPDF is the name of the command that reads PDF for the program itself: a
// damaged file may cost that process, and not the run.
const ReadPDF = "__read-pdf"

func newReadPDF(a *app) *cobra.Command {
	return &cobra.Command{
		Use:    ReadPDF,
		Short:  "read PDF from standard input, for another mailshot",
		Hidden: true,
		Args:   noArguments,
		RunE: func(*cobra.Command, []string) error {
			if reader.ServePDF(a.Stdin, a.Stdout) != nil {
				return &failure{"no PDF can be read here", "this command is for mailshot itself"}
			}
			return nil
		},
	}
}

// newPDFReader gives what reads PDF, nil where s cannot start a process.
func newPDFReader(s Session) *reader.PDFReader {
	if s.ReadPDF == nil {
		return nil
	}
	return &reader.PDFReader{Start: s.ReadPDF}
}
