package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var (
	date  = time.Unix(1_900_000_000, 0).UTC()
	files = []file{
		{"mailshot", []byte("a program"), 0o755},
		{"LICENSE", []byte("a licence"), 0o644},
		{"man/mailshot.1", []byte("a page"), 0o644},
	}
)

// members reads a tar archive into modes and contents.
func members(t *testing.T, r io.Reader) map[string]string {
	z, err := gzip.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for archive := tar.NewReader(z); ; {
		h, err := archive.Next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(archive)
		if err != nil || !h.ModTime.Equal(date) || h.Uid != 0 {
			t.Errorf("%s: %v, of %v", h.Name, err, h.ModTime)
		}
		all[h.Name] = fmt.Sprintf("%o %s", h.Mode, data)
	}
}

func TestTarGz(t *testing.T) {
	var first, second bytes.Buffer
	for _, w := range []io.Writer{&first, &second} {
		if err := tarGz(w, files, date); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("two runs differ")
	}
	got := members(t, &first)
	for name, want := range map[string]string{"./mailshot": "755 a program", "./man/": "755 ", "./man/mailshot.1": "644 a page"} {
		if got[name] != want {
			t.Errorf("%s is %q", name, got[name])
		}
	}
}

func TestZip(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.zip")
	if err := writeZip(name, files, date); err != nil {
		t.Fatal(err)
	}
	z, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if len(z.File) != len(files) || z.File[0].Name != "mailshot" || !z.File[0].Modified.Equal(date) {
		t.Errorf("%+v", z.File)
	}
}

// TestDebian reads the package as deb(5) has it.
func TestDebian(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.deb")
	p := debian{version: "1.2.3-4-gabc", arch: "amd64", date: date}
	if err := p.write(name, installed(files)); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	parts := arMembers(t, data)
	if string(parts["debian-binary"]) != "2.0\n" {
		t.Errorf("debian-binary is %q", parts["debian-binary"])
	}
	control := members(t, bytes.NewReader(parts["control.tar.gz"]))
	if c := control["./control"]; !strings.Contains(c, "\nVersion: 1.2.3+4+gabc\n") || !strings.Contains(c, "\nArchitecture: amd64\n") {
		t.Error(c)
	}
	if !strings.Contains(control["./md5sums"], "  usr/bin/mailshot\n") {
		t.Error(control["./md5sums"])
	}
	installed := members(t, bytes.NewReader(parts["data.tar.gz"]))
	if installed["./usr/bin/mailshot"] != "755 a program" || installed["./usr/share/man/man1/mailshot.1.gz"] == "" || installed["./usr/share/doc/mailshot/copyright"] == "" {
		t.Errorf("%q", installed)
	}
}

// arMembers reads an ar archive.
func arMembers(t *testing.T, data []byte) map[string][]byte {
	rest, ok := bytes.CutPrefix(data, []byte("!<arch>\n"))
	all := map[string][]byte{}
	for ok && len(rest) > 0 {
		var size int
		if _, err := fmt.Sscan(string(rest[48:58]), &size); err != nil || string(rest[58:60]) != "`\n" {
			t.Fatalf("the head of a member is %q", rest[:60])
		}
		all[strings.TrimSpace(string(rest[:16]))] = rest[60 : 60+size]
		rest = rest[60+size+size%2:]
	}
	return all
}

func TestDebianVersion(t *testing.T) {
	for version, want := range map[string]string{"1.0.0": "1.0.0", "1.0.0-2-gabc": "1.0.0+2+gabc", "abc1234": "0~abc1234", "1234abc": "0~1234abc", "": "0~"} {
		if got := (debian{version: version}).debianVersion(); got != want {
			t.Errorf("%q is %q", version, got)
		}
	}
}

func TestSums(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := writeSums(dir); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
	if want := fmt.Sprintf("%x  a\n", sha256.Sum256([]byte("x"))); err != nil || string(got) != want {
		t.Errorf("%q, %v", got, err)
	}
}

// TestManPages wants a page for each command and topic, of the date alone.
// A slip in the folder's name costs nobody their files.
func TestEmpty(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := empty(dir); err == nil {
		t.Fatal("a folder that is no release was emptied")
	}
	if err := writeSums(dir); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{dir, filepath.Join(dir, "new")} {
		err := empty(d)
		left, unread := os.ReadDir(d)
		if err != nil || unread != nil || len(left) > 0 {
			t.Errorf("%d files left, %v, %v", len(left), err, unread)
		}
	}
}

func TestManPages(t *testing.T) {
	dir := t.TempDir()
	if err := manPages(dir, date); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"mailshot.1": "SEE ALSO", "mailshot-send.1": "EXIT STATUS", "mailshot-check.1": "people.csv",
		"mailshot-refusals.7": "list-as-message", "mailshot-smtp.7": "NAME",
	} {
		page, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !strings.Contains(string(page), want) || !strings.Contains(string(page), "Mar 2030") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "mailshot-__read-pdf.1")); err == nil {
		t.Error("there is a page for what nobody calls")
	}
}
