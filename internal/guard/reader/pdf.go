package reader

import (
	"io"

	"mailshot/internal/guard/reader/pdftext"
)

// A PDFReader reads PDF in child processes, which run ServePDF.
type PDFReader = pdftext.Pool

// ServePDF is what a child does: it reads PDF from in and writes what was found
// to out, until in ends. It limits what the whole process may take.
func ServePDF(in io.Reader, out io.Writer) error { return pdftext.Serve(in, out) }

// readPDF has a PDF read in another process, and reads the files in it.
func (r *reading) readPDF(f file) error {
	if r.limits.PDF == nil {
		return unreadable("of a kind that is read by another process, and there is none")
	}
	pieces, err := r.limits.PDF.Read(f.content, r.left)
	if err != nil {
		return unreadable(err.Error()) // a pdftext.Reason: no piece of the file
	}
	for _, p := range pieces {
		if err := r.readPiece(f, p); err != nil {
			return err
		}
	}
	return nil
}

func (r *reading) readPiece(f file, p pdftext.Piece) error {
	switch p.Kind {
	case pdftext.File:
		return r.readMember(f.within(p.Name, "", p.Data))
	case pdftext.Picture:
		return r.readJPEG(f.within("", "", p.Data))
	}
	return r.add(p.Data, p.Kind == pdftext.Markup)
}
