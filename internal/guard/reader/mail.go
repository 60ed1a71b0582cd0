package reader

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
	"slices"
	"strings"

	"golang.org/x/text/transform"
)

// maxMultipart is how deep multipart entities in one message are read.
const maxMultipart = 8

// readMail reads a message (RFC 5322) and all that it holds (RFC 2045-2049):
// its source, the fields of every header decoded, and each part by what it is.
func (r *reading) readMail(f file) error {
	if err := r.addSource(f.content); err != nil {
		return err
	}
	src := bufio.NewReader(bytes.NewReader(f.content))
	header, err := textproto.NewReader(src).ReadMIMEHeader()
	if err != nil && !errors.Is(err, io.EOF) {
		return unreadable("a damaged message")
	}
	body, err := io.ReadAll(src)
	if err != nil {
		return unreadable("a damaged message")
	}
	return r.readEntity(f, header, body, 0)
}

// addSource adds a message as it stands, with what is shown of it nowhere.
func (r *reading) addSource(content []byte) error {
	texts, err := decode(content, r.left)
	if err != nil {
		texts = [][]byte{legible(content)}
	}
	for _, t := range texts {
		if err := r.add(t, true); err != nil {
			return err
		}
	}
	return nil
}

// readEntity reads a message or a part of one, nested times within others.
func (r *reading) readEntity(f file, header textproto.MIMEHeader, body []byte, nested int) error {
	if err := r.addHeader(header); err != nil {
		return err
	}
	mediaType, params, err := entityType(header)
	if err != nil {
		return err
	}
	if strings.HasPrefix(mediaType, "multipart/") {
		return r.readParts(f, mediaType, params["boundary"], body, nested+1)
	}
	content, err := r.undoTransfer(header.Get("Content-Transfer-Encoding"), body)
	if err != nil {
		return err
	}
	if strings.EqualFold(params["delsp"], "yes") { // RFC 3676 section 4
		content = bytes.ReplaceAll(bytes.ReplaceAll(content, []byte(" \r\n"), nil), []byte(" \n"), nil)
	}
	name, err := partName(header, params["name"])
	if err != nil {
		return err
	}
	return r.readMember(f.within(name, header.Get("Content-Type"), content))
}

// readParts reads the parts of a multipart entity.
func (r *reading) readParts(f file, mediaType, boundary string, body []byte, nested int) error {
	if nested > maxMultipart || boundary == "" || mediaType == "multipart/encrypted" {
		return unreadable("a message with parts that are not read")
	}
	if err := r.countMember(); err != nil {
		return err
	}
	for parts := multipart.NewReader(bytes.NewReader(body), boundary); ; {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return unreadable("a damaged message")
		}
		content, err := r.readAll(p)
		if err != nil {
			return err
		}
		if err := r.readEntity(f, p.Header, content, nested); err != nil {
			return err
		}
	}
}

// addHeader adds the fields of a header, decoded.
func (r *reading) addHeader(header textproto.MIMEHeader) error {
	var text []byte
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			plain, err := undoWords(value)
			if err != nil {
				return err
			}
			text = append(text, name+": "+plain+"\n"...)
			_, params, _ := mime.ParseMediaType(value)
			for _, key := range slices.Sorted(maps.Keys(params)) {
				text = append(text, params[key]+"\n"...)
			}
		}
	}
	return r.add(text, false)
}

// maxWords bounds how often encoded words in what encoded words gave are undone.
const maxWords = 3

// undoWords undoes encoded words (RFC 2047).
func undoWords(value string) (string, error) {
	words := mime.WordDecoder{CharsetReader: func(charset string, in io.Reader) (io.Reader, error) {
		enc, err := byName(charset)
		if err != nil {
			return nil, err
		}
		return transform.NewReader(in, enc.NewDecoder()), nil
	}}
	for range maxWords {
		plain, err := words.DecodeHeader(value)
		if err != nil {
			return "", unreadable("an encoded word in no known charset")
		}
		if plain == value {
			break
		}
		value = plain
	}
	return value, nil
}

// entityType gives the media type of an entity (RFC 2045 section 5.2).
func entityType(header textproto.MIMEHeader) (mediaType string, params map[string]string, err error) {
	fields := header["Content-Type"]
	if len(fields) > 1 || len(header["Content-Transfer-Encoding"]) > 1 || len(header["Content-Disposition"]) > 1 {
		return "", nil, unreadable("a message with a field twice")
	}
	if len(fields) == 0 {
		return "text/plain", nil, nil
	}
	mediaType, params, err = mime.ParseMediaType(fields[0])
	if err != nil {
		return "", nil, unreadable("a message with a malformed media type")
	}
	return mediaType, params, nil
}

// partName gives the file name of a part; in the name parameter of its media
// type is what old programs show.
func partName(header textproto.MIMEHeader, old string) (string, error) {
	name := ""
	if disposition := header.Get("Content-Disposition"); disposition != "" {
		_, params, err := mime.ParseMediaType(disposition)
		if err != nil {
			return "", unreadable("a message with a malformed file name")
		}
		name = params["filename"]
	}
	name, err := undoWords(name)
	if err != nil {
		return "", err
	}
	if old, err = undoWords(old); err != nil {
		return "", err
	}
	if name != "" && old != "" && endingOf(name) != endingOf(old) {
		return "", unreadable("a message with two names for one file")
	}
	return cmp.Or(name, old), nil
}

// undoTransfer undoes a transfer encoding (RFC 2045 section 6).
func (r *reading) undoTransfer(encoding string, body []byte) ([]byte, error) {
	src := io.Reader(bytes.NewReader(body))
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "7bit", "8bit", "binary":
		return body, nil
	case "quoted-printable":
		src = quotedprintable.NewReader(src)
	case "base64":
		src = base64.NewDecoder(base64.StdEncoding, src)
	default:
		return nil, unreadable("a message in an encoding that is not read")
	}
	return r.readAll(src)
}
