// Package reader gives the text of an attachment, in every way a program that
// opens it may show it, so that the guard can look for other people in it.
//
// It reads plain text, CSV and TSV in any charset. Everything else is
// unreadable: what a file is says its name and its content together, and where
// the two differ nobody can tell what the recipient's program will make of it.
// It never fails on damaged input in any other way, and what it returns is
// bounded.
package reader

import (
	"errors"
	"fmt"
	"mime"
	"path"
	"strings"
)

// ErrUnreadable says that an attachment's text cannot be had; the errors of
// Text wrap it, and say why without a piece of the content.
var ErrUnreadable = errors.New("cannot be read")

// Limits bound what reading one attachment may cost.
type Limits struct {
	Bytes int // of the content, and of all views together
}

// A View is the text of an attachment as one program may show it, in UTF-8.
type View struct {
	Text   []byte
	Markup bool // it holds markup beside the text; no format that is read so far does
}

// Text reads the attachment that is called name and sent as mediaType, with
// parameters ("text/csv; charset=utf-8"; "" where nothing is known). It gives
// one view or more.
func Text(name, mediaType string, content []byte, l Limits) ([]View, error) {
	if len(content) > l.Bytes {
		return nil, unreadable("too large")
	}
	charset, err := declared(mediaType)
	if err != nil {
		return nil, err
	}
	if !isTextName(name) {
		return nil, unreadable("of a kind that is not read")
	}
	if what := disguised(content); what != "" {
		return nil, unreadable(what + " under the name of a text")
	}
	texts, err := decode(content, charset, l.Bytes)
	if err != nil {
		return nil, err
	}
	var views []View
	for _, t := range texts {
		if what := structured(t); what != "" {
			return nil, unreadable(what + " under the name of a text")
		}
		views = append(views, View{Text: t})
	}
	return views, nil
}

func unreadable(why string) error { return fmt.Errorf("%w: %s", ErrUnreadable, why) }

// declared gives the charset that a media type names, "" for none, where it is
// that of a text.
func declared(mediaType string) (charset string, err error) {
	if mediaType == "" {
		return "", nil
	}
	kind, params, err := mime.ParseMediaType(mediaType)
	if err != nil {
		return "", unreadable("its media type is malformed")
	}
	switch kind {
	case "text/plain", "text/csv", "text/tab-separated-values", "text/markdown", "text/x-log",
		"application/csv", "application/vnd.ms-excel", "application/octet-stream":
		return params["charset"], nil
	}
	return "", unreadable("of a kind that is not read")
}

// isTextName says whether programs open a file of that name as text or as a
// table of text.
func isTextName(name string) bool {
	switch strings.ToLower(path.Ext(strings.TrimRight(name, ". "))) {
	case "", ".txt", ".text", ".log", ".md", ".markdown", ".csv", ".tsv", ".tab":
		return true
	}
	return false
}
