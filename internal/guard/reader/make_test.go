package reader

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"testing"
	"time"
)

// The next functions make files for tests; none fails but for a broken test.

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// zipOf makes an archive of names and contents in turn.
func zipOf(pairs ...string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		must(err)
		_, err = w.Write([]byte(pairs[i+1]))
		must(err)
	}
	must(z.Close())
	return b.String()
}

// zipWith makes an archive of one file whose header change may change.
func zipWith(content string, change func(*zip.Writer, *zip.FileHeader)) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: "a.txt", Method: zip.Deflate}
	change(z, h)
	w, err := z.CreateHeader(h)
	must(err)
	_, err = w.Write([]byte(content))
	must(err)
	must(z.Close())
	return b.String()
}

func gzipOf(content string, h gzip.Header) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Header = h
	_, err := z.Write([]byte(content))
	must(err)
	must(z.Close())
	return b.String()
}

// tarOf makes an archive of one file.
func tarOf(content string, h tar.Header) string {
	var b bytes.Buffer
	t := tar.NewWriter(&b)
	h.Mode, h.ModTime = 0o600, time.Unix(0, 0)
	if h.Typeflag == 0 {
		h.Typeflag = tar.TypeReg
	}
	h.Size = int64(len(content))
	must(t.WriteHeader(&h))
	_, err := t.Write([]byte(content))
	must(err)
	must(t.Close())
	return b.String()
}

func base64Of(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// mailOf makes a message of header lines and a body.
func mailOf(header, body string) string {
	return "From: shop@shop.example\r\nMIME-Version: 1.0\r\n" + header + "\r\n\r\n" + body
}

// text reads content, and fails the test where it is unreadable.
func text(t *testing.T, name, mediaType, content string) []View {
	t.Helper()
	views, err := Text(name, mediaType, []byte(content), limits)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return views
}
