package pdftext

// A Reason says why a file cannot be read, without a piece of it.
type Reason string

func (r Reason) Error() string { return string(r) }

const (
	damaged   = Reason("damaged")
	tooMuch   = Reason("more in it than is read of one attachment")
	tooLong   = Reason("it takes too much time or memory")
	illegible = Reason("a font in it does not say which letters it shows")
	noText    = Reason("a page shows something and holds no text, like a scan")
)
