// Package reader gives the text of an attachment, in every way a program that
// opens it may show it, so that the guard can look for other people in it.
//
// What a file is say its name, its media type and its content together: where
// they differ nobody can tell what the recipient's program will make of it, and
// the file is unreadable. So is what is encrypted, damaged, without text, of an
// unknown kind, or dearer to read than its limits allow. The files in a file
// are read alike, and one of them that is unreadable makes all of it so.
//
// It never fails on damaged input in any other way, and what it returns is
// bounded.
package reader

import (
	"errors"
	"fmt"
	"time"
)

// ErrUnreadable says that an attachment's text cannot be had; the errors of
// Text wrap it, and say why without a piece of the content.
var ErrUnreadable = errors.New("cannot be read")

// Limits bound what reading one attachment may cost.
type Limits struct {
	Bytes   int           // of the content; and of all that is unpacked from it and all views together
	Time    time.Duration // for all of it; 0 stands for 30 seconds
	Depth   int           // of files within files; 0 stands for 3
	Members int           // files within the attachment, at all depths; 0 stands for 5,000
	PDF     *PDFReader    // nil: PDF is unreadable
}

// A View is the text of an attachment as one program may show it, in UTF-8.
type View struct {
	Text   []byte
	Markup bool // it holds markup beside the text, or instead of it
	Joined bool // tags were removed from it that another view has as spaces
}

// Text reads the attachment that is called name and sent as mediaType, with
// parameters ("text/csv; charset=utf-8"; "" where nothing is known). It gives
// one view or more.
func Text(name, mediaType string, content []byte, l Limits) ([]View, error) {
	if len(content) > l.Bytes {
		return nil, unreadable("too large")
	}
	r := newReading(l, time.Now)
	if err := r.read(file{name: name, mediaType: mediaType, content: content}); err != nil {
		return nil, err
	}
	if len(r.views) == 0 {
		return nil, unreadable("without text")
	}
	return r.views, nil
}

func unreadable(why string) error { return fmt.Errorf("%w: %s", ErrUnreadable, why) }
